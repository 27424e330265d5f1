"""What the tests of the outbox and of the line stand on."""

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sync.boot_clock import BootClock
from sync.contract.suites import CitySecretKey, open_sealed
from sync.loop import OnceResult
from sync.outbox import Outbox
from sync.space import OutboxLimits
from tests.sync.conftest import SMALL
from tests.sync.standin import Asked, Reply

KEY = b"k" * 32
ROOT = Path(__file__).parents[2]
JSON = {"Content-Type": "application/json"}


def opened(folder: Path, limits: OutboxLimits = SMALL, clock: BootClock | None = None) -> Outbox:
    return Outbox.open(folder, KEY, {}, limits, clock)


def fill(disk: Path) -> None:
    with (disk / "log-flood").open("wb") as flood:
        for size in (1 << 20, 4096, 1):
            with contextlib.suppress(OSError):
                while True:
                    os.write(flood.fileno(), b"x" * size)


def bodies(outbox: Outbox) -> list[bytes]:
    return [row[0] for row in outbox._ledger.rows("SELECT body FROM application")]


def hand_in_under(strace: list[str], folder: Path, most: int | None = None, grown_bytes: int = 0) -> tuple[list[str], str, bool]:
    """Run a terminal with faults injected by the kernel's tracer; returns what it acknowledged, what it said, and whether it was hit."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    log = folder.parent / "log"
    program = [sys.executable, "-m", "tests.sync.hand_in_program", str(folder), str(folder.parent / "keys"), "1"]
    program += [] if most is None else [str(most), str(grown_bytes)]
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


def always(reply: Reply) -> Callable[[Asked], Reply | None]:
    """Answer every PUT so."""
    return lambda asked: reply if asked.method in {"PUT", "POST"} else None


def nothing_was_believed(result: OnceResult, outbox: Outbox) -> None:
    assert (result["complete"], result["sent"]) == (0, 0)
    assert result["waiting"] == 1
    assert [entry["state"] for entry in outbox.list()] == ["sealed"]
