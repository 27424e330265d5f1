"""What terminals say that they printed, what the city refused for good, and which differences somebody has settled."""

from typing import ClassVar

from django.db import models

from city.fleet.models import Terminal
from city.staff.models import Clerk, Line


class SlipCount(models.Model):
    """One day of a terminal, as its heartbeats told it: applications handed in, and slips that came out for them."""

    terminal = models.ForeignKey(Terminal, on_delete=models.CASCADE, related_name="slip_counts")
    day = models.DateField()
    handed_in = models.PositiveIntegerField()
    printed = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("terminal", "day"), name="one_count_of_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.terminal_id} {self.day}"


class Shelved(models.Model):
    """An application that the city refused for good: the terminal sets it aside and does not send it again by itself.

    What could be read of its header is here; its content never was.
    """

    terminal = models.ForeignKey(Terminal, on_delete=models.CASCADE, related_name="shelved")
    application_id = models.UUIDField()
    install = models.CharField(max_length=64, blank=True)
    sequence = models.PositiveBigIntegerField(null=True)
    number = models.CharField(max_length=8, blank=True)
    item = models.CharField(max_length=64, blank=True)
    item_version = models.PositiveIntegerField(null=True)
    code = models.CharField(max_length=32)  # a `ProblemCode`
    detail = models.CharField(max_length=200, blank=True)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    times = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("terminal", "application_id"), name="one_place_on_the_shelf"),
        ]

    def __str__(self) -> str:
        return f"{self.terminal_id} {self.number} {self.code}"


class Numbered(models.Model):
    """How far the numbers of an installation were accounted for by cases, as counted last night.

    All rows are of one count, which took in the cases up to one key. What came later is counted whenever somebody looks.
    """

    terminal = models.ForeignKey(Terminal, on_delete=models.CASCADE, related_name="+")
    install = models.CharField(max_length=64)
    last = models.PositiveBigIntegerField()  # the highest number
    received = models.PositiveBigIntegerField()  # how many different ones
    up_to = models.BigIntegerField()  # the key of the last case that was counted

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("terminal", "install"), name="one_count_of_an_installation"),
        ]

    def __str__(self) -> str:
        return f"{self.terminal_id} {self.received}/{self.last}"


class Settled(Line):
    """Somebody saw to a difference, and says how. It is settled once."""

    key = models.CharField(max_length=160, unique=True)
    terminal = models.ForeignKey(Terminal, on_delete=models.PROTECT, related_name="+")
    cause = models.CharField(max_length=16)  # a `Cause`; a new one needs no migration
    count = models.PositiveIntegerField()  # of applications or slips that it is about
    clerk = models.ForeignKey(Clerk, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]

    def __str__(self) -> str:
        return self.key


class DaySigned(Line):
    """Somebody looked at the figures of a day and signs for them. A day is signed off when two people signed for the same figures."""

    scope = models.CharField(max_length=200, blank=True)  # the areas that the figures are of; none is the whole city
    day = models.DateField()
    clerk = models.ForeignKey(Clerk, on_delete=models.PROTECT, related_name="+")
    figures = models.JSONField()  # counts alone
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=("scope", "day", "id"), name="signatures_of_a_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.clerk_id}"
