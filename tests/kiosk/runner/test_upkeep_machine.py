"""A technician's orders about the machine: what goes onto a stick, its release, its proxy."""

import shutil
from pathlib import Path

import pytest

from kiosk.bench import Bench
from kiosk.config import Config, load, places
from kiosk.flow.events.technician import (
    DoorAnswered,
    MachineLookedAt,
    MachineTreated,
    ProxyKept,
    StaffCardSeen,
)
from kiosk.flow.technician_orders import (
    CloseDoor,
    KeepProxy,
    LookAtMachine,
    OpenDoor,
    TreatMachine,
    TryCode,
)
from kiosk.machine.keeper import SOCKET
from kiosk.maintenance.machine import MachineAct, MachineOutcome, StickWord
from kiosk.maintenance.sign_in import SignInStatus
from kiosk.own_outbox import open_outbox
from peripherals.secret import Secret
from sync.contract.export import CarriedOn
from sync.contract.technicians import ActKind
from tests.kiosk.machine.keeper_ground import CARD, PIN, kept
from tests.kiosk.machine.stick_ground import STORAGE, Place, is_alive
from tests.kiosk.runner.upkeep_desk import STAFF, Desk
from tests.kiosk.test_config import GOOD


def test_logs_and_what_waits_go_onto_the_stick_that_is_in(desk: Desk, bench: tuple[Config, Bench]) -> None:
    stick = bench[0].terminal.stick
    desk.desk.carry_out(LookAtMachine(1, STAFF))
    assert not desk.wait(MachineLookedAt).look.has_stick
    desk.desk.carry_out(TreatMachine(1, STAFF, MachineAct.EXPORT))
    assert desk.wait(MachineTreated).done.outcome is MachineOutcome.NO_STICK
    stick.mkdir()
    try:
        desk.desk.carry_out(TreatMachine(1, STAFF, MachineAct.EXPORT))
        treated = desk.wait(MachineTreated)
        assert (treated.done.outcome, treated.done.fact, treated.look.has_stick) == (MachineOutcome.DONE, "0", True)
        assert len(list(stick.rglob("manifest.json"))) == 1
        desk.desk.carry_out(TreatMachine(1, STAFF, MachineAct.BUNDLE))
        assert desk.wait(MachineTreated).done.outcome is MachineOutcome.DONE
        assert len(list(stick.glob("bianmin-*.tar.xz"))) == 1
    finally:
        shutil.rmtree(stick)
    assert (ActKind.TREATED_MACHINE, "T-07", "bundle") in desk.acts()


@pytest.mark.parametrize(
    ("slices", "outcome", "fact"),
    [
        ([CarriedOn(lists=1, complete=3)], MachineOutcome.DONE, "3"),
        ([CarriedOn(lists=1, complete=1, left=2, moved_bytes=9), CarriedOn(lists=1, complete=3, moved_bytes=9)], MachineOutcome.DONE, "3"),
        ([CarriedOn(lists=1, complete=1, left=2, moved_bytes=9, is_held_up=True)], MachineOutcome.HELD_UP, "1/3"),
        ([CarriedOn(lists=1, complete=1, left=2)], MachineOutcome.HELD_UP, "1/3"),
        ([CarriedOn(lists=1, complete=2, refused=1)], MachineOutcome.PARTLY, "2/3"),
        ([CarriedOn(lists=2, complete=2, distrusted=1)], MachineOutcome.PARTLY, "2/2"),
        ([CarriedOn(lists=1, distrusted=1)], MachineOutcome.NOT_ADMITTED, ""),
        ([CarriedOn(unread=1)], MachineOutcome.UNREAD_LIST, ""),
        ([CarriedOn(lists=1, complete=2, unread=1)], MachineOutcome.UNREAD_LIST, ""),
        ([CarriedOn()], MachineOutcome.NO_ROWS, ""),
        ([CarriedOn(lists=1, left=2, is_stick_gone=True)], MachineOutcome.STICK_FAULT, ""),
        ([], MachineOutcome.UNREADABLE, ""),
    ],
)
def test_what_became_of_carrying_is_told(
    desk: Desk, bench: tuple[Config, Bench], slices: list[CarriedOn], outcome: MachineOutcome, fact: str
) -> None:
    stick = bench[0].terminal.stick
    desk.desk.carry_out(TreatMachine(1, STAFF, MachineAct.CARRY))
    assert desk.wait(MachineTreated).done.outcome is MachineOutcome.NO_STICK
    stick.mkdir()
    desk.sends.carried = slices
    try:
        desk.desk.carry_out(TreatMachine(1, STAFF, MachineAct.CARRY))
        done = desk.wait(MachineTreated).done
    finally:
        stick.rmdir()
    assert (done.outcome, done.fact) == (outcome, fact)
    assert desk.sends.carried == []


def test_a_stick_is_let_in_for_whoever_is_signed_in_and_that_is_written_down(
    desk: Desk, bench: tuple[Config, Bench], tmp_path: Path
) -> None:
    ports, stick = Place(tmp_path), bench[0].terminal.stick
    plugged = ports.plug("1-1", STORAGE)
    stick.mkdir()  # where the machine lays it
    try:
        with ports.attended(), kept(bench[0], desk.folder / "kiosk.toml", desk.folder / SOCKET, ports.gate):
            desk.desk.carry_out(LookAtMachine(1, STAFF))
            assert desk.wait(MachineLookedAt).look.stick is None, "nobody has shown a card"
            desk.card.uid = "04A1B2C3D4"
            desk.desk.carry_out(OpenDoor(1))
            desk.wait(StaffCardSeen)
            desk.desk.carry_out(TryCode(1, Secret("493817")))
            while desk.wait(DoorAnswered).outcome.status is not SignInStatus.SIGNED_IN:
                pass
            for _ in range(2):
                desk.desk.carry_out(LookAtMachine(1, STAFF))
                look = desk.wait(MachineLookedAt).look
                assert (look.stick, look.stick_kind, look.has_stick) == (StickWord.LET_IN, "1234:5678", True)
            ports.until(lambda: is_alive(plugged))
            desk.desk.carry_out(CloseDoor(STAFF))
            ports.until(lambda: not is_alive(plugged))
    finally:
        stick.rmdir()
    assert [act for act in desk.acts() if act[0] is ActKind.LET_STICK_IN] == [(ActKind.LET_STICK_IN, "T-07", "1234:5678")]


@pytest.mark.parametrize("act", [MachineAct.INSTALL, MachineAct.GO_BACK])
def test_a_terminal_without_an_update_channel_says_so(desk: Desk, bench: tuple[Config, Bench], act: MachineAct) -> None:
    stick = bench[0].terminal.stick
    stick.mkdir()
    try:
        with kept(bench[0], desk.folder / "kiosk.toml", desk.folder / SOCKET):
            desk.keeper.sign_in(CARD, Secret(PIN))
            desk.desk.carry_out(TreatMachine(1, STAFF, act))
            assert desk.wait(MachineTreated).done.outcome is MachineOutcome.NO_UPDATES
        desk.desk.carry_out(TreatMachine(1, STAFF, act))
        assert desk.wait(MachineTreated).done.outcome is MachineOutcome.NO_KEEPER
    finally:
        stick.rmdir()


def test_a_new_proxy_is_asked_of_the_keeper_and_written_down(desk: Desk, bench: tuple[Config, Bench], tmp_path: Path) -> None:
    order = KeepProxy(1, STAFF, "proxy.example.org:3128", "kiosk", Secret("invented"))
    desk.desk.carry_out(order)
    assert desk.wait(ProxyKept).outcome is MachineOutcome.NO_KEEPER
    file = tmp_path / "kiosk.toml"
    with kept(bench[0], file, desk.folder / SOCKET):
        desk.keeper.sign_in(CARD, Secret(PIN))
        desk.desk.carry_out(order)
        assert desk.wait(ProxyKept).outcome is MachineOutcome.FAILED, "there is no configuration to put it into"
        file.write_text(GOOD, encoding="utf-8")
        desk.desk.carry_out(order)
        assert desk.wait(ProxyKept).outcome is MachineOutcome.DONE
    assert load(file).city.proxy == "http://proxy.example.org:3128"
    assert desk.acts() == [(ActKind.TREATED_MACHINE, "T-07", "proxy")] * 3


def test_an_outbox_that_cannot_be_opened_exports_nothing(desk: Desk, bench: tuple[Config, Bench]) -> None:
    stick = bench[0].terminal.stick
    stick.mkdir()
    open_outbox(bench[0]).close()  # whichever test comes first
    version = places(bench[0]).outbox
    hidden = version.with_name("hidden")
    version.rename(hidden)
    version.write_text("no folder")
    try:
        desk.desk.carry_out(TreatMachine(1, STAFF, MachineAct.EXPORT))
        assert desk.wait(MachineTreated).done.outcome is MachineOutcome.UNREADABLE
        assert not list(stick.rglob("manifest.json"))
    finally:
        version.unlink()
        hidden.rename(version)
        shutil.rmtree(stick)
