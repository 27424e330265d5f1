"""SIGKILL of any of the terminal's processes, at any step of a visit: what was handed in is there, exactly once, and nothing else is."""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.demo.town import Town
from peripherals.deadline import Deadline

STEPS = ("step ready", "step begun", "step filled", "step photographed", "step signed", "step pressed", "handed_in", "step done")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with Town(tmp_path_factory.mktemp("killed") / "town") as running:
        running.bench.do("id_card_reader", "lay", card="wang-xiaoli")
        running.bench.do("document_camera", "lay", paper="tenancy-contract")
        yield running


def walk_until(town: Town, step: str) -> list[str]:
    """Walk in a process of its own, kill it at `step`, and return the ids that it had said were handed in."""
    town.bench.do("id_card_reader", "lift")
    town.bench.do("id_card_reader", "lay", card="wang-xiaoli")
    command = [sys.executable, "-m", "tests.journeys.resident_program", str(town.sandbox.config)]
    handed_in = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as resident:
        for line in resident.stdout:
            if line.startswith("handed_in"):
                handed_in.append(line.split()[1])
            if line.startswith(step):
                resident.kill()
                break
        else:
            pytest.fail(f"it never came to {step!r}")
    return handed_in


def settled(town: Town, at_least: set[str], within_s: float = 90.0) -> list[dict[str, object]]:
    deadline = Deadline.after(within_s)
    while True:
        listed = town.applications()
        if at_least <= {case["application_id"] for case in listed if case["complete"]}:
            return listed
        lacking = at_least - {case["application_id"] for case in listed}
        assert not deadline.is_past, f"the city lacks {lacking}; the outbox has {town.outbox()}"


def test_the_screen_is_killed_at_each_step(town: Town) -> None:
    promised: set[str] = set()
    for step in STEPS:
        promised |= set(walk_until(town, step))
    cases = settled(town, promised)
    ids = [case["application_id"] for case in cases]
    assert len(ids) == len(set(ids)), "nothing is there twice"
    unpromised = set(ids) - promised
    assert len(unpromised) <= 1, "only the one that was being stored when it was killed may be there without having been promised"
    assert {row["application_id"] for row in town.outbox()} >= promised | unpromised
    assert len(promised) == 2


def test_the_other_processes_are_killed_while_a_resident_walks(town: Town) -> None:
    dice = random.Random(7)
    before = {case["application_id"] for case in town.applications()}
    promised = set()
    for _ in range(3):
        for child in town.supervisor.children:
            if child.process is not None and dice.random() < 0.6:
                os.kill(child.process.pid, signal.SIGKILL)
        promised |= set(walk_until(town, "step done"))
        for child in town.supervisor.children:
            if child.process is not None and child.name == "sync":
                os.kill(child.process.pid, signal.SIGKILL)
    cases = settled(town, promised)
    after = {case["application_id"] for case in cases}
    assert after - before == promised
    assert len(promised) == 3


def test_the_city_is_killed_and_served_again(town: Town) -> None:
    town.kill_city()
    promised = set(walk_until(town, "step done"))
    town.start_city()
    assert promised <= {case["application_id"] for case in settled(town, promised, within_s=120)}
