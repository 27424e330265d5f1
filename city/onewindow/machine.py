"""The life of a case as a pure function: where it stands, what somebody wants to do, and what then happens, or why not.

`decide` says what happens; `after` says where the case stands then. What happened is the history: a case's standing is always
`after` of everything that ever happened to it, in order. Nothing here reads a clock or a database.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, assert_never

from city.onewindow.rerouting import rerouted, why_not
from city.onewindow.standing import NotNow, Standing, StepStanding, begun, is_active, is_finished, outcome_of, step_of
from city.onewindow.states import OVER, UNDER_WAY, Conclusion, Kind, State, StepState
from sync.contract.office_route import waits_for

# What somebody wants


@dataclass(frozen=True, slots=True)
class Complete:
    """The last photo arrived."""


@dataclass(frozen=True, slots=True)
class Accept:
    """The front desk accepts. `left_out` are the steps that do not apply to these answers."""

    who: int
    left_out: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class TellOnce:
    """The front desk says all that is missing."""

    who: int
    points: int


@dataclass(frozen=True, slots=True)
class Bring:
    """What was missing is here, photos included."""


@dataclass(frozen=True, slots=True)
class Refuse:
    """The front desk does not accept, and says why."""

    who: int
    reason: str


@dataclass(frozen=True, slots=True)
class Withdraw:
    """The applicant takes it back, at the desk."""

    who: int
    reason: str


@dataclass(frozen=True, slots=True)
class Lapse:
    """The days for bringing what was missing are over."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Somebody of the office takes a step. `lease_over` says that an earlier holder's time is up."""

    who: int
    step: str
    lease_over: bool = False


@dataclass(frozen=True, slots=True)
class Release:
    """The holder puts the step back."""

    who: int
    step: str


@dataclass(frozen=True, slots=True)
class Reassign:
    """The head of the office gives the step to somebody."""

    who: int
    step: str
    to: int


@dataclass(frozen=True, slots=True)
class Conclude:
    """The holder ends the step. `too_early` says that its days of publicity are not over."""

    who: int
    step: str
    conclusion: Conclusion
    reason: str
    too_early: bool = False


@dataclass(frozen=True, slots=True)
class SendBack:
    """The holder sends the case back to an earlier step, which is begun again with everything after it."""

    who: int
    step: str
    to: str
    reason: str


@dataclass(frozen=True, slots=True)
class StopClock:
    """The holder begins a special procedure, such as an assessment by experts."""

    who: int
    step: str
    reason: str


@dataclass(frozen=True, slots=True)
class ResumeClock:
    """The special procedure is over."""

    who: int
    step: str


@dataclass(frozen=True, slots=True)
class Reroute:
    """Somebody moves the case to the route of version `to`; `left_out` are the steps of it that do not apply to these answers."""

    who: int
    to: int
    reason: str
    left_out: frozenset[str] = frozenset()


Action = (
    Complete
    | Accept
    | TellOnce
    | Bring
    | Refuse
    | Withdraw
    | Lapse
    | Claim
    | Release
    | Reassign
    | Conclude
    | SendBack
    | StopClock
    | ResumeClock
    | Reroute
)


# What happens then


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened: a line of the history. `who` is the clerk, where it was one."""

    kind: Kind
    who: int | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


def decide(standing: Standing, action: Action) -> tuple[Happening, ...] | NotNow:
    """Return what happens when somebody does `action`, or why it does not."""
    match action:
        case Complete():
            return _only_in(standing, State.ARRIVING, Happening(Kind.COMPLETED))
        case Accept(who, left_out):
            accepted = _only_in(standing, State.RECEIVED, Happening(Kind.ACCEPTED, who, {"left_out": sorted(left_out)}))
            return accepted if isinstance(accepted, NotNow) else _with_end(standing, accepted)
        case TellOnce(who, points):
            if standing.told:
                return NotNow.TOLD_ALREADY
            return _only_in(standing, State.RECEIVED, Happening(Kind.TO_CORRECT, who, {"points": points}))
        case Bring():
            return _only_in(standing, State.TO_CORRECT, Happening(Kind.CORRECTED))
        case Lapse():
            return _only_in(standing, State.TO_CORRECT, Happening(Kind.LAPSED))
        case Refuse(who, reason):
            if not reason:
                return NotNow.NO_REASON
            return _only_in(standing, State.RECEIVED, Happening(Kind.NOT_ACCEPTED, who, {"reason": reason}))
        case Withdraw(who, reason):
            if standing.state in OVER or standing.state is State.APPROVED:
                return NotNow.OTHER_STATE
            return (Happening(Kind.WITHDRAWN, who, {"reason": reason}),) if reason else NotNow.NO_REASON
        case Reroute():
            return _reroute(standing, action)
        case Claim() | Release() | Reassign() | Conclude() | SendBack() | StopClock() | ResumeClock():
            return _at_step(standing, action)
        case _:
            assert_never(action)


def _reroute(standing: Standing, action: Reroute) -> tuple[Happening, ...] | NotNow:
    if standing.state in OVER or standing.state is State.ATTACHED:
        return NotNow.OTHER_STATE
    if action.to == standing.version or action.to not in standing.routes:
        return NotNow.NO_SUCH_ROUTE
    if not action.reason:
        return NotNow.NO_REASON
    hinders = why_not(standing, rerouted(standing, action.to, action.left_out))
    if hinders is not None:
        return hinders
    detail = {"from": standing.version, "to": action.to, "reason": action.reason, "left_out": sorted(action.left_out)}
    return (Happening(Kind.REROUTED, action.who, detail),)


_StepAction = Claim | Release | Reassign | Conclude | SendBack | StopClock | ResumeClock


def _at_step(standing: Standing, action: _StepAction) -> tuple[Happening, ...] | NotNow:
    step = standing.steps.get(action.step)
    if standing.state not in UNDER_WAY:
        return NotNow.OTHER_STATE
    if step is None:
        return NotNow.NO_SUCH_STEP
    if not is_active(step):
        return NotNow.STEP_NOT_READY
    at, who = {"step": action.step, "round": step.round}, action.who
    match action:
        case Claim(_, _, lease_over):
            if step.state is StepState.CLAIMED and not lease_over:
                return NotNow.HELD_BY_ANOTHER
            return (Happening(Kind.CLAIMED, who, at),)
        case Reassign(_, _, to):
            return (Happening(Kind.REASSIGNED, who, at | {"to": to}),)
        case _ if step.holder != who:
            return NotNow.HELD_BY_ANOTHER
        case Release():
            return (Happening(Kind.RELEASED, who, at),)
        case StopClock(_, _, reason):
            if action.step in standing.special:
                return NotNow.CLOCK_STANDS
            return (Happening(Kind.CLOCK_STOPPED, who, at | {"reason": reason}),) if reason else NotNow.NO_REASON
        case ResumeClock():
            return (Happening(Kind.CLOCK_RESUMED, who, at),) if action.step in standing.special else NotNow.OTHER_STATE
        case SendBack(_, _, to, reason):
            if not reason:
                return NotNow.NO_REASON
            earlier = waits_for(standing.route, action.step)
            is_earlier = to in earlier and standing.steps[to].state is StepState.DONE
            return (Happening(Kind.SENT_BACK, who, at | {"to": to, "reason": reason}),) if is_earlier else NotNow.NOT_EARLIER
        case Conclude():
            return _conclude(standing, action, at)
        case _:
            assert_never(action)


def _conclude(standing: Standing, action: Conclude, at: dict[str, Any]) -> tuple[Happening, ...] | NotNow:
    if not action.reason:
        return NotNow.NO_REASON
    if action.too_early:
        return NotNow.TOO_EARLY
    if action.step in standing.special:
        return NotNow.CLOCK_STANDS
    if step_of(standing, action.step).decides and action.who in _at_it_before(standing, action.step):
        return NotNow.SAME_PERSON
    detail = at | {"conclusion": str(action.conclusion), "reason": action.reason}
    return _with_end(standing, (Happening(Kind.CONCLUDED, action.who, detail),))


def _with_end(standing: Standing, happened: tuple[Happening, ...]) -> tuple[Happening, ...]:
    """Add the outcome, once somebody decided, and the end, once every step is done."""
    then = after(standing, happened)
    outcome = outcome_of(then)
    if outcome is Conclusion.NOT_AGREED:
        return (*happened, Happening(Kind.NOT_APPROVED))
    if outcome is Conclusion.AGREED and then.state is State.ACCEPTED:
        happened = (*happened, Happening(Kind.APPROVED))
    if all(is_finished(step) for step in then.steps.values()):
        happened = (*happened, Happening(Kind.CLOSED))
    return happened


def _at_it_before(standing: Standing, step_id: str) -> set[int | None]:
    """Who accepted the case or concluded a step that this one waits for: the same person does not decide."""
    return {standing.accepted_by} | {standing.steps[one].concluded_by for one in waits_for(standing.route, step_id) | standing.former}


def _only_in(standing: Standing, state: State, happening: Happening) -> tuple[Happening, ...] | NotNow:
    return (happening,) if standing.state is state else NotNow.OTHER_STATE


# Where the case stands then


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
