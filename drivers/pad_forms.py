"""How pads say where their pen is: the plug-in point for makers' protocols.

A form is a class without arguments that fulfils `PadForm`. `lines` is built in; any other is named in the configuration as
`package.module:Class`, is imported in the pad's own process, and can harm nothing but that.

| Form | Bytes |
|---|---|
| `lines` | text lines `*,x,y,t`, ended by CR, LF or both; x and y from 0 to 4095 from the upper left; t is 1 while the pen touches |
"""

import importlib
import re
from typing import Protocol

from peripherals.signature_pad import PadPoint

LONGEST_LINE_BYTES = 64
_FULL = 4095


class PadForm(Protocol):
    """Turns bytes into points; pure, fed in pieces of any size."""

    begin: bytes
    """What is sent to the pad when it is opened; may be empty."""

    def feed(self, data: bytes) -> list[PadPoint | None]:
        """Return the points that are whole now, in order, and None for what is no point."""


class LinesForm:
    """Text lines, as several makers' pads send them."""

    begin = b""
    _LINE = re.compile(rb"\*,(\d{1,5}),(\d{1,5}),([01])")

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[PadPoint | None]:
        """See PadForm.feed."""
        *whole, self._rest = re.split(rb"[\r\n]+", self._rest + data)
        points = [self._point(line) for line in whole if line]
        if len(self._rest) > LONGEST_LINE_BYTES:
            self._rest = b""
            points.append(None)
        return points

    def _point(self, line: bytes) -> PadPoint | None:
        found = self._LINE.fullmatch(line)
        if found is None:
            return None
        x, y = int(found[1]), int(found[2])
        if x > _FULL or y > _FULL:
            return None
        return PadPoint(x / _FULL, y / _FULL, found[3] == b"1")


class PadFormError(ValueError):
    """The configuration names no form; the message says why."""


def pad_form(name: str) -> PadForm:
    """Return a new form by its name. Raises PadFormError."""
    if name == "lines":
        return LinesForm()
    module, _, class_ = name.partition(":")
    try:
        form: PadForm = getattr(importlib.import_module(module), class_)()
    except (ImportError, AttributeError, TypeError, ValueError) as error:
        raise PadFormError(f"{name!r} is no form of a pad: write lines, or package.module:Class ({error})") from None
    return form
