"""Who gets into the maintenance menu, who does not, and what a pulled plug changes about that: nothing."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest

from kiosk.maintenance.attempts import FIRST_WAIT_S, LONGEST_WAIT_S, TRIES, Attempts
from kiosk.maintenance.door import Door
from kiosk.maintenance.sign_in import SignIn, SignInStatus
from peripherals.secret import Secret
from sync.contract.technicians import ONE_TIME, Pin, Technician, TechnicianRole, Technicians, card_digest

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
UID, PIN = Secret("04A1B2C3D4"), Secret("493817")
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
TOLD = Technicians((Technician("T-07", TechnicianRole.ENGINEER, card_digest("04a1b2c3d4"), Pin.of("493817")),), SECRET)


class Clock:
    """A monotonic clock that a test sets on."""

    at_s = 1000.0

    def __call__(self) -> float:
        return self.at_s


class Doorway:
    """A door and all that a restart leaves of it."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "maintenance" / "attempts.json"
        self.told: Technicians | None = TOLD
        self.clock = Clock()
        self.now = NOW
        self.restart()

    def restart(self) -> None:
        self.door = Door(lambda: self.told, Attempts(self.file, self.clock), lambda: self.now)

    def code(self, ago_s: float = 0.0) -> Secret[str]:
        return Secret(pyotp.TOTP(SECRET).at(self.now - timedelta(seconds=ago_s)))

    def fail(self, times: int = 1) -> SignIn:
        for _ in range(times - 1):
            self.door.try_code(Secret("000000"), UID)
        return self.door.try_code(Secret("000000"), UID)


@pytest.fixture
def doorway(tmp_path: Path) -> Doorway:
    return Doorway(tmp_path)


def test_card_and_pin_open(doorway: Doorway) -> None:
    assert doorway.door.try_code(PIN, UID) == SignIn(SignInStatus.SIGNED_IN, "T-07", TechnicianRole.ENGINEER)


def test_a_pin_without_its_card_does_not(doorway: Doorway) -> None:
    assert doorway.door.try_code(PIN, None).status is SignInStatus.WRONG
    assert doorway.door.try_code(PIN, Secret("04FFFFFFFF")).status is SignInStatus.WRONG


def test_a_card_without_its_pin_does_not_and_says_how_many_tries_are_left(doorway: Doorway) -> None:
    assert doorway.fail() == SignIn(SignInStatus.WRONG, tries_left=4)
    assert doorway.fail() == SignIn(SignInStatus.WRONG, tries_left=3)


def test_a_one_time_code_opens_once(doorway: Doorway) -> None:
    code = doorway.code()
    assert doorway.door.try_code(code, None) == SignIn(SignInStatus.SIGNED_IN, ONE_TIME, TechnicianRole.TECHNICIAN)
    assert doorway.door.try_code(code, None).status is SignInStatus.WRONG
    doorway.restart()
    assert doorway.door.try_code(code, None).status is SignInStatus.WRONG


def test_a_code_older_than_one_that_was_used_is_used_up_too(doorway: Doorway) -> None:
    assert doorway.door.try_code(doorway.code(), None).status is SignInStatus.SIGNED_IN
    assert doorway.door.try_code(doorway.code(ago_s=30), None).status is SignInStatus.WRONG


@pytest.mark.parametrize(("ago_s", "status"), [(115, SignInStatus.SIGNED_IN), (-115, SignInStatus.SIGNED_IN), (160, SignInStatus.WRONG)])
def test_a_clock_may_drift_two_minutes(doorway: Doorway, ago_s: int, status: SignInStatus) -> None:
    assert doorway.door.try_code(doorway.code(ago_s), None).status is status


def test_after_five_wrong_tries_even_the_right_one_waits(doorway: Doorway) -> None:
    assert doorway.fail(TRIES) == SignIn(SignInStatus.LOCKED, wait_s=900)
    assert doorway.door.try_code(PIN, UID) == SignIn(SignInStatus.LOCKED, wait_s=900)
    doorway.clock.at_s += FIRST_WAIT_S
    assert doorway.door.try_code(PIN, UID).status is SignInStatus.SIGNED_IN


def test_waits_grow_up_to_a_day(doorway: Doorway) -> None:
    waits = []
    for _ in range(9):
        locked = doorway.fail(TRIES)
        waits.append(locked.wait_s)
        doorway.clock.at_s += locked.wait_s
    assert waits[:3] == [900, 1800, 3600]
    assert waits[-1] == LONGEST_WAIT_S


def test_a_restart_gives_no_try_back_and_begins_the_wait_anew(doorway: Doorway) -> None:
    doorway.fail(3)
    doorway.restart()
    assert doorway.fail() == SignIn(SignInStatus.WRONG, tries_left=1)
    doorway.fail()
    doorway.clock.at_s += FIRST_WAIT_S - 1
    doorway.restart()
    assert doorway.door.knock() == SignIn(SignInStatus.LOCKED, wait_s=900)


def test_a_plug_pulled_while_a_pin_is_judged_counts_as_a_wrong_try(doorway: Doorway) -> None:
    Attempts(doorway.file, doorway.clock).begin()
    doorway.restart()
    assert doorway.door.knock().tries_left == TRIES - 1


def test_damaging_the_count_is_no_way_in(doorway: Doorway) -> None:
    doorway.fail()
    doorway.file.write_bytes(b"{")
    doorway.restart()
    assert doorway.door.try_code(PIN, UID).status is SignInStatus.LOCKED


def test_a_try_that_cannot_be_written_down_is_not_judged(doorway: Doorway) -> None:
    doorway.file.parent.mkdir()
    doorway.file.mkdir()  # a file cannot take its place
    door = Door(lambda: TOLD, Attempts(doorway.file / "below" / "x", doorway.clock), lambda: NOW)
    (doorway.file / "below").write_bytes(b"")
    assert door.try_code(PIN, UID).status is SignInStatus.STORAGE_FAULT


def test_a_terminal_that_was_told_of_nobody_lets_nobody_in(doorway: Doorway) -> None:
    doorway.told = None
    assert doorway.door.try_code(PIN, UID).status is SignInStatus.NOBODY
    assert doorway.door.knock().status is SignInStatus.NOBODY


@pytest.mark.parametrize("digits", ["", "12345", "1234567", "12345a", "１２３４５６", "-12345"])
def test_a_pin_is_six_digits(digits: str) -> None:
    with pytest.raises(ValueError, match="six digits"):
        Pin.of(digits)


def test_two_technicians_with_the_same_pin_cannot_be_seen_to_have_it() -> None:
    assert Pin.of("493817").key != Pin.of("493817").key


def test_a_role_includes_the_ones_below() -> None:
    assert TechnicianRole.ENGINEER.may(TechnicianRole.OPENER)
    assert not TechnicianRole.OPENER.may(TechnicianRole.TECHNICIAN)
