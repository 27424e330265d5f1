"""The way through the offices: what may stand in a package, and what is refused with its place."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sync.contract.checking import check_source
from sync.contract.item import ItemPackage
from sync.contract.office_route import Office, Route, RouteStep, longest_days, waits_for
from sync.contract.words import Words

Put = Callable[..., Path]


def words(text: str) -> dict[str, str]:
    return {"zh": text, "en": text, "ko": text}


ROUTE: dict[str, Any] = {
    "offices": [
        {"code": "community", "name": words("社区")},
        {"code": "street", "name": words("街道")},
        {"code": "district", "name": words("区里")},
    ],
    "steps": [
        {"id": "papers", "office": "community", "name": words("看材料")},
        {"id": "visit", "office": "street", "name": words("入户"), "days": 1, "after": ["papers"]},
        {
            "id": "public",
            "office": "community",
            "name": words("公示"),
            "days": 7,
            "calendar_days": True,
            "stops_clock": True,
            "after": ["papers"],
        },
        {"id": "decide", "office": "district", "name": words("决定"), "after": ["visit", "public"], "decides": True},
    ],
}


def with_route(change: Callable[[dict[str, Any]], object] = lambda _: None) -> Callable[[dict[str, Any]], object]:
    route = copy.deepcopy(ROUTE)
    change(route)
    return lambda source: source.update(route=route)


def test_a_route_with_side_by_side_steps_a_join_and_a_pause_is_fit(put: Put) -> None:
    checked = check_source(put(with_route()))
    assert [str(one) for one in checked.complaints] == []
    assert checked.package is not None
    route = checked.package.route
    assert route is not None
    assert waits_for(route, "decide") == {"papers", "visit", "public"}
    assert longest_days(route) == 1, "publicity stops the clock"


def test_a_package_without_a_route_stays_fit(ladder: ItemPackage) -> None:
    assert ladder.route is None


REFUSED: list[tuple[Callable[[dict[str, Any]], object], str, str]] = [
    (lambda r: r["steps"][1].update(after=["paper"]), "route.steps[1].after[0]", "there is no step 'paper'"),
    (lambda r: r["steps"][0].update(after=["decide"]), "route.steps[0].after", "waits for itself"),
    (lambda r: r["steps"][3].pop("decides"), "route.steps", "nobody decides"),
    (lambda r: r["steps"][1].update(days=2), "route.steps", "the shares add up to 2 working days, the limit is 1"),
    (lambda r: r["steps"][1].update(days=-1), "route.steps[1].days", "a share below nothing"),
    (lambda r: r["steps"][1].update(office="city"), "route.steps[1].office", "is not among the offices"),
    (lambda r: r["steps"][1].update(id="papers"), "route.steps[1].id", "is there twice"),
    (lambda r: r["steps"][1].update(id="Home Visit"), "route.steps[1].id", "is not an id"),
    (lambda r: r["offices"].append({"code": "city", "name": words("市里")}), "route.offices[3].code", "does nothing"),
    (lambda r: r["offices"][1].update(code="community"), "route.offices[1].code", "is there twice"),
    (lambda r: r["offices"][1].update(code="Street"), "route.offices[1].code", "is not a code"),
    (
        lambda r: r["steps"][1].update(when={"field": "nobody", "is_one_of": [True]}),
        "route.steps[1].when.field",
        "is not asked before this",
    ),
]


@pytest.mark.parametrize(("change", "where", "what"), REFUSED, ids=[what for _, _, what in REFUSED])
def test_a_route_that_cannot_be_walked_is_refused_with_its_place(
    put: Put, change: Callable[[dict[str, Any]], object], where: str, what: str
) -> None:
    checked = check_source(put(with_route(change)))
    assert any(one.where.startswith(where) and what in one.what for one in checked.complaints), checked.complaints
    assert not checked.is_fit


def test_a_circle_is_not_added_up() -> None:
    said = Words("一步")
    route = Route((Office("a", said),), (RouteStep("x", "a", said, after=("y",)), RouteStep("y", "a", said, after=("x",))))
    with pytest.raises(ValueError, match="waits for itself"):
        longest_days(route)
