"""Fault 25: the disk takes nothing any more; nothing is taken, and what is there is sent."""

import resource
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from sync.loop import once
from sync.outbox import HandInStatus
from sync.set_aside import OutboxEvent
from sync.settings import SyncSettings
from tests.faults.outbox_ground import ROOT, opened
from tests.sync.conftest import open_outbox
from tests.sync.counter import Counter, photo
from tests.sync.standin import StandInCity


def test_a_limit_on_file_sizes_stops_taking_and_leaves_nothing(folder: Path) -> None:
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


def test_on_a_disk_turned_read_only_nothing_is_taken_and_what_is_there_is_sent(
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
    assert not outbox.stats()["is_taking"], "staff and the fleet's operators are told"
    assert outbox.put_rating(handed.header.application_id, 5) is HandInStatus.STORAGE_FAULT
    outbox.close()
    result = once(settings)
    assert (result["complete"], result["photos"]) == (1, 1)
    assert len(city.cases) == 1

    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    again = once(settings)
    assert again["complete"] == 1, "told again, and the city recognises it"
    assert len(city.cases) == 1
