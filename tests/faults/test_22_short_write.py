"""Fault 22: a disk that takes less than it is given, at any write, once or each time, or until nothing more fits."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sync.contract.suites import CitySecretKey
from tests.faults.outbox_ground import ROOT, everything_is_whole, opened


@pytest.fixture
def library(tmp_path: Path) -> Path:
    made = tmp_path / "short_write.so"
    source = Path(__file__).with_name("short_write.c")
    done = subprocess.run(["gcc", "-O1", "-shared", "-fPIC", "-o", str(made), str(source)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip("there is no C compiler here")
    return made


def hand_in(library: Path, folder: Path, mode: str, first: int, most: int) -> tuple[list[str], bool]:
    """Run a terminal on such a disk; returns the ids of what it acknowledged, and whether a write was hit."""
    hit = folder.parent / "hit"
    hit.unlink(missing_ok=True)
    wishes = {"SHORT_FOLDER": str(folder), "SHORT_LOG": str(hit), "SHORT_MODE": mode, "SHORT_AT": str(first)}
    program = [sys.executable, "-m", "tests.sync.hand_in_program", str(folder), str(folder.parent / "keys"), "1", str(most)]
    environment = {**os.environ, **wishes, "LD_PRELOAD": str(library)}
    done = subprocess.run(program, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    is_known = "Traceback" not in done.stderr or done.stderr.splitlines()[-1].startswith("sync.errors.Ledger")  # it could not be opened
    assert is_known, done.stderr
    return [line.split()[0] for line in done.stdout.splitlines() if " " in line], hit.exists()


def test_writes_that_are_all_halved_store_everything_all_the_same(library: Path, folder: Path, city_key: CitySecretKey) -> None:
    opened(folder).close()
    acknowledged, is_hit = hand_in(library, folder, "onwards", 1, most=4)
    assert is_hit
    assert len(acknowledged) == 4
    assert everything_is_whole(folder, city_key) == acknowledged


def test_half_a_write_and_then_no_room_is_a_refusal_that_leaves_nothing(library: Path, folder: Path, city_key: CitySecretKey) -> None:
    opened(folder).close()
    acknowledged, is_hit = hand_in(library, folder, "full", 20, most=9)
    assert is_hit
    assert 1 <= len(acknowledged) < 9
    assert everything_is_whole(folder, city_key) == acknowledged


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("mode", ["once", "onwards", "full"])
def test_at_every_single_write(mode: str, library: Path, folder: Path, city_key: CitySecretKey) -> None:
    opened(folder).close()
    before: list[str] = []
    for first in range(1, 120):
        acknowledged, is_hit = hand_in(library, folder, mode, first, most=1)
        there = everything_is_whole(folder, city_key)
        assert there == before + acknowledged, "what was acknowledged, and nothing else"
        if mode != "full":
            assert len(acknowledged) == 1, "a write that was only short is gone on with"
        before = there
        if not is_hit:
            assert first > 5
            return
    pytest.fail("the program made more writes than it can have reasons for")
