"""Where a case stands on its route: plain values, and what follows from them. Nothing here reads a clock or a database."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from city.onewindow.states import UNDER_WAY, Conclusion, State, StepState
from sync.contract.office_route import Route, RouteStep


@dataclass(frozen=True, slots=True)
class StepStanding:
    """How far one step is. `round` counts how often it was begun; a step that is sent back is begun again."""

    state: StepState = StepState.WAITING
    round: int = 0
    holder: int | None = None
    conclusion: Conclusion | None = None
    concluded_by: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a case stands. `special` holds the steps in which a special procedure (特别程序) runs.

    `version` says which of the item's `routes` it takes. `former` are steps of an earlier one that were done and are in this one no more:
    they stay in `route`, at its beginning, and nothing waits for them.
    """

    route: Route
    state: State = State.ARRIVING
    told: bool = False  # once only
    accepted_by: int | None = None
    steps: Mapping[str, StepStanding] = field(default_factory=dict)
    special: frozenset[str] = frozenset()
    version: int = 1
    former: frozenset[str] = frozenset()
    routes: Mapping[int, Route] = field(default_factory=dict, compare=False)

    @property
    def clock_stands(self) -> bool:
        """Whether the legal clock stands still: while correcting, in a step that stops it, in a special procedure."""
        if self.state is State.TO_CORRECT:
            return True
        if self.state not in UNDER_WAY:
            return False
        active = {step.id for step in self.route.steps if step.stops_clock and is_active(self.steps[step.id])}
        return bool(active or self.special)


class NotNow(StrEnum):
    """Why nothing happens."""

    OTHER_STATE = "other_state"
    TOLD_ALREADY = "told_already"
    NO_REASON = "no_reason"
    NO_SUCH_STEP = "no_such_step"
    STEP_NOT_READY = "step_not_ready"
    HELD_BY_ANOTHER = "held_by_another"
    NOT_EARLIER = "not_earlier"
    SAME_PERSON = "same_person"
    TOO_EARLY = "too_early"
    CLOCK_STANDS = "clock_stands"
    NO_SUCH_ROUTE = "no_such_route"
    STEP_GONE = "step_gone"
    STEP_BEFORE = "step_before"
    OTHER_OFFICE = "other_office"
    WOULD_DECIDE = "would_decide"


def is_active(step: StepStanding) -> bool:
    """Tell whether an office is at it."""
    return step.state in (StepState.READY, StepState.CLAIMED)


def is_finished(step: StepStanding) -> bool:
    """Tell whether what waits for it need wait no longer."""
    return step.state in (StepState.DONE, StepState.LEFT_OUT)


def step_of(standing: Standing, step_id: str) -> RouteStep:
    """Return a step of the route that the case takes."""
    return next(step for step in standing.route.steps if step.id == step_id)


def outcome_of(standing: Standing) -> Conclusion | None:
    """A no of whoever decides is the outcome at once; a yes once all that decide have said it, or all is done and nobody had to."""
    applying = {step.id for step in standing.route.steps if standing.steps[step.id].state is not StepState.LEFT_OUT}
    deciding = {step.id for step in standing.route.steps if step.decides} & applying
    said = {standing.steps[one].conclusion for one in deciding if standing.steps[one].state is StepState.DONE}
    if Conclusion.NOT_AGREED in said:
        return Conclusion.NOT_AGREED
    return Conclusion.AGREED if all(standing.steps[one].state is StepState.DONE for one in deciding or applying) else None


def begun(standing: Standing) -> Standing:
    """Make ready what waits for nothing any more."""
    steps = dict(standing.steps)
    for step in standing.route.steps:
        own = steps[step.id]
        finished = all(is_finished(steps[one]) for one in really_after(standing, step))
        if own.state is StepState.WAITING and finished:
            steps[step.id] = replace(own, state=StepState.READY, round=own.round + 1)
    return replace(standing, steps=steps)


def really_after(standing: Standing, step: RouteStep) -> set[str]:
    """What a step waits for: a step that does not apply stands for those before it."""
    found: set[str] = set()
    for one in step.after:
        left_out = standing.steps[one].state is StepState.LEFT_OUT
        found |= really_after(standing, step_of(standing, one)) if left_out else {one}
    return found
