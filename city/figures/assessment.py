"""The yearly assessment: groups along a dimension, their counts with everything hidden that must be, ready for page, chart and export."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db.models import Q, TextChoices

from city.desk.filters import newest_name
from city.figures.availability import Uptime, percent, uptimes
from city.figures.hiding import Hidden, Share, hide, is_small, share
from city.figures.keeping import cases_of, steps_of
from city.figures.measures import Measure, Measured, summed
from city.figures.periods import Period
from city.grid.models import Area, Level
from city.staff.models import Office
from sync.contract.words import Language

NOWHERE = ""


class Dimension(TextChoices):
    """Along what the figures are given."""

    COMMUNITY = "community", "社区"
    STREET = "street", "街道"
    DISTRICT = "district", "区县"
    ITEM = "item", "事项"
    OFFICE = "office", "科室"


_LEVELS = {Dimension.COMMUNITY: Level.COMMUNITY, Dimension.STREET: Level.STREET, Dimension.DISTRICT: Level.DISTRICT}
COUNTED = ("arrived", "accepted", "returned", "refused", "ended", "rated")
"""The counts that are shown; each is hidden on its own."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One group: a count is None where it is hidden. `because` says of each hidden one whether it is small or stands beside a small one."""

    key: str
    name: str
    counts: Mapping[str, int | None]
    because: Mapping[str, str]
    on_time: Share
    returned: Share
    satisfied: Share
    median_days: int | None
    available: float | None


@dataclass(frozen=True, slots=True)
class Assessment:
    """The figures of a period along a dimension, the largest group first, and all of them together."""

    dimension: Dimension
    period: Period
    figures: tuple[Figure, ...]
    whole: Figure
    hidden_small: int
    hidden_beside: int


def assess(within: Q, of_terminals: Q, of_steps: Q, period: Period, dimension: Dimension, language: Language) -> Assessment:
    """Work the figures out. `within` is the reach on cases, `of_terminals` on terminals, `of_steps` on steps."""
    if dimension is Dimension.OFFICE:
        offices = {str(pk): name for pk, name in Office.objects.values_list("pk", "name")}
        groups = steps_of(within, of_steps, period)
        return _assembled(dimension, period, groups, lambda key: offices.get(key, key), {}, _flat(groups))
    measured = cases_of(within, period)
    if dimension is Dimension.ITEM:
        groups = _grouped(measured, lambda _, item: item)
        return _assembled(dimension, period, groups, lambda key: newest_name(key, language), {}, _flat(groups))
    tree, level = Tree(), _LEVELS[dimension]
    groups = _grouped(measured, lambda area, _: tree.above(area, level))
    times: dict[str, list[Uptime]] = {}
    for one in uptimes(of_terminals, period):
        times.setdefault(tree.above(one.area, level), []).append(one)
    return _assembled(dimension, period, groups, lambda key: tree.names.get(key, "—"), times, _nested(measured, level, tree))


def by_month(within: Q, period: Period) -> list[tuple[str, int | None]]:
    """Return the arrivals of each month, small ones hidden, with their neighbours."""
    counts = {f"{first:%Y-%m}": one.arrived for first, one in cases_of(within, period).by_month.items()}
    hidden = hide(counts)
    return [(name, None if name in hidden.cells else count) for name, count in counts.items()]


def _grouped(measured: Measured, key_of: Callable[[str, str], str]) -> dict[str, Measure]:
    groups: dict[str, Measure] = {}
    for (area, item), one in measured.of.items():
        groups.setdefault(key_of(area, item), Measure()).add(one)
    return groups


def _flat(groups: Mapping[str, Measure]) -> dict[str, Hidden[str]]:
    """Every count along a dimension without levels adds up to one sum."""
    return {name: hide({key: getattr(one, name) for key, one in groups.items()}) for name in COUNTED}


def _nested(measured: Measured, level: Level, tree: "Tree") -> dict[str, Hidden[str]]:
    """Areas add up to the area above them, which has a table of its own: each family is hidden by itself, from the districts downwards."""
    return {name: _nested_count(measured, name, level, tree) for name in COUNTED}


def _nested_count(measured: Measured, name: str, level: Level, tree: "Tree") -> Hidden[str]:
    above: Hidden[str] = Hidden(frozenset(), frozenset(), whole=False)
    families_of, whole = Level.DISTRICT, False
    for step in (Level.DISTRICT, Level.STREET, Level.COMMUNITY):
        families: dict[str, dict[str, int]] = {}
        for (area, _), one in measured.of.items():
            key = tree.above(area, step)
            family = families.setdefault(tree.above(area, families_of) if step is not Level.DISTRICT else NOWHERE, {})
            family[key] = family.get(key, 0) + getattr(one, name)
        hidden = [hide(family, sum_is_hidden=parent in above.cells) for parent, family in families.items()]
        whole = whole or (step is Level.DISTRICT and any(one.whole for one in hidden))
        above = Hidden(frozenset().union(*(one.small for one in hidden)), frozenset().union(*(one.beside for one in hidden)), whole)
        if step is level:
            return above
        families_of = step
    raise ValueError(f"{level} is no level of these tables")


class Tree:
    """The areas of the city, by level, to find the one around a code."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self._of: dict[str, set[str]] = {}
        for code, level, name in Area.objects.values_list("code", "level", "name"):
            self.names[code] = name
            self._of.setdefault(level, set()).add(code)

    def above(self, code: str, level: Level) -> str:
        """Return the code of the area of this level in which `code` lies; nowhere for one that lies in none."""
        known = self._of.get(level, set())
        return next((code[:length] for length in range(len(code), 0, -1) if code[:length] in known), NOWHERE)


def _assembled(
    dimension: Dimension,
    period: Period,
    groups: Mapping[str, Measure],
    name_of: Callable[[str], str],
    times: Mapping[str, list[Uptime]],
    hidden: Mapping[str, Hidden[str]],
) -> Assessment:
    keys = sorted({*groups, *times}, key=lambda key: (-groups[key].arrived if key in groups else 0, key))
    figures = tuple(_figure(key, name_of(key), groups.get(key, Measure()), times.get(key, []), hidden) for key in keys)
    whole = summed(groups.values())
    of_all = {name: _of_all(hidden[name], getattr(whole, name)) for name in COUNTED}
    total = _figure("all", "", whole, [one for some in times.values() for one in some], of_all)
    small = sum(len(one.small) for one in hidden.values())
    beside = sum(len(one.beside) for one in hidden.values())
    return Assessment(dimension, period, figures, total, small, beside)


def _of_all(hidden: Hidden[str], count: int) -> Hidden[str]:
    is_hidden = hidden.whole or is_small(count)
    return Hidden(frozenset({"all"}) if is_hidden else frozenset(), frozenset(), whole=False)


def _figure(key: str, name: str, one: Measure, times: list[Uptime], hidden: Mapping[str, Hidden[str]]) -> Figure:
    counts = {each: None if key in hidden[each].cells else getattr(one, each) for each in COUNTED}
    because = {each: "small" if key in hidden[each].small else "beside" for each in COUNTED if key in hidden[each].cells}

    def shown(part: int, of: str) -> Share:
        return share(part, getattr(one, of)) if counts[of] is not None else Share(None)

    return Figure(
        key,
        name,
        counts,
        because,
        on_time=shown(one.on_time, "ended"),
        returned=shown(one.returned, "arrived"),
        satisfied=shown(one.satisfied, "rated"),
        median_days=one.median_days if counts["ended"] is not None and one.ended > 4 else None,
        available=percent(times),
    )
