"""Who took a year's cases away, and how far that got."""

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
