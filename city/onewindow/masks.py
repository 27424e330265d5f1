"""Personal values as they are shown before somebody gives a reason to see them."""

import re
from enum import StrEnum

_WHOLE = "******"
_DISTRICT = re.compile(r"(?:.{2,9}?省)?(?:.{2,9}?市)?.{1,9}?[区县]")


class Mask(StrEnum):
    """How a value is covered."""

    NONE = "none"
    NAME = "name"  # 张**
    ID_NUMBER = "id_number"  # 2101**********0023
    PHONE = "phone"  # 138****6204
    ACCOUNT = "account"  # **** **** **** 3308
    PLACE = "place"  # 和平区******
    WHOLE = "whole"  # ******


_SHOWN = {Mask.ID_NUMBER: (4, 4), Mask.PHONE: (3, 4), Mask.ACCOUNT: (0, 4)}
"""How many characters at the head and the tail stay readable."""


def masked(value: str, mask: Mask) -> str:
    """Return `value` covered; what is too short to be covered in part is covered whole."""
    value = value.replace("\0", "").strip()
    if not value or mask is Mask.NONE:
        return value
    head, tail = _SHOWN.get(mask, (0, 0))
    if mask is Mask.NAME:
        return value[0] + "*" * max(1, len(value) - 1)
    if mask is Mask.PLACE:
        district = _DISTRICT.match(value)
        return (district.group() if district else "") + _WHOLE
    if mask is Mask.WHOLE or len(value) <= head + tail:
        return _WHOLE
    covered = "**** **** **** " if mask is Mask.ACCOUNT else "*" * (len(value) - head - tail)
    return value[:head] + covered + value[-tail:]


def mask_for(schema_format: str | None, control: str, name: str) -> Mask:
    """Return how the answer to a question is covered, by the format that its schema asks for and its control."""
    by_format = {
        "person-name": Mask.NAME,
        "mobile": Mask.PHONE,
        "telephone": Mask.PHONE,
        "id-number": Mask.ID_NUMBER,
        "bank-card": Mask.ACCOUNT,
    }
    if schema_format in by_format:
        return by_format[schema_format]
    if control == "id_number":
        return Mask.ID_NUMBER
    if control == "address" or "address" in name:
        return Mask.PLACE
    if control == "digits":
        return Mask.ACCOUNT
    return Mask.NONE
