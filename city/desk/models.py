"""What somebody keeps for themselves."""

from typing import ClassVar

from django.db import models

from city.staff.models import Clerk


class ListPage(models.TextChoices):
    """The lists that can be filtered."""

    QUEUE = "queue", "受理队列"
    STEPS = "steps", "我的步骤"


class SavedFilter(models.Model):
    """A filter under a name, of one person for one list. `query` was written by the program, never by a browser."""

    clerk = models.ForeignKey(Clerk, on_delete=models.CASCADE, related_name="saved_filters")
    page = models.CharField(max_length=8, choices=ListPage)
    name = models.CharField(max_length=20)
    query = models.CharField(max_length=400)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("clerk", "page", "name"), name="one_filter_of_a_name"),
        ]
        ordering: ClassVar[list[str]] = ["id"]

    def __str__(self) -> str:
        return f"{self.page} {self.name}"
