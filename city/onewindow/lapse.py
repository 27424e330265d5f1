"""What the calendar does to a case by itself: one whose days for bringing what was missing are over ends. For a timer, once a day."""

from datetime import date

from django.db import transaction
from django.db.models import Exists, OuterRef

from city.onewindow.actions import Lapse
from city.onewindow.legal_clock import add_working_days
from city.onewindow.models import Case
from city.onewindow.states import State
from city.onewindow.work import Carried, carry_out_locked

GRACE_WORKING_DAYS = 3
"""What was handed in on the last day may still lie in a terminal whose line is down; no right is lost for a cable."""


def lapse(today: date) -> int:
    """End the cases whose days for a correction, and the days of grace after them, are over; return how many. Run again it ends none.

    A case of which a correction is on its way, its photos still missing, waits: the resident was in time.
    """
    on_its_way = Case.objects.filter(corrects=OuterRef("pk"), state=State.ARRIVING)
    late = Case.objects.filter(~Exists(on_its_way), state=State.TO_CORRECT, correct_by__lt=today)
    ended = 0
    for pk in list(late.order_by("pk").values_list("pk", flat=True)):
        ended += _lapse_one(pk, today)
    return ended


def _lapse_one(pk: int, today: date) -> bool:
    """Each in a transaction of its own, judged once more under the lock: something may have been brought meanwhile."""
    with transaction.atomic():
        case = Case.objects.select_for_update(of=("self",)).get(pk=pk)
        if case.correct_by is None or add_working_days(case.correct_by, GRACE_WORKING_DAYS) >= today:
            return False
        return isinstance(carry_out_locked(case, Lapse()), Carried)
