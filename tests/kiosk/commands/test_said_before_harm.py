"""What would otherwise be found out too late, or do harm."""

import shutil
import subprocess
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kiosk.bench import Bench
from kiosk.config import ConfigError, load
from kiosk.own_outbox import open_outbox, send_again
from kiosk.sandbox import Sandbox, make_sandbox
from sync.contract.suites import new_city_key
from tests.kiosk.commands.conftest import Run
from tests.sync.counter import Counter


def test_a_damaged_outbox_is_never_told_as_an_empty_one(kiosk: Run, sandbox: Sandbox) -> None:
    assert kiosk("outbox", "list", "--config", sandbox.config, "--json").code == 0
    database = load(sandbox.config).terminal.folder / "outbox" / "outbox.db"
    for companion in database.parent.glob("outbox.db-*"):
        companion.unlink()
    database.write_bytes(bytes(range(256)) * 64)
    found = kiosk("outbox", "list", "--config", sandbox.config, "--json")
    assert found.err == "", "the library's own lines about each damaged page stay away"
    assert (found.code, found.body["status"]) == (1, "damaged_set_aside")
    assert "keep it" in found.body["detail"]
    assert kiosk("outbox", "list", "--config", sandbox.config, "--json").body == []
    assert kiosk("outbox", "stats", "--config", sandbox.config, "--json").body["set_aside"] == 1


def test_the_outbox_of_a_disk_that_takes_nothing_can_be_looked_at_and_is_said_to_be_a_copy(kiosk: Run, tmp_path: Path) -> None:
    sandbox = make_sandbox(tmp_path / "own")
    folder = load(sandbox.config).terminal.folder / "outbox"
    with closing(open_outbox(load(sandbox.config))) as outbox:
        Counter(outbox, new_city_key(datetime.now(UTC)).public_key()).hand_in()
        (parcel,) = outbox.deliveries.claim(1, 60)
        outbox.deliveries.quarantine(parcel.place, "cannot-open")
    subprocess.run(["mount", "--bind", str(folder), str(folder)], check=True)
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", str(folder)], check=True)
        found = kiosk("outbox", "list", "--config", sandbox.config)
        assert (found.code, "cannot-open" in found.out, "read-only" in found.out) == (0, True, True)
        assert kiosk("outbox", "stats", "--config", sandbox.config, "--json").body["quarantined"] == 1
        again = kiosk("outbox", "again", "--config", sandbox.config, "--json")
        assert (again.code, again.body["status"]) == (1, "read_only")
        assert send_again(load(sandbox.config)) == 0, "nothing is said to have been done in a copy that is thrown away"
    finally:
        subprocess.run(["umount", str(folder)], check=True)
    with closing(open_outbox(load(sandbox.config))) as outbox:
        assert [entry["state"] for entry in outbox.list()] == ["quarantined"]


def test_what_was_set_aside_is_made_due_again_by_its_number_or_all_together(kiosk: Run, sandbox: Sandbox) -> None:
    with closing(open_outbox(load(sandbox.config))) as outbox:
        counter = Counter(outbox, new_city_key(datetime.now(UTC)).public_key())
        headers = [counter.hand_in().header for _ in range(3)]
        for parcel in outbox.deliveries.claim(3, 60):
            outbox.deliveries.quarantine(parcel.place, "cannot-open")
        first = headers[0]
        assert first is not None
        slip = f"{first.number[:4]}-{first.number[4:]}".lower()
        once_more = kiosk("outbox", "again", "--config", sandbox.config, "--number", slip, "--json")
        assert (once_more.code, once_more.body) == (0, {"status": "due", "applications": 1})
        assert [entry["state"] for entry in outbox.list()] == ["sealed", "quarantined", "quarantined"]
        refused = kiosk("outbox", "again", "--config", sandbox.config, "--number", slip, "--json")
        assert (refused.code, refused.body["status"]) == (1, "not_set_aside")
        assert kiosk("outbox", "again", "--config", sandbox.config, "--json").body["applications"] == 2
        assert {entry["state"] for entry in outbox.list()} == {"sealed"}


def test_a_second_bench_leaves_the_first_one_alone(sandbox: Sandbox) -> None:
    config = load(sandbox.config)
    with Bench(config) as bench:
        with pytest.raises(ConfigError, match="running here already"), Bench(config):
            pass
        assert bench.do("id_card_reader", "state")
        assert Path(config.id_card_reader.port).exists()


def test_without_a_display_nothing_is_started(script: Run, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("SDL_VIDEODRIVER", raising=False)
    for command in ("run", "screen"):
        ended = script(command, "--config", sandbox.config, "--json")
        assert (ended.code, ended.body["status"]) == (1, "no_display")


def test_a_configuration_whose_city_is_not_there_is_not_called_good(kiosk: Run, sandbox: Sandbox, tmp_path: Path) -> None:
    assert kiosk("config", "check", sandbox.config).code == 0
    moved = tmp_path / "kiosk.toml"
    shutil.copyfile(sandbox.config, moved)
    ended = kiosk("config", "check", moved, "--json")
    assert (ended.code, ended.body["status"]) == (1, "bad_config")
    assert "city init" in ended.body["detail"]


def test_a_sandbox_keeps_its_keys_out_of_git(sandbox: Sandbox) -> None:
    assert (sandbox.config.parent / ".gitignore").read_text(encoding="utf-8") == "*\n"
