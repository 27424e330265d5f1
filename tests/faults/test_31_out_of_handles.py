"""Fault 31: no file handles, no inodes or no threads are left: as a full disk, or as a process that was killed."""

import resource
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from sync.contract.suites import CitySecretKey
from sync.courier import PHOTO_UNREADABLE
from sync.loop import once
from sync.outbox import HandInStatus, Outbox
from sync.settings import SyncSettings
from sync.space import OutboxLimits
from tests.faults.outbox_ground import ROOT, opened
from tests.sync.counter import Counter, photo
from tests.sync.standin import StandInCity
from tests.sync.test_loop import until


def test_out_of_file_handles_nothing_is_taken(folder: Path, city_key: CitySecretKey) -> None:
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


def test_on_a_disk_without_inodes_nothing_is_taken_and_what_is_there_is_settled(tmp_path: Path, city_key: CitySecretKey) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m,nr_inodes=40", "tmpfs", str(disk)], capture_output=True, check=False)
    if made.returncode != 0:
        pytest.skip("mounting a small disk takes root")
    try:
        outbox = opened(disk / "outbox", OutboxLimits(floor_bytes=0, floor_files=0, grown_bytes=1 << 20, ballast_bytes=0))
        counter = Counter(outbox, city_key.public_key())
        assert counter.hand_in(photo()).status is HandInStatus.HANDED_IN
        with suppress(OSError):
            for place in range(40):
                (disk / f"log-flood-{place}").touch()
        assert counter.hand_in(photo(), photo()).status is HandInStatus.STORAGE_FULL
        assert [path.suffix for path in (disk / "outbox" / "photos").iterdir()] == [""], "nothing of it lies about"
        (parcel,) = outbox.deliveries.claim(10, 60)
        outbox.deliveries.quarantine(parcel.place, "invented")
        assert outbox.stats()["quarantined"] == 1
        outbox.close()
        (disk / "log-flood-0").unlink()  # the log of the database is a file of its own
        outbox = opened(disk / "outbox", OutboxLimits(floor_bytes=0, floor_files=10, grown_bytes=0, ballast_bytes=0))
        assert outbox.refusal() is HandInStatus.STORAGE_FULL, "it is said before a resident begins"
        outbox.close()
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_sender_that_gets_no_thread_ends_and_the_next_one_sends_everything(
    settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter
) -> None:
    """Each thread of the starved process wants more memory for its stack than there is, so that the kernel refuses it."""
    for _ in range(3):
        counter.hand_in(photo())
    paths = (settings.ca_file, settings.receipt_keys, settings.catalogue_keys, settings.request_key, settings.outbox, settings.outbox_key)
    starved = (
        "import resource, sys, threading; from tests.sync import send_program;"
        "used = int(open('/proc/self/statm').read().split()[0]) * 4096;"
        "resource.setrlimit(resource.RLIMIT_AS, (used + 200_000_000,) * 2); threading.stack_size(1 << 30); send_program.main()"
    )
    program = [sys.executable, "-c", starved, settings.url, *map(str, paths)]
    ended = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert ended.returncode != 0
    assert "can't start new thread" in ended.stderr
    assert {entry["state"] for entry in outbox.list()} == {"sealed"}
    deadline_s = time.monotonic() + 30
    while outbox.stats()["complete"] < 3:  # the lease of the one that ended is soon over
        assert time.monotonic() < deadline_s
        once(settings)
    assert len(city.cases) == 3


def test_a_photo_that_cannot_be_opened_just_now_is_not_taken_for_lost(
    settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter
) -> None:
    """The kernel refuses to open it, here because of a name that leads to itself, as it does for want of handles; then it does not."""
    header = counter.hand_in(photo()).header
    counter.hand_in(photo())
    assert header is not None
    path = settings.outbox / "photos" / header.attachments[0].digest
    kept = path.rename(settings.outbox / "kept")
    path.symlink_to(path)
    result = once(settings)
    assert (result["complete"], result["held"], result["quarantined"]) == (1, 1, 0), "its neighbour goes on"
    assert [entry["reason"] for entry in outbox.list()] == [PHOTO_UNREADABLE, None]
    kept.rename(path)
    until(lambda: once(settings)["waiting"] == 0, 30)
    assert city.missing(city.cases[header.application_id]) == ()
