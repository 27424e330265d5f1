"""A page in the order of reading, for ears: its texts and what can be pressed, from the parts themselves.

A page has nothing to do for it: parts are read from the top down, beside each other from the left. A `Pressable` says what it is
(`spoken`), how it stands (`is_on`) and what is in it (`value`); plain texts in one row are one thing.
"""

from collections.abc import Iterator

from kivy.uix.widget import Widget

from kiosk.screens.components.part import Part, Row
from kiosk.screens.components.press import Pressable, walk
from kiosk.screens.components.text import Text
from kiosk.voice.spot import Spot
from peripherals.values import dataclass

_LINE_PX = 8
_TITLES = ("h1", "greeting")


@dataclass(frozen=True, slots=True)
class Found:
    """A spot, and the part that it is."""

    spot: Spot
    part: Part


def spots(root: Widget) -> list[Found]:
    """Return everything on a page or a cover that ears should meet."""
    return [found for found in _below(root) if found.spot.label.strip()]


def _below(widget: Widget) -> Iterator[Found]:
    if getattr(widget, "is_unread", False):
        return
    if isinstance(widget, Pressable):
        yield Found(_pressable(widget), widget)
        for inner in walk(widget):
            if inner is not widget:
                yield Found(_pressable(inner), inner)
        return
    if isinstance(widget, Text):
        yield Found(Spot(f"text:{widget.plain}", widget.plain, is_title=widget.role in _TITLES), widget)
        return
    if isinstance(widget, Row) and (texts := list(_texts(widget))) and next(walk(widget), None) is None:
        plain = "，".join(text.plain for text in texts if text.plain)
        yield Found(Spot(f"text:{plain}", plain, is_title=any(text.role in _TITLES for text in texts)), widget)
        return
    for child in sorted(widget.children, key=lambda child: (-round(child.top / _LINE_PX), child.x)):
        yield from _below(child)


def _texts(widget: Widget) -> Iterator[Text]:
    if isinstance(widget, Text):
        yield widget
    for child in sorted(widget.children, key=lambda child: (-round(child.top / _LINE_PX), child.x)):
        yield from _texts(child)


def _pressable(part: Pressable) -> Spot:
    return Spot(part.test_id, part.label, part.spoken, part.value, part.is_on, part.is_secret)
