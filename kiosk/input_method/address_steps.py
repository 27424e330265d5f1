"""Entering an address in steps: which step is next, and what a choice does to the steps behind it."""

from collections.abc import Mapping
from typing import Any

from kiosk.regions import Region
from sync.contract.address import STEPS, WRITTEN

_OF_A_DOOR = ("号", "-", "栋", "单元", "室")
DOOR_KEYS = _OF_A_DOOR
LONGEST = {"road": 30, "door": 40, WRITTEN: 100}


def plain(value: object) -> dict[str, str]:
    """Return an address as it stands; whatever is no address is an empty one."""
    if not isinstance(value, Mapping):
        return {}
    return {step: str(value[step]) for step in (*STEPS, WRITTEN) if value.get(step)}


def steps_of(region: Region, chosen: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the steps that this address takes: no community where the data have none for its street."""
    without = chosen.get("street") and not region.choices(dict(chosen), "community")
    return tuple(step for step in STEPS if not (step == "community" and without))


def next_step(region: Region, chosen: Mapping[str, Any]) -> str:
    """Return the first step that is still open; the last one when all are there."""
    if WRITTEN in chosen:
        return WRITTEN
    steps = steps_of(region, chosen)
    return next((step for step in steps if not chosen.get(step)), steps[-1])


def chosen_at(region: Region, address: Mapping[str, str], step: str, value: str) -> dict[str, str]:
    """Return the address with one step as given; another choice takes back what depends on it."""
    if step == WRITTEN:
        return {WRITTEN: value} if value else {}
    kept = dict(address) if address.get(step) == value else {name: address[name] for name in STEPS[: STEPS.index(step)] if name in address}
    if step in ("road", "door"):  # written, letter by letter: the door stays while the road is put right
        kept = {name: text for name, text in address.items() if name not in (step, WRITTEN)}
    kept.pop(WRITTEN, None)
    if value:
        kept[step] = value[: LONGEST.get(step, len(value))]
    else:
        kept.pop(step, None)
    if step == "street" and not region.choices(kept, "community"):
        kept.pop("community", None)
    return kept
