"""Which case has which number at the existing platform, and how far its answers were read."""

from typing import ClassVar

from django.db import models

from city.onewindow.models import Case
from city.staff.models import Clerk, Line


class Trouble(models.TextChoices):
    """Why a case is not carried any further by itself; a person has to look."""

    UNWILLING = "unwilling", "现有平台不收"
    UNREADABLE = "unreadable", "申请打不开"
    UNKNOWN_WORD = "unknown_word", "平台的状态看不懂"
    NOT_POSSIBLE = "not_possible", "平台的决定在这里做不了"


class HandedOver(models.Model):
    """A case that the existing platform has, or will not take. A correction is handed over under its case."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="handed_over")
    number = models.CharField(max_length=64, db_index=True, blank=True)  # there
    at = models.DateTimeField(auto_now_add=True)
    trouble = models.CharField(max_length=16, choices=Trouble, blank=True)
    note = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"{self.case_id} is {self.number} there"


class ReadTo(models.Model):
    """How far the answers of a platform were read."""

    adapter = models.CharField(max_length=40, primary_key=True)
    cursor = models.CharField(max_length=200)

    def __str__(self) -> str:
        return f"{self.adapter} {self.cursor}"


class LastTurn(models.Model):
    """When the bridge last ran, when it last got through, and since when it does not."""

    adapter = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()
    good_at = models.DateTimeField(null=True, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"{self.adapter} {self.at}"


class BridgeStep(models.TextChoices):
    """What a person did about a case that was not carried on."""

    AGAIN = "again", "重交"
    BY_HAND = "by_hand", "人工办好"


class BridgeLine(Line):
    """What was done about a trouble, by whom; the record only grows."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    step = models.CharField(max_length=10, choices=BridgeStep)
    trouble = models.CharField(max_length=16, choices=Trouble)
    clerk = models.ForeignKey(Clerk, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]

    def __str__(self) -> str:
        return f"{self.step} {self.case_id}"
