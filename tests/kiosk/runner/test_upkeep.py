"""A technician's orders carried out on virtual devices: who is let in, and what is written down of it."""

import os

from kiosk.bench import Bench
from kiosk.config import Config
from kiosk.flow.events.technician import (
    DoorAnswered,
    ErrandOver,
    PartTested,
    StaffCardSeen,
)
from kiosk.flow.technician_orders import (
    CloseDoor,
    OpenDoor,
    ProbePart,
    TakeStock,
    TryCode,
)
from kiosk.machine.keeper import SOCKET, Denied, Did, EndTerminal
from kiosk.maintenance.sign_in import SignIn, SignInStatus
from kiosk.maintenance.testing import Probe
from peripherals.secret import Secret
from sync.contract.technicians import ActKind
from tests.kiosk.machine.keeper_ground import CARD, PIN, kept
from tests.kiosk.runner.upkeep_desk import STAFF, Desk


def test_card_and_pin_sign_in_and_every_try_is_written_down(desk: Desk) -> None:
    desk.desk.carry_out(OpenDoor(1))
    assert desk.wait(DoorAnswered).outcome.status is SignInStatus.OPEN
    desk.wait(StaffCardSeen)
    desk.desk.carry_out(TryCode(1, Secret("000000")))
    assert desk.wait(DoorAnswered).outcome.tries_left == 4
    desk.desk.carry_out(TryCode(1, Secret("493817")))
    assert desk.wait(DoorAnswered).outcome.number == "T-07"
    assert desk.acts() == [(ActKind.REFUSED, "-", ""), (ActKind.SIGNED_IN, "T-07", "")]


def test_a_card_that_was_taken_away_by_leaving_opens_nothing_for_the_next(desk: Desk) -> None:
    desk.desk.carry_out(OpenDoor(1))
    desk.wait(StaffCardSeen)
    desk.desk.carry_out(CloseDoor(None))
    desk.card.uid = None
    desk.desk.carry_out(OpenDoor(2))
    desk.desk.carry_out(TryCode(2, Secret("493817")))
    assert desk.wait(DoorAnswered).outcome.status is SignInStatus.OPEN
    assert desk.wait(DoorAnswered).outcome.status is SignInStatus.WRONG


def test_where_nothing_can_be_written_down_the_technician_is_told_and_nothing_is_done(desk: Desk) -> None:
    (desk.folder / "acts").mkdir()  # a file cannot be opened there
    desk.desk.carry_out(OpenDoor(1))
    assert desk.wait(DoorAnswered).outcome.status is SignInStatus.STORAGE_FAULT
    desk.desk.carry_out(TakeStock(1, STAFF))
    assert desk.wait(DoorAnswered).outcome.status is SignInStatus.STORAGE_FAULT
    desk.desk.carry_out(CloseDoor(STAFF))
    (desk.folder / "acts").rmdir()
    desk.desk.carry_out(OpenDoor(2))
    assert desk.wait(DoorAnswered).outcome.status is SignInStatus.OPEN, "it is tried anew"


def test_a_disk_that_fills_up_under_the_work_puts_the_technician_back_at_the_door(desk: Desk) -> None:
    desk.desk.carry_out(TakeStock(1, STAFF))
    desk.wait(ErrandOver)
    full = os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, desk.acts_descriptor())
    os.close(full)
    desk.desk.carry_out(ProbePart(1, STAFF, Probe.RECEIPT_PRINTER))
    assert desk.wait(DoorAnswered) == DoorAnswered(1, SignIn(SignInStatus.STORAGE_FAULT))
    assert [act for act, _, _ in desk.acts()] == [ActKind.TOOK_STOCK]
    desk.desk.carry_out(ProbePart(1, STAFF, Probe.RECEIPT_PRINTER))
    assert desk.wait(PartTested).tested.saying == "printed", "there is room again"


def test_a_damaged_record_does_not_keep_technicians_out(desk: Desk) -> None:
    (desk.folder / "acts").write_bytes(b"{}\n")
    desk.desk.carry_out(OpenDoor(1))
    assert desk.wait(DoorAnswered).outcome.status is SignInStatus.OPEN
    assert desk.acts()[0][0] is ActKind.BEGAN_ANEW


def test_an_engineer_s_card_opens_everything_at_the_keeper_and_a_technician_s_does_not(desk: Desk, bench: tuple[Config, Bench]) -> None:
    with kept(bench[0], desk.folder / "kiosk.toml", desk.folder / SOCKET):
        for uid, pin, word in (("04A1B2C3D4", "493817", Denied), (CARD.reveal(), PIN, Did)):
            desk.card.uid = uid
            desk.desk.carry_out(OpenDoor(1))
            desk.wait(StaffCardSeen)
            desk.desk.carry_out(TryCode(1, Secret(pin)))
            while desk.wait(DoorAnswered).outcome.status is not SignInStatus.SIGNED_IN:
                pass
            assert isinstance(desk.keeper.ask(EndTerminal(desk.keeper._grant, "SY-NO-OTHER", 0)), word)
            desk.desk.carry_out(CloseDoor(STAFF))
