"""`city release`, `city rollout` and `kiosk update`, end to end: a served channel, virtual slots in files, and the real visit."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kiosk.cli import main
from kiosk.sandbox import Sandbox, free_port, make_sandbox
from kiosk.supervisor import kiosk_command
from tests.city.test_command import city, said, serving

VERSION = "7.0.0"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A city with an update channel, and a terminal that knows its root."""
    sandbox = make_sandbox(tmp_path_factory.mktemp("town"), free_port())
    data = sandbox.city
    made = said(city("release", "init", "--data", data, "--json"))
    assert made["status"] == "made"
    image = data / "image"
    image.write_bytes(b"an invented image " * 1000)
    words = ["--data", data, "--version", VERSION, "--board", "virtual"]
    said(city("release", "virtual", *words, "--image", image, "--out", data / "bundle", "--json"))
    said(city("release", "publish", *words, "--bundle", data / "bundle", "--json"))
    keys = data / "image-keys"
    keys.mkdir()
    (keys / "image.pem").write_bytes((data / "release-keys" / "image-1.pem").read_bytes())
    with sandbox.config.open("a", encoding="utf-8") as file:
        file.write(f'\n[update]\nurl = "http://none"\nroot_file = "{made["root"]}"\n')
        file.write(f'board = "virtual"\nslots = "virtual"\nimage_keys = "{keys}"\n')
    return sandbox


def kiosk(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, Any]:
    capsys.readouterr()
    ended = main([*map(str, words), "--json"])
    return ended, json.loads(capsys.readouterr().out)


def test_from_the_bundle_to_the_proven_version(town: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    data, config = town.city, town.config
    stick = ["--config", config, "--from", data / "updates"]
    assert kiosk(capsys, "update", "check", *stick)[1]["decision"] == "no_rollout"
    dry = said(city("rollout", "start", "--data", data, "--release", VERSION, "--percent", "100", "--dry-run", "--json"))
    assert (dry["status"], dry["standing"]["meant"]) == ("would", 1)
    assert kiosk(capsys, "update", "check", *stick)[1]["decision"] == "no_rollout", "a dry run changes nothing"
    said(city("rollout", "start", "--data", data, "--release", VERSION, "--percent", "100", "--json"))
    assert kiosk(capsys, "update", "check", *stick)[1]["decision"] == "fetch"
    ended, applied = kiosk(capsys, "update", "apply", "--now", *stick)
    assert ended == 0
    assert [step["step"] for step in applied["steps"]] == ["whole", "restarting"]
    from kiosk.config import load
    from kiosk.updating import open_updating

    slots = open_updating(load(config), config).slots
    assert slots.boot() == "B"  # type: ignore[attr-defined]  # the virtual machine's loader
    ended, status = kiosk(capsys, "update", "status", "--config", config)
    assert (status["running"], status["is_good"]) == (VERSION, False)
    _, applied = kiosk(capsys, "update", "apply", *stick)  # settles first: walks the visit in its own process
    assert applied["steps"][0]["step"] == "up_to_date"
    _, status = kiosk(capsys, "update", "status", "--config", config)
    assert (status["running"], status["is_good"]) == (VERSION, True)
    assert [one["outcome"] for one in status["history"]] == ["switching", "good"]


def test_reports_reach_the_city_and_count(town: Sandbox, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    from kiosk.commands.update import _tell
    from kiosk.config import load, places
    from sync.update.journal import JournalFile, Notes

    with serving(town.city) as (url, _):
        moved = tmp_path / "kiosk.toml"
        text = town.config.read_text(encoding="utf-8").replace(town.city_url, url)
        moved.write_text(text.replace('"terminal', f'"{town.config.parent}/terminal').replace('"bench', f'"{town.config.parent}/bench'))
        config = load(moved)
        journal = JournalFile(places(config).update / "notes.json")
        notes = journal.read()
        if not notes.untold:
            pytest.skip("the update before did not run")
        _tell(config, journal)
        assert journal.read().untold == ()
        journal.write(notes)
        _tell(config, journal)  # told twice is told once
        assert isinstance(journal.read(), Notes)
        status, channel = kiosk(capsys, "update", "check", "--config", moved)
        assert (status, channel["status"]) == (1, "unreachable")
    standing = said(city("rollout", "status", "--data", town.city, "--json"))["standing"]
    assert (standing["meant"], standing["good"], standing["under_way"]) == (1, 1, 0)


def test_the_visit_names_the_stage_that_fails(town: Sandbox, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = tmp_path / "kiosk.toml"
    broken.write_text(town.config.read_text().replace('"terminal', f'"{town.config.parent}/terminal').replace('terminal/city"', 'none"'))
    ended, proof = kiosk(capsys, "update", "visit", "--config", broken)
    assert (ended, proof["failed"], proof["walked"]) == (1, "keys", ["config"])


def test_without_a_channel_it_says_what_to_write(tmp_path: Path, town: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    bare = tmp_path / "kiosk.toml"
    bare.write_text(town.config.read_text().partition("[update]")[0])
    ended, said_ = kiosk(capsys, "update", "status", "--config", bare)
    assert (ended, said_["status"]) == (1, "bad_config")
    assert "[update]" in said_["detail"]


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("release", "publish", "--version", "not.a.version", "--board", "virtual", "--bundle", "x"), "refused"),
        (("release", "publish", "--version", "8.0", "--board", "virtual", "--bundle", "/nonexistent"), "refused"),
        (("release", "publish", "--channel", "beta", "--version", "8.0", "--board", "virtual", "--bundle", "x"), "refused"),
        (("release", "init"), "refused"),
        (("rollout", "start", "--release", "9.9.9", "--percent", "5"), "refused"),
        (("rollout", "widen", "--percent", "1"), "refused"),
        (("rollout", "resume"), "refused"),
    ],
)
def test_what_cannot_be_is_refused_in_words(town: Sandbox, words: tuple[str, ...], status: str) -> None:
    done = city(*words[:2], "--data", town.city, *words[2:], "--json")
    assert (done.returncode, said(done)["status"]) == (1, status)


def test_the_command_line_of_the_visit_is_the_programs_own() -> None:
    assert kiosk_command("update", "visit")[-2:] == ["update", "visit"]


def test_settling_leaves_a_release_that_failed_its_visit_and_nothing_else(town: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    """What `kiosk-health` runs before it marks a slot good: an exit of 1 keeps it from doing so."""
    from kiosk.config import load
    from kiosk.updating import open_updating
    from sync.update.journal import Switch

    ended, settled = kiosk(capsys, "update", "settle", "--config", town.config)
    assert (ended, settled["is_leaving"]) == (0, False)
    updating = open_updating(load(town.config), town.config)
    running, notes = updating.slots.state().running, updating.journal.read()
    updating.journal.write(msgspec.structs.replace(notes, switch=Switch("r9", running, 1, "0.0.1", is_ordered=True, failed_stage="print")))
    ended, settled = kiosk(capsys, "update", "settle", "--config", town.config)
    assert (ended, settled["is_leaving"], settled["step"]) == (1, True, "failed")
