"""The palace in the snow, by day and by night."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image

from kiosk.screens.drawing_sheet import Point, Sheet, curve


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
    ("#47201A", "#6E3023"), "#FFD982", ("#123C33", "#0E2F29"), ("#53605F", "#62706E", "#424E4D"), 0.3,
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
