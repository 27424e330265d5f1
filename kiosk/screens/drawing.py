"""Draws the pictures that ship with the screens: python -m kiosk.screens.drawing FOLDER.

Everything is shapes on a grid of 720 units across (the drawings' own), drawn large and made small, so that edges are smooth.
"""

import random
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import cos, pi, sin
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw

_SCALE = 1.5
_FINE = 3

Point = tuple[float, float]


def curve(*points: Point, steps: int = 24) -> list[Point]:
    """Return points on the Bezier curve of three or four control points."""
    found = []
    for step in range(steps + 1):
        t = step / steps
        weights: tuple[float, ...]
        if len(points) == 3:
            weights = ((1 - t) ** 2, 2 * t * (1 - t), t**2)
        else:
            weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
        found.append(
            (sum(w * p[0] for w, p in zip(weights, points, strict=True)), sum(w * p[1] for w, p in zip(weights, points, strict=True)))
        )
    return found


class Sheet:
    """A drawing of some units, on nothing."""

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self._zoom = _SCALE * _FINE
        self.image = Image.new("RGBA", (round(width * self._zoom), round(height * self._zoom)), (0, 0, 0, 0))

    def polygon(self, points: Sequence[Point], fill: str, alpha: float = 1.0) -> None:
        """Fill a polygon."""
        self._over(lambda draw: draw.polygon([(x * self._zoom, y * self._zoom) for x, y in points], fill=_colour(fill, alpha)), alpha)

    def rectangle(self, x: float, y: float, width: float, height: float, fill: str, *, radius: float = 0, alpha: float = 1.0) -> None:
        """Fill a rectangle, with round corners."""
        box = tuple(part * self._zoom for part in (x, y, x + width, y + height))
        self._over(lambda draw: draw.rounded_rectangle(box, radius=radius * self._zoom, fill=_colour(fill, alpha)), alpha)

    def disc(self, x: float, y: float, radius: float, fill: str, alpha: float = 1.0, *, flat: float = 1.0) -> None:
        """Fill a circle, or an ellipse that is `flat` times as high."""
        box = tuple(part * self._zoom for part in (x - radius, y - radius * flat, x + radius, y + radius * flat))
        self._over(lambda draw: draw.ellipse(box, fill=_colour(fill, alpha)), alpha)

    def line(self, points: Sequence[Point], fill: str, width: float, alpha: float = 1.0) -> None:
        """Draw a line with round ends."""
        at = [(x * self._zoom, y * self._zoom) for x, y in points]
        half = width * self._zoom / 2

        def stroke(draw: ImageDraw.ImageDraw) -> None:
            draw.line(at, fill=_colour(fill, alpha), width=round(2 * half), joint="curve")
            for x, y in (at[0], at[-1]):
                draw.ellipse((x - half, y - half, x + half, y + half), fill=_colour(fill, alpha))

        self._over(stroke, alpha)

    def gradient(self, top: str, bottom: str, *, until: float) -> None:
        """Fill the whole sheet from one colour to another, which is reached at `until`."""
        one, other = _colour(top, 1), _colour(bottom, 1)
        column = Image.new("RGBA", (1, self.image.height))
        for y in range(self.image.height):
            t = min(1.0, y / (until * self._zoom))
            column.putpixel((0, y), tuple(round(a + (b - a) * t) for a, b in zip(one, other, strict=True)))
        self.image = column.resize(self.image.size)

    def fade_out(self, start: float) -> None:
        """Let the lower edge vanish."""
        alpha = self.image.getchannel("A")
        ramp = Image.new("L", (1, self.image.height), 255)
        first = round(start * self._zoom)
        for y in range(first, self.image.height):
            ramp.putpixel((0, y), round(255 * (1 - (y - first) / max(1, self.image.height - first))))
        mask = ramp.resize(self.image.size)
        self.image.putalpha(ImageChops.multiply(alpha, mask))

    def paste(self, other: "Sheet", x: float, y: float, *, turned: float = 0.0) -> None:
        """Lay another drawing on this one, turned by some degrees about its middle, which comes to (x, y)."""
        image = other.image.rotate(turned, resample=Image.Resampling.BICUBIC, expand=True) if turned else other.image
        self.image.alpha_composite(image, (round(x * self._zoom - image.width / 2), round(y * self._zoom - image.height / 2)))

    def finished(self) -> Image.Image:
        """Return the drawing at the size it is shown."""
        return self.image.resize((round(self.width * _SCALE), round(self.height * _SCALE)), Image.Resampling.LANCZOS)

    def _over(self, stroke: "Callable[[ImageDraw.ImageDraw], object]", alpha: float) -> None:
        if alpha >= 1.0:
            stroke(ImageDraw.Draw(self.image))
            return
        layer = Image.new("RGBA", self.image.size, (0, 0, 0, 0))
        stroke(ImageDraw.Draw(layer))
        self.image.alpha_composite(layer)


def _colour(hexadecimal: str, alpha: float) -> tuple[int, int, int, int]:
    red, green, blue = (int(hexadecimal[at : at + 2], 16) for at in (1, 3, 5))
    return red, green, blue, round(255 * alpha)


@dataclass(frozen=True)
class Hour:
    """The colours of the palace's surroundings by day or by night."""

    sky: tuple[str, str]
    light: str  # sun or moon
    halo: str
    hills: tuple[str, str]
    snow: tuple[str, str]
    roof: tuple[str, str, str]
    walls: tuple[str, str]
    panes: str
    pines: tuple[str, str]
    stone: tuple[str, str, str]
    flakes: float


DAY = Hour(
    ("#CFE3E4", "#FBE9CC"), "#FAD78E", "#FFF1D0", ("#BDD3D0", "#DBE7E0"), ("#FFFDF8", "#F8F4EA"), ("#EDB045", "#E4A233", "#BF7F1E"),
    ("#7A2F22", "#B6452F"), "#F5CF7E", ("#1E5B4C", "#174A3E"), ("#DDD3C0", "#EFE8D8", "#CBBFA6"), 0.85,
)  # fmt: skip
NIGHT = Hour(
    ("#0D1A22", "#2A4048"), "#F3E7C4", "#33474B", ("#1B2F35", "#22393D"), ("#5E757B", "#4C6268"), ("#B98A35", "#A4772B", "#7E5817"),
    ("#47201A", "#6E3023"), "#FFD982", ("#123C33", "#0E2F29"), ("#53605F", "#62706E", "#424E4D"), 0.5,
)  # fmt: skip


def palace(hour: Hour) -> Image.Image:
    """The yellow roof with its green edge, pines, and snow that stands still."""
    width, height, drop = 720, 840, 130
    sheet = Sheet(width, height)
    sheet.gradient(*hour.sky, until=440 + drop)
    sheet.disc(581, 300 + drop, 69, hour.halo, 0.75)
    sheet.disc(581, 300 + drop, 49, hour.light)
    _hills(sheet, hour, drop)
    _building(sheet, hour, drop)
    for x, base, size in ((80, 496, 1.0), (142, 498, 0.66), (564, 505, 0.72), (632, 502, 1.18)):
        _pine(sheet, hour, x, base + drop, size)
    _ground(sheet, hour, drop)
    for x, base, size in ((42, 572, 0.82), (673, 572, 0.92), (702, 505, 0.8)):
        _pine(sheet, hour, x, base + drop, size)
    flake = random.Random(11)  # noqa: S311 - where flakes stand
    for _ in range(64):
        across, down = flake.uniform(10, 710), flake.uniform(8, 470 + drop)
        sheet.disc(across, down, flake.choice((1.8, 2.4, 3.0)), "#FFFFFF", hour.flakes * flake.uniform(0.6, 1.0))
    sheet.fade_out(height - 70)
    return sheet.finished()


def _hills(sheet: Sheet, hour: Hour, drop: float) -> None:
    far = [*curve((0, 402), (60, 352), (150, 372)), *curve((150, 372), (240, 392), (330, 430)), (330, 560), (0, 560)]
    sheet.polygon([(x, y + drop) for x, y in far], hour.hills[0])
    right = [(400, 470), *curve((400, 470), (470, 350), (580, 338)), *curve((580, 338), (680, 345), (720, 388)), (720, 560), (400, 560)]
    sheet.polygon([(x, y + drop) for x, y in right], hour.hills[0])
    near = [*curve((0, 455), (120, 410), (260, 440)), *curve((260, 440), (480, 490), (720, 430)), (720, 600), (0, 600)]
    sheet.polygon([(x, y + drop) for x, y in near], hour.hills[1])


def _ground(sheet: Sheet, hour: Hour, drop: float) -> None:
    front = [
        *curve((0, 512), (110, 478), (250, 496), (380, 512)),
        *curve((380, 512), (520, 530), (640, 500), (720, 515)),
        (720, 720),
        (0, 720),
    ]
    sheet.polygon([(x, y + drop) for x, y in front], hour.snow[0])
    low = [
        *curve((0, 566), (180, 530), (330, 548), (420, 560)),
        *curve((420, 560), (560, 580), (640, 540), (720, 552)),
        (720, 720),
        (0, 720),
    ]
    sheet.polygon([(x, y + drop) for x, y in low], hour.snow[1])


def _building(sheet: Sheet, hour: Hour, drop: float) -> None:
    def at(points: Sequence[Point]) -> list[Point]:
        return [(x, y + drop) for x, y in points]

    base, step, dark = hour.stone
    sheet.rectangle(224, 482 + drop, 272, 30, base, radius=3)
    sheet.rectangle(240, 470 + drop, 240, 14, step, radius=3)
    sheet.polygon(at([(331, 471), (389, 471), (403, 505), (317, 505)]), dark)
    for y in (479, 487, 495):
        sheet.line(at([(329 - (y - 471) / 3, y), (391 + (y - 471) / 3, y)]), step, 1.6)
    wall, pillar = hour.walls
    sheet.rectangle(248, 400 + drop, 224, 71, wall)
    for x in (265, 299, 396, 430):
        sheet.rectangle(x, 424 + drop, 25, 31, hour.panes, radius=1.5)
        sheet.line(at([(x + 12.5, 424), (x + 12.5, 455)]), wall, 2)
        sheet.line(at([(x, 434), (x + 25, 434)]), wall, 2)
        sheet.line(at([(x, 445), (x + 25, 445)]), wall, 2)
    sheet.rectangle(334, 420 + drop, 52, 51, "#4E1814")
    sheet.line(at([(360, 421), (360, 471)]), wall, 2)
    for x in (248, 289, 326, 385, 422, 463):
        sheet.rectangle(x, 400 + drop, 9, 71, pillar)
    sheet.rectangle(303, 318 + drop, 114, 34, wall)
    for x in (312, 336, 361, 385):
        sheet.rectangle(x, 328 + drop, 21, 14, hour.panes, radius=1.5)
    _lower_roof(sheet, hour, drop)
    _upper_roof(sheet, hour, drop)


def _lower_roof(sheet: Sheet, hour: Hour, drop: float) -> None:
    light, glaze, ridge = hour.roof
    left = curve((301, 346), (285, 378), (240, 388), (203, 392))
    outline = [
        *left,
        *curve((203, 392), (205, 404), (222, 404)),
        (498, 404),
        *curve((498, 404), (515, 404), (517, 392)),
        *[(720 - x, y) for x, y in reversed(left)],
    ]
    eave = [
        *curve((202, 391), (203, 406), (226, 405)),
        (494, 405),
        *curve((494, 405), (517, 406), (518, 391)),
        *curve((518, 391), (505, 397), (490, 397)),
        (230, 397),
        *curve((230, 397), (212, 397), (202, 391)),
    ]
    sheet.polygon([(x, y + drop) for x, y in outline], glaze)
    sheet.polygon([(x, y + drop) for x, y in [(320, 347), (400, 347), (428, 397), (292, 397)]], light)
    for x, foot in ((316, 262), (332, 300), (349, 338), (371, 382), (388, 420), (404, 458)):
        sheet.line([(a, b + drop) for a, b in curve((x, 366), ((x + foot) / 2 + (8 if foot < x else -8), 378), (foot, 395))], ridge, 2)
    snow = [
        *curve((301, 346), (290, 362), (268, 372)),
        *curve((268, 372), (320, 362), (360, 364)),
        *curve((360, 364), (400, 362), (452, 372)),
        *curve((452, 372), (430, 362), (419, 346)),
    ]
    sheet.polygon([(x, y + drop) for x, y in snow], hour.snow[0])
    sheet.polygon([(x, y + drop) for x, y in eave], "#1F6B58")


def _upper_roof(sheet: Sheet, hour: Hour, drop: float) -> None:
    light, glaze, ridge = hour.roof
    left = curve((352, 236), (338, 292), (290, 312), (257, 317))
    outline = [
        *left,
        *curve((257, 317), (262, 324), (275, 324)),
        (445, 324),
        *curve((445, 324), (458, 324), (463, 317)),
        *[(720 - x, y) for x, y in reversed(left)],
    ]
    sheet.polygon([(x, y + drop) for x, y in outline], glaze)
    sheet.polygon(
        [
            (x, y + drop)
            for x, y in [
                (354, 240),
                (366, 240),
                *curve((366, 240), (376, 292), (402, 320)),
                (318, 320),
                *curve((318, 320), (344, 292), (354, 240)),
            ]
        ],
        light,
    )
    for foot in (286, 316, 345, 375, 404, 434):
        sheet.line(
            [(a, b + drop) for a, b in curve((360 + (foot - 360) * 0.22, 262), (360 + (foot - 360) * 0.42, 300), (foot, 318))], ridge, 2
        )
    snow = [
        (352, 236),
        (368, 236),
        *curve((368, 236), (374, 262), (402, 281)),
        *curve((402, 281), (360, 262), (318, 281)),
        *curve((318, 281), (346, 262), (352, 236)),
    ]
    sheet.polygon([(x, y + drop) for x, y in snow], hour.snow[0])
    eave = [
        *curve((256, 316), (259, 327), (277, 326)),
        (443, 326),
        *curve((443, 326), (461, 327), (464, 316)),
        *curve((464, 316), (452, 320), (440, 320)),
        (280, 320),
        *curve((280, 320), (268, 320), (256, 316)),
    ]
    sheet.polygon([(x, y + drop) for x, y in eave], "#1F6B58")
    sheet.disc(360, 234 + drop, 11, "#1F6B58", flat=0.45)
    sheet.polygon(
        [(x, y + drop) for x, y in [*curve((354, 232), (352, 222), (357, 214)), *curve((363, 214), (368, 222), (366, 232))]], glaze
    )
    sheet.disc(360, 207 + drop, 4, light)


def _pine(sheet: Sheet, hour: Hour, x: float, base: float, size: float) -> None:
    """A pine of three tiers with snow on each, its foot at `base`."""
    light, dark = hour.pines
    sheet.rectangle(x - 4 * size, base - 14 * size, 8 * size, 18 * size, "#6B4A2E" if hour is DAY else "#2E2620")
    tiers = ((-12, 42, 64), (-56, 33, 50), (-93, 26, 48))
    for place, (foot, wide, tall) in enumerate(tiers):
        y = base + foot * size
        top = y - tall * size
        half = wide * size
        body = [
            (x, top),
            *curve((x, top), (x + half * 0.45, y - tall * size * 0.35), (x + half, y)),
            *curve((x + half, y), (x, y + 9 * size), (x - half, y)),
            *curve((x - half, y), (x - half * 0.45, y - tall * size * 0.35), (x, top)),
        ]
        sheet.polygon(body, light if place != 1 else dark)
        shade = [
            (x, top),
            *curve((x, top), (x + half * 0.45, y - tall * size * 0.35), (x + half, y)),
            *curve((x + half, y), (x + half * 0.5, y + 5 * size), (x + half * 0.1, y + 4 * size)),
        ]
        sheet.polygon(shade, dark, 0.55)
        cap = [
            (x, top - 1),
            *curve((x, top), (x + half * 0.30, top + tall * size * 0.34), (x + half * 0.55, top + tall * size * 0.56)),
            (x + half * 0.2, top + tall * size * 0.42),
            (x, top + tall * size * 0.55),
            (x - half * 0.2, top + tall * size * 0.42),
            *curve((x - half * 0.55, top + tall * size * 0.56), (x - half * 0.30, top + tall * size * 0.34), (x, top)),
        ]
        sheet.polygon(cap, hour.snow[0])


def _terminal(sheet: Sheet) -> None:
    """The terminal seen from the front: screen, desk, plate, slip."""
    sheet.rectangle(188, 62, 270, 284, "#2A312D", radius=24)
    sheet.rectangle(202, 76, 242, 236, "#F7F2E9", radius=10)
    sheet.rectangle(222, 99, 135, 18, "#0B5748", radius=9)
    sheet.rectangle(222, 132, 202, 50, "#FFFFFF", radius=12)
    sheet.rectangle(222, 193, 202, 50, "#FFFFFF", radius=12)
    sheet.rectangle(222, 258, 202, 34, "#DCEBE4", radius=12)
    desk = [
        (163, 347),
        (483, 347),
        (536, 520),
        *curve((536, 520), (541, 546), (515, 546)),
        (131, 546),
        *curve((131, 546), (105, 546), (110, 520)),
    ]
    sheet.polygon(desk, "#CFC5B1")
    inner = [
        (165, 349),
        (481, 349),
        (533, 520),
        *curve((533, 520), (538, 543), (514, 543)),
        (132, 543),
        *curve((132, 543), (108, 543), (113, 520)),
    ]
    sheet.polygon(inner, "#FDFBF6")
    sheet.polygon(
        [
            (121, 492),
            (525, 492),
            (533, 520),
            *curve((533, 520), (538, 543), (514, 543)),
            (132, 543),
            *curve((132, 543), (108, 543), (113, 520)),
        ],
        "#F1EADB",
    )
    sheet.rectangle(408, 401, 93, 14, "#2A312D", radius=7)
    sheet.rectangle(413, 411, 84, 42, "#FFFFFF")
    sheet.line([(424, 424), (479, 424)], "#BDB49F", 3)
    sheet.line([(424, 435), (462, 435)], "#BDB49F", 3)
    sheet.disc(454, 486, 14, "#2A312D")
    sheet.disc(454, 486, 5, "#8C8069")


def _plate(sheet: Sheet, *, lit: bool) -> None:
    if lit:
        sheet.rectangle(150, 381, 238, 136, "#2E9B7D", radius=26, alpha=0.28)
        sheet.rectangle(156, 387, 226, 124, "#2E9B7D", radius=22, alpha=0.35)
    sheet.rectangle(162, 393, 214, 113, "#0B5748", radius=17)
    x, y, width, height, radius = 171.0, 401.0, 196.0, 97.0, 12.0
    outline = [
        *curve((x, y + radius), (x, y), (x + radius, y)), *curve((x + width - radius, y), (x + width, y), (x + width, y + radius)),
        *curve((x + width, y + height - radius), (x + width, y + height), (x + width - radius, y + height)),
        *curve((x + radius, y + height), (x, y + height), (x, y + height - radius)), (x, y + radius),
    ]  # fmt: skip
    _dashes(sheet, outline, "#7FD9BC", 2.6)


def _dashes(sheet: Sheet, outline: Sequence[Point], fill: str, width: float, on: float = 9, off: float = 6.5) -> None:
    walked, drawing, run = 0.0, True, [outline[0]]
    for (ax, ay), (bx, by) in pairwise(outline):
        length = ((bx - ax) ** 2 + (by - ay) ** 2) ** 0.5
        done = 0.0
        while done < length:
            take = min(length - done, (on if drawing else off) - walked)
            done += take
            walked += take
            point = (ax + (bx - ax) * done / length, ay + (by - ay) * done / length)
            if drawing:
                run.append(point)
            if walked >= (on if drawing else off) - 1e-6:
                if drawing and len(run) > 1:
                    sheet.line(run, fill, width)
                drawing, walked, run = not drawing, 0.0, [point]


def _id_card(width: float, height: float) -> Sheet:
    """A card that is nobody's: lines for words, a head and shoulders."""
    margin = 14
    card = Sheet(width + 2 * margin, height + 2 * margin)
    k = width / 250
    card.rectangle(margin + 4, margin + 6, width, height, "#8D9A92", radius=12 * k, alpha=0.35)
    card.rectangle(margin, margin, width, height, "#9DB9AE", radius=12 * k)
    card.rectangle(margin + 1.6, margin + 1.6, width - 3.2, height - 3.2, "#EDF3EE", radius=11 * k)

    def at(x: float, y: float) -> Point:
        return margin + x * k, margin + y * k

    for x, y, to in ((20, 38, 82), (20, 60, 58), (70, 60, 116), (20, 82, 132), (20, 104, 108)):
        card.line([at(x, y), at(to, y)], "#78948A", 5.4 * k)
    for place in range(4):
        card.line([at(22 + place * 38, 136), at(48 + place * 38, 136)], "#1D2521", 7 * k)
    left, top = at(172, 24)
    card.rectangle(left, top, 64 * k, 78 * k, "#C9D9D1", radius=8 * k)
    card.disc(left + 32 * k, top + 30 * k, 16 * k, "#88A79A")
    shoulders = [
        (left + 6 * k, top + 78 * k),
        *curve((left + 6 * k, top + 78 * k), (left + 8 * k, top + 50 * k), (left + 32 * k, top + 50 * k)),
        *curve((left + 32 * k, top + 50 * k), (left + 56 * k, top + 50 * k), (left + 58 * k, top + 78 * k)),
    ]
    card.polygon(shoulders, "#88A79A")
    return card


def lay_card(*, lies: bool) -> Image.Image:
    """Where the card goes: above the plate with an arrow, or lying on it."""
    sheet = Sheet(645, 610)
    _terminal(sheet)
    _plate(sheet, lit=lies)
    if lies:
        sheet.paste(_id_card(170, 106), 269, 449)
        return sheet.finished()
    sheet.paste(_id_card(250, 158), 284, 300, turned=8)
    arrow = curve((95, 268), (66, 330), (96, 370), (140, 404))
    sheet.line(arrow, "#E7A534", 9.5)
    sheet.line([(111, 407), (147, 410), (141, 377)], "#E7A534", 9.5)
    return sheet.finished()


def resting() -> Image.Image:
    """A terminal with closed eyes."""
    sheet = Sheet(645, 300)
    sheet.disc(323, 267, 166, "#DDD0B8", 0.75, flat=0.1)
    sheet.rectangle(236, 14, 174, 200, "#2A312D", radius=22)
    sheet.rectangle(248, 27, 150, 160, "#F7F2E9", radius=9)
    for middle in (298, 349):
        sheet.line([(middle + 13 * cos(a * pi / 12), 91 - 10 * sin(a * pi / 12)) for a in range(1, 12)], "#0B5748", 6.5)
    sheet.line(curve((294, 138), (323, 158), (352, 138)), "#0B5748", 6.5)
    desk = [
        (218, 208),
        (430, 208),
        (459, 260),
        *curve((459, 260), (462, 270), (452, 270)),
        (194, 270),
        *curve((194, 270), (184, 270), (187, 260)),
    ]
    sheet.polygon(desk, "#C9BFA9")
    sheet.polygon(
        [
            (220, 210),
            (428, 210),
            (456, 260),
            *curve((456, 260), (459, 267), (451, 267)),
            (195, 267),
            *curve((195, 267), (187, 267), (190, 260)),
        ],
        "#FFFFFF",
    )
    sheet.rectangle(408, 47, 72, 42, "#E7A534", radius=18)
    sheet.polygon([(424, 84), (444, 86), (425, 103)], "#E7A534")
    for x in (429, 444, 459):
        sheet.disc(x, 68, 4.6, "#573A00")
    return sheet.finished()


def paper_change(step: str) -> Image.Image:
    """One step of a change of paper, on a slip printer seen from the side."""
    from kiosk.screens.drawing_paper import draw  # noqa: PLC0415 - it draws on this module's sheets

    sheet = Sheet(645, 480)
    draw(sheet, step)
    return sheet.finished()


def main(folder: Path) -> None:
    """Draw all pictures into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    pictures = {
        "palace": palace(DAY),
        "palace-night": palace(NIGHT),
        "lay-card": lay_card(lies=False),
        "card-lies": lay_card(lies=True),
        "resting": resting(),
        **{f"paper-{step}": paper_change(step) for step in ("open", "take_out", "put_in", "close", "test", "done")},
    }
    for name, image in pictures.items():
        image.save(folder / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
