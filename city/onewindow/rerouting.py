"""A case that is under way is moved to another version of its item's route (改按新流程): steps are the same ones where their ids are.

`rerouted` says where the case stands then, whatever there was; `why_not` says whether a person has to look first. A move guesses nothing:
it takes no work out of anybody's hands, passes over no step that now comes first, and decides nothing.
"""

from collections.abc import Mapping
from dataclasses import replace

import msgspec

from city.onewindow.standing import NotNow, Standing, StepStanding, begun, is_active, is_finished, outcome_of, step_of
from city.onewindow.states import StepState
from sync.contract.office_route import Route, waits_for


def rerouted(standing: Standing, to: int, left_out: frozenset[str]) -> Standing:
    """Return where the case stands on the route of version `to`; `left_out` are the steps of that route which do not apply to its answers.

    What is done stays done, also where the new route has no such step. What waits, waits by the new order.
    """
    new = standing.routes[to]
    if not standing.steps:  # not accepted yet: the acceptance begins the new route
        return replace(standing, route=new, version=to)
    ids = {step.id for step in new.steps}
    former = {name for name, step in standing.steps.items() if name not in ids and step.state is StepState.DONE}
    steps = {name: standing.steps[name] for name in former}
    steps |= {step.id: _carried_over(standing.steps.get(step.id, StepStanding()), applies=step.id not in left_out) for step in new.steps}
    then = replace(
        standing,
        route=_with_former(standing.route, new, frozenset(former)),
        version=to,
        steps=steps,
        special=standing.special & steps.keys(),
        former=frozenset(former),
    )
    return begun(_waiting_again(then))


def why_not(before: Standing, then: Standing) -> NotNow | None:
    """Return why a person has to look at this case before it is moved, or None."""
    for name, step in before.steps.items():
        if is_active(step) and (name not in then.steps or then.steps[name].state is StepState.LEFT_OUT):
            return NotNow.STEP_GONE
        if step.state is StepState.CLAIMED and step_of(before, name).office != step_of(then, name).office:
            return NotNow.OTHER_OFFICE
        begun_already = step.state in (StepState.DONE, StepState.CLAIMED) or name in before.special
        if begun_already and name not in then.former and not all(is_finished(then.steps[one]) for one in waits_for(then.route, name)):
            return NotNow.STEP_BEFORE
    if not before.steps:
        return None
    ends = all(is_finished(step) for step in then.steps.values())
    return NotNow.WOULD_DECIDE if ends or outcome_of(then) is not outcome_of(before) else None


def _carried_over(own: StepStanding, *, applies: bool) -> StepStanding:
    if own.state in (StepState.DONE, StepState.CLAIMED):
        return own
    if not applies:
        return StepStanding(StepState.LEFT_OUT, own.round)
    return own if own.state is StepState.READY else StepStanding(StepState.WAITING, own.round)


def _with_former(old: Route, new: Route, former: frozenset[str]) -> Route:
    """Put what is done for good before the new route: it waits for nothing, decides nothing, and nothing waits for it."""
    kept = tuple(msgspec.structs.replace(step, after=(), decides=False) for step in old.steps if step.id in former)
    known = {office.code for office in new.offices}
    theirs = {step.office for step in kept} - known
    offices = (*(office for office in old.offices if office.code in theirs), *new.offices)
    return Route(offices, (*kept, *new.steps), new.sample)


def _waiting_again(standing: Standing) -> Standing:
    """What nobody has taken waits for what now comes first."""
    steps: Mapping[str, StepStanding] = standing.steps
    waiting = {
        name: StepStanding(StepState.WAITING, step.round)
        for name, step in steps.items()
        if step.state is StepState.READY and not all(is_finished(steps[one]) for one in waits_for(standing.route, name))
    }
    return replace(standing, steps={**steps, **waiting})
