"""`kiosk voice prompts`: what a studio still has to record."""

import wave
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.sandbox import write_config
from sync.contract.item import PAYLOAD_TYPE
from sync.contract.signed import sign
from sync.contract.signing_keys import key_id_of, write_public_key
from tests.kiosk.commands.conftest import Run
from tests.kiosk.flow.walk import CODE, item


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Return the configuration of a terminal with one admitted item, whose recordings lie in a folder of this test."""
    key = Ed25519PrivateKey.generate()
    file = write_config(tmp_path / "terminal-of-the-studio", "https://127.0.0.1:1")
    keys, catalogue = file.parent / "terminal/city/catalogue-keys", file.parent / "terminal/catalogue"
    for folder in (keys, catalogue):
        folder.mkdir(parents=True)
    write_public_key(keys, key.public_key())
    package = msgspec.json.encode(item(CODE))
    (catalogue / "one.1.item.json").write_bytes(sign(package, PAYLOAD_TYPE, key_id_of(key.public_key()), key))
    file.write_text(file.read_text(encoding="utf-8") + f'\n[voice]\nrecordings = "{tmp_path}"\n', encoding="utf-8")
    return file


def record(path: Path, *, rate: int = 22050, frames: int = 100) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(b"\1\0" * frames)


def test_what_is_recorded_is_missing_no_more(kiosk: Run, config: Path, tmp_path: Path) -> None:
    listed = kiosk("voice", "prompts", "--config", config, "--language", "zh", "--json").body
    assert listed["prompts"] == listed["missing"] == len(listed["sentences"]) > 500
    assert {one["language"] for one in listed["sentences"]} == {"zh"}
    assert item(CODE).name.zh in {one["text"] for one in listed["sentences"]}, "the items' sentences are in it"
    first, second, *_ = (one["file"] for one in listed["sentences"])
    record(tmp_path / first)
    missing = kiosk("voice", "prompts", "--config", config, "--language", "zh", "--missing", "--json").body
    assert missing["missing"] == listed["prompts"] - 1
    files = [one["file"] for one in missing["sentences"]]
    assert first not in files
    assert second in files


@pytest.mark.parametrize(("spoilt", "why"), [("rate", "8000 samples a second"), ("empty", "is empty"), ("text", "is no WAV file")])
def test_what_cannot_be_played_is_missing_and_why_is_said(kiosk: Run, config: Path, tmp_path: Path, spoilt: str, why: str) -> None:
    first = kiosk("voice", "prompts", "--config", config, "--language", "en", "--json").body["sentences"][0]["file"]
    record(tmp_path / first, rate=8000 if spoilt == "rate" else 22050, frames=0 if spoilt == "empty" else 100)
    if spoilt == "text":
        (tmp_path / first).write_text("no sound", encoding="utf-8")
    ended = kiosk("voice", "prompts", "--config", config, "--language", "en", "--missing")
    assert ended.code == 0
    assert first in ended.out
    assert why in ended.out


def test_every_language_is_listed_and_no_other_is_known(kiosk: Run, config: Path) -> None:
    sentences = kiosk("voice", "prompts", "--config", config, "--json").body["sentences"]
    assert {one["language"] for one in sentences} == {"zh", "en", "ko"}
    assert kiosk("voice", "prompts", "--config", config, "--language", "fr").code == 2
