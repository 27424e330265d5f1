"""How the paper of a slip printer is changed, in four drawings: the printer from the side, its lid, the roll, and where a hand goes."""

from collections.abc import Sequence
from math import cos, pi, sin

from kiosk.screens.drawing_sheet import Point, Sheet, curve

_BODY, _EDGE, _INSIDE, _DARK = "#FDFBF6", "#CFC5B1", "#E4DACA", "#2A312D"
_PAPER, _PAPER_EDGE, _CORE, _HAND = "#FFFFFF", "#BDB49F", "#A08B66", "#E7A534"
_PIVOT: Point = (500, 200)
_LID_LENGTH = 330
_OPEN_TURN = -52.0
ROOM_ABOVE = 100
"""Units."""


class _Lowered:
    """Draws further down, so that there is room above for an open lid."""

    def __init__(self, sheet: Sheet, down: float) -> None:
        self._sheet = sheet
        self._down = down

    def polygon(self, points: Sequence[Point], fill: str) -> None:
        self._sheet.polygon([(x, y + self._down) for x, y in points], fill)

    def rectangle(self, x: float, y: float, width: float, height: float, fill: str, *, radius: float = 0) -> None:
        self._sheet.rectangle(x, y + self._down, width, height, fill, radius=radius)

    def disc(self, x: float, y: float, radius: float, fill: str, alpha: float = 1.0, *, flat: float = 1.0) -> None:
        self._sheet.disc(x, y + self._down, radius, fill, alpha, flat=flat)

    def line(self, points: Sequence[Point], fill: str, width: float) -> None:
        self._sheet.line([(x, y + self._down) for x, y in points], fill, width)


def draw(on: Sheet, step: str) -> None:
    """Draw one step: open, take_out, put_in, close, test or done."""
    sheet = _Lowered(on, ROOM_ABOVE)
    sheet.disc(322, 362, 250, "#DDD0B8", 0.7, flat=0.08)
    is_open = step in ("take_out", "put_in", "close")
    _body(sheet, is_open=is_open)
    if step == "put_in":
        _roll(sheet, 200, 78, 62)
        _arrow(sheet, (300, 92), (372, 130), (372, 176))
    elif step == "take_out":
        _roll(sheet, 372, 205, 24)
        _arrow(sheet, (330, 190), (250, 150), (190, 96))
    elif step == "close":
        _roll(sheet, 372, 214, 62)
        sheet.line([(318, 244), (220, 216), (150, 196)], _PAPER_EDGE, 12)
        sheet.line([(318, 244), (220, 216), (150, 196)], _PAPER, 8)
    _front(sheet)
    _lid(sheet, _OPEN_TURN if is_open else 0.0)
    if step == "open":
        _arrow(sheet, (150, 150), (120, 80), (190, 44))
    elif step == "close":
        _arrow(sheet, (250, 20), (160, 40), (132, 128))
    elif step in ("test", "done"):
        _slip(sheet, is_good=step == "done")


def _body(sheet: _Lowered, *, is_open: bool) -> None:
    sheet.rectangle(128, 196, 400, 164, _EDGE, radius=26)
    sheet.rectangle(133, 201, 390, 154, _BODY, radius=22)
    if is_open:
        sheet.disc(372, 232, 92, _INSIDE, flat=0.5)


def _front(sheet: _Lowered) -> None:
    """The wall before the roll, and the lamp that says how it is."""
    sheet.rectangle(133, 262, 390, 93, _BODY, radius=22)
    sheet.line([(150, 264), (506, 264)], _EDGE, 4)
    sheet.disc(476, 314, 10, "#0B5748")
    sheet.rectangle(160, 300, 120, 12, _EDGE, radius=6)
    sheet.rectangle(160, 322, 84, 12, _EDGE, radius=6)


def _lid(sheet: _Lowered, turn: float) -> None:
    """The lid, turned about its hinge by some degrees."""
    x, y = _PIVOT

    def at(along: float, up: float) -> Point:
        angle = turn * pi / 180
        return x - along * cos(angle) - up * sin(angle), y + along * sin(angle) - up * cos(angle)

    outer = [at(-22, 0), at(-22, 34), at(8, 62), at(_LID_LENGTH, 48), at(_LID_LENGTH + 26, 20), at(_LID_LENGTH + 26, 0)]
    inner = [at(-17, 4), at(-17, 32), at(9, 57), at(_LID_LENGTH - 2, 43), at(_LID_LENGTH + 21, 18), at(_LID_LENGTH + 21, 4)]
    sheet.polygon(outer, _EDGE)
    sheet.polygon(inner, "#EDF3EE")
    sheet.line([at(_LID_LENGTH - 40, 22), at(_LID_LENGTH, 20)], "#0B5748", 10)
    sheet.disc(x, y, 11, _DARK)


def _roll(sheet: _Lowered, x: float, y: float, radius: float) -> None:
    sheet.disc(x, y, radius + 4, _PAPER_EDGE)
    sheet.disc(x, y, radius, _PAPER)
    for ring in range(30, int(radius), 11):
        sheet.line([(x + ring * cos(a * pi / 12), y + ring * sin(a * pi / 12)) for a in range(25)], "#E6DFD0", 2.4)
    sheet.disc(x, y, 21, _CORE)
    sheet.disc(x, y, 12, _INSIDE)


def _slip(sheet: _Lowered, *, is_good: bool) -> None:
    sheet.rectangle(104, 40, 118, 160, _PAPER_EDGE)
    sheet.rectangle(107, 43, 112, 157, _PAPER)
    for place, to in enumerate((196, 176, 190)):
        sheet.line([(124, 72 + 26 * place), (to, 72 + 26 * place)], "#78948A", 7)
    if is_good:
        sheet.disc(300, 92, 52, "#0B5748")
        sheet.line([(276, 94), (294, 112), (326, 74)], "#FFFFFF", 12)


def _arrow(sheet: _Lowered, start: Point, middle: Point, end: Point) -> None:
    """An arrow along a curve, in the colour of what the hand does."""
    way = curve(start, middle, end)
    sheet.line(way, _HAND, 11)
    (ax, ay), (bx, by) = way[-4], end
    length = ((bx - ax) ** 2 + (by - ay) ** 2) ** 0.5
    ux, uy = (bx - ax) / length, (by - ay) / length
    wings = [(bx - 30 * ux + side * 22 * uy, by - 30 * uy - side * 22 * ux) for side in (-1, 1)]
    sheet.line([wings[0], end, wings[1]], _HAND, 11)
