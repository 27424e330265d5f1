"""Many at once: each on its own, in the version that was shown, with one result for each; one that does not go holds up no other."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import Q

from city import here
from city.onewindow import front_desk
from city.onewindow.actions import Claim, Reassign, Release
from city.onewindow.answered import NOT_NOW
from city.onewindow.front_desk import Outcome
from city.onewindow.models import Case, Event, Step
from city.onewindow.papers import DamagedError, content_of
from city.onewindow.standing import NotNow
from city.onewindow.work import Carried, Overtaken, carry_out
from city.staff.models import Clerk

MOST = 200
"""In one request: as many as the longest list shows. What is beyond is left as it is, and the page says how many that are."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """One row that was ticked: what it names, and the version that was shown."""

    name: str
    version: int


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one: done, or why not, in the words that a page alone would use. `event` is what came between."""

    name: str
    case: Case | None
    is_done: bool
    why: str = ""
    event: Event | None = None


GONE = "没有这一件，或者不在您的辖区。"
UNREADABLE = "申请打不开了，请告诉管理员。"


def chosen(values: Iterable[str]) -> tuple[Chosen, ...]:
    """Read what was ticked, each `name:version`, each once; what is neither is left out."""
    found: dict[str, Chosen] = {}
    for value in values:
        name, colon, version = value.partition(":")
        if colon and name.isascii() and name.isdigit() and len(name) < 37 and version.isascii() and version.isdigit() and len(version) < 9:
            found.setdefault(name, Chosen(name, int(version)))
    return tuple(found.values())


def accept_all(rows: Iterable[Chosen], seen: Q, clerk: Clerk) -> list[Result]:
    """Accept several complete applications; each must lie within `seen`."""
    rows = tuple(rows)
    cases = {case.case_number: case for case in Case.objects.filter(seen, case_number__in=[one.name for one in rows], corrects=None)}
    results = []
    for one in rows:
        case = cases.get(one.name)
        if case is None:
            results.append(Result(one.name, None, is_done=False, why=GONE))
            continue
        try:
            content = content_of(case)
        except DamagedError:
            results.append(Result(one.name, case, is_done=False, why=UNREADABLE))
            continue
        results.append(_result(one.name, case, front_desk.accept(case, one.version, clerk, content)))
    return results


def claim_all(rows: Iterable[Chosen], seen: Q, clerk: Clerk) -> list[Result]:
    """Take several steps."""

    def claim(step: Step) -> Claim:
        return Claim(clerk.pk, step.step, step.held_until is not None and step.held_until < here.now())

    return _steps(rows, seen, claim)


def release_all(rows: Iterable[Chosen], seen: Q, clerk: Clerk) -> list[Result]:
    """Put several steps back."""
    return _steps(rows, seen, lambda step: Release(clerk.pk, step.step))


def assign_all(rows: Iterable[Chosen], seen: Q, clerk: Clerk, colleague: Clerk, may: Callable[[Step], bool]) -> list[Result]:
    """Give several steps to a colleague. `may` tells whether that colleague handles a step of this office."""
    return _steps(rows, seen, lambda step: Reassign(clerk.pk, step.step, colleague.pk) if may(step) else None)


OTHER_OFFICE = "这位同事不在这一步的科室。"


def _steps(rows: Iterable[Chosen], seen: Q, action: Callable[[Step], Claim | Release | Reassign | None]) -> list[Result]:
    rows = tuple(rows)
    asked = [int(one.name) for one in rows if len(one.name) < 18]
    steps = {step.pk: step for step in Step.objects.filter(seen, pk__in=asked).select_related("case", "office")}
    results = []
    for one in rows:
        step = steps.get(int(one.name))
        if step is None:
            results.append(Result(one.name, None, is_done=False, why=GONE))
            continue
        wanted = action(step)
        if wanted is None:
            results.append(Result(one.name, step.case, is_done=False, why=OTHER_OFFICE))
            continue
        results.append(_result(one.name, step.case, carry_out(step.case, one.version, wanted, step=step)))
    return results


def _result(name: str, case: Case, outcome: Outcome) -> Result:
    match outcome:
        case Carried():
            return Result(name, case, is_done=True)
        case Overtaken(event):
            return Result(name, case, is_done=False, event=event)
        case NotNow():
            return Result(name, case, is_done=False, why=NOT_NOW[outcome])
