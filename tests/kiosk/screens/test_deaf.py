"""Somebody who hears nothing: whatever the terminal says aloud stands on the glass, too, and nothing but its voice makes a sound."""

import ast
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from kiosk.flow.display import Audio, Display
from kiosk.flow.state import Kiosk
from kiosk.flow.views import Idle, StillThere
from kiosk.texts import say
from kiosk.voice.engine import SpeechLog
from kiosk.voice.normal import spoken
from sync.contract.words import Language
from tests.kiosk.screens.desk import FONTS, ROOT  # sets Kivy up before its window is made
from tests.kiosk.screens.fitting import ITEMS, texts

from kiosk.screens.app import Screens  # isort: skip
from kiosk.screens.components.reading import spots  # isort: skip
from kiosk.screens.gallery import states  # isort: skip
from kiosk.screens.tokens import REFERENCE  # isort: skip

SILENT_WORDS = {
    "04-lay-card-card_moved": "card.status_card_moved",
    "13-done-received": "done.printed",
    "19-card-left": "overlay.card_left",
    "19-chip-left": "overlay.chip_left",
    "19-staff-ringing": "overlay.staff_ringing",
    "19-staff-alerted": "overlay.staff_alerted",
    "17-still-there": "overlay.still_there",
    "24-pay-paid": "bills.pay_paid",
    "40-sign-in-wrong": "upkeep.wrong",
}
"""What another machine would only beep for, and the words that say it here."""

PLAYERS = {"kivy.core.audio", "winsound", "ossaudiodev", "pyaudio", "sounddevice", "simpleaudio", "pygame"}


class Glass:
    """The terminal's glass and its voice."""

    def __init__(self) -> None:
        self.voice = SpeechLog()
        self.screens = Screens(REFERENCE, FONTS, fullscreen=False, send=lambda _: None, preview=lambda: None, voice=self.voice)

    def show(self, state: Kiosk) -> list[str]:
        """Show a state after an empty glass; return what was said to it."""
        self.screens.show(replace(state, view=Idle(), visit=None, overlay=None))
        self.voice.said.clear()
        self.screens.show(state)
        return [utterance.text for utterance in self.voice.said]

    @property
    def words(self) -> str:
        """Everything that can be read, as it would be spoken, in the order of reading and without pauses."""
        top = self.screens.root.children[0]
        return plain("".join(spoken(found.spot.label, Language.ZH) for found in spots(top)))


def plain(said: str) -> str:
    return re.sub(r"[\W_]", "", said)


@pytest.fixture(scope="module")
def glass() -> Glass:
    return Glass()


def every_state(language: Language = Language.ZH, only: str = "") -> Iterator[tuple[str, Kiosk]]:
    return ((name, state) for name, state in states(ITEMS, Display(language), FONTS) if name.startswith(only))


def every_kind() -> Iterator[tuple[str, Kiosk]]:
    """Yield one state of every kind of page, and everything that lies over pages."""
    seen = set()
    for name, state in every_state():
        kind = type(state.view), state.overlay
        if kind not in seen:
            seen.add(kind)
            yield name, state


def test_whatever_is_said_unasked_stands_on_the_glass(glass: Glass) -> None:
    spoke = []
    for name, state in every_kind():
        for sentence in glass.show(state):
            spoke.append(name)
            assert plain(sentence) in glass.words, f"{name}: {sentence} can only be heard"
    assert set(spoke) == {"17-still-there", "19-card-left", "19-chip-left"}, "what calls out to somebody who is not listening"


@pytest.mark.parametrize("language", Language)
def test_a_forgotten_card_and_the_end_of_time_are_called_out_and_written(glass: Glass, language: Language) -> None:
    for only in ("17-still", "19-card-left", "19-chip-left"):
        for name, state in every_state(language, only):
            said = glass.show(state)
            words = plain("".join(text.plain for text in texts(glass.screens.root.children[0])))
            assert len(said) == 2, name
            for sentence in said:
                assert set(plain(sentence)) <= set(words + "0123456789一二三四五六七八九十"), f"{name}: {sentence}"


def test_the_seconds_are_called_out_now_and_then_and_silence_comes_with_the_answer(glass: Glass) -> None:
    state = next(state for _, state in every_state(only="17-still"))
    glass.show(replace(state, overlay=StillThere(30)))
    for left in range(29, 0, -1):
        glass.screens.show(replace(state, overlay=StillThere(left)))
    assert [said.text for said in glass.voice.said if "秒" in said.text] == [
        spoken(f"{left}秒后自动结束", Language.ZH) for left in (30, 20, 10, 5)
    ]
    before = glass.voice.cut_short
    glass.screens.show(replace(state, overlay=None))
    assert glass.voice.cut_short == before + 1


def test_who_listens_has_every_sentence_as_a_caption(glass: Glass) -> None:
    """For somebody who hears little, or sits beside. The question whether somebody is there has no list: it is written large itself."""
    ears = glass.screens._ears
    assert ears is not None
    listening = (
        (name, state) for name, state in every_kind() if not isinstance(state.view, Idle) and not isinstance(state.overlay, StillThere)
    )
    for name, state in listening:
        said = glass.show(replace(state, display=replace(state.display, audio=Audio.HEADPHONES)))
        assert said, name
        assert any(text.plain == ears.caption for text in texts(glass.screens.root)), f"{name}: the caption is not on the glass"
        for sentence in said:
            assert plain(sentence) in plain(ears.caption), f"{name}: {sentence}"


@pytest.mark.parametrize(("name", "key"), SILENT_WORDS.items())
def test_what_other_machines_beep_for_is_written(glass: Glass, name: str, key: str) -> None:
    glass.show(next(state for named, state in every_state(only=name) if named == name))
    words = plain("".join(text.plain for text in texts(glass.screens.root.children[0])))
    assert plain(re.split(r"[{，]", say(key, Language.ZH))[0]) in words


def test_nothing_but_the_voice_can_make_a_sound() -> None:
    found = []
    for folder in ("kiosk", "drivers", "peripherals", "sync"):
        for path in (ROOT / folder).rglob("*.py"):
            if path.is_relative_to(ROOT / "kiosk" / "voice"):
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                named = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                named += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                found += [
                    f"{path.name}: {one}" for one in named if any(one == player or one.startswith(f"{player}.") for player in PLAYERS)
                ]
                if isinstance(node, ast.Constant) and isinstance(node.value, bytes) and (b"\x07" in node.value or b"\x1bB" in node.value):
                    found.append(f"{path.name}: {node.value!r} is a bell, or a printer's buzzer")
    assert found == []
