"""The way of a case through the offices: that of its item's version, or one step of the department where the item names none."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from city import here
from city.catalogue import PackageGoneError
from city.onewindow.models import Case
from city.staff.models import Office
from sync.contract.condition import holds
from sync.contract.item import ItemPackage
from sync.contract.names import ItemCode, digest_of
from sync.contract.office_route import Office as RouteOffice
from sync.contract.office_route import Route, RouteStep
from sync.contract.words import Words


def route_of(package: ItemPackage) -> Route:
    """Return the route that a case of this item takes."""
    if package.route is not None:
        return package.route
    department = f"department-{digest_of(package.department.zh.encode())[:12]}"  # each department is an office of its own
    decide = RouteStep("decide", department, Words("审核决定", "Decision", "심사 결정"), days=package.limit.working_days, decides=True)
    return Route((RouteOffice(department, package.department),), (decide,), sample=False)


class RoutesOf(Mapping[int, Route]):
    """The routes of an item's published versions, each read when it is asked for."""

    def __init__(self, item: str) -> None:
        self._item = ItemCode(item)

    def __getitem__(self, version: int) -> Route:
        try:
            return route_of(here.catalogue().kept(self._item, version))
        except PackageGoneError as error:
            raise KeyError(str(error)) from error

    def __iter__(self) -> Iterator[int]:
        return (package.version for package in here.catalogue().versions(self._item))

    def __len__(self) -> int:
        return len(here.catalogue().versions(self._item))


def route_taken(case: Case) -> Route:
    """Return the route that the case takes now."""
    return RoutesOf(case.item)[case.route_taken]


def steps_known(case: Case) -> dict[str, RouteStep]:
    """Return every step of whichever route the case has taken, by its id; as the newest names it."""
    routes = RoutesOf(case.item)
    taken = {case.item_version, case.route_taken} | {version for version in routes if case.item_version < version < case.route_taken}
    return {step.id: step for version in sorted(taken) for step in routes[version].steps}


def left_out(route: Route, answers: dict[str, Any]) -> frozenset[str]:
    """Return the steps that do not apply to these answers."""
    return frozenset(step.id for step in route.steps if not holds(step.when, answers))


def offices_for(case: Case, route: Route) -> dict[str, Office]:
    """Return, for each office that the route names, the one that serves the case's area, the nearest first.

    Where the city has none of this kind yet it is made under the name that the route gives it: a case is not held up by a missing
    row, and the heads see its steps.
    """
    kinds = [office.code for office in route.offices]
    known: dict[str, Office] = {}
    for office in sorted(Office.objects.filter(kind__in=kinds), key=lambda office: len(office.area)):
        if case.area.startswith(office.area):
            known[office.kind] = office
    for named in route.offices:
        if named.code not in known:
            made = {"kind": named.code, "name": named.name.zh[:60]}
            known[named.code], _ = Office.objects.get_or_create(code=named.code, defaults=made)
    return known


def said(offices: Iterable[int]) -> str:
    """Return how a case says which offices its steps have: each between commas, so that 3 is not found in 13."""
    numbers = sorted(set(offices))
    return f",{','.join(map(str, numbers))}," if numbers else ""
