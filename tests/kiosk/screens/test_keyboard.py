"""The ways of entering text: written by hand, Latin, Korean, and by a character's number."""

from collections.abc import Iterator

import pytest

from kiosk.flow.views import Form
from sync.contract.words import Language
from tests.kiosk.screens.desk import Desk

from kiosk.screens.entry.ink import InkSheet  # isort: skip
from kiosk.screens.form import FormPage  # isort: skip

WORKS = {"reason": "work"}
LAN = (
    ((0.34, 0.14), (0.38, 0.19), (0.41, 0.28)), ((0.65, 0.12), (0.62, 0.20), (0.585, 0.27)), ((0.26, 0.38), (0.74, 0.35)),
    ((0.33, 0.585), (0.68, 0.56)), ((0.17, 0.84), (0.4, 0.815), (0.84, 0.80)),
)  # fmt: skip


@pytest.fixture
def desk() -> Iterator[Desk]:
    glass = Desk(FormPage, Form(2), answers=WORKS)
    yield glass
    glass.close()


def pad_of(desk: Desk) -> InkSheet:
    pad = desk.part("writing-pad")
    assert isinstance(pad, InkSheet)
    return pad


def offered(desk: Desk) -> list[str]:
    return [desk.part(name).label for name in desk.names if name.startswith("candidate-")]


def test_a_character_is_written_and_tapped(desk: Desk) -> None:
    desk.press("field-employer", "tab-writing")
    pad_of(desk).write(*LAN)
    assert offered(desk)[0] == "兰"
    assert len(offered(desk)) == 8
    desk.press("candidate-0")
    assert desk.answers["employer"] == "兰"
    assert offered(desk) == []
    assert pad_of(desk).ink.strokes == ()


def test_every_stroke_refreshes_the_offer_and_can_be_taken_back(desk: Desk) -> None:
    desk.press("field-employer", "tab-writing")
    pad_of(desk).write(*LAN[:3])
    three = offered(desk)
    pad_of(desk).write(LAN[3])
    assert offered(desk) != three
    desk.press("writing-undo")
    assert offered(desk) == three
    desk.press("writing-clear")
    assert offered(desk) == []
    assert desk.answers.get("employer", "") == ""


def test_a_real_finger_writes(desk: Desk) -> None:
    desk.press("field-employer", "tab-writing")
    pad = pad_of(desk)
    for stroke in LAN:
        desk.touch(*((pad.x + x * pad.width, pad.top - y * pad.height) for x, y in stroke))
    assert offered(desk)[0] == "兰"


def test_what_was_written_is_gone_with_the_tab(desk: Desk) -> None:
    desk.press("field-employer", "tab-writing")
    pad_of(desk).write(*LAN)
    desk.press("tab-pinyin", "tab-writing")
    assert pad_of(desk).ink.strokes == ()
    assert offered(desk) == []


def test_a_rare_character_is_entered_by_its_number(desk: Desk) -> None:
    desk.press("field-employer", "tab-figures", "key-code")
    desk.figures("20bb7")
    assert offered(desk) == ["𠮷"]
    desk.press("candidate-0")
    assert desk.answers["employer"] == "𠮷"


def test_a_character_in_no_font_is_said_to_be_so_and_kept(desk: Desk) -> None:
    desk.press("field-employer", "tab-figures", "key-code")
    desk.figures("31350")
    desk.press("candidate-0", "key-letters")
    assert desk.answers["employer"] == "\U00031350"
    assert "U+31350" in desk.said("field-employer")


def test_english_begins_with_letters_and_capitals_come_by_themselves() -> None:
    desk = Desk(FormPage, Form(2), answers=WORKS, language=Language.EN)
    desk.press("field-employer")
    desk.type("qing")
    desk.press("key-space")
    desk.type("lan")
    assert desk.answers["employer"] == "Qing Lan"
    desk.press("key-part")
    desk.type("ab")
    assert desk.answers["employer"] == "Qing LanAb"
    desk.close()


def test_korean_is_composed_in_the_field() -> None:
    desk = Desk(FormPage, Form(2), answers=WORKS, language=Language.KO)
    desk.press("field-employer")
    desk.type("rladud")
    assert desk.answers["employer"] == "김영"
    desk.press("key-delete")
    assert desk.answers["employer"] == "김여"
    desk.press("key-part")
    desk.type("rk")
    assert desk.answers["employer"] == "김여까"
    desk.press("key-language")
    desk.type("a")
    assert desk.answers["employer"] == "김여까a"
    desk.press("tab-pinyin")
    desk.type("yuan")
    assert "元" in offered(desk)
    desk.close()
