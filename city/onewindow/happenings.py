"""What happened to a case, and where it stands afterwards: a case's standing is always `after` of its whole history, in order.

Nothing here reads a clock or a database.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from city.onewindow.rerouting import rerouted
from city.onewindow.standing import Standing, StepStanding, begun, is_finished
from city.onewindow.states import Conclusion, Kind, State, StepState
from sync.contract.office_route import waits_for


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened: a line of the history. `who` is the clerk, where it was one."""

    kind: Kind
    who: int | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


def after(standing: Standing, happened: Iterable[Happening]) -> Standing:
    """Return where the case stands after everything in `happened`, in order."""
    for happening in happened:
        standing = _after_one(standing, happening)
    return standing


def _after_one(standing: Standing, happening: Happening) -> Standing:
    match happening.kind:
        case Kind.COMPLETED | Kind.CORRECTED:
            return replace(standing, state=State.RECEIVED)
        case Kind.TO_CORRECT:
            return replace(standing, state=State.TO_CORRECT, told=True)
        case Kind.NOT_ACCEPTED:
            return replace(standing, state=State.NOT_ACCEPTED)
        case Kind.LAPSED:
            return replace(standing, state=State.STOPPED)
        case Kind.WITHDRAWN:
            return _ended(standing, State.WITHDRAWN)
        case Kind.APPROVED:
            return replace(standing, state=State.APPROVED)
        case Kind.NOT_APPROVED:
            return _ended(standing, State.NOT_APPROVED)
        case Kind.CLOSED:
            return _ended(standing, State.CLOSED)
        case Kind.ACCEPTED:
            left_out = frozenset(happening.detail.get("left_out", ()))
            steps = {
                step.id: StepStanding(StepState.LEFT_OUT if step.id in left_out else StepState.WAITING) for step in standing.route.steps
            }
            return begun(replace(standing, state=State.ACCEPTED, accepted_by=happening.who, steps=steps))
        case Kind.REROUTED:
            return rerouted(standing, happening.detail["to"], frozenset(happening.detail["left_out"]))
        case Kind.RECEIVED | Kind.SEQUENCE_REUSED | Kind.PAPER_DAMAGED | Kind.RATED | Kind.ENTERED | Kind.ADDED:
            return standing  # facts about the case that move nothing
        case _:
            return _step_after(standing, happening)


def _step_after(standing: Standing, happening: Happening) -> Standing:
    at: str = happening.detail["step"]
    step = standing.steps[at]
    match happening.kind:
        case Kind.CLAIMED:
            return _with_step(standing, at, replace(step, state=StepState.CLAIMED, holder=happening.who))
        case Kind.REASSIGNED:
            return _with_step(standing, at, replace(step, state=StepState.CLAIMED, holder=happening.detail["to"]))
        case Kind.RELEASED:
            return _with_step(standing, at, replace(step, state=StepState.READY, holder=None))
        case Kind.CLOCK_STOPPED:
            return replace(standing, special=standing.special | {at})
        case Kind.CLOCK_RESUMED:
            return replace(standing, special=standing.special - {at})
        case Kind.CONCLUDED:
            said = Conclusion(happening.detail["conclusion"])
            done = replace(step, state=StepState.DONE, holder=None, conclusion=said, concluded_by=happening.who)
            return begun(_with_step(standing, at, done))
        case Kind.SENT_BACK:
            return _sent_back(standing, happening.detail["to"])
        case _:
            raise ValueError(f"{happening.kind} is nothing that happens to a step")


def _sent_back(standing: Standing, to: str) -> Standing:
    """`to` and everything that waits for it begin anew; what runs beside it goes on."""
    anew = {to} | {step.id for step in standing.route.steps if to in waits_for(standing.route, step.id)}
    steps = {
        name: StepStanding(round=step.round) if name in anew and step.state is not StepState.LEFT_OUT else step
        for name, step in standing.steps.items()
    }
    return begun(replace(standing, state=State.ACCEPTED, steps=steps, special=standing.special - anew))


def _ended(standing: Standing, state: State) -> Standing:
    """An end takes every step out of everybody's hands."""
    steps = {name: step if is_finished(step) else StepStanding(round=step.round) for name, step in standing.steps.items()}
    return replace(standing, state=state, steps=steps, special=frozenset())


def _with_step(standing: Standing, step_id: str, step: StepStanding) -> Standing:
    return replace(standing, steps={**standing.steps, step_id: step})
