"""What makes a route fit to be walked: every step can begin, somebody decides, and the shares stay within the limit."""

import re
from collections.abc import Iterator

from sync.contract.findings import Finding
from sync.contract.item import Door, ItemPackage
from sync.contract.json_places import Path
from sync.contract.office_route import Route, longest_days, waits_for

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
_TOP: Path = ("route",)


def route_findings(package: ItemPackage) -> Iterator[Finding]:
    """Yield everything that is wrong with the item's route; without one there is nothing to say."""
    route = package.route
    if route is None:
        return
    yield from _offices(route)
    yield from _steps(route)
    if package.door is Door.CATALOGUE and not any(step.decides for step in route.steps):
        yield Finding((*_TOP, "steps"), "nobody decides", 'write "decides": true at the step whose yes or no is the outcome')
    circle = next((number for number, step in enumerate(route.steps) if step.id in waits_for(route, step.id)), None)
    if circle is not None:
        yield Finding((*_TOP, "steps", circle, "after"), "waits for itself, round a circle", "let it begin after an earlier step only")
    elif longest_days(route) > package.limit.working_days:
        what = f"the shares add up to {longest_days(route)} working days, the limit is {package.limit.working_days}"
        yield Finding((*_TOP, "steps"), what, "shorten the shares, or raise limit.working_days")


def _offices(route: Route) -> Iterator[Finding]:
    for number, office in enumerate(route.offices):
        path: Path = (*_TOP, "offices", number, "code")
        if not _ID.fullmatch(office.code) or len(office.code) > 64:
            yield Finding(path, f"{office.code[:80]!r} is not a code", "use small letters, digits and single hyphens, at most 64")
        if office.code in {other.code for other in route.offices[:number]}:
            yield Finding(path, f"{office.code!r} is there twice", "name each office once")
        if office.code not in {step.office for step in route.steps}:
            yield Finding(path, f"{office.code!r} does nothing in this route", "give it a step, or remove it")


def _steps(route: Route) -> Iterator[Finding]:
    offices, ids = {office.code for office in route.offices}, {step.id for step in route.steps}
    for number, step in enumerate(route.steps):
        path: Path = (*_TOP, "steps", number)
        if not _ID.fullmatch(step.id) or len(step.id) > 64:
            yield Finding((*path, "id"), f"{step.id[:80]!r} is not an id", "use small letters, digits and single hyphens, at most 64")
        if step.id in {other.id for other in route.steps[:number]}:
            yield Finding((*path, "id"), f"{step.id!r} is there twice", "give each step its own id")
        if step.office not in offices:
            yield Finding((*path, "office"), f"{step.office[:80]!r} is not among the offices", "name one of route.offices")
        if step.days < 0:
            yield Finding((*path, "days"), "a share below nothing", "write days; 0 is on the spot")
        for place, earlier in enumerate(step.after):
            if earlier not in ids:
                yield Finding((*path, "after", place), f"there is no step {earlier[:80]!r}", "name the id of another step")
