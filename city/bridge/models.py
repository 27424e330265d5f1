"""Which case has which number at the existing platform, and how far its answers were read."""

from django.db import models

from city.onewindow.models import Case


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
