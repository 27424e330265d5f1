"""A run that moves cases, and one line for each of them: looked at first, with nothing changed, and moved when somebody says so."""

from typing import ClassVar

from django.db import models

from city.onewindow.models import Case
from city.staff.models import Clerk


class MoveState(models.TextChoices):
    """How far one case is."""

    TO_LOOK = "to_look", "还没看"
    MAY_MOVE = "may_move", "可以改"
    STAYS = "stays", "留在原流程"
    MOVED = "moved", "已改"


class RerouteRun(models.Model):
    """What one person wants to move. Nothing is moved before `confirmed_at`, which is when the reason was written."""

    clerk = models.ForeignKey(Clerk, on_delete=models.PROTECT, related_name="+")
    item = models.CharField(max_length=64)
    since = models.PositiveIntegerField()  # the version whose route the cases take
    to = models.PositiveIntegerField()
    reason = models.CharField(max_length=200, blank=True)
    began_at = models.DateTimeField(auto_now_add=True)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(to__gt=models.F("since")), name="cases_move_to_a_newer_route"),
            models.CheckConstraint(condition=models.Q(confirmed_at=None) | ~models.Q(reason=""), name="no_case_moves_without_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.since} to {self.to}"


class RerouteLine(models.Model):
    """One case, in the version that was looked at. `step` is where it stood; `why` is a `NotNow` or a `moves.Stays`."""

    run = models.ForeignKey(RerouteRun, on_delete=models.CASCADE, related_name="lines")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=0)
    step = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=8, choices=MoveState, default=MoveState.TO_LOOK)
    why = models.CharField(max_length=16, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("run", "case"), name="one_line_of_a_case"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=("run", "state", "id"), name="lines_to_go_on_with")]

    def __str__(self) -> str:
        return f"{self.state} {self.case_id}"
