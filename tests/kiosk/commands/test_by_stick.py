"""Updates by hand at the menu: a release off a stick under the same signatures, back again, and sticks that are none."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from kiosk import by_stick
from kiosk.config import Config, load, places
from kiosk.machine.keeper import SOCKET, Keeper
from kiosk.maintenance.machine import MachineAct, MachineOutcome
from kiosk.maintenance.machine_work import MachineWork
from kiosk.sandbox import Sandbox
from kiosk.updating import open_updating
from kiosk.workshop import machine_tools, parts_of
from peripherals.secret import Secret
from sync.update.decide import Keep
from tests.city.test_command import city, said
from tests.kiosk.commands.test_update import VERSION, town
from tests.kiosk.machine.keeper_ground import CARD, PIN, kept

__all__ = ["town"]  # the fixture


@pytest.fixture
def terminal(town: Sandbox, tmp_path: Path) -> Config:
    """The town's terminal with a stick in its port, on which the whole channel is; nothing was ever updated."""
    shutil.copytree(town.city / "updates", tmp_path / "stick")
    config = load(town.config)
    shutil.rmtree(places(config).update, ignore_errors=True)
    return msgspec.structs.replace(config, terminal=msgspec.structs.replace(config.terminal, stick=tmp_path / "stick"))


@pytest.fixture
def keeper(town: Sandbox, terminal: Config, tmp_path: Path) -> Iterator[Keeper]:
    """The keeper, to whom an engineer has shown her card."""
    with kept(terminal, town.config, tmp_path / "run" / SOCKET) as keeper:
        keeper.sign_in(CARD, Secret(PIN))
        yield keeper


def work(config: Config, keeper: Keeper) -> MachineWork:
    return MachineWork(machine_tools(config, parts_of(config), keeper))


def test_from_the_stick_and_back_again(town: Sandbox, terminal: Config, keeper: Keeper) -> None:
    machine = work(terminal, keeper)
    before = machine.look()
    assert before.has_stick
    assert machine.do(MachineAct.GO_BACK).outcome is MachineOutcome.NO_OTHER
    assert machine.do(MachineAct.INSTALL).outcome is MachineOutcome.NOTHING, "nothing is rolled out yet"
    said(city("rollout", "start", "--data", town.city, "--release", VERSION, "--percent", "100", "--json"))
    shutil.rmtree(terminal.terminal.stick)
    shutil.copytree(town.city / "updates", terminal.terminal.stick)
    places(terminal).occupied.parent.mkdir(parents=True, exist_ok=True)
    places(terminal).occupied.touch()  # somebody stands there: the technician
    try:
        done = machine.do(MachineAct.INSTALL)
    finally:
        places(terminal).occupied.unlink()
    assert (done.outcome, done.fact) == (MachineOutcome.DONE, VERSION)
    slots = open_updating(terminal, town.config).slots
    assert slots.boot() == "B"  # type: ignore[attr-defined]  # the virtual machine's loader
    slots.mark_good()
    look = machine.look()
    assert (look.release, look.other) == (VERSION, before.release)
    assert [one.outcome for one in look.history] == ["switching"]
    assert machine.do(MachineAct.GO_BACK).outcome is MachineOutcome.DONE
    assert slots.boot() == "A"  # type: ignore[attr-defined]
    assert work(terminal, keeper).look().release == before.release
    assert work(terminal, keeper).look().history[-1].outcome == "recalled"
    by_itself = open_updating(terminal, town.config, stick=terminal.terminal.stick).agent
    assert by_itself.step() is Keep.GIVEN_UP, "what somebody went back from does not come again by itself"
    assert machine.do(MachineAct.INSTALL).outcome is MachineOutcome.DONE, "whoever brings it once more may have it"


def test_a_stick_whose_signatures_do_not_hold_changes_nothing(terminal: Config, keeper: Keeper) -> None:
    metadata = terminal.terminal.stick / "metadata" / "timestamp.json"
    told = json.loads(metadata.read_text())
    told["signed"]["version"] += 1
    metadata.write_text(json.dumps(told))
    before = by_stick.look(terminal)
    assert work(terminal, keeper).do(MachineAct.INSTALL).outcome is MachineOutcome.DISTRUSTED
    assert by_stick.look(terminal) == before


def test_an_empty_stick_holds_nothing_for_this_terminal(terminal: Config, keeper: Keeper) -> None:
    shutil.rmtree(terminal.terminal.stick)
    assert work(terminal, keeper).do(MachineAct.INSTALL).outcome is MachineOutcome.NO_STICK
    terminal.terminal.stick.mkdir()
    assert work(terminal, keeper).do(MachineAct.INSTALL).outcome is MachineOutcome.NOTHING


def test_without_an_engineer_s_card_nothing_is_written_and_anybody_may_look(town: Sandbox, terminal: Config, keeper: Keeper) -> None:
    keeper.sign_out()
    before = by_stick.look(terminal)
    assert work(terminal, keeper).do(MachineAct.INSTALL).outcome is MachineOutcome.NO_KEEPER
    assert work(terminal, keeper).do(MachineAct.GO_BACK).outcome is MachineOutcome.NO_KEEPER
    assert by_stick.look(terminal) == before
    assert work(terminal, keeper).look().release == before.release
