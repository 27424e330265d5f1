"""Draws the pictures that ship with the screens: python -m kiosk.screens.drawing FOLDER.

Everything is shapes on a grid of 720 units across (the drawings' own), drawn large and made small, so that edges are smooth.
"""

import sys
from collections.abc import Sequence
from itertools import pairwise
from math import cos, pi, sin
from pathlib import Path

from PIL import Image

from kiosk.screens import drawing_paper
from kiosk.screens.drawing_palace import DAY, NIGHT, palace
from kiosk.screens.drawing_sheet import Point, Sheet, curve


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


def card_in_slot() -> Image.Image:
    """A social security card in the slot of its reader, the chip inside."""
    sheet = Sheet(645, 610)
    sheet.rectangle(66, 66, 513, 300, "#CFC5B1", radius=34)
    sheet.rectangle(69, 69, 507, 294, "#FDFBF6", radius=32)
    sheet.rectangle(69, 268, 507, 95, "#F1EADB", radius=32)
    sheet.rectangle(69, 268, 507, 50, "#F1EADB")
    sheet.rectangle(142, 150, 361, 134, "#2E9B7D", radius=36, alpha=0.28)
    sheet.rectangle(149, 157, 347, 120, "#2E9B7D", radius=31, alpha=0.35)
    sheet.rectangle(156, 164, 333, 106, "#0B5748", radius=26)
    for x in (205, 300, 395):  # the way in
        sheet.line([(x, 224), (x + 22, 202), (x + 44, 224)], "#7FD9BC", 7)
    sheet.rectangle(180, 246, 285, 14, "#1D2521", radius=7)
    sheet.rectangle(204, 253, 246, 307, "#8D9A92", radius=18, alpha=0.35)
    sheet.rectangle(199, 253, 246, 301, "#9DB9AE", radius=18)
    sheet.rectangle(201, 253, 242, 299, "#EDF3EE", radius=16)
    sheet.rectangle(199, 253, 246, 26, "#9DB9AE")
    sheet.rectangle(201, 253, 242, 28, "#EDF3EE")
    sheet.rectangle(201, 253, 242, 9, "#1D2521", alpha=0.18)  # the shadow of the slot
    sheet.disc(251, 332, 27, "#C9D9D1")
    sheet.disc(251, 332, 14, "#88A79A")
    sheet.line([(300, 322), (412, 322)], "#78948A", 8)
    sheet.line([(300, 345), (376, 345)], "#78948A", 8)
    sheet.line([(228, 402), (340, 402)], "#78948A", 7)
    sheet.line([(228, 430), (304, 430)], "#78948A", 7)
    for place in range(4):
        sheet.line([(230 + place * 49, 506), (264 + place * 49, 506)], "#1D2521", 8)
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
    sheet = Sheet(645, 480)
    drawing_paper.draw(sheet, step)
    return sheet.finished()


def main(folder: Path) -> None:
    """Draw all pictures into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    pictures = {
        "palace": palace(DAY),
        "palace-night": palace(NIGHT),
        "lay-card": lay_card(lies=False),
        "card-lies": lay_card(lies=True),
        "card-in-slot": card_in_slot(),
        "resting": resting(),
        **{f"paper-{step}": paper_change(step) for step in ("open", "take_out", "put_in", "close", "test", "done")},
    }
    for name, image in pictures.items():
        image.save(folder / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
