"""A technician's stick: let in while one is wanted and taken out again, on folders as sysfs has them; everything else stays dead."""

import fcntl
import os
import subprocess
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.config import load
from kiosk.keeping import rights_of
from kiosk.machine.keeper import NOT_NEEDED, AdmitStick, CloseGrant, Denied, Did, GoBack, Granted, OpenGrant
from kiosk.machine.keeping import GRANT_S, Keeping
from kiosk.machine.sticks import MOUNT, Gate, StickTold, interfaces, read_told
from kiosk.maintenance.machine import StickWord
from kiosk.sandbox import Sandbox, make_sandbox
from tests.kiosk.machine.keeper_ground import CARD, PIN, TOLD, door
from tests.kiosk.machine.stick_ground import HUB, KEYBOARD, SOON_S, STORAGE, UAS, Place, is_alive
from tests.systemd.test_admit_usb import DEVICE, configuration


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.mark.parametrize("kind", [STORAGE, UAS])
def test_a_stick_is_let_in_while_it_is_wanted_and_no_longer(place: Place, kind: tuple[int, int, int]) -> None:
    stick = place.plug("1-1.2", kind)
    with place.attended():
        assert not is_alive(stick)
        told = place.gate.open(SOON_S)
        assert (told.word, told.kind) == (StickWord.LET_IN, "1234:5678")
        place.until(lambda: is_alive(stick))
        place.gate.close()
        place.until(lambda: not is_alive(stick))
    assert place.ran == [("systemctl", "start", "--no-block", MOUNT), ("systemctl", "stop", MOUNT)]
    assert place.were_alive == [True, True], "the file system is laid down once the device lives, and let go of while it still does"
    assert read_told(place.told) is None


@pytest.mark.parametrize(
    ("kinds", "word"),
    [
        ([KEYBOARD], StickWord.NONE),
        ([HUB], StickWord.NONE),
        ([STORAGE, KEYBOARD], StickWord.LEFT_OUT),
        ([KEYBOARD, STORAGE], StickWord.LEFT_OUT),
        ([(8, 6, 1)], StickWord.NONE),
        ([(255, 0, 0)], StickWord.NONE),
        ([], StickWord.NONE),
    ],
)
def test_nothing_else_is_let_in(place: Place, kinds: list[tuple[int, int, int]], word: StickWord) -> None:
    device = place.plug("2-3", *kinds)
    with place.attended():
        assert place.gate.open(SOON_S).word is word
        place.gate.close()
    assert not is_alive(device)


@pytest.mark.parametrize("descriptors", [b"", b"\x12", DEVICE, DEVICE + b"\0" * 40, DEVICE + configuration(STORAGE)[:14], b"\xff" * 300])
def test_what_says_nonsense_of_itself_stays_out(place: Place, descriptors: bytes) -> None:
    device = place.plug("1-1", STORAGE)
    (device / "descriptors").write_bytes(descriptors)
    assert list(interfaces(descriptors)) == []
    with place.attended():
        assert place.gate.open(SOON_S).word is StickWord.NONE
    assert not is_alive(device)


def test_one_at_a_time_and_the_next_when_it_is_pulled(place: Place) -> None:
    first, second = place.plug("1-1", STORAGE), place.plug("1-2", STORAGE)
    with place.attended():
        assert place.gate.open(SOON_S).device == "1-1"
        place.until(lambda: is_alive(first))
        assert not is_alive(second)
        (first / "authorized").unlink()  # as sysfs does when it is pulled
        place.until(lambda: is_alive(second))
        assert place.gate.open(SOON_S).device == "1-2"
        place.gate.close()
        place.until(lambda: not is_alive(second))


def test_a_stick_that_comes_later_is_let_in_too(place: Place) -> None:
    with place.attended():
        assert place.gate.open(SOON_S).word is StickWord.NONE
        stick = place.plug("1-4", STORAGE)
        place.until(lambda: is_alive(stick))


def test_a_devices_words_about_itself_are_digits_or_nothing(place: Place) -> None:
    stick = place.plug("1-1", STORAGE)
    (stick / "idVendor").write_bytes("王小明\n".encode())
    with place.attended():
        assert place.gate.open(SOON_S).kind == "????:5678"


def test_what_a_killed_process_left_in_is_taken_out(place: Place) -> None:
    stick, other = place.plug("1-1", STORAGE), place.plug("1-2", STORAGE)
    for device in (stick, other):
        (device / "authorized").write_text("1\n", encoding="ascii")
    (place.told / "told.json").write_text('{"word":"let_in","device":"1-1","kind":"1234:5678","wish":"ab"}', encoding="ascii")
    place.unit().take_out()
    assert not is_alive(stick)
    assert is_alive(other), "what it did not let in is not its business, such as a disk that the machine runs from"


@pytest.mark.parametrize("device", ["../../1-1", "", "usb1", "/etc"])
def test_a_note_that_names_no_device_deadens_nothing(place: Place, device: str) -> None:
    stick = place.plug("1-1", STORAGE)
    (stick / "authorized").write_text("1\n", encoding="ascii")
    (place.told / "told.json").write_text(f'{{"word":"let_in","device":"{device}","kind":"","wish":"ab"}}', encoding="ascii")
    place.unit().take_out()
    assert is_alive(stick)
    assert place.ran == []


@pytest.mark.parametrize("trouble", [OSError("systemctl"), subprocess.CalledProcessError(1, "systemctl")])
def test_a_file_system_that_is_not_let_go_of_keeps_no_stick_alive(place: Place, trouble: Exception) -> None:
    stick = place.plug("1-1", STORAGE)

    def fails(_: Sequence[str]) -> None:
        raise trouble

    wish, stop = threading.Event(), threading.Event()
    place.gate.wanted.write_text("ab", encoding="ascii")
    thread = threading.Thread(target=lambda: (place.unit(fails).attend(stop), wish.set()))
    thread.start()
    place.until(lambda: is_alive(stick))
    stop.set()
    thread.join()
    assert not is_alive(stick)


def test_a_kernel_that_does_not_take_it_is_told(place: Place) -> None:
    stick = place.plug("1-1", STORAGE)
    sealed = os.memfd_create("authorized", os.MFD_ALLOW_SEALING)  # a file that not even root writes to
    os.write(sealed, b"0\n")
    fcntl.fcntl(sealed, fcntl.F_ADD_SEALS, fcntl.F_SEAL_WRITE | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW)
    (stick / "authorized").unlink()
    (stick / "authorized").symlink_to(f"/proc/{os.getpid()}/fd/{sealed}")
    with place.attended():
        place.gate.wanted.write_text("ab", encoding="ascii")
        place.until(lambda: (told := read_told(place.told)) is not None and told.word is StickWord.FAILED)
        assert place.gate.open(SOON_S).word is StickWord.FAILED
    os.close(sealed)


def test_with_no_unit_there_it_is_said_and_an_old_answer_counts_for_nothing(place: Place) -> None:
    (place.told / "told.json").write_text('{"word":"let_in","device":"1-1","kind":"1234:5678","wish":"old"}', encoding="ascii")
    assert place.gate.open(0.1) == StickTold(StickWord.FAILED)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    return make_sandbox(tmp_path_factory.mktemp("sticks") / "sandbox")


@pytest.fixture
def clock() -> list[float]:
    return [0.0]


@pytest.fixture
def keeping(made: Sandbox, place: Place, tmp_path: Path, clock: list[float]) -> Keeping:
    config = load(made.config)
    return Keeping(door(tmp_path), replace(rights_of(config, made.config), sticks=place.gate), lambda: clock[0])


def granted(keeping: Keeping, uid: str, code: str) -> str:
    answer = keeping.answer(OpenGrant(uid, code))
    assert isinstance(answer, Granted)
    return answer.grant


def one_time() -> str:
    import pyotp

    return pyotp.TOTP(TOLD.one_time_secret).now()


@pytest.mark.parametrize(("uid", "code"), [("04A1B2C3D4", "493817"), (CARD.reveal(), PIN), ("", "")])
def test_a_technician_has_a_stick_let_in_until_leaving(keeping: Keeping, place: Place, uid: str, code: str) -> None:
    stick = place.plug("1-1", STORAGE)
    with place.attended():
        grant = granted(keeping, uid, code or one_time())
        assert keeping.answer(AdmitStick(grant)) == Did("let_in", "1234:5678")
        place.until(lambda: is_alive(stick))
        keeping.answer(CloseGrant())
        place.until(lambda: not is_alive(stick))
        assert isinstance(keeping.answer(AdmitStick(grant)), Denied)
    assert not place.gate.wanted.exists()


@pytest.mark.parametrize("uid", ["04A1B2C3D4", ""])
def test_a_technicians_grant_is_for_a_stick_alone(keeping: Keeping, uid: str) -> None:
    grant = granted(keeping, uid, "493817" if uid else one_time())
    assert isinstance(keeping.answer(GoBack(grant)), Denied)


def test_nobody_without_a_grant_has_one_let_in(keeping: Keeping, place: Place) -> None:
    for grant in ("", "guessed"):
        assert isinstance(keeping.answer(AdmitStick(grant)), Denied)
    assert isinstance(keeping.answer(OpenGrant("04A1B2C3D4", "000000")), Denied)
    assert not place.gate.wanted.exists()


def test_a_grant_that_is_over_takes_the_stick_out(keeping: Keeping, place: Place, clock: list[float]) -> None:
    stick = place.plug("1-1", STORAGE)
    with place.attended():
        keeping.answer(AdmitStick(granted(keeping, CARD.reveal(), PIN)))
        place.until(lambda: is_alive(stick))
        clock[0] = GRANT_S - 1
        keeping.lapse()
        assert place.gate.wanted.exists()
        clock[0] = GRANT_S
        keeping.lapse()
        place.until(lambda: not is_alive(stick))


def test_on_a_desk_a_stick_needs_nobodys_leave(made: Sandbox, tmp_path: Path) -> None:
    rights = replace(rights_of(load(made.config), made.config), sticks=Gate(tmp_path / "nowhere" / "stick", tmp_path))
    keeping = Keeping(door(tmp_path), rights)
    assert keeping.answer(AdmitStick(granted(keeping, CARD.reveal(), PIN))) == Did(NOT_NEEDED)
