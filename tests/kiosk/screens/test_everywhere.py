"""What holds on every page: one way to a person, our own look, and a shop that is called a shop."""

from dataclasses import replace

import pytest

from tests.kiosk.screens.desk import FONTS  # sets Kivy up before its window is made

from kiosk.flow.display import Display  # isort: skip
from kiosk.flow.errands import Browsing, ProviderList
from kiosk.screens.components.press import walk
from kiosk.screens.gallery import base
from kiosk.screens.gallery_community import community_in
from kiosk.screens.register import page_for
from kiosk.screens.stage import Stage
from kiosk.screens.theme import Theme
from kiosk.screens.tokens import REFERENCE
from kiosk.screens.window import configure
from kiosk.texts import say
from sync.contract.directory import Family
from sync.contract.progress import CaseState
from sync.contract.words import Language
from tests.kiosk.screens.desk import ROOT
from tests.kiosk.screens.fitting import ITEMS, shown, texts

HAND_HIGH_PX = 320
"""Above the lower edge of the glass: the bars, which never move."""


@pytest.fixture(scope="module")
def theme() -> Theme:
    configure(REFERENCE, fullscreen=False)
    from kivy.core.window import Window

    assert Window is not None
    return Theme(REFERENCE, FONTS)


def test_every_page_has_the_way_to_a_person_at_hand_and_nothing_looks_like_kivy(theme: Theme) -> None:
    """Only the idle picture has none, which any touch opens; a technician is a person."""
    looked = 0
    for name, page in shown(theme, Display()):
        foreign = {type(part).__name__ for part in page.walk(restrict=True) if not type(part).__module__.startswith("kiosk.")}
        assert foreign == set(), f"{name} has Kivy's own widgets"
        if " leaf " in name and not name.startswith(("01-", "4")):
            calls = [part for part in walk(page) if part.test_id == "staff"]
            assert len(calls) == 1, name
            assert calls[0].top <= HAND_HIGH_PX, f"{name}: out of the bars"
            looked += 1
    assert looked > 200


def test_whoever_calls_is_told_the_number_of_the_hotline_however_the_call_went(theme: Theme) -> None:
    covers = [cover for name, cover in shown(theme, Display(), "19-staff") if name != "display"]
    assert len(covers) == 3
    for cover in covers:
        assert any("12345" in text.plain for text in texts(cover))


def test_a_shop_is_called_one_wherever_services_are_listed(theme: Theme) -> None:
    theme.apply(Display())
    community = community_in(ROOT / "city")
    browsing = replace(base(ITEMS, Display()), community=community, visit=Browsing(1))
    kinds = {one.kind for one in community.providers if one.family is Family.COMMERCIAL}
    assert kinds, "the sample directory has shops"
    stage = Stage(theme, lambda _: None, lambda: None, lambda: None)
    for kind in kinds:
        view = ProviderList(kind)
        page = page_for(view)(stage)
        page.show(replace(browsing, view=view))
        cards = {part.test_id: part for part in walk(page)}
        for one in community.providers:
            if one.kind is kind and f"provider-{one.id}" in cards:
                said = [text.plain for text in texts(cards[f"provider-{one.id}"])]
                assert ("商家" in said) == (one.family is Family.COMMERCIAL), one.id


def test_a_case_stands_in_one_of_six_plain_words(theme: Theme) -> None:
    """The city's six, of which each has a short word of its own in every language."""
    for language in Language:
        words = [say(f"progress.state_{state}", language) for state in CaseState]
        assert len(set(words)) == len(words) == 6
        assert max(len(word) for word in words) <= (12 if language is Language.ZH else 32)
    listed = next(page for name, page in shown(theme, Display(), "15-progress") if name != "display")
    assert {text.plain for text in texts(listed)} & {say(f"progress.state_{state}", Language.ZH) for state in CaseState}
