"""The way through the offices as a picture: an office is a lane, time runs to the right, arrows join what waits for what.

Drawn by the server as SVG with classes for colours, so that it keeps the pages' policy, prints, and needs no script.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from sync.contract.office_route import Route, RouteStep
from sync.contract.words import Language

_LANE, _BOX_WIDE, _BOX_HIGH = 118, 138, 46
_BETWEEN, _ROW = 42, 66
_END = 58
_LETTERS = 9
"""Full-width letters of a step's name beside its mark; the whole name is under the pointer and in the list beside the picture."""
_TITLE, _START, _DONE = "办理流程图", "受理", "办结"
_DAYS, _WORKING_DAYS, _SAME_DAY = "%(n)s 天", "%(n)s 个工作日", "当日"
_KINDS = ("作决定", "公示", "停表", "有条件")
WORDS = (_TITLE, _START, _DONE, _DAYS, _WORKING_DAYS, _SAME_DAY, *_KINDS)
"""What is written into the picture, beside the item's own words."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a step is drawn: its column counts from the acceptance, its row from the top of the picture."""

    column: int
    row: int


@dataclass(frozen=True, slots=True)
class Plan:
    """Where everything is drawn. `lanes` are the offices with their first row and how many rows they have."""

    spots: Mapping[str, Spot]
    lanes: tuple[tuple[str, int, int], ...]
    columns: int
    rows: int


def plan_of(route: Route) -> Plan | None:
    """Lay the steps out: as early as what they wait for allows, in the lane of their office. None where they run in a circle."""
    known = {step.id for step in route.steps}
    before = {step.id: [one for one in step.after if one in known] for step in route.steps}
    try:
        order = list(TopologicalSorter(before).static_order())
    except CycleError:
        return None
    column: dict[str, int] = {}
    for one in order:
        column[one] = 1 + max((column[earlier] for earlier in before[one]), default=0)
    taken: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    inner: dict[str, int] = {}
    for step in route.steps:
        inner[step.id] = taken[step.office][column[step.id]]
        taken[step.office][column[step.id]] += 1
    lanes, row = [], 0
    for office, columns in taken.items():  # in the order in which the route comes to them
        rows = max(columns.values())
        lanes.append((office, row, rows))
        row += rows
    first = {office: start for office, start, _ in lanes}
    spots = {step.id: Spot(column[step.id], first[step.office] + inner[step.id]) for step in route.steps}
    return Plan(spots, tuple(lanes), max(column.values(), default=0), row)


def route_plan(
    route: Route, language: Language, states: Mapping[str, str] | None = None, *, here: str = "", links: Mapping[str, str] | None = None
) -> SafeString:
    """Draw the route; with `states` of a case's steps also how far it is. `here` is the step in hand, `links` where a step leads to.

    Returns nothing where the steps run in a circle.
    """
    plan = plan_of(route)
    if plan is None or not route.steps:
        return SafeString("")
    wide = _LANE + _END + plan.columns * (_BOX_WIDE + _BETWEEN) + _BETWEEN + _END + 12
    high = max(1, plan.rows) * _ROW + 8
    names = {office.code: office.name.said_in(language) for office in route.offices}
    parts = [
        _lanes(plan, names, wide),
        *(_arrow(plan, earlier, later, _state(states, later)) for earlier, later in _arrows(route)),
        *_ends(plan, route, high),
        *(
            _step(step, plan.spots[step.id], language, _state(states, step.id), step.id == here, (links or {}).get(step.id))
            for step in route.steps
        ),
    ]
    return format_html(
        '<svg class="route-plan" viewBox="0 0 {} {}" width="{}" height="{}" role="group" aria-label="{}">'
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path class="tip" d="M0 0L8 4L0 8z"/></marker></defs>{}</svg>',
        wide,
        high,
        wide,
        high,
        gettext(_TITLE),
        format_html_join("", "{}", ((part,) for part in parts)),
    )


def _state(states: Mapping[str, str] | None, step: str) -> str:
    return "" if states is None else states.get(step, "waiting")


def _arrows(route: Route) -> list[tuple[str, str]]:
    """What leads to what; an empty name is the acceptance on the left, or the end on the right."""
    known = {step.id for step in route.steps}
    found: list[tuple[str, str]] = []
    for step in route.steps:
        earlier = [one for one in step.after if one in known]
        found += [(one, step.id) for one in earlier] or [("", step.id)]
    leading = {earlier for earlier, _ in found}
    return found + [(step.id, "") for step in route.steps if step.id not in leading]


def _x(column: int) -> int:
    return _LANE + _END + _BETWEEN + (column - 1) * (_BOX_WIDE + _BETWEEN)


def _y(row: int) -> int:
    return row * _ROW + _ROW // 2 + 4


def _lanes(plan: Plan, names: Mapping[str, str], wide: int) -> SafeString:
    return format_html_join(
        "",
        '<rect class="lane{}" x="0" y="{}" width="{}" height="{}"/><text class="office" x="12" y="{}"><title>{}</title>{}</text>',
        (
            (" odd" if place % 2 else "", 4 + start * _ROW, wide, rows * _ROW, _y(start) + (rows - 1) * _ROW // 2 + 5, name, _cut(name, 8))
            for place, (office, start, rows) in enumerate(plan.lanes)
            for name in (names.get(office, office),)
        ),
    )


def _arrow(plan: Plan, earlier: str, later: str, state: str) -> SafeString:
    """From the right side of one to the left side of the other; around what lies between them in the same row."""
    middle = (plan.rows * _ROW) // 2 + 4
    start = (_x(plan.spots[earlier].column) + _BOX_WIDE, _y(plan.spots[earlier].row)) if earlier else (_LANE + _END, middle)
    end = (_x(plan.spots[later].column), _y(plan.spots[later].row)) if later else (_x(plan.columns + 1), middle)
    columns = (plan.spots[earlier].column if earlier else 0, plan.spots[later].column if later else plan.columns + 1)
    turn = end[0] - _BETWEEN // 2
    lies_between = any(columns[0] < spot.column < columns[1] and _y(spot.row) == start[1] for spot in plan.spots.values())
    points: list[tuple[int, int]] = [start]
    if lies_between or (not earlier and columns[1] > 1):
        aside = start[1] - _ROW // 2 + 3
        points += [(start[0] + _BETWEEN // 3, start[1]), (start[0] + _BETWEEN // 3, aside), (turn, aside), (turn, end[1]), end]
    else:
        points += [(turn, start[1]), (turn, end[1]), end]
    path = "M" + "L".join(f"{x} {y}" for x, y in _without_repeats(points))
    return format_html('<path class="way{}" d="{}" marker-end="url(#tip)"/>', " left-out" if state == "left_out" else "", path)


def _without_repeats(points: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    return [points[0], *(later for earlier, later in pairwise(points) if later != earlier)]


def _ends(plan: Plan, route: Route, high: int) -> list[SafeString]:
    marks = ((_LANE, gettext(_START)), (_x(plan.columns + 1), gettext(_DONE)))
    return [
        format_html(
            '<g class="end"><rect x="{}" y="{}" width="{}" height="30" rx="15"/><text x="{}" y="{}">{}</text></g>',
            x,
            (high - 8) // 2 - 11,
            _END,
            x + _END // 2,
            (high - 8) // 2 + 9,
            name,
        )
        for x, name in marks
        if route.steps
    ]


_MARKS = {"done": "check_circle", "ready": "pending", "claimed": "pending", "left_out": "do_not_disturb_on"}


def _step(step: RouteStep, spot: Spot, language: Language, state: str, is_here: bool, link: str | None) -> SafeString:
    x, y, name = _x(spot.column), _y(spot.row) - _BOX_HIGH // 2, step.name.said_in(language)
    facts = _facts(step)
    classes = " ".join(
        one for one in ("step", state.replace("_", "-"), "decides" if step.decides else "", "here" if is_here else "") if one
    )
    mark = _MARKS.get(state, "gavel" if step.decides else "pause_circle" if step.stops_clock else "radio_button_unchecked")
    drawn = format_html(
        '<title>{}</title><rect x="{}" y="{}" width="{}" height="{}" rx="{}"/>{}'
        '<text class="sign" x="{}" y="{}" aria-hidden="true">{}</text>'
        '<text class="named" x="{}" y="{}">{}</text><text class="facts" x="{}" y="{}">{}</text>',
        "，".join((name, *facts)),
        x,
        y,
        _BOX_WIDE,
        _BOX_HIGH,
        4 if step.decides else 8,
        _corner(x, y) if step.when is not None else "",
        x + 8,
        y + 21,
        mark,
        x + 28,
        y + 19,
        _cut(name, _LETTERS - 1),
        x + 28,
        y + 37,
        " · ".join(facts[:2]),
    )
    if link:
        return format_html('<a class="{}" href="{}" aria-label="{}">{}</a>', classes, link, "，".join((name, *facts)), drawn)
    return format_html('<g class="{}" role="img" aria-label="{}">{}</g>', classes, "，".join((name, *facts)), drawn)


def _corner(x: int, y: int) -> SafeString:
    """A corner folded over: this step is not in every case's way."""
    return format_html('<path class="sometimes" d="M{} {}l0 14l-14 -14z"/>', x + _BOX_WIDE, y)


def _facts(step: RouteStep) -> tuple[str, ...]:
    days = gettext(_DAYS if step.calendar_days else _WORKING_DAYS) % {"n": step.days} if step.days else gettext(_SAME_DAY)
    marks = (step.decides, step.publishes, step.stops_clock, step.when is not None)
    return (days, *(gettext(word) for is_so, word in zip(marks, _KINDS, strict=True) if is_so))


def _cut(name: str, letters: int) -> str:
    """Return as much of `name` as fits; a letter below U+2E80 is half as wide."""
    room = 2 * letters
    for place, letter in enumerate(name):
        room -= 2 if ord(letter) >= 0x2E80 else 1
        if room < 0:
            return f"{name[:place]}…"
    return name
