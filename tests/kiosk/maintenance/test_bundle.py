"""The bundle of logs: what is in it, and that nothing else is."""

import io
import json
import tarfile
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from kiosk.config import Config, load, places
from kiosk.maintenance.bundle import make_bundle, write_bundle
from kiosk.maintenance.finding import Check, Finding, Verdict
from kiosk.sandbox import write_config
from sync.errors import LedgerVersionError
from sync.reckoning import Stats

NOW = datetime(2026, 11, 23, 9, 41, tzinfo=ZoneInfo("Asia/Shanghai"))
CANARIES = ("王样本样本", "210100190001010000", "hush-hush-key")


@pytest.fixture
def config(tmp_path: Path) -> Config:
    config = load(write_config(tmp_path / "terminal", "https://city.example.org"))
    own = places(config)
    for folder, name in (
        (own.keys, "request.pem"),
        (own.outbox, "photo.sealed"),
        (own.feeds, "x.feed.json"),
        (own.maintenance, "attempts.json"),
    ):
        folder.mkdir(parents=True)
        (folder / name).write_text(" ".join(CANARIES))
    (own.maintenance / "acts").write_text('{"act":"signed_in"}\n')
    return config


def stats() -> Stats:
    raise LedgerVersionError("written by a newer version")


def unpacked(content: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:xz") as tar:
        return {member.name.split("/", 1)[1]: tar.extractfile(member).read() for member in tar.getmembers()}  # type: ignore[union-attr]


def test_it_holds_what_is_listed_and_nothing_else(config: Config) -> None:
    findings = [Finding(Check.RECEIPT_PRINTER, Verdict.FAULT, "paper_out")]
    parts = unpacked(make_bundle(config, NOW, findings, stats, lambda: b"kiosk-sync started\n"))
    assert set(parts) == {"about.json", "findings.json", "outbox.json", "devices.json", "config.json", "journal.log", "acts"}
    assert json.loads(parts["findings.json"])[0]["saying"] == "paper_out"
    assert json.loads(parts["outbox.json"]) == {"unreadable": "LedgerVersionError"}
    assert parts["journal.log"] == b"kiosk-sync started\n"
    assert "city" not in json.loads(parts["config.json"])
    assert not any(canary.encode() in content for canary in CANARIES for content in parts.values())


def test_a_flood_in_the_journal_does_not_make_it_large(config: Config) -> None:
    whole = make_bundle(config, NOW, (), stats, lambda: b"x" * 50_000_000)
    assert len(unpacked(whole)["journal.log"]) == 1_000_000


def test_a_stick_that_does_not_take_it_is_told(config: Config, tmp_path: Path) -> None:
    path = write_bundle(tmp_path, config.terminal.id, NOW, b"whole")
    assert path.read_bytes() == b"whole"
    with pytest.raises(OSError, match="nowhere"):
        write_bundle(tmp_path / "nowhere", config.terminal.id, NOW, b"whole")
