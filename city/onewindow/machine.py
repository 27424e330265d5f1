"""The life of a case as a pure function: where it stands, what somebody wants to do, and what then happens, or why not.

`decide` says what happens; `happenings.after` says where the case stands then. Nothing here reads a clock or a database.
"""

from typing import Any, assert_never

from city.onewindow.actions import (
    Accept,
    Action,
    Bring,
    Claim,
    Complete,
    Conclude,
    Lapse,
    Reassign,
    Refuse,
    Release,
    Reroute,
    ResumeClock,
    SendBack,
    StopClock,
    TellOnce,
    Withdraw,
)
from city.onewindow.happenings import Happening, after
from city.onewindow.rerouting import rerouted, why_not
from city.onewindow.standing import NotNow, Standing, is_active, is_finished, outcome_of, step_of
from city.onewindow.states import OVER, UNDER_WAY, Conclusion, Kind, State, StepState
from sync.contract.office_route import waits_for


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
