"""What goes on which leaf: no leaf half empty before a card that goes on, and no last leaf for one thing that had room elsewhere."""

import pytest

from tests.kiosk.screens.desk import FONTS  # sets Kivy up before its window is made

from kiosk.screens.components.buttons import Button  # isort: skip
from kiosk.screens.components.pages import Block, Pages, Rows
from kiosk.screens.components.part import Column, Gap, Part
from kiosk.screens.components.press import walk
from kiosk.screens.stage import Stage
from kiosk.screens.theme import Theme
from kiosk.screens.tokens import REFERENCE, Panel
from kiosk.screens.window import configure

WIDE = Panel(1920, 1080, 0.248)
LINE, TURNER = 100, 100
"""Units: how high a row in a card is, and the buttons that turn leaves. A leaf here has room for nine rows above them."""


@pytest.fixture(scope="module", autouse=True)
def window() -> object:
    """Kivy's window, which everything that is drawn needs."""
    configure(REFERENCE, fullscreen=False)
    from kivy.core.window import Window

    return Window


def stage_of(panel: Panel) -> Stage:
    return Stage(Theme(panel, FONTS), lambda _: None, lambda: None, lambda: None)


def card(stage: Stage, rows: int, *, whole: bool = False) -> Rows:
    return Rows(stage, [Gap(stage, LINE) for _ in range(rows)], ruled=False, down=0, whole=whole)


def put(stage: Stage, blocks: list[Block]) -> Pages:
    pages = Pages(stage, blocks, gap=0)
    pages.place(0, 0, stage.theme.panel.width_px, stage.px(9 * LINE + TURNER))
    return pages


def lines_on(pages: Pages) -> list[list[int]]:
    """Return leaf by leaf how many units each of its columns is filled, in lines."""
    filled = []
    for leaf in range(pages.leaves):
        pages.turn(leaf)
        columns = [part for part in pages.children if isinstance(part, Column) and not any(isinstance(one, Button) for one in walk(part))]
        filled.append([round(column.height / pages.stage.px(LINE)) for column in sorted(columns, key=lambda part: part.x)])
    return filled


def test_a_card_that_has_no_room_for_its_first_row_is_cut_for_the_leaf_to_which_it_goes() -> None:
    stage = stage_of(REFERENCE)
    filled = lines_on(put(stage, [Gap(stage, 850), card(stage, 12)]))
    assert filled == [[8], [9], [3]], "not one row alone on the second leaf, and eleven on two more"


def test_what_would_be_alone_on_the_last_leaf_stands_before_it_where_a_card_is_cut_for_it() -> None:
    stage = stage_of(WIDE)
    blocks: list[Block] = [card(stage, 8), *(card(stage, 6) for _ in range(3)), Gap(stage, 400)]
    assert lines_on(put(stage, blocks)) == [[9, 9], [8, 4]], "not two full leaves, and a third one with four lines"


def test_a_card_that_is_to_stay_whole_stays_so_at_the_price_of_a_leaf() -> None:
    stage = stage_of(WIDE)
    blocks: list[Block] = [card(stage, 8, whole=True), *(card(stage, 6, whole=True) for _ in range(3)), Gap(stage, 400)]
    assert lines_on(put(stage, blocks)) == [[8, 6], [6, 6], [4]]


def test_nothing_is_cut_where_no_leaf_is_saved() -> None:
    stage = stage_of(WIDE)
    blocks: list[Block] = [*(card(stage, 8) for _ in range(4)), Gap(stage, 850)]
    assert lines_on(put(stage, blocks)) == [[8, 8], [8, 8], [8]]


def test_every_part_is_on_one_leaf_in_its_order() -> None:
    stage = stage_of(WIDE)
    lines: list[Part] = [Gap(stage, LINE) for _ in range(26)]
    blocks: list[Block] = [
        Rows(stage, lines[:8], ruled=False, down=0),
        *(Rows(stage, lines[n : n + 6], ruled=False, down=0) for n in (8, 14, 20)),
    ]
    pages = put(stage, [*blocks, Gap(stage, 400)])
    seen: list[Part] = []
    for leaf in range(pages.leaves):
        pages.turn(leaf)
        here = {part for part in pages.walk(restrict=True) if part in lines}
        seen += sorted(here, key=lambda part: (part.x, -part.y))
    assert seen == lines
