"""Fault 28: the database of another version, or an older copy of the same one, is opened or refused, and never rewritten downward."""

import shutil
from pathlib import Path

import pytest

from sync import ledger
from sync.contract.suites import CitySecretKey
from sync.errors import LedgerVersionError
from sync.ledger import MIGRATIONS
from sync.loop import once
from sync.set_aside import set_aside_folders
from sync.settings import SyncSettings
from tests.faults.outbox_ground import opened
from tests.sync.conftest import open_outbox
from tests.sync.counter import Counter, photo
from tests.sync.standin import StandInCity

NEXT = (*MIGRATIONS, "CREATE TABLE invented (a TEXT); INSERT INTO invented VALUES ('later')")


def test_a_newer_versions_database_is_left_as_it_is(folder: Path) -> None:
    outbox = opened(folder)
    with outbox._ledger.writing() as db:
        db.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    outbox.close()
    before = (folder / "outbox.db").read_bytes()
    with pytest.raises(LedgerVersionError, match="written by version"):
        opened(folder)
    assert (folder / "outbox.db").read_bytes() == before
    assert set_aside_folders(folder) == []


def test_an_update_migrates_a_fallback_refuses_and_the_next_update_goes_on(
    folder: Path, city_key: CitySecretKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The update came, was taken back, and came again; what was handed in before, between and after is all there."""
    outbox = opened(folder)
    Counter(outbox, city_key.public_key()).hand_in(photo())
    outbox.close()
    with monkeypatch.context() as updated:
        updated.setattr(ledger, "MIGRATIONS", NEXT)
        outbox = opened(folder)
        assert outbox._ledger.rows("SELECT a FROM invented") == [("later",)]
        Counter(outbox, city_key.public_key()).hand_in()
        outbox.close()
    before = (folder / "outbox.db").read_bytes()
    with pytest.raises(LedgerVersionError):
        opened(folder)
    assert (folder / "outbox.db").read_bytes() == before
    with monkeypatch.context() as updated:
        updated.setattr(ledger, "MIGRATIONS", NEXT)
        outbox = opened(folder)
        Counter(outbox, city_key.public_key()).hand_in()
        assert [entry["sequence"] for entry in outbox.list()] == [1, 2, 3]
        assert outbox.events == ()
        outbox.close()


def test_a_terminal_that_runs_while_another_process_updates_refuses_at_its_next_opening(
    folder: Path, city_key: CitySecretKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox = opened(folder)
    with monkeypatch.context() as updated:
        updated.setattr(ledger, "MIGRATIONS", NEXT)
        opened(folder).close()
    assert Counter(outbox, city_key.public_key()).hand_in().header is not None, "it may finish what it began"
    outbox.close()
    with pytest.raises(LedgerVersionError):
        opened(folder)


def test_a_terminal_restored_from_a_backup_loses_nothing_and_doubles_nothing(
    settings: SyncSettings, city: StandInCity, tmp_path: Path
) -> None:
    """The backup is from before the last deliveries: they are delivered again and recognised; numbers that were used are used again,
    and the city tells them apart by the applications' ids."""
    outbox = open_outbox(settings)
    counter = Counter(outbox, city.city_key.public_key())
    first = [counter.hand_in(photo(9_000)).header for _ in range(3)]
    outbox._ledger.checkpoint()
    outbox.close()
    backup = shutil.copytree(settings.outbox, tmp_path / "backup")

    outbox = open_outbox(settings)
    after = [Counter(outbox, counter.city_key).hand_in().header for _ in range(2)]
    outbox.close()
    assert once(settings)["complete"] == 5 or once(settings)["waiting"] == 0
    receipts = {name: city.put_answer(name).receipt for name in city.cases}

    shutil.rmtree(settings.outbox)
    shutil.copytree(backup, settings.outbox)
    outbox = open_outbox(settings)
    assert outbox.events == ()
    again = Counter(outbox, counter.city_key).hand_in().header
    outbox.close()
    assert again is not None
    assert after[0] is not None
    assert (again.install, again.sequence) == (after[0].install, after[0].sequence)
    assert once(settings)["waiting"] == 0
    assert len(city.cases) == 6
    assert {name: city.put_answer(name).receipt for name in receipts} == receipts
    assert all(header is not None and header.application_id in city.cases for header in (*first, *after))
