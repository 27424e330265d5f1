"""Faults 23 and 45: residents hand in, the terminal sends, the city takes, and each of the three is killed at random, again and again.

The city's process dies in the middle of transactions and between their commit and the answer. In the end every acknowledged
application is at the city once, and nothing else is.
"""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from sync import identity
from sync.contract.signing_keys import public_pem
from sync.outbox import Outbox
from sync.space import OutboxLimits
from tests.faults.outbox_ground import ROOT
from tests.sync.counter import TERMINAL
from tests.sync.test_loop import until

ITEM = ROOT / "city" / "items" / "residence-registration"
LIMITS = OutboxLimits(floor_bytes=0, floor_files=0, grown_bytes=0, ballast_bytes=0)


def city(*words: str) -> list[str]:
    return [sys.executable, "-m", "city.cli", *words]


class Town:
    """A city that serves, and a terminal with residents before it; each part may be killed and comes back."""

    def __init__(self, folder: Path) -> None:
        self.data, here = folder / "city", folder / "terminal"
        public = self.data / "public"
        request_key, self.outbox, self.outbox_key = here / "request.pem", here / "outbox", here / "outbox.key"
        given = folder / "terminal.pem"
        key = identity.request_key(request_key, TERMINAL).key.public_key()
        given.write_bytes(public_pem(key))
        identity.outbox_key(self.outbox_key)
        for words in (
            city("init", "--data", str(self.data)),
            city("publish-items", "--data", str(self.data), "--from", str(ITEM)),
            city("enrol", "--data", str(self.data), "--terminal", TERMINAL, "--public-key", str(given)),
        ):
            subprocess.run(words, check=True, cwd=ROOT, capture_output=True)
        serve = city("serve", "--data", str(self.data), "--port", "0", "--workers", "2", "--json")
        self.arbiter = subprocess.Popen(serve, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT)
        assert self.arbiter.stdout is not None
        url = json.loads(self.arbiter.stdout.readline())["url"]
        paths = (public / "ca.pem", public / "receipt-keys", public / "catalogue-keys", request_key, self.outbox, self.outbox_key)
        self._send = [sys.executable, "-m", "tests.sync.send_program", url, *map(str, paths), "forever"]
        resident = [sys.executable, "-m", "tests.faults.resident_program"]
        self._hand_in = [*resident, str(self.outbox), str(self.outbox_key), str(public / "sealing-keys")]
        self.acknowledged: set[str] = set()
        self._ears: list[threading.Thread] = []
        Outbox.open(self.outbox, self.outbox_key.read_bytes(), {}, LIMITS).close()
        self.resident, self.sender = self._begin_residents(), self._begin_sending()

    def workers(self) -> list[int]:
        """Return the city's serving processes."""
        pid = self.arbiter.pid
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def kill_one(self, dice: random.Random) -> None:
        """Kill one of the three, without a word, and let it come back."""
        match dice.choices(("city", "sender", "residents"), (6, 2, 2))[0]:
            case "city":
                for worker in self.workers()[: dice.choice((1, 2))]:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(worker, signal.SIGKILL)
            case "sender":
                _kill(self.sender)
                self.sender = self._begin_sending()
            case _:
                _kill(self.resident)
                self.resident = self._begin_residents()

    def end(self) -> None:
        for process in (self.resident, self.sender, self.arbiter):
            _kill(process, signal.SIGTERM)

    def stop_residents(self) -> None:
        """Let nobody hand in any more, and hear the last that was acknowledged."""
        _kill(self.resident)
        for ear in self._ears:
            ear.join(10)

    def _begin_residents(self) -> "subprocess.Popen[str]":
        process = subprocess.Popen(self._hand_in, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert process.stdout is not None
        ear = threading.Thread(target=self._hear, args=(process.stdout,), daemon=True)
        ear.start()
        self._ears.append(ear)
        return process

    def _hear(self, voice: IO[str]) -> None:
        with voice:
            for line in voice:
                if line.endswith("\n"):
                    self.acknowledged.add(line.strip())

    def _begin_sending(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(self._send, cwd=ROOT, stderr=subprocess.DEVNULL)


def _kill(process: "subprocess.Popen[bytes] | subprocess.Popen[str]", number: signal.Signals = signal.SIGKILL) -> None:
    process.send_signal(number)
    try:
        process.wait(60)
    except subprocess.TimeoutExpired:  # a loaded machine, and nothing to wait for any more
        process.kill()
        process.wait()


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    town = Town(tmp_path)
    yield town
    town.end()


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("kills", [6, pytest.param(500, marks=pytest.mark.slow)])
def test_every_acknowledged_application_is_at_the_city_once_and_nothing_else_is(town: Town, kills: int) -> None:
    dice = random.Random(kills)
    until(lambda: len(town.acknowledged) >= 5, 60)
    for _ in range(kills):
        time.sleep(dice.uniform(0.1, 0.6))
        town.kill_one(dice)
    town.stop_residents()
    outbox = Outbox.open(town.outbox, town.outbox_key.read_bytes(), {}, LIMITS)
    deadline_s = time.monotonic() + 900  # for what it costs on a machine where forty programs want two processors
    while waiting := [entry for entry in outbox.list() if entry["state"] != "complete"]:
        assert "quarantined" not in {entry["state"] for entry in waiting}, waiting
        assert time.monotonic() < deadline_s, waiting
        time.sleep(0.2)
    entries = outbox.list()
    outbox.close()
    names = [entry["application_id"] for entry in entries]
    assert len(town.acknowledged) >= 5
    assert town.acknowledged <= set(names)
    assert [entry["sequence"] for entry in entries] == list(range(1, len(names) + 1))
    listed = subprocess.run(city("applications", "--data", str(town.data), "--json"), check=True, cwd=ROOT, capture_output=True).stdout
    there = [case["application_id"] for case in json.loads(listed)]
    assert sorted(there) == sorted(names), "each once"
