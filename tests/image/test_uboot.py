"""Which slot a Raspberry Pi starts: the model of U-Boot's script, walked; and the counters, as others read and write them."""

import itertools
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from terminal_image import disk, grub
from terminal_image.board import RPI
from terminal_image.uboot import (
    COMMAND_LINE,
    COPY_BYTES,
    FRESH,
    SECOND_COPY_AT,
    TRIES,
    Choice,
    chosen,
    decoded,
    encoded,
    newest,
    partition,
    script,
    values_in,
)

CONFIG = RPI.folder(Path(__file__).resolve().parents[2]) / "root/etc/fw_env.config"
LEFT = st.sampled_from(["", "0", "1", "2", "3", "4", "x", "-1"])


def started(values: dict[str, str], times: int) -> list[Choice]:
    """Start so many times in a row, and never come up."""
    choices = []
    for _ in range(times):
        choices.append(chosen(values))
        values |= choices[-1].written
    return choices


def test_a_good_slot_is_started_again_and_again() -> None:
    values = dict(FRESH)
    for _ in range(10):
        choice = chosen(values)
        assert choice.slot == "A"
        values |= {**choice.written, "BOOT_A_LEFT": "3"}  # what RAUC writes when it marks it good


def test_a_new_slot_that_never_comes_up_is_left_after_its_tries() -> None:
    values = {**FRESH, "BOOT_ORDER": "B A"}  # what RAUC writes when it has installed B
    assert [choice.slot for choice in started(values, TRIES + 1)] == ["B"] * TRIES + ["A"]


def test_when_no_tries_are_left_the_last_good_one_is_the_last_resort() -> None:
    values = {**FRESH, "GOOD": "B"}
    choices = started(values, 2 * TRIES + 1)
    assert [choice.is_last_resort for choice in choices] == [False] * (2 * TRIES) + [True]
    assert choices[-1].slot == "B"
    assert chosen(values).slot == "B"  # and it has tries again


@settings(deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["BOOT_ORDER", "BOOT_A_LEFT", "BOOT_B_LEFT", "GOOD"]), st.sampled_from(["", "A", "B A", "C", "3", "9", "x"])
    )
)
def test_whatever_the_counters_say_something_is_started(values: dict[str, str]) -> None:
    assert all(choice.slot in {"A", "B"} for choice in started(dict(values), 12))


@settings(deadline=None)
@given(st.sampled_from(["A B", "B A"]), LEFT, LEFT, st.sampled_from(["A", "B"]))
def test_it_chooses_as_the_other_board_does(order: str, a_left: str, b_left: str, good: str) -> None:
    """Tries are counted down here and up there; what is no number of tries is none left."""
    ours = chosen({"BOOT_ORDER": order, "BOOT_A_LEFT": a_left, "BOOT_B_LEFT": b_left, "GOOD": good})
    tried = {slot: str(TRIES - int(left)) if left in {"1", "2", "3"} else "3" for slot, left in (("A", a_left), ("B", b_left))}
    theirs = grub.chosen({"ORDER": order, "A_OK": "1", "A_TRY": tried["A"], "B_OK": "1", "B_TRY": tried["B"], "GOOD": good})
    assert (ours.slot, ours.is_last_resort) == (theirs.slot, theirs.is_last_resort)


def test_a_copy_is_read_as_it_was_written() -> None:
    assert decoded(encoded(FRESH, 7)) == (7, dict(FRESH))
    assert len(encoded(FRESH, 7)) == len(encoded(FRESH)) == COPY_BYTES


@pytest.mark.parametrize("at", [0, 3, 5, 40, COPY_BYTES - 1])
def test_a_copy_with_one_wrong_bit_is_none(at: int) -> None:
    copy = bytearray(encoded(FRESH, 7))
    copy[at] ^= 1
    assert decoded(bytes(copy)) is None


def test_a_copy_that_is_cut_off_or_was_never_written_is_none() -> None:
    assert decoded(encoded(FRESH, 7)[:-1]) is None
    assert decoded(bytes(COPY_BYTES)) is None
    assert decoded(b"") is None


def test_more_than_a_copy_holds_is_refused() -> None:
    with pytest.raises(ValueError, match="16384"):
        encoded({"A": "x" * COPY_BYTES}, 0)


@pytest.mark.parametrize(("first", "second", "counts"), [(1, 0, 0), (0, 1, 1), (255, 0, 1), (0, 255, 0), (254, 255, 1), (5, 5, 0)])
def test_the_younger_copy_counts_also_when_the_age_begins_anew(first: int, second: int, counts: int) -> None:
    assert newest(encoded(FRESH, first).ljust(SECOND_COPY_AT, b"\0") + encoded(FRESH, second)) == counts


def test_when_one_copy_is_damaged_the_other_counts_and_without_both_it_is_a_fresh_terminal() -> None:
    whole = partition({**FRESH, "GOOD": "B"})
    torn_first, torn_second = bytearray(whole), bytearray(whole)
    torn_first[9] ^= 0xFF
    torn_second[SECOND_COPY_AT + 9] ^= 0xFF
    assert newest(bytes(torn_first)) == 1
    assert newest(bytes(torn_second)) == 0
    torn_first[SECOND_COPY_AT + 9] ^= 0xFF
    assert values_in(bytes(torn_first)) == {}
    assert chosen(values_in(bytes(torn_first))).slot == "A"


def test_both_copies_fit_into_their_partition_and_the_terminal_looks_where_they_are() -> None:
    mib = next(part.mib for part in RPI.layout if part.name == "kiosk-env")
    assert len(partition()) <= mib * disk.MIB
    lines = [line.split() for line in CONFIG.read_text(encoding="ascii").splitlines() if not line.startswith("#")]
    assert [(line[0], int(line[1], 16), int(line[2], 16)) for line in lines] == [
        ("/dev/disk/by-partlabel/kiosk-env", 0, COPY_BYTES),
        ("/dev/disk/by-partlabel/kiosk-env", SECOND_COPY_AT, COPY_BYTES),
    ]


@pytest.mark.skipif(shutil.which("fw_setenv") is None, reason="libubootenv's tools are not installed: make image-tools-rpi")
def test_the_terminal_s_own_tools_read_and_write_the_counters(tmp_path: Path) -> None:
    place, config = tmp_path / "kiosk-env", tmp_path / "fw_env.config"
    place.write_bytes(partition().ljust(disk.MIB, b"\0"))
    config.write_text(CONFIG.read_text(encoding="ascii").replace("/dev/disk/by-partlabel", str(tmp_path)), encoding="ascii")

    def say(*words: str) -> str:
        return subprocess.run([words[0], "-c", config, *words[1:]], check=True, capture_output=True, text=True, timeout=60).stdout

    assert say("fw_printenv", "-n", "BOOT_ORDER").strip() == "A B"
    for count, order in itertools.islice(zip(itertools.count(), itertools.cycle(("B A", "A B"))), 4):
        before = newest(place.read_bytes())
        say("fw_setenv", "BOOT_ORDER", order)
        whole = place.read_bytes()
        assert values_in(whole) == {**FRESH, "BOOT_ORDER": order}, count
        assert newest(whole) != before


def test_the_script_is_plain_and_every_number_in_it_is_of_this_layout() -> None:
    text = script("more=words")
    assert text.isascii()
    assert f"setexpr place_two ${{place_one}} + {SECOND_COPY_AT // 512:x}\n" in text
    assert "more=words" in text
    assert "more=words" not in script()
    assert all(len(line) < 1000 for line in text.splitlines())


def test_the_kernel_is_told_what_the_other_board_s_is_told_where_it_can_be() -> None:
    words = COMMAND_LINE.split()
    assert {"root=/dev/mapper/root", "lockdown=integrity", "usbcore.authorized_default=0", "systemd.import_credentials=no"} <= set(words)
    assert not any(word.startswith(("vsyscall", "efi=", "sysrq_always_enabled")) for word in words)
