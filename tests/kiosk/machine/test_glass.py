"""What is taken for a display and for a touch panel before the screen is drawn, on folders as sysfs has them."""

import shutil
from pathlib import Path

import pytest

from kiosk.machine.glass import LOOKS, Machine, Missing, PanelWatch, await_glass, has_display, has_touch
from kiosk.machine.trouble import Trouble, note, noted

LEFT, TOUCH = 0x110, 0x14A


def words(*bits: int) -> str:
    """Bits as sysfs writes them: words of 64, the highest first."""
    whole = sum(1 << bit for bit in bits)
    parts = []
    while whole or not parts:
        parts.append(f"{whole & ((1 << 64) - 1):x}")
        whole >>= 64
    return " ".join(reversed(parts)) + "\n"


PANEL = (words(0, 1), words(TOUCH))


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine with nothing plugged in."""
    return Machine(tmp_path / "drm", tmp_path / "inputs", tmp_path / "dev")


@pytest.fixture
def left(tmp_path: Path) -> Path:
    """Where words are left."""
    folder = tmp_path / "words"
    folder.mkdir()
    return folder


def node(machine: Machine, name: str) -> None:
    path = machine.nodes / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()


def display(machine: Machine, connector: str = "card0-HDMI-A-1", status: str = "connected", *, usable: bool = True) -> None:
    folder = machine.cards / connector
    folder.mkdir(parents=True)
    (folder / "status").write_text(f"{status}\n", encoding="ascii")
    if usable:
        node(machine, f"dri/{connector.partition('-')[0]}")


def plugged(machine: Machine, number: int, axes: str, keys: str, *, usable: bool = True) -> None:
    capabilities = machine.inputs / f"event{number}/device/capabilities"
    capabilities.mkdir(parents=True)
    (capabilities / "abs").write_text(axes, encoding="ascii")
    (capabilities / "key").write_text(keys, encoding="ascii")
    if usable:
        node(machine, f"input/event{number}")


def never(seconds: float) -> None:
    raise AssertionError(f"it waited {seconds} s")


@pytest.mark.parametrize("status", ["connected", "unknown"])
def test_a_display_is_found_beside_empty_sockets(machine: Machine, status: str) -> None:
    display(machine, "card0-HDMI-A-1", "disconnected")
    display(machine, "card1-HDMI-A-2", status)
    assert has_display(machine)


@pytest.mark.parametrize(
    ("connector", "status"),
    [("card0-HDMI-A-1", "disconnected"), ("card0-HDMI-A-1", ""), ("renderD128", "connected"), ("card0", "connected")],
    ids=["an empty socket", "nonsense", "a card that only reckons", "a card and no connector"],
)
def test_nothing_else_is_one(machine: Machine, connector: str, status: str) -> None:
    display(machine, connector, status)
    assert not has_display(machine)


def test_a_display_whose_card_may_not_be_opened_yet_is_waited_for(machine: Machine, left: Path) -> None:
    """The kernel tells of it before udev lets the screen's user at it."""
    display(machine, usable=False)
    plugged(machine, 0, *PANEL)
    waits = iter([lambda: None, lambda: node(machine, "dri/card0")])
    assert await_glass(left, machine, sleep=lambda _: next(waits)()) is None


@pytest.mark.parametrize(
    ("axes", "keys"),
    [
        (words(0, 1, 0x2F, 0x35, 0x36, 0x39), words(TOUCH)),
        (words(0, 1), words(LEFT)),
        (words(0, 1), words(TOUCH, 0x145)),
        ("260800000000003\n", "400 0 0 0 0 0\n"),  # as a panel of ten fingers has it
    ],
    ids=["many fingers", "one finger", "with more keys", "a real one's words"],
)
def test_a_panel_is_found_beside_whatever_else_there_is(machine: Machine, axes: str, keys: str) -> None:
    plugged(machine, 0, words(), words(116))
    plugged(machine, 1, axes, keys)
    assert has_touch(machine)


@pytest.mark.parametrize(
    ("axes", "keys"),
    [
        (words(), words(*range(1, 120))),
        (words(), words(LEFT, LEFT + 1)),
        (words(0, 1, 2), words()),
        (words(0), words(TOUCH)),
        (words(1), words(LEFT)),
        ("nonsense\n", words(LEFT)),
        ("", ""),
    ],
    ids=["keyboard", "mouse", "sensor", "a slider", "another slider", "nonsense", "nothing"],
)
def test_nothing_else_is_a_panel_and_the_picture_says_so(machine: Machine, left: Path, axes: str, keys: str) -> None:
    display(machine)
    plugged(machine, 0, axes, keys)
    assert await_glass(left, machine, patience_s=0) is Missing.TOUCH
    assert noted(left, left) is Trouble.TOUCH


def test_a_panel_that_may_not_be_opened_is_none(machine: Machine) -> None:
    plugged(machine, 0, *PANEL, usable=False)
    assert not has_touch(machine)


def test_a_display_is_looked_for_first_and_without_one_no_picture_is_asked_for(machine: Machine, left: Path) -> None:
    assert await_glass(left, machine, patience_s=0) is Missing.DISPLAY
    assert [path.name for path in left.iterdir()] == ["no-display"]
    assert noted(left, left) is Trouble.APP


def test_it_is_waited_for_as_long_as_was_said_and_no_longer(machine: Machine, left: Path) -> None:
    slept: list[float] = []
    assert await_glass(left, machine, patience_s=3, sleep=slept.append) is Missing.DISPLAY
    assert sum(slept) == pytest.approx(3, abs=0.25)


def test_where_no_word_can_be_left_it_is_told_all_the_same(machine: Machine, tmp_path: Path) -> None:
    assert await_glass(tmp_path / "nowhere", machine, patience_s=0) is Missing.DISPLAY


@pytest.mark.parametrize("word", Missing)
def test_who_looked_in_vain_does_not_wait_again(machine: Machine, left: Path, word: Missing) -> None:
    (left / word).touch()
    if word is Missing.TOUCH:
        display(machine)
    assert await_glass(left, machine, sleep=never) is word


def test_what_is_there_again_takes_its_word_back(machine: Machine, left: Path) -> None:
    for word in Missing:
        (left / word).touch()
    display(machine)
    plugged(machine, 0, *PANEL)
    assert await_glass(left, machine, sleep=never) is None
    assert list(left.iterdir()) == []


def test_a_panel_that_comes_late_is_waited_for(machine: Machine, left: Path) -> None:
    display(machine)
    waits = iter([lambda: None, lambda: plugged(machine, 0, *PANEL)])
    assert await_glass(left, machine, sleep=lambda _: next(waits)()) is None


def test_what_stops_the_whole_boot_is_said_first_and_no_word_is_taken_back_by_the_other(
    machine: Machine, left: Path, tmp_path: Path
) -> None:
    """The screen looks while the boot is still being prepared; whichever ends last."""
    display(machine)
    await_glass(left, machine, patience_s=0)
    note(tmp_path, Trouble.CONFIG)
    assert noted(tmp_path, left) is Trouble.CONFIG
    note(tmp_path, None)
    assert noted(tmp_path, left) is Trouble.TOUCH
    plugged(machine, 0, *PANEL)
    assert await_glass(left, machine) is None
    assert noted(tmp_path, left) is Trouble.APP


def unplugged(machine: Machine, number: int) -> None:
    shutil.rmtree(machine.inputs / f"event{number}")


def test_a_panel_that_is_pulled_and_stays_away_is_gone_and_the_next_start_need_not_wait(machine: Machine, left: Path) -> None:
    display(machine)
    plugged(machine, 0, *PANEL)
    watch = PanelWatch(left, machine)
    assert [watch.is_gone() for _ in range(LOOKS + 1)] == [False] * (LOOKS + 1)
    unplugged(machine, 0)
    assert [watch.is_gone() for _ in range(LOOKS)] == [*[False] * (LOOKS - 1), True]
    assert await_glass(left, machine, sleep=never) is Missing.TOUCH


def test_a_panel_that_is_back_before_that_was_never_gone(machine: Machine, left: Path) -> None:
    plugged(machine, 0, *PANEL)
    watch = PanelWatch(left, machine)
    for number in range(3):
        unplugged(machine, number)
        assert not any(watch.is_gone() for _ in range(LOOKS - 1))
        plugged(machine, number + 1, *PANEL)
        assert not watch.is_gone()
    assert list(left.iterdir()) == []
