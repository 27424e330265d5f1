"""Faults 22 to 33, as far as they concern the outbox: acknowledged means there, once, and nothing else is."""

import contextlib
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from sync import identity
from sync.boot_clock import BootClock
from sync.contract.application import SealedApplication
from sync.contract.city_keys import write_public
from sync.contract.names import digest_of
from sync.contract.suites import CitySecretKey, new_city_key, open_sealed
from sync.errors import LedgerDamagedError, LedgerFullError, LedgerVersionError, SettingsError
from sync.ledger import MIGRATIONS, Ledger
from sync.loop import once
from sync.outbox import HandInStatus, Outbox
from sync.set_aside import OutboxEvent, set_aside_folders
from sync.settings import SyncSettings
from sync.space import OutboxLimits, Room
from tests.sync.conftest import SMALL, open_outbox
from tests.sync.counter import CANARY, CANARY_ID, Counter, photo
from tests.sync.standin import StandInCity

KEY = b"k" * 32
ROOT = Path(__file__).parents[2]
KILLS = 8


@pytest.fixture
def city_key() -> CitySecretKey:
    return new_city_key(datetime.now(UTC))


@pytest.fixture
def folder(tmp_path: Path, city_key: CitySecretKey) -> Path:
    (tmp_path / "keys").mkdir()
    write_public(tmp_path / "keys", city_key.public_key())
    return tmp_path / "outbox"


def opened(folder: Path, limits: OutboxLimits = SMALL, clock: BootClock | None = None) -> Outbox:
    return Outbox.open(folder, KEY, {}, limits, clock)


@pytest.mark.parametrize("photos", [0, 2])
def test_23_killed_at_any_moment_what_was_acknowledged_is_there_and_nothing_else(
    photos: int, folder: Path, city_key: CitySecretKey
) -> None:
    acknowledged: dict[str, int] = {}
    chance = random.Random(photos)
    for _ in range(KILLS):
        command = [sys.executable, "-m", "tests.sync.hand_in_program", str(folder), str(folder.parent / "keys"), str(photos)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        assert process.stdout is not None
        first = process.stdout.readline()
        time.sleep(chance.uniform(0, 0.03))
        process.send_signal(signal.SIGKILL)
        rest = process.stdout.read().splitlines(keepends=True)
        process.wait()
        for line in (first, *rest):
            if line.endswith("\n"):
                name, sequence = line.split()
                acknowledged[name] = int(sequence)

    outbox = opened(folder)
    entries = outbox.list()
    there = {entry["application_id"]: entry["sequence"] for entry in entries}
    assert len(there) == len(entries)
    assert acknowledged.items() <= there.items()
    assert len(there) - len(acknowledged) <= KILLS, "at most the one in hand at each kill, stored and not yet told"
    assert sorted(there.values()) == list(range(1, len(there) + 1)), "numbers without gaps"
    parcels = outbox.deliveries.claim(10_000, 60)
    stored = {path.name for path in (folder / "photos").iterdir()}
    named: set[str] = set()
    for parcel in parcels:
        assert digest_of(parcel.body) == parcel.digest
        sealed = open_sealed(parcel.body, {city_key.key_id: city_key})
        for place, attachment in enumerate(sealed.header.attachments):
            named.add(attachment.digest)
            assert len(sealed.attachment(place, (folder / "photos" / attachment.digest).read_bytes())) == 30_000
    assert stored == named, "no leftovers of those that were not stored"
    outbox.close()


def test_24_below_the_floor_nothing_is_taken_and_what_is_there_is_sent(settings: SyncSettings, city: StandInCity) -> None:
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


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 12 MiB, where this may be made."""
    place = tmp_path / "disk"
    place.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(place)], capture_output=True, check=False)
    if made.returncode != 0:
        pytest.skip("mounting a small disk takes root")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_24_on_a_disk_that_is_full_to_the_last_byte_rows_are_still_settled(small_disk: Path, city_key: CitySecretKey) -> None:
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


def fill(disk: Path) -> None:
    with (disk / "log-flood").open("wb") as flood:
        for size in (1 << 20, 4096, 1):
            with contextlib.suppress(OSError):
                while True:
                    os.write(flood.fileno(), b"x" * size)


def bodies(outbox: Outbox) -> list[bytes]:
    return [row[0] for row in outbox._ledger.rows("SELECT body FROM application")]


def test_24_the_ballast_is_given_up_for_settling_and_taken_back_when_there_is_room(tmp_path: Path) -> None:
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


def test_25_a_limit_on_file_sizes_stops_taking_and_leaves_nothing(folder: Path) -> None:
    """Writes past the limit fail half-way, as on a disk that ends in the middle of a file."""
    program = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000));"
        "sys.argv = ['x', *sys.argv[1:]]; from tests.sync.hand_in_program import main; main()"
    )
    command = [sys.executable, "-c", program, str(folder), str(folder.parent / "keys"), "1"]
    said = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False, timeout=60)
    *acknowledged, last = said.stdout.splitlines()
    assert last in {HandInStatus.STORAGE_FULL, HandInStatus.STORAGE_FAULT}, said.stderr
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 400_000
    outbox = opened(folder)
    assert {line.split()[0] for line in acknowledged} == {entry["application_id"] for entry in outbox.list()}
    assert len(list((folder / "photos").iterdir())) == len(acknowledged)
    outbox.close()


def test_25_on_a_disk_turned_read_only_nothing_is_taken_and_what_is_there_is_sent(
    small_disk: Path, settings: SyncSettings, city: StandInCity
) -> None:
    settings = replace(settings, outbox=small_disk / "outbox")
    outbox = open_outbox(settings)
    handed = Counter(outbox, city.city_key.public_key()).hand_in(photo())
    assert handed.header is not None
    outbox.close()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)

    outbox = open_outbox(settings)
    assert outbox.events == (OutboxEvent.READ_ONLY,)
    assert outbox.refusal() is HandInStatus.STORAGE_FAULT
    assert Counter(outbox, city.city_key.public_key()).hand_in().status is HandInStatus.STORAGE_FAULT
    assert outbox.put_rating(handed.header.application_id, 5) is HandInStatus.STORAGE_FAULT
    outbox.close()
    result = once(settings)
    assert (result["complete"], result["photos"]) == (1, 1)
    assert len(city.cases) == 1

    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    again = once(settings)
    assert again["complete"] == 1, "told again, and the city recognises it"
    assert len(city.cases) == 1


def hand_in_under(strace: list[str], folder: Path, most: int | None = None) -> tuple[list[str], str, bool]:
    """Run a terminal with faults injected by the kernel's tracer; returns what it acknowledged, what it said, and whether it was hit."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    log = folder.parent / "log"
    program = [sys.executable, "-m", "tests.sync.hand_in_program", str(folder), str(folder.parent / "keys"), "1"]
    program += [] if most is None else [str(most)]
    command = ["strace", "-f", "-qq", "-o", str(log), *strace, *program]
    said = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False, timeout=60).stdout
    acknowledged = [line.split()[0] for line in said.splitlines(keepends=True) if " " in line and line.endswith("\n")]
    return acknowledged, said, "INJECTED" in log.read_text() or "SIGKILL" in log.read_text()


def everything_is_whole(folder: Path, city_key: CitySecretKey) -> list[str]:
    """Open the outbox again; each application must open with all of its photos, and nothing else may lie about."""
    outbox = opened(folder)
    named: set[str] = set()
    for body in bodies(outbox):
        sealed = open_sealed(body, {city_key.key_id: city_key})
        for place, attachment in enumerate(sealed.header.attachments):
            sealed.attachment(place, (folder / "photos" / attachment.digest).read_bytes())
            named.add(attachment.digest)
    assert {path.name for path in (folder / "photos").iterdir()} == named
    entries = outbox.list()
    assert [entry["sequence"] for entry in entries] == list(range(1, len(entries) + 1))
    outbox.close()
    return [entry["application_id"] for entry in entries]


@pytest.mark.parametrize("call", ["fsync", "rename"])
@pytest.mark.parametrize("fault", ["EIO", "ENOSPC", "EROFS"])
def test_26_a_failing_call_is_never_a_yes(call: str, fault: str, folder: Path, city_key: CitySecretKey) -> None:
    """The kernel's answer is changed on its way to the process, for photos and database alike, from then on for ever."""
    opened(folder).close()
    inject = f"inject={call}:error={fault}:when={'1+' if call == 'rename' else '2+3'}"
    acknowledged, said, is_hit = hand_in_under(["-e", f"trace={call}", "-e", inject], folder)
    assert is_hit
    assert said
    there = everything_is_whole(folder, city_key)
    assert there == acknowledged


@pytest.mark.slow
@pytest.mark.parametrize("call", ["pwrite64", "fsync", "rename", "write", "openat", "unlink"])
@pytest.mark.parametrize("fault", ["signal=SIGKILL", "error=EIO", "error=ENOSPC"])
def test_22_at_every_single_call_of_putting_in(call: str, fault: str, folder: Path, city_key: CitySecretKey) -> None:
    """One call after the other goes wrong, from the first to the last; what was said holds each time."""
    opened(folder).close()
    paths = [word for name in ("outbox.db", "outbox.db-wal", "outbox.db-shm", "photos") for word in ("-P", str(folder / name))]
    only_ours = paths if call in {"pwrite64", "openat"} else []
    before: list[str] = []
    for number in range(1, 60):
        strace = [*only_ours, "-e", f"trace={call}", "-e", f"inject={call}:{fault}:when={number}"]
        acknowledged, said, is_hit = hand_in_under(strace, folder, most=1)
        there = everything_is_whole(folder, city_key)
        assert set(before) | set(acknowledged) <= set(there)
        assert len(there) <= len(before) + 1
        if said:  # nothing is said when saying itself is what fails
            assert len(there) == len(before) + len(acknowledged), "told no, and nothing is there"
        before = there
        if not is_hit:
            return
    pytest.fail("the program made more calls than it can have reasons for")


def test_27_a_damaged_database_is_set_aside_and_what_can_be_read_is_sent(settings: SyncSettings, city: StandInCity) -> None:
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


def test_27_a_database_of_rubbish_is_set_aside_whole(folder: Path) -> None:
    opened(folder).close()
    (folder / "outbox.db").write_bytes(b"rubbish" * 5000)
    outbox = opened(folder)
    assert outbox.events == (OutboxEvent.DAMAGED_SET_ASIDE,)
    (aside,) = set_aside_folders(folder)
    assert (aside / "outbox.db").read_bytes() == b"rubbish" * 5000
    outbox.close()


def test_27_a_database_that_is_gone_is_said_to_be_gone(folder: Path, city_key: CitySecretKey) -> None:
    outbox = opened(folder)
    assert outbox.events == (OutboxEvent.NEW,)
    (folder / "outbox.db").unlink()
    assert Counter(outbox, city_key.public_key()).hand_in().status is HandInStatus.STORAGE_FAULT, "a running process starts no empty one"
    outbox.close()
    outbox = opened(folder)
    assert outbox.events == (OutboxEvent.DATABASE_MISSING,)
    outbox.close()


def test_27_another_key_is_not_taken_for_damage(folder: Path) -> None:
    opened(folder).close()
    with pytest.raises(SettingsError, match="another key"):
        Outbox.open(folder, b"x" * 32, {}, SMALL)
    assert set_aside_folders(folder) == []
    with pytest.raises(LedgerDamagedError, match="bytes instead of"):
        Ledger(folder / "outbox.db", b"short", Room(folder, SMALL))


def test_28_a_newer_versions_database_is_left_as_it_is(folder: Path) -> None:
    outbox = opened(folder)
    with outbox._ledger.writing() as db:
        db.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    outbox.close()
    before = (folder / "outbox.db").read_bytes()
    with pytest.raises(LedgerVersionError, match="written by version"):
        opened(folder)
    assert (folder / "outbox.db").read_bytes() == before
    assert set_aside_folders(folder) == []


def test_31_out_of_file_handles_nothing_is_taken(folder: Path, city_key: CitySecretKey) -> None:
    outbox = opened(folder)
    counter = Counter(outbox, city_key.public_key())
    counter.hand_in()
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, before[1]))
    try:
        status = counter.hand_in(photo()).status
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    assert status in {HandInStatus.STORAGE_FULL, HandInStatus.STORAGE_FAULT}
    assert counter.hand_in(photo()).status is HandInStatus.HANDED_IN
    assert [entry["sequence"] for entry in outbox.list()] == [1, 2]
    outbox.close()


def test_33_leases_keep_to_the_monotonic_clock_and_to_their_boot(folder: Path, city_key: CitySecretKey) -> None:
    now_s = 1000.0
    outbox = opened(folder, clock=BootClock("boot-1", lambda: now_s))
    Counter(outbox, city_key.public_key()).hand_in()
    assert len(outbox.deliveries.claim(5, 60)) == 1
    assert outbox.deliveries.claim(5, 60) == []
    assert outbox.deliveries.next_due_s() == 60
    now_s = 1059.0
    assert outbox.deliveries.claim(5, 60) == []
    now_s = 1061.0
    assert len(outbox.deliveries.claim(5, 1e9)) == 1
    outbox.close()
    rebooted = opened(folder, clock=BootClock("boot-2", lambda: 5.0))
    assert rebooted.deliveries.next_due_s() == 0
    assert len(rebooted.deliveries.claim(5, 60)) == 1, "a lease of another boot is over"
    rebooted.close()


def test_the_terminal_cannot_open_what_it_sealed(settings: SyncSettings, city: StandInCity) -> None:
    """With everything that lies on its disk and in its keys, nothing of the resident is found or opened."""
    outbox = open_outbox(settings)
    handed = Counter(outbox, city.city_key.public_key()).hand_in(photo())
    assert handed.header is not None
    everything = [path for path in settings.outbox.parent.rglob("*") if path.is_file()]
    assert len(everything) >= 5
    for path in everything:
        content = path.read_bytes()
        for secret in (CANARY, CANARY_ID):
            assert secret.encode() not in content
            assert secret.encode("utf-16-le") not in content
    body = bodies(outbox)[0]
    assert CANARY.encode() not in body
    raw_keys = [path.read_bytes() for path in (settings.request_key, settings.outbox_key)]
    assert all(city.city_key.secret not in raw for raw in raw_keys)
    envelope = msgspec.json.decode(body, type=SealedApplication).envelope
    assert envelope.key_id == city.city_key.key_id
    outbox.close()


def test_keys_are_private_files_and_nothing_less_is_used(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "outbox.key"
    key = identity.outbox_key(path)
    assert identity.outbox_key(path) == key
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o640)
    with pytest.raises(SettingsError, match="0600"):
        identity.outbox_key(path)
    path.chmod(0o600)
    path.write_bytes(b"short")
    with pytest.raises(SettingsError, match="5 bytes"):
        identity.outbox_key(path)
