"""The way of an application through the offices, as data of its item: who does what, after whom, in how many days, and who decides.

Steps form a graph: a step begins when everything in `after` is finished. Two steps after the same one run side by side, two names in
`after` are a join, and a step after none begins with the acceptance (受理).
"""

import msgspec

from sync.contract.condition import Condition
from sync.contract.words import Words


class Office(msgspec.Struct, frozen=True):
    """An office that takes part. `code` is what the city's staff belong to, such as `street` or `civil-affairs-district`."""

    code: str
    name: Words


class RouteStep(msgspec.Struct, frozen=True, omit_defaults=True):
    """One office's part. `days` is its share of the limit; publicity of 7 days is `calendar_days`, all others count working days.

    `stops_clock` marks what the legal clock waits for: publicity, assessment, checks of data elsewhere.
    `decides` marks the office whose yes or no is the outcome; a no there ends the case, whatever runs beside it.
    `when` limits the step to some answers, such as a street that decides small sums itself; a step that does not apply counts as finished.
    """

    id: str
    office: str
    name: Words  # as the resident reads it under progress
    days: int = 0
    after: tuple[str, ...] = ()
    decides: bool = False
    stops_clock: bool = False
    calendar_days: bool = False
    publishes: bool = False  # name, community and result are put up for objections
    when: Condition | None = None


class Route(msgspec.Struct, frozen=True, omit_defaults=True):
    """All of it. Shares are samples until the departments have confirmed them."""

    offices: tuple[Office, ...]
    steps: tuple[RouteStep, ...]
    sample: bool = True


def waits_for(route: Route, step_id: str) -> frozenset[str]:
    """Return every step that must be finished before this one, near and far; ids that are not there and circles are let pass."""
    after = {step.id: step.after for step in route.steps}
    found: set[str] = set()
    left = list(after.get(step_id, ()))
    while left:
        one = left.pop()
        if one not in found:
            found.add(one)
            left.extend(after.get(one, ()))
    return frozenset(found)


def longest_days(route: Route) -> int:
    """Return the working days of the longest way through, without what stops the clock.

    Raises:
        ValueError: The steps run in a circle; `item_rules` says where.
    """
    after = {step.id: step for step in route.steps}
    known: dict[str, int] = {}

    def ends(step_id: str, seen: frozenset[str]) -> int:
        step = after.get(step_id)
        if step is None:
            return 0
        if step_id in seen:
            raise ValueError(f"{step_id!r} waits for itself")
        if step_id not in known:
            own = 0 if step.stops_clock or step.calendar_days else step.days
            known[step_id] = own + max((ends(one, seen | {step_id}) for one in step.after), default=0)
        return known[step_id]

    return max((ends(step.id, frozenset()) for step in route.steps), default=0)
