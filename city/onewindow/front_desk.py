"""What the front desk decides: accept, say once all that is missing, refuse with a reason, note a withdrawal."""

from dataclasses import asdict, dataclass

from django.db import transaction

from city.onewindow.actions import Accept, Refuse, TellOnce, Withdraw
from city.onewindow.content import Content
from city.onewindow.models import Case, OnceOnlyNotice
from city.onewindow.routes import left_out, route_taken
from city.onewindow.standing import NotNow
from city.onewindow.work import Carried, Overtaken, carry_out
from city.staff.models import Clerk

Outcome = Carried | Overtaken | NotNow


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that is missing or wrong, and how to put it right. `field` names a question, `material` a paper; both may be empty."""

    material: str
    name: str
    cause: str
    remedy: str
    field: str = ""


def accept(case: Case, seen: int, clerk: Clerk, content: Content) -> Outcome:
    """Accept a complete application; the item's limit begins to run, and its first offices get their steps."""
    skipped = left_out(route_taken(case), content.application.answers)
    return carry_out(case, seen, Accept(clerk.pk, skipped))


def notify_once(case: Case, seen: int, clerk: Clerk, points: tuple[Point, ...]) -> Outcome:
    """Say everything that is missing; the clock stops until it is brought."""
    if not points:
        raise ValueError("a notice says at least one thing")
    with transaction.atomic():
        outcome = carry_out(case, seen, TellOnce(clerk.pk, len(points)))
        if isinstance(outcome, Carried):
            told = Case.objects.get(pk=case.pk)
            correct_by = told.correct_by
            assert correct_by is not None  # noqa: S101  the machine's TO_CORRECT always sets it
            OnceOnlyNotice.objects.create(case=told, clerk=clerk, correct_by=correct_by, points=[asdict(point) for point in points])
    return outcome


def refuse(case: Case, seen: int, clerk: Clerk, reason: str) -> Outcome:
    """Do not accept, for a reason that goes on the paper."""
    return carry_out(case, seen, Refuse(clerk.pk, reason))


def withdraw(case: Case, seen: int, clerk: Clerk, reason: str) -> Outcome:
    """Note that the applicant takes the case back."""
    return carry_out(case, seen, Withdraw(clerk.pk, reason))
