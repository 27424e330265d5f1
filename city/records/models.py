"""A record of the grid, and what an application offers to it. Details are sealed with a key of the data directory."""

from typing import ClassVar

from django.db import models

from city.onewindow.models import Case
from city.staff.models import Clerk, Line


class RecordKind(models.TextChoices):
    """What a record is about."""

    PERSON = "person", "人"
    PLACE = "place", "地"
    THING = "thing", "物"
    ORGANISATION = "organisation", "单位"


class Source(models.TextChoices):
    """Where it is from."""

    VISIT = "visit", "上门走访"
    APPLICATION = "application", "办件采集"
    DOCUMENT = "document", "单位提供"


class RecordState(models.TextChoices):
    """Whether it still holds."""

    CURRENT = "current", "在册"
    RETIRED = "retired", "已注销"


class GridRecord(models.Model):
    """One person, place, thing or organisation of a grid. `label` is masked where it is about a person."""

    kind = models.CharField(max_length=12, choices=RecordKind)
    area = models.CharField(max_length=32, db_index=True)  # the grid's code
    label = models.CharField(max_length=60)
    person = models.CharField(max_length=64, blank=True, db_index=True)  # see city.onewindow.people
    sealed = models.BinaryField()
    source = models.CharField(max_length=12, choices=Source)
    case_number = models.CharField(max_length=36, blank=True)  # where it was taught by one
    as_of = models.DateField()
    state = models.CharField(max_length=8, choices=RecordState, default=RecordState.CURRENT)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=("area", "kind", "state", "id"), name="records_of_a_grid")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=("area", "person"),
                condition=models.Q(state="current") & ~models.Q(person=""),
                name="one_record_of_a_person_in_a_grid",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class RecordStep(models.TextChoices):
    """What happened to a record."""

    ENTERED = "entered", "登记"
    CHANGED = "changed", "修改"
    TAKEN = "taken", "核对后采用"
    RETIRED = "retired", "注销"


class RecordLine(Line):
    """A line of a record's history; it never says what stood in it."""

    record = models.ForeignKey(GridRecord, on_delete=models.PROTECT, related_name="lines")
    step = models.CharField(max_length=8, choices=RecordStep)
    clerk = models.ForeignKey(Clerk, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]

    def __str__(self) -> str:
        return f"{self.step} {self.record_id}"


class OfferState(models.TextChoices):
    """What became of an offer."""

    OFFERED = "offered", "待核对"
    TAKEN = "taken", "已采用"
    DISMISSED = "dismissed", "不采用"


class RecordOffer(models.Model):
    """What an accepted application teaches: nothing of it is in the records before a person has looked."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    place = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=RecordKind)
    area = models.CharField(max_length=32, db_index=True)  # the community's code, until somebody says which grid
    label = models.CharField(max_length=60)
    person = models.CharField(max_length=64, blank=True)
    sealed = models.BinaryField()
    as_of = models.DateField()
    state = models.CharField(max_length=10, choices=OfferState, default=OfferState.OFFERED, db_index=True)
    reviewer = models.ForeignKey(Clerk, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("case", "place"), name="one_offer_of_a_place"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.case_id}"
