"""The speaking process: it speaks, it is silent at once, and it is another process."""

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiosk.voice.engine import Manner
from kiosk.voice.espeak import EspeakVoice, is_installed
from kiosk.voice.guide import Utterance
from sync.contract.words import Language

pytestmark = pytest.mark.skipif(not is_installed(), reason="espeakng-loader is not installed")
SLOW_PLAYER = (
    "import sys, time, pathlib\n"
    "out = open(sys.argv[1], 'ab', buffering=0)\n"
    "while data := sys.stdin.buffer.read(4410):\n"
    "    out.write(data); time.sleep(0.1)\n"
)
"""Takes samples at the speed at which they sound."""


@pytest.fixture
def heard(tmp_path: Path) -> Path:
    return tmp_path / "heard.raw"


@pytest.fixture
def voice(heard: Path) -> Iterator[EspeakVoice]:
    made = EspeakVoice((sys.executable, "-c", SLOW_PLAYER, str(heard)))
    yield made
    made.close()


def until(holds: Callable[[], bool], within_s: float = 60.0) -> None:
    end = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.01)


def size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


@pytest.mark.parametrize(
    ("text", "language"), [("请放身份证", Language.ZH), ("Lay your card", Language.EN), ("신분증을 놓으세요", Language.KO)]
)
def test_each_language_makes_sound(voice: EspeakVoice, heard: Path, text: str, language: Language) -> None:
    voice.speak([Utterance(text, language)], Manner())
    assert voice.is_speaking
    until(lambda: not voice.is_speaking)
    assert size(heard) > 22050
    assert any(heard.read_bytes())


def test_hush_is_silence_within_a_tenth_of_a_second(voice: EspeakVoice, heard: Path) -> None:
    voice.speak([Utterance("请把身份证放在绿灯亮的地方，" * 20, Language.ZH)], Manner())
    until(lambda: size(heard) > 8820)
    voice.hush()
    time.sleep(0.1)
    silent_from = size(heard)
    time.sleep(0.4)
    assert size(heard) == silent_from
    assert not voice.is_speaking


def test_a_new_sentence_cuts_the_old_one_short(voice: EspeakVoice, heard: Path) -> None:
    voice.speak([Utterance("一二三四五六七八九十，" * 40, Language.ZH)], Manner())
    until(lambda: size(heard) > 4410)
    voice.speak([Utterance("好", Language.ZH)], Manner())
    until(lambda: not voice.is_speaking, within_s=20)


def test_secrets_are_tones(voice: EspeakVoice, heard: Path) -> None:
    voice.speak([Utterance("已填", Language.ZH, tones=3)], Manner())
    until(lambda: not voice.is_speaking)
    assert size(heard) > 3 * 0.22 * 22050 * 2


def test_a_player_that_is_missing_harms_nobody(tmp_path: Path) -> None:
    voice = EspeakVoice((str(tmp_path / "no-such-player"),))
    voice.speak([Utterance("好", Language.ZH)], Manner())
    until(lambda: not voice.is_speaking)
    voice.close()


def test_the_engine_is_not_part_of_the_terminals_program(voice: EspeakVoice) -> None:
    voice.speak([Utterance("好", Language.ZH)], Manner())
    assert "espeakng_loader" not in sys.modules
    assert "espeak" not in Path("/proc/self/maps").read_text(encoding="utf-8", errors="replace")
