"""Where people live, step by step: districts, streets, communities, roads and estates of the city, as data beside this module.

Only names: an address is what its parts are called. Streets without communities in the data skip that step.
"""

from functools import cache
from pathlib import Path

import msgspec

from peripherals.values import dataclass


@dataclass(frozen=True, slots=True)
class Community:
    """A community with the roads and estates that are offered."""

    name: str
    roads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Street:
    """A street office's area."""

    name: str
    communities: tuple[Community, ...] = ()


@dataclass(frozen=True, slots=True)
class District:
    """A district or county with its code of GB/T 2260."""

    name: str
    code: str
    streets: tuple[Street, ...] = ()


@dataclass(frozen=True, slots=True)
class Region:
    """One city. `sample` says how far the data may be trusted."""

    city: str
    sample: str
    districts: tuple[District, ...]

    def choices(self, chosen: dict[str, str], step: str) -> tuple[str, ...]:
        """Return what may be chosen at a step of an address, given the steps before it; nothing when it has to be written."""
        if step == "district":
            return tuple(district.name for district in self.districts)
        district = next((one for one in self.districts if one.name == chosen.get("district")), None)
        if district is None:
            return ()
        if step == "street":
            return tuple(street.name for street in district.streets)
        street = next((one for one in district.streets if one.name == chosen.get("street")), None)
        if street is None:
            return ()
        if step == "community":
            return tuple(community.name for community in street.communities)
        community = next((one for one in street.communities if one.name == chosen.get("community")), None)
        return () if community is None or step != "road" else community.roads

    def way_to(self, community: str) -> dict[str, str]:
        """Return the district and street of a community; empty when the data do not have it."""
        for district in self.districts:
            for street in district.streets:
                if any(one.name == community for one in street.communities):
                    return {"district": district.name, "street": street.name, "community": community}
        return {}


@cache
def shenyang() -> Region:
    """Return the data of Shenyang."""
    return msgspec.json.decode(Path(__file__).with_name("shenyang.json").read_bytes(), type=Region)
