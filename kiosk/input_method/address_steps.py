"""Entering an address in steps: which step is next, what may be chosen there, and what a choice does to the steps behind it."""

from collections.abc import Mapping

from kiosk.input_method.initials import in_order
from kiosk.regions import Region, country
from sync.contract.address import ALL_STEPS, FAR_STEPS, STEPS, WRITTEN

_OF_A_DOOR = ("号", "-", "栋", "单元", "室")
DOOR_KEYS = _OF_A_DOOR
LONGEST = {"road": 30, "door": 40, "line": 60, WRITTEN: 100}
_BY_LETTERS = ("road", "door", "line")


def plain(value: object) -> dict[str, str]:
    """Return an address as it stands; whatever is no address is an empty one."""
    if not isinstance(value, Mapping):
        return {}
    return {step: str(value[step]) for step in ALL_STEPS if value.get(step)}


def choices(region: Region, chosen: Mapping[str, str], step: str) -> tuple[str, ...]:
    """Return what may be chosen at a step, given the steps before it; nothing when it has to be written."""
    match step:
        case "province":
            return in_order(country.provinces())
        case "city":
            return in_order(country.cities(chosen.get("province", "")))
        case "county":
            return in_order(country.counties(chosen.get("province", ""), chosen.get("city", "")))
        case _:
            return region.choices(dict(chosen), step)


def steps_of(region: Region, chosen: Mapping[str, str], *, is_far: bool = False) -> tuple[str, ...]:
    """Return the steps that this address takes: those are left out for which there is nothing to choose below what was chosen."""
    if is_far or any(step in chosen for step in FAR_STEPS):
        empty = {
            below for above, below in (("province", "city"), ("city", "county")) if above in chosen and not choices(region, chosen, below)
        }
        return tuple(step for step in FAR_STEPS if step not in empty and not (step == "county" and "city" in empty))
    without = chosen.get("street") and not region.choices(dict(chosen), "community")
    return tuple(step for step in STEPS if not (step == "community" and without))


def next_step(region: Region, chosen: Mapping[str, str]) -> str:
    """Return the first step that is still open; the last one when all are there."""
    if WRITTEN in chosen:
        return WRITTEN
    steps = steps_of(region, chosen)
    return next((step for step in steps if not chosen.get(step)), steps[-1])


def chosen_at(region: Region, address: Mapping[str, str], step: str, value: str) -> dict[str, str]:
    """Return the address with one step as given; another choice takes back what depends on it, and what is of another kind of address."""
    if step == WRITTEN:
        return {WRITTEN: value} if value else {}
    way = STEPS if step in STEPS else FAR_STEPS
    stays = way if address.get(step) == value or step in _BY_LETTERS else way[: way.index(step)]
    kept = {name: address[name] for name in stays if name in address and name != step}
    if value:
        kept[step] = value[: LONGEST.get(step, len(value))]
    if step == "street" and not region.choices(kept, "community"):
        kept.pop("community", None)
    return {name: kept[name] for name in way if name in kept}
