"""Fault 22: every single call of putting in, and of sending, goes wrong in turn, once or from then on; what was said holds each time."""

import itertools
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sync.contract.suites import CitySecretKey
from sync.loop import once
from sync.outbox import Outbox
from sync.settings import SyncSettings
from tests.faults.outbox_ground import ROOT, everything_is_whole, hand_in_under, opened
from tests.sync.counter import Counter, photo
from tests.sync.standin import StandInCity
from tests.sync.test_loop import until


@pytest.mark.slow
@pytest.mark.parametrize("call", ["pwrite64", "fsync", "rename", "write", "openat", "unlink"])
@pytest.mark.parametrize(
    ("fault", "onwards"), [("signal=SIGKILL", ""), ("error=EIO", ""), ("error=ENOSPC", ""), ("error=EIO", "+"), ("error=ENOSPC", "+")]
)
def test_at_every_single_call_of_putting_in(call: str, fault: str, onwards: str, folder: Path, city_key: CitySecretKey) -> None:
    """One call after the other goes wrong, from the first to the last; what was said holds each time."""
    opened(folder).close()
    paths = [word for name in ("outbox.db", "outbox.db-wal", "outbox.db-shm", "photos") for word in ("-P", str(folder / name))]
    only_ours = paths if call in {"pwrite64", "openat"} else []
    before: list[str] = []
    for number in range(1, 60):
        strace = [*only_ours, "-e", f"trace={call}", "-e", f"inject={call}:{fault}:when={number}{onwards}"]
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


@pytest.mark.slow
@pytest.mark.parametrize("call", ["pwrite64", "fsync", "openat", "connect", "sendto", "recvfrom"])
@pytest.mark.parametrize("fault", ["signal=SIGKILL", "error=EIO"])
def test_at_every_single_call_of_sending(
    call: str, fault: str, settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter
) -> None:
    """Whatever goes wrong in a pass, the next good one ends with each application at the city, once and whole."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    paths = (settings.ca_file, settings.receipt_keys, settings.catalogue_keys, settings.request_key, settings.outbox, settings.outbox_key)
    program = [sys.executable, "-m", "tests.sync.send_program", settings.url, *map(str, paths)]
    names = ("outbox.db", "outbox.db-wal", "outbox.db-shm", "photos")
    watched = [word for name in names for word in ("-P", str(settings.outbox / name))] if call in {"pwrite64", "openat"} else []
    log = settings.outbox.parent / "strace.log"
    for number in itertools.count(1):
        counter.hand_in(photo(20_000))
        strace = ["strace", "-f", "-qq", "-o", str(log), *watched, "-e", f"trace={call}", "-e", f"inject={call}:{fault}:when={number}"]
        subprocess.run([*strace, *program], cwd=ROOT, capture_output=True, timeout=60, check=False)
        assert len(outbox.list()) == number
        assert len(city.cases) <= number
        until(lambda: once(settings)["waiting"] == 0, 30)
        assert len(city.cases) == number
        assert [entry["state"] for entry in outbox.list()] == ["complete"] * number
        said = log.read_text()
        if "INJECTED" not in said and "SIGKILL" not in said:
            return
        assert number < 120, "more calls than a pass can have reasons for"
