"""The texts of the screens: there, whole, in three languages, and drawn by a font that has them."""

import re
from pathlib import Path
from string import Formatter

import pytest

from kiosk.flow.desk_errands import BookStage, ProofStage
from kiosk.flow.display import Scale
from kiosk.flow.display import Theme as ThemeName
from kiosk.flow.errands import AccountsStage, ErrandKind, PayStage
from kiosk.flow.views import CallStage, CardStage, Fault, HandInTrouble
from kiosk.screens.proofs import TROUBLES
from kiosk.screens.typeset import Fonts
from kiosk.texts import table
from peripherals.id_card_reader import CardReadStatus, Sex
from peripherals.receipt_printer import PrinterStatus
from sync.contract.directory import Family, ServiceKind
from sync.contract.item import Category
from sync.contract.paid_bills import PaidStatus
from sync.contract.proofs import CasePaper
from tests.kiosk.screens.desk import FONTS, ROOT

_ICON = r'(?:icon=|Icon\(stage, |IconBox\(stage, |banner\(stage, Tint\.\w+, )"([a-z0-9_]+)"'

FAMILIES = [
    *(f"card.status_{status}" for status in CardReadStatus),
    *(f"card.status_{status}_more" for status in CardReadStatus),
    *(f"card.{part}_{stage}" for stage in CardStage for part in ("title", "lead")),
    *(f"done.printer_{status}" for status in PrinterStatus),
    *(f"done.rate_{level}" for level in range(1, 6)),
    *(f"home.category_{category}" for category in Category),
    *(f"home.{part}" for part in ("morning", "afternoon", "evening")),
    *(f"home.long_weekday_{day}" for day in range(1, 8)),
    *(f"glass.weekday_{day}" for day in range(1, 8)),
    *(f"glass.step_{step}" for step in ("read", "card", "form", "papers", "sign", "check")),
    *(f"overlay.fault_{fault}" for fault in Fault),
    *(f"overlay.scale_{scale.name.lower()}" for scale in Scale),
    *(f"overlay.theme_{theme}" for theme in ThemeName),
    *(f"review.trouble_{trouble}" for trouble in HandInTrouble),
    *(f"review.trouble_{trouble}_more" for trouble in HandInTrouble),
    *(f"review.sex_{sex}" for sex in Sex),
    *(f"home.errand_{kind}" for kind in ErrandKind),
    *(f"overlay.staff_{stage}" for stage in CallStage),
    *(f"directory.kind_{kind}" for kind in ServiceKind),
    *(f"directory.family_{family}" for family in Family),
    *(f"proofs.trouble_{key}" for key in {*TROUBLES.values(), "silent"}),
    *(f"progress.sheet_{paper.name.lower()}" for paper in CasePaper),
    *(f"proofs.{stage}" for stage in ProofStage),
    *(f"appointments.book_{stage}" for stage in BookStage),
    *(f"appointments.book_{stage}_more" for stage in BookStage),
    *(f"bills.accounts_{stage}" for stage in AccountsStage),
    *(f"bills.accounts_{stage}_more" for stage in AccountsStage if stage is not AccountsStage.CHOOSE),
    *(f"bills.again_{ways}" for ways in ("lead_both", "lead_card", "lead_scan", "waiting_both", "waiting_card", "waiting_scan")),
    *(f"bills.again_{status}{end}" for status in ("not_found_code", "not_found_card") for end in ("", "_more")),
    *(f"bills.again_{status}{end}" for status in PaidStatus if not status.value.endswith("found") for end in ("", "_more")),
    *(f"bills.pay_{stage}" for stage in PayStage),
    *(f"bills.pay_{stage}_more" for stage in PayStage),
]


def test_every_key_that_a_screen_says_is_in_the_table() -> None:
    said = set(FAMILIES)
    for path in (ROOT / "kiosk" / "screens").rglob("*.py"):
        said |= set(re.findall(r'say\(\s*"([a-z_]+\.[a-z0-9_]+)"', path.read_text(encoding="utf-8")))
    assert len(said) > 150
    assert said - table().keys() == set()


@pytest.mark.parametrize("key", sorted(table()))
def test_every_text_is_in_three_languages_with_the_same_facts(key: str) -> None:
    words = table()[key]
    assert words.zh
    assert words.en
    assert words.ko
    assert facts(words.zh) == facts(words.en) == facts(words.ko)


def test_every_character_of_every_text_has_a_glyph() -> None:
    fonts = Fonts(FONTS)
    said = {char for words in table().values() for text in (words.zh, words.en, words.ko) for char in text or ""}
    assert {char for char in said if not fonts.covers(char)} == set()


def test_every_icon_that_a_screen_names_is_in_the_font() -> None:
    icons = Fonts(FONTS).icons
    named = set()
    for path in (ROOT / "kiosk" / "screens").rglob("*.py"):
        named |= set(re.findall(_ICON, path.read_text(encoding="utf-8")))
    assert len(named) > 20
    assert {name for name in named if not icons.has_icon(name)} == set()


def test_no_text_blames_or_shouts() -> None:
    for key, words in table().items():
        for word in ("系统异常", "非法", "操作失败", "！", "点击", "刷身份证"):
            assert word not in words.zh, key


def facts(text: str | None) -> set[str | None]:
    return {name for _, name, _, _ in Formatter().parse(text or "") if name is not None}


def test_the_folder_of_texts_is_the_one_read() -> None:
    assert {key.split(".")[0] for key in table()} == {path.stem for path in Path(ROOT / "kiosk" / "texts").glob("*.toml")}
