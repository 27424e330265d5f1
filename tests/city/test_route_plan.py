"""The route as a picture: every item's can be drawn, nothing lies on anything else, and what waits is drawn behind what it waits for."""

import re
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from city.web.route_plan import plan_of, route_plan
from sync.contract.checking import check_folder
from sync.contract.condition import Condition
from sync.contract.office_route import Office, Route, RouteStep
from sync.contract.words import Language, Words

ITEMS = {str(one.package.code): one.package for one in check_folder(Path(__file__).parents[2] / "city" / "items") if one.package}
ROUTES = {code: package.route for code, package in ITEMS.items() if package.route is not None}
OFFICES = tuple(Office(code, Words(f"科室{code}", f"Office {code}")) for code in "abc")


def step(name: str, after: tuple[str, ...] = (), office: str = "a", **more: object) -> RouteStep:
    return RouteStep(name, office, Words(f"步骤{name}", f"Step {name}"), after=after, **more)  # type: ignore[arg-type]


def drawn(route: Route, **more: object) -> ET.Element:
    return ET.fromstring(route_plan(route, Language.ZH, **more))  # type: ignore[arg-type]  # noqa: S314  our own drawing


def classes(picture: ET.Element, name: str) -> list[str]:
    return [one.get("class", "") for one in picture.iter() if name in one.get("class", "").split()]


@pytest.mark.parametrize("code", sorted(ROUTES))
def test_every_item_s_route_is_drawn_whole(code: str) -> None:
    route = ROUTES[code]
    picture = drawn(route)
    assert len(classes(picture, "step")) == len(route.steps)
    text = "".join(picture.itertext())
    assert all(step.name.zh in text for step in route.steps)
    assert all(office.name.zh in text for office in route.offices if any(step.office == office.code for step in route.steps))
    wide = float(picture.get("width", "0"))
    for one in picture.iter("rect"):
        assert 0 <= float(one.get("x", "0")) <= wide - float(one.get("width", "0"))
    assert len(ROUTES) > 20


@st.composite
def routes(draw: st.DrawFn) -> Route:
    """Routes of up to ten steps, each waiting for some of the earlier ones."""
    steps: list[RouteStep] = []
    for place in range(draw(st.integers(1, 10))):
        after = draw(st.lists(st.sampled_from([one.id for one in steps]), unique=True, max_size=3)) if steps else []
        steps.append(step(f"s{place}", tuple(after), draw(st.sampled_from("abc"))))
    return Route(OFFICES, tuple(draw(st.permutations(steps))))


@settings(deadline=None)
@given(routes())
def test_nothing_lies_on_anything_else_and_waiting_is_to_the_right(route: Route) -> None:
    plan = plan_of(route)
    assert plan is not None
    assert all(one != other for one, other in combinations(plan.spots.values(), 2))
    for each in route.steps:
        assert all(plan.spots[earlier].column < plan.spots[each.id].column for earlier in each.after)
        start, rows = next((start, rows) for office, start, rows in plan.lanes if office == each.office)
        assert start <= plan.spots[each.id].row < start + rows
    tips = len(re.findall('marker-end="', route_plan(route, Language.ZH)))
    starts = sum(not one.after for one in route.steps)
    ends = sum(all(one.id not in other.after for other in route.steps) for one in route.steps)
    assert tips == sum(len(one.after) for one in route.steps) + starts + ends


def test_a_circle_is_not_drawn() -> None:
    assert route_plan(Route(OFFICES, (step("a", ("b",)), step("b", ("a",)))), Language.ZH) == ""
    assert route_plan(Route(OFFICES, ()), Language.ZH) == ""


def test_a_step_that_waits_for_nothing_known_is_drawn_from_the_start() -> None:
    assert len(classes(drawn(Route(OFFICES, (step("a", ("gone",)),))), "step")) == 1


def test_how_far_a_case_is_is_seen() -> None:
    route = Route(OFFICES, (step("a", decides=True), step("b", ("a",), when=Condition("x", ("1",))), step("c", ("a",), stops_clock=True)))
    picture = drawn(route, states={"a": "done", "b": "left_out", "c": "claimed"}, here="c")
    assert classes(picture, "step") == ["step done decides", "step left-out", "step claimed here"]
    assert sorted(set(classes(picture, "way"))) == ["way", "way left-out"]
    assert [one for one in picture.iter() if one.get("class") == "sometimes"]
    labels = [one.get("aria-label") for one in picture.iter() if "step" in one.get("class", "").split()]
    assert labels == ["步骤a，当日，作决定", "步骤b，当日，有条件", "步骤c，当日，停表"]


def test_names_are_written_as_text_and_never_as_markup() -> None:
    bad = RouteStep("a", "a", Words("<script>x</script>", "x"))
    text = route_plan(Route((Office("a", Words('"><b>', "x")),), (bad,)), Language.ZH, links={"a": '/x?"><i>'})
    assert "<script>" not in text
    assert "<b>" not in text
    assert "<i>" not in text
