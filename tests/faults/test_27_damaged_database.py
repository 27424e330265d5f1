"""Fault 27: a damaged or missing database is never silently replaced by an empty one."""

import random
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from sync.contract.suites import CitySecretKey
from sync.errors import LedgerDamagedError, SettingsError
from sync.ledger import Ledger
from sync.loop import once
from sync.outbox import HandInStatus, Outbox
from sync.set_aside import DATABASE_NAME, OutboxEvent, set_aside_folders
from sync.settings import SyncSettings
from sync.space import Room
from tests.faults.outbox_ground import hand_in_under, opened
from tests.sync.conftest import SMALL, open_outbox
from tests.sync.counter import Counter
from tests.sync.standin import StandInCity


def test_a_damaged_database_is_set_aside_and_what_can_be_read_is_sent(settings: SyncSettings, city: StandInCity) -> None:
    outbox = open_outbox(settings)
    counter = Counter(outbox, city.city_key.public_key())
    for _ in range(60):
        counter.hand_in()
    handed = [entry["application_id"] for entry in outbox.list()]
    install = outbox.install
    outbox._ledger.checkpoint()
    outbox.close()
    path = settings.outbox / "outbox.db"
    with path.open("r+b") as file:
        file.seek(path.stat().st_size - 5 * 4096)
        file.write(random.randbytes(4096))

    outbox = open_outbox(settings)
    assert outbox.events == (OutboxEvent.DAMAGED_SET_ASIDE,)
    assert outbox.install != install, "numbers of the old installation are not used again"
    assert outbox.stats()["set_aside"] == 1
    salvaged = [entry["application_id"] for entry in outbox.list()]
    assert 50 <= len(salvaged) < 60
    assert set(salvaged) <= set(handed)
    assert Counter(outbox, counter.city_key).hand_in().header.sequence == 1  # type: ignore[union-attr]
    outbox.close()
    assert once(settings)["complete"] == len(salvaged) + 1
    assert open_outbox(settings).events == ()


def test_a_database_of_rubbish_is_set_aside_whole(folder: Path) -> None:
    opened(folder).close()
    (folder / "outbox.db").write_bytes(b"rubbish" * 5000)
    outbox = opened(folder)
    assert outbox.events == (OutboxEvent.DAMAGED_SET_ASIDE,)
    (aside,) = set_aside_folders(folder)
    assert (aside / "outbox.db").read_bytes() == b"rubbish" * 5000
    outbox.close()


def test_a_database_that_is_gone_is_said_to_be_gone(folder: Path, city_key: CitySecretKey) -> None:
    outbox = opened(folder)
    assert outbox.events == (OutboxEvent.NEW,)
    (folder / "outbox.db").unlink()
    assert Counter(outbox, city_key.public_key()).hand_in().status is HandInStatus.STORAGE_FAULT, "a running process starts no empty one"
    outbox.close()
    outbox = opened(folder)
    assert outbox.events == (OutboxEvent.DATABASE_MISSING,)
    outbox.close()


@pytest.mark.parametrize("is_lost", [True, False])
def test_a_log_that_is_gone_with_rows_in_it_is_noticed(is_lost: bool, settings: SyncSettings, city: StandInCity, tmp_path: Path) -> None:
    """As after a repair of the file system that put the log elsewhere. What the main file has is sent, and numbers are not used again."""
    outbox = open_outbox(settings)
    counter = Counter(outbox, city.city_key.public_key())
    there = [counter.hand_in().header for _ in range(3)]
    outbox._ledger.checkpoint()
    for _ in range(2 if is_lost else 0):
        counter.hand_in()
    found = shutil.copytree(settings.outbox, tmp_path / "found", ignore=shutil.ignore_patterns("*.sock"))
    install = outbox.install
    outbox.close()
    (found / "outbox.db-wal").unlink()
    found_settings = replace(settings, outbox=found)
    outbox = open_outbox(found_settings)
    assert outbox.events == ((OutboxEvent.DAMAGED_SET_ASIDE,) if is_lost else ())
    assert (outbox.install == install) is not is_lost
    assert outbox.stats()["set_aside"] == is_lost
    assert [entry["application_id"] for entry in outbox.list()] == [one.application_id for one in there if one is not None]
    outbox.close()
    assert once(found_settings)["complete"] == 3
    assert open_outbox(found_settings).events == ()


def test_another_key_is_not_taken_for_damage(folder: Path) -> None:
    opened(folder).close()
    with pytest.raises(SettingsError, match="another key"):
        Outbox.open(folder, b"x" * 32, {}, SMALL)
    assert set_aside_folders(folder) == []
    with pytest.raises(LedgerDamagedError, match="bytes instead of"):
        Ledger(folder / "outbox.db", b"short", Room(folder, SMALL))


@pytest.mark.parametrize("onwards", [False, True])
def test_a_disk_that_fails_to_read_what_was_set_aside_is_asked_again_and_then_it_is_said(
    onwards: bool, folder: Path, city_key: CitySecretKey, tmp_path: Path
) -> None:
    """At one read after the other of the damaged database: once, and from then on."""
    outbox = opened(folder)
    counter = Counter(outbox, city_key.public_key())
    handed = {header.application_id for header in (counter.hand_in().header for _ in range(6)) if header is not None}
    outbox.close()
    aside = folder / "set-aside-20260101T000000-abcd"
    aside.mkdir()
    (folder / DATABASE_NAME).rename(aside / DATABASE_NAME)
    shutil.copytree(folder, tmp_path / "as-it-was")
    said_so = 0
    for number in (1, 4, 7, 10) if not onwards else (6,):
        shutil.rmtree(folder)
        shutil.copytree(tmp_path / "as-it-was", folder)
        fault = f"inject=pread64:error=EIO:when={number}{'+' if onwards else ''}"
        _, said, is_hit = hand_in_under(["-P", str(aside / DATABASE_NAME), "-e", "trace=pread64", "-e", fault], folder, most=1)
        assert is_hit, number
        is_said = OutboxEvent.NOT_ALL_READ in said
        said_so += is_said
        outbox = opened(folder)
        there = {entry["application_id"] for entry in outbox.list()}
        outbox.close()
        assert (handed <= there) is not is_said, (number, said)
        assert (aside / DATABASE_NAME).read_bytes() == (tmp_path / "as-it-was" / aside.name / DATABASE_NAME).read_bytes(), "it is kept"
    assert said_so == onwards
