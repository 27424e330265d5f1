"""Corrections (补正): they arrive like an application, of any terminal, and are attached to the case that they complete.

Whatever a resident brings is kept: a correction whose case is not waiting for it any more is attached all the same, and a clerk looks
at it.
"""

from city.onewindow.actions import Bring
from city.onewindow.content import Content
from city.onewindow.models import Case, Event
from city.onewindow.states import Kind, State
from city.onewindow.work import carry_out_locked
from city.refused import Refused
from sync.contract.problem import ProblemCode


def corrected_by(content: Content) -> Case | Refused | None:
    """Return the case that an application completes; None for one that stands for itself."""
    wanted = content.application.corrects
    if wanted is None:
        return None
    case = Case.objects.filter(application_id=wanted, corrects=None).first()
    if case is None:
        return Refused(ProblemCode.INVALID, "it corrects an application that the city does not have")
    if case.item != content.application.item:
        return Refused(ProblemCode.INVALID, "it corrects an application of another item")
    return case


def number_of_correction(case: Case, key: int) -> str:
    """Return a number that no other row has, for the correction with this key; residents and slips see the case's own."""
    return f"{case.case_number}{key:08d}"


def attach(correction: Case) -> None:
    """Attach a correction that is whole to its case; one that waits for it goes back to the front desk."""
    if correction.corrects_id is None:
        return
    Case.objects.filter(pk=correction.pk).update(state=State.ATTACHED)
    case = Case.objects.select_for_update(of=("self",)).get(pk=correction.corrects_id)
    if case.state == State.TO_CORRECT:
        carry_out_locked(case, Bring())
    else:
        Event(case=case, kind=Kind.ADDED, detail={"terminal": correction.terminal_id}).save()


def attached_to(case: Case) -> list[Case]:
    """Return the corrections of a case that are whole, in the order in which they came."""
    return list(case.corrections.filter(state=State.ATTACHED).select_related("sealed").order_by("pk"))
