"""Fault 24: the disk is full; what is there is still settled, nothing new is taken."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from sync.contract.application import SealedApplication
from sync.contract.suites import CitySecretKey
from sync.errors import LedgerFullError
from sync.loop import once
from sync.outbox import HandInStatus
from sync.set_aside import DATABASE_NAME
from sync.settings import SyncSettings
from sync.space import OutboxLimits
from tests.faults.outbox_ground import bodies, fill, hand_in_under, opened
from tests.sync.conftest import SMALL, open_outbox
from tests.sync.counter import Counter, photo
from tests.sync.standin import StandInCity


def test_below_the_floor_nothing_is_taken_and_what_is_there_is_sent(settings: SyncSettings, city: StandInCity) -> None:
    outbox = open_outbox(settings)
    counter = Counter(outbox, city.city_key.public_key())
    counter.hand_in(photo())
    outbox.close()
    greedy = replace(SMALL, floor_bytes=1 << 60)
    outbox = open_outbox(settings, limits=greedy)
    assert outbox.refusal() is HandInStatus.STORAGE_FULL
    assert Counter(outbox, counter.city_key).hand_in().status is HandInStatus.STORAGE_FULL
    assert outbox.stats()["is_taking"] is False
    outbox.close()
    assert once(replace(settings, limits=greedy))["complete"] == 1


def test_on_a_disk_that_is_full_to_the_last_byte_rows_are_still_settled(small_disk: Path, city_key: CitySecretKey) -> None:
    limits = OutboxLimits(floor_bytes=0, floor_files=0, grown_bytes=1 << 20, ballast_bytes=2 << 20)
    outbox = opened(small_disk / "outbox", limits)
    counter = Counter(outbox, city_key.public_key())
    for _ in range(20):
        assert counter.hand_in(photo(50_000)).status is HandInStatus.HANDED_IN
    fill(small_disk)
    assert counter.hand_in(photo(50_000)).status is HandInStatus.STORAGE_FULL
    for parcel in outbox.deliveries.claim(10, 60):
        outbox.deliveries.quarantine(parcel.place, "invented")
    assert outbox.stats()["quarantined"] == 10

    outbox.close()  # the write-ahead log goes with the last connection, which is the worst case
    outbox = opened(small_disk / "outbox", replace(limits, floor_bytes=1 << 20))
    for parcel in outbox.deliveries.claim(50, 60):
        outbox.deliveries.quarantine(parcel.place, "invented")
    assert outbox.stats()["quarantined"] == 20
    assert {path.name for path in (small_disk / "outbox" / "photos").iterdir()} == {
        attachment.digest for body in bodies(outbox) for attachment in msgspec.json.decode(body, type=SealedApplication).header.attachments
    }
    (small_disk / "log-flood").unlink()
    assert Counter(outbox, city_key.public_key()).hand_in(photo()).status is HandInStatus.HANDED_IN
    outbox.tidy()
    assert (small_disk / "outbox" / "ballast").exists()
    outbox.close()


def test_the_ballast_is_given_up_for_settling_and_taken_back_when_there_is_room(tmp_path: Path) -> None:
    limits = OutboxLimits(floor_bytes=0, floor_files=0, grown_bytes=0, ballast_bytes=1 << 20)
    outbox = opened(tmp_path / "outbox", limits)
    ballast = tmp_path / "outbox" / "ballast"
    assert ballast.stat().st_blocks * 512 >= 1 << 20, "real blocks, not a hole"
    tries = 0

    def change(_: object) -> str:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise LedgerFullError("invented")
        return "done"

    assert outbox._ledger.settle(change) == "done"
    assert not ballast.exists()
    with pytest.raises(LedgerFullError):
        outbox._ledger.settle(lambda _: (_ for _ in ()).throw(LedgerFullError("still")))
    outbox.tidy()
    assert ballast.exists()
    outbox.close()


def test_a_ballast_that_was_being_taken_when_the_power_went_is_taken_whole(tmp_path: Path) -> None:
    opened(tmp_path / "outbox").close()
    ballast = tmp_path / "outbox" / "ballast"
    ballast.touch()  # made, and not filled
    outbox = opened(tmp_path / "outbox", replace(SMALL, ballast_bytes=1 << 20))
    assert ballast.stat().st_blocks * 512 >= 1 << 20
    outbox.close()


@pytest.mark.slow
def test_a_database_that_was_killed_before_it_was_grown_is_grown_when_it_is_opened(folder: Path, city_key: CitySecretKey) -> None:
    """At every write from its making on, among them those between the renaming and the growing, and of the growing itself."""
    limits = replace(SMALL, grown_bytes=256 * 1024)
    small = 0
    for number in range(20, 500, 13):
        shutil.rmtree(folder, ignore_errors=True)
        inject = ["-e", "trace=pwrite64", "-e", f"inject=pwrite64:signal=SIGKILL:when={number}"]
        _, _, is_hit = hand_in_under(inject, folder, most=1, grown_bytes=limits.grown_bytes)
        database = folder / DATABASE_NAME
        small += database.exists() and database.stat().st_size < limits.grown_bytes
        outbox = opened(folder, limits)
        assert database.stat().st_size >= limits.grown_bytes, number
        assert not outbox._ledger.rows("SELECT 1 FROM sqlite_master WHERE name = 'growth'"), number
        ((pages,), (free,)) = (outbox._ledger.rows(f"PRAGMA {name}")[0] for name in ("page_count", "freelist_count"))
        assert free > pages / 2, "and what it was grown by is free"
        assert Counter(outbox, city_key.public_key()).hand_in().status is HandInStatus.HANDED_IN
        outbox.close()
        if not is_hit:
            break
    assert small > 3, "it was killed when it was small"


def test_where_there_is_no_room_to_grow_it_opens_as_it_is(small_disk: Path, city_key: CitySecretKey) -> None:
    limits = replace(SMALL, grown_bytes=0)
    opened(small_disk / "outbox", limits).close()
    database = small_disk / "outbox" / DATABASE_NAME
    was_bytes = database.stat().st_size
    fill(small_disk)
    flood = small_disk / "log-flood"
    os.truncate(flood, flood.stat().st_size - (1 << 20))  # enough to open, too little to grow
    outbox = opened(small_disk / "outbox", replace(limits, grown_bytes=1 << 20))
    assert outbox.list() == []
    outbox.close()
    assert database.stat().st_size == was_bytes
    flood.unlink()
    outbox = opened(small_disk / "outbox", replace(limits, grown_bytes=1 << 20))
    assert database.stat().st_size >= 1 << 20
    assert Counter(outbox, city_key.public_key()).hand_in().status is HandInStatus.HANDED_IN
    outbox.close()
