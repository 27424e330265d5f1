"""The time bank's tables. An entry takes minutes from one account and gives them to another, so that no sum can ever be off."""

from typing import ClassVar, Final

from django.db import models
from django.db.models import F, Q

from city.community.models import OrderRow
from city.staff.models import Clerk, Line

STEP_MINUTES: Final = 10
"""Minutes are written in steps of so many."""


class AccountKind(models.TextChoices):
    """Whose account it is."""

    MEMBER = "member", "互助人"
    POOL = "pool", "社区公益池"


class Account(models.Model):
    """A volunteer's account in one community, or the community's own. Name and telephone are sealed, `reached` is their digest."""

    area = models.CharField(max_length=32, db_index=True)  # the community's code
    kind = models.CharField(max_length=8, choices=AccountKind)
    label = models.CharField(max_length=60)  # masked where it is a person's
    reached = models.CharField(max_length=64, blank=True)  # see city.onewindow.people
    sealed = models.BinaryField()
    opened_by = models.ForeignKey(Clerk, null=True, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(Clerk, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    closed_words = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("area",), condition=Q(kind="pool"), name="one_pool_of_a_community"),
            models.UniqueConstraint(
                fields=("area", "reached"), condition=Q(kind="member", closed_at=None), name="one_open_account_of_a_telephone"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(kind="member", closed_by__isnull=False), name="somebody_closes_a_member_s"
            ),
        ]

    def __str__(self) -> str:
        return f"account {self.pk}"


class EntryKind(models.TextChoices):
    """What minutes moved for."""

    SERVICE = "service", "互助服务"
    START = "start", "起始时数"
    COUNTER = "counter", "冲正"
    CLOSING = "closing", "销户"
    GIFT = "gift", "转赠"


class Word(models.TextChoices):
    """On whose word."""

    BOTH = "both", "双方确认"
    COMMUNITY = "community", "社区核实"


class Entry(Line):
    """`minutes` go from who was helped to who helped. It is never changed: a wrong one is taken back by one the other way round."""

    area = models.CharField(max_length=32, db_index=True)
    kind = models.CharField(max_length=8, choices=EntryKind)
    payer = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="paid")
    earner = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="earned")
    minutes = models.PositiveIntegerField()
    order = models.ForeignKey(OrderRow, null=True, on_delete=models.PROTECT, related_name="time_entries")
    attempt = models.PositiveSmallIntegerField(default=0)  # which booking of the order: a second one only after the first was taken back
    counters = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="countered_by")
    word = models.CharField(max_length=10, choices=Word)
    clerk = models.ForeignKey(Clerk, null=True, on_delete=models.PROTECT, related_name="+")
    words = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]
        verbose_name_plural = "entries"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(minutes__gt=0), name="an_entry_moves_something"),
            models.CheckConstraint(condition=~Q(payer=F("earner")), name="nobody_helps_themselves"),
            models.CheckConstraint(
                condition=Q(kind="service", order__isnull=False) | Q(kind__in=("start", "counter", "closing", "gift"), order__isnull=True),
                name="a_service_names_its_order",
            ),
            models.CheckConstraint(
                condition=Q(kind="counter", counters__isnull=False)
                | Q(kind__in=("start", "service", "closing", "gift"), counters__isnull=True),
                name="a_counter_entry_names_its_entry",
            ),
            models.CheckConstraint(condition=Q(word="both") | Q(clerk__isnull=False), name="the_community_s_word_is_somebody_s"),
            models.UniqueConstraint(fields=("order", "attempt"), condition=Q(kind="service"), name="one_booking_of_an_order"),
            models.UniqueConstraint(fields=("earner",), condition=Q(kind="start"), name="one_start_of_an_account"),
            models.CheckConstraint(condition=~Q(kind="closing") | Q(word="community"), name="the_community_closes"),
            models.CheckConstraint(condition=~Q(kind="gift") | Q(word="community"), name="a_gift_is_made_at_the_counter"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.minutes}"


class Helped(models.Model):
    """The provider's word on a finished request: who helped, and for how long. Said once."""

    order = models.OneToOneField(OrderRow, on_delete=models.PROTECT, related_name="helped")
    helper = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    minutes = models.PositiveSmallIntegerField()
    said_by = models.ForeignKey(Clerk, on_delete=models.PROTECT, related_name="+")
    said_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "helped"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(minutes__gt=0), name="help_takes_time"),
        ]

    def __str__(self) -> str:
        return f"helped {self.order_id}"


class LimitLine(Line):
    """What holds in a community from now on; the newest line counts. Without one the samples below do."""

    area = models.CharField(max_length=32, db_index=True)
    task_minutes = models.PositiveSmallIntegerField()  # the most that one service counts
    start_minutes = models.PositiveSmallIntegerField()  # what a new member is given by the community
    debt_minutes = models.PositiveSmallIntegerField()  # how far a member may be helped beyond what they gave
    most_minutes = models.PositiveIntegerField()  # what an account holds at most
    clerk = models.ForeignKey(Clerk, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]

    def __str__(self) -> str:
        return f"limits {self.area}"
