"""The power may go at every single step that touches the disk: the machine then runs the old version or the new one, never neither."""

import shutil
from pathlib import Path

import pytest

from sync.update.decide import Keep
from tests.sync.update.channel_server import Published
from tests.sync.update.machine import Machine
from tests.sync.update.power import Disk, each_cut


@pytest.mark.parametrize("stride", [9, pytest.param(1, marks=[pytest.mark.slow, pytest.mark.timeout(1800)])], ids=["some", "every"])
@pytest.mark.parametrize("visit_fails", [False, True], ids=["good", "fails-its-visit"])
def test_a_cut_at_a_step_of_an_update(
    published: Published, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, visit_fails: bool, stride: int
) -> None:
    published.release("2.0.0", content=b"new image " * 500)
    published.roll_out("2.0.0")
    fresh = tmp_path / "fresh"
    Machine(fresh, published).agent().channel.offer()
    place = tmp_path / "terminal"
    place.mkdir()
    disk = Disk(place, monkeypatch)
    machine = Machine(place / "machine", published)

    def begin() -> None:
        disk.after_the_cut(names_survive=True)
        shutil.rmtree(place / "machine")
        shutil.copytree(fresh, place / "machine")
        if visit_fails:
            machine.visit_fails["2.0.0"] = "print"

    def act() -> None:
        machine.turn()

    def judge() -> None:
        machine.power_on()
        assert machine.running in ("1.0.0", "2.0.0")
        assert machine.slots().state().is_good, "what runs has proven itself"
        for _ in range(4):
            machine.turn()
        assert machine.running == ("1.0.0" if visit_fails else "2.0.0")
        if visit_fails:
            assert machine.agent().step() is Keep.GIVEN_UP
            assert machine.agent().journal.read().failures == {"2.0.0": 2}

    steps = each_cut(disk, begin, act, judge, stride=stride)
    assert steps > 15, "there was something to cut"
