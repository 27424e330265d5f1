"""One thing on the page as ears meet it: what it is called, what it is, and how it stands."""

from enum import StrEnum

from peripherals.values import dataclass


class Role(StrEnum):
    """What a thing is; said after its name."""

    TEXT = "text"
    BUTTON = "button"
    FIELD = "field"
    OPTION = "option"
    CHECK = "check"
    KEY = "key"
    SHEET = "sheet"


@dataclass(frozen=True, slots=True)
class Spot:
    """`name` tells it from the others on its page. A `secret` value is told by tones where others may listen."""

    name: str
    label: str
    role: Role = Role.TEXT
    value: str = ""
    is_on: bool | None = None
    is_secret: bool = False
    is_title: bool = False
