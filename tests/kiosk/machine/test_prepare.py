"""A boot's own files, and what stands in the way of a boot."""

import subprocess
import sys
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

import pytest

from kiosk.machine.out_of_order import ROTATION, rotation_noted
from kiosk.machine.prepare import Prepared, Refused, keep_rotation, prepare, resolved, write
from kiosk.machine.trouble import Trouble, note, noted
from tests.kiosk.machine.test_permissions import config

HERE = Path("/")  # a mount point that every machine has, in place of the data partition


@pytest.fixture
def full(tmp_path: Path) -> Iterator[Path]:
    """A tiny file system with nothing free, where this machine lets us mount one."""
    place = tmp_path / "full"
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)], check=False, capture_output=True).returncode != 0:
        pytest.skip("only root can mount")
    yield place
    subprocess.run(["umount", str(place)], check=True)


@pytest.mark.parametrize(
    ("program", "never"),
    [("kiosk.machine.prepare, kiosk.machine.keys", "sqlcipher3"), ("kiosk.keeping", "tuf")],
    ids=["prepare", "keeper"],
)
def test_a_boots_programs_bring_nothing_in_that_they_do_not_use(program: str, never: str) -> None:
    """On a slow board a library is a second of the start: the outbox's before the screen, what verifies a release beside it."""
    words = f"import {program}, sys; sys.exit({never!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", words], check=False).returncode == 0


def test_a_good_configuration_is_prepared(tmp_path: Path) -> None:
    config(tmp_path, city="https://192.0.2.7")
    outcome = prepare(tmp_path / "kiosk.toml", HERE, resolved)
    assert isinstance(outcome, Prepared)
    assert outcome.addresses == {"192.0.2.7": (ip_address("192.0.2.7"),)}
    assert outcome.unresolved == ()


def test_a_city_without_an_address_now_is_said_and_stops_nothing(tmp_path: Path) -> None:
    config(tmp_path)
    outcome = prepare(tmp_path / "kiosk.toml", HERE, lambda _: ())
    assert isinstance(outcome, Prepared)
    assert outcome.unresolved == ("city.example.org",)


def test_how_the_display_stands_is_kept_for_the_starts_that_cannot_ask(tmp_path: Path) -> None:
    kept, now = tmp_path / "kept", tmp_path / "now"
    kept.mkdir()
    now.mkdir()
    assert rotation_noted(now, kept) == 0
    keep_rotation(90, now, kept)
    (now / ROTATION).unlink()  # memory; the machine was off in between
    assert rotation_noted(now, kept) == 90
    written = (kept / ROTATION).stat().st_mtime_ns
    keep_rotation(90, kept)
    assert (kept / ROTATION).stat().st_mtime_ns == written
    keep_rotation(0, now, kept)
    assert rotation_noted(now, kept) == 0


@pytest.mark.parametrize("said", ["", "45", "ninety", "-90", "\xff"])
def test_a_damaged_word_of_it_turns_nothing(tmp_path: Path, said: str) -> None:
    (tmp_path / ROTATION).write_text(said, encoding="latin-1")
    assert rotation_noted(tmp_path) == 0


def test_the_configuration_says_how_the_display_stands(tmp_path: Path) -> None:
    config(tmp_path, city="https://192.0.2.7")
    file = tmp_path / "kiosk.toml"
    file.write_text(file.read_text(encoding="utf-8") + "\n[panel]\nrotation = 270\n", encoding="utf-8")
    outcome = prepare(file, HERE, resolved)
    assert isinstance(outcome, Prepared)
    assert outcome.rotation == 270


def test_no_data_partition_is_said(tmp_path: Path) -> None:
    outcome = prepare(tmp_path / "kiosk.toml", tmp_path, resolved)
    assert isinstance(outcome, Refused)
    assert outcome.trouble is Trouble.DATA
    assert "is not there" in outcome.detail


def test_a_full_data_partition_is_said(tmp_path: Path, full: Path) -> None:
    outcome = prepare(tmp_path / "kiosk.toml", full, resolved)
    assert isinstance(outcome, Refused)
    assert outcome.trouble is Trouble.DATA
    assert "full" in outcome.detail


def test_a_configuration_that_does_not_parse_is_said_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "kiosk.toml").write_text('[terminal]\nid = "SY-TEST-1\n', encoding="utf-8")
    outcome = prepare(tmp_path / "kiosk.toml", HERE, resolved)
    assert isinstance(outcome, Refused)
    assert outcome.trouble is Trouble.CONFIG
    assert "line 2" in outcome.detail


def test_files_are_written_once_and_again_when_something_changed(tmp_path: Path) -> None:
    config(tmp_path, city="https://192.0.2.7")
    outcome = prepare(tmp_path / "kiosk.toml", HERE, resolved)
    assert isinstance(outcome, Prepared)
    run = tmp_path / "run"
    assert write(outcome, run)
    assert not write(outcome, run)
    config(tmp_path, city="https://192.0.2.8")
    changed = prepare(tmp_path / "kiosk.toml", HERE, resolved)
    assert isinstance(changed, Prepared)
    assert write(changed, run)
    assert "192.0.2.8" in (run / "kiosk-prepare/callers.nft").read_text(encoding="utf-8")


def test_a_name_that_does_not_exist_has_no_address() -> None:
    assert resolved("no-such-host.invalid") == ()


@pytest.mark.parametrize("trouble", Trouble)
def test_a_trouble_is_handed_on(tmp_path: Path, trouble: Trouble) -> None:
    note(tmp_path, trouble)
    assert noted(tmp_path, tmp_path) is trouble
    note(tmp_path, None)
    assert noted(tmp_path, tmp_path) is Trouble.APP


def test_a_damaged_note_blames_the_program(tmp_path: Path) -> None:
    (tmp_path / "trouble").write_bytes(b"\xff\xfe")
    assert noted(tmp_path, tmp_path) is Trouble.APP
