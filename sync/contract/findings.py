"""One complaint about an item package: where, what, and what to do."""

from enum import StrEnum

import msgspec

from sync.contract.json_places import Path


class Weight(StrEnum):
    """Whether a package with this complaint can be published."""

    ERROR = "error"
    WARNING = "warning"


class Finding(msgspec.Struct, frozen=True):
    """One complaint about a place in the package."""

    path: Path
    what: str
    advice: str
    weight: Weight = Weight.ERROR
