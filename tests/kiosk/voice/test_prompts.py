"""Recorded sentences: what can be recorded, which recording is found for what is said, and what sounds."""

import sys
import time
import wave
from array import array
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.texts import say, table
from kiosk.voice.engine import Manner
from kiosk.voice.espeak import EspeakVoice, is_installed
from kiosk.voice.guide import Utterance
from kiosk.voice.prompts import RATE, Piece, Prompt, Recordings, fixed_prompts
from kiosk.voice.speaker import at_loudness
from sync.contract.words import Language
from tests.kiosk.flow.walk import item
from tests.kiosk.voice.test_espeak import SLOW_PLAYER, until

ZH = Language.ZH
TONE = array("h", [700, -700] * (RATE // 4)).tobytes()
"""Half a second of something that no engine says."""


def record(folder: Path, text: str, language: Language = ZH, *, rate: int = RATE, samples: bytes = TONE) -> Path:
    path = folder / Prompt(language, text).file
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(samples)
    return path


def test_every_fixed_sentence_can_be_recorded_and_none_with_facts() -> None:
    prompts = fixed_prompts((item(),), Language)
    texts = {prompt.text for prompt in prompts}
    assert {say("voice.started", ZH), say("voice.role_button", Language.KO), item().name.zh} <= texts
    assert {option.label.zh for page in item().pages for field in page.fields for option in field.options} <= texts
    assert not [text for text in texts if "{" in text]
    assert table()["voice.position"].zh not in texts
    assert len({prompt.file for prompt in prompts}) == len(prompts), "no two sentences share a file"
    assert {prompt.language for prompt in fixed_prompts((), [Language.EN])} == {Language.EN}


def test_a_sentence_is_found_whole_or_in_pieces(tmp_path: Path) -> None:
    whole, role = record(tmp_path, "请放身份证"), record(tmp_path, "按钮")
    recordings = Recordings(tmp_path)
    assert recordings.pieces("请放身份证", ZH) == (Piece("请放身份证", whole),)
    assert recordings.pieces("下一步，按钮，已选", ZH) == (Piece("下一步"), Piece("按钮", role), Piece("已选"))
    assert recordings.pieces("甲，乙，丙", ZH) == (Piece("甲，乙，丙"),), "what nobody recorded is said in one breath"
    assert recordings.pieces("按钮", Language.EN) == (Piece("按钮"),), "another language's recording is not played"


def test_a_changed_sentence_does_not_find_the_old_recording(tmp_path: Path) -> None:
    record(tmp_path, "请放身份证")
    assert Recordings(tmp_path).pieces("请放好身份证", ZH) == (Piece("请放好身份证"),)


def test_without_a_folder_nothing_is_recorded(tmp_path: Path) -> None:
    for folder in (None, tmp_path / "gone"):
        assert Recordings(folder).pieces("甲，乙", ZH) == (Piece("甲，乙"),)


def test_recordings_follow_the_loudness_and_never_wrap_around() -> None:
    samples = array("h", [100, -100, 30000, -30000]).tobytes()
    assert at_loudness(samples, 65) == samples
    assert list(array("h", at_loudness(samples, 100))) == [153, -154, 32767, -32768]
    assert list(array("h", at_loudness(samples, 40)))[:2] == [61, -62]


needs_engine = pytest.mark.skipif(not is_installed(), reason="espeakng-loader is not installed")
TO_FILE = "import sys; out = open(sys.argv[1], 'ab', buffering=0)\nwhile data := sys.stdin.buffer.read1(4096): out.write(data)"


@pytest.fixture
def heard(tmp_path: Path) -> Path:
    return tmp_path / "heard.raw"


def speak(folder: Path, heard: Path, text: str, manner: Manner) -> bytes:
    voice = EspeakVoice((sys.executable, "-c", TO_FILE, str(heard)), Recordings(folder))
    voice.speak([Utterance(text, ZH)], manner)
    until(lambda: not voice.is_speaking)
    voice.close()
    return heard.read_bytes()


@needs_engine
def test_the_recording_sounds_and_not_the_machine(tmp_path: Path, heard: Path) -> None:
    record(tmp_path, "请放身份证")
    assert speak(tmp_path, heard, "请放身份证", Manner()) == TONE


@needs_engine
def test_a_recorded_piece_sounds_between_spoken_ones(tmp_path: Path, heard: Path) -> None:
    record(tmp_path, "按钮")
    sounded = speak(tmp_path, heard, "下一步，按钮，第 3 项", Manner())
    assert TONE in sounded
    assert len(sounded) > len(TONE) + RATE


@needs_engine
@pytest.mark.parametrize("spoilt", ["rate", "empty", "text"])
def test_what_cannot_be_played_is_spoken(tmp_path: Path, heard: Path, spoilt: str) -> None:
    path = record(tmp_path, "请放身份证", rate=8000 if spoilt == "rate" else RATE, samples=b"" if spoilt == "empty" else TONE)
    if spoilt == "text":
        path.write_text("no sound", encoding="utf-8")
    sounded = speak(tmp_path, heard, "请放身份证", Manner())
    assert TONE not in sounded
    assert len(sounded) > RATE


@needs_engine
def test_whoever_wants_another_speed_hears_the_machine(tmp_path: Path, heard: Path) -> None:
    record(tmp_path, "请放身份证")
    assert TONE not in speak(tmp_path, heard, "请放身份证", Manner(speed=3))


@pytest.fixture
def slow_voice(tmp_path: Path, heard: Path) -> Iterator[EspeakVoice]:
    record(tmp_path, "长句", samples=TONE * 60)
    made = EspeakVoice((sys.executable, "-c", SLOW_PLAYER, str(heard)), Recordings(tmp_path))
    yield made
    made.close()


@needs_engine
def test_a_recording_is_cut_short_like_everything_else(slow_voice: EspeakVoice, heard: Path) -> None:
    slow_voice.speak([Utterance("长句", ZH)], Manner())
    until(lambda: heard.exists() and heard.stat().st_size > 8820)
    slow_voice.hush()
    time.sleep(0.1)
    silent_from = heard.stat().st_size
    time.sleep(0.4)
    assert heard.stat().st_size == silent_from
    slow_voice.speak([Utterance("长句", ZH)], Manner())
    until(lambda: heard.stat().st_size > silent_from)
