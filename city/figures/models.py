"""Who took a year's cases away, and how far that got; and the sums of each month, as they were counted last night."""

from typing import ClassVar

from django.db import models

from city.staff.models import Clerk


class Went(models.TextChoices):
    """How taking away went."""

    RUNNING = "running", "正在导出"
    WHOLE = "whole", "已导出"
    BROKEN = "broken", "中断，文件不全"


class CaseExport(models.Model):
    """One download. It is written before the first row leaves, and moved on as rows leave."""

    clerk = models.ForeignKey(Clerk, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    total = models.PositiveIntegerField()  # when it began; cases that come in meanwhile are rows as well
    sent = models.PositiveIntegerField(default=0)
    went = models.CharField(max_length=8, choices=Went, default=Went.RUNNING)
    began_at = models.DateTimeField()
    moved_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("clerk",), condition=models.Q(went="running"), name="one_running_export_each"),
        ]

    def __str__(self) -> str:
        return f"{self.clerk} {self.year} {self.sent}/{self.total} {self.went}"


class Counted(models.TextChoices):
    """What a sum counts."""

    CASES = "cases", "办件"
    STEPS = "steps", "步骤"


class MonthCounted(models.Model):
    """A month whose sums are kept, and when they were counted; it may have been empty."""

    month = models.DateField(unique=True)  # its first day
    counted_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class MonthSum(models.Model):
    """The counts of one area and one item (or office, for steps) in a month. Nothing of a single case is in it but its being counted."""

    month = models.ForeignKey(MonthCounted, on_delete=models.CASCADE, related_name="sums")
    counted = models.CharField(max_length=8, choices=Counted)
    area = models.CharField(max_length=32, blank=True)
    key = models.CharField(max_length=64)  # an item's code, or an office's number
    counts = models.JSONField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("month", "counted", "area", "key"), name="one_sum_of_a_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.month_id} {self.counted} {self.area} {self.key}"
