"""Which slot is started: the model of the loader's script, walked; and the script itself, read by GRUB's own parser."""

import itertools
import shutil
import subprocess

import pytest
from terminal_image import disk
from terminal_image.board import X86_64
from terminal_image.grub import FRESH, TRIES, Choice, chosen, environment_block, script


def started(environment: dict[str, str], times: int) -> list[Choice]:
    """Start so many times in a row, and never come up."""
    choices = []
    for _ in range(times):
        choices.append(chosen(environment))
        environment |= choices[-1].written
    return choices


def test_a_good_slot_is_started_again_and_again() -> None:
    environment = dict(FRESH)
    for _ in range(10):
        choice = chosen(environment)
        assert choice.slot == "A"
        environment |= {**choice.written, "A_TRY": "0"}  # what marking it good writes


def test_a_new_slot_that_never_comes_up_is_left_after_its_tries() -> None:
    environment = {**FRESH, "ORDER": "B A", "GOOD": "A"}
    assert [choice.slot for choice in started(environment, TRIES + 1)] == ["B"] * TRIES + ["A"]


def test_when_no_tries_are_left_the_last_good_one_is_the_last_resort() -> None:
    environment = {**FRESH, "GOOD": "B"}
    choices = started(environment, 2 * TRIES + 1)
    assert [choice.is_last_resort for choice in choices] == [False] * (2 * TRIES) + [True]
    assert choices[-1].slot == "B"
    assert chosen(environment).slot == "B"  # and it has tries again


@pytest.mark.parametrize(
    "damaged", [{}, {"ORDER": "C"}, {"ORDER": "A B", "A_OK": "x", "B_OK": ""}, {"ORDER": "B", "B_OK": "1", "B_TRY": "9", "GOOD": "Z"}]
)
def test_whatever_the_block_says_something_is_started(damaged: dict[str, str]) -> None:
    assert all(choice.slot in {"A", "B"} for choice in started(dict(damaged), 12))


def test_no_state_of_the_block_starts_nothing() -> None:
    values = ("0", "1", "2", "3", "")
    for a_ok, b_ok in itertools.product(("0", "1"), repeat=2):
        for a_try, b_try in itertools.product(values, repeat=2):
            assert chosen({"ORDER": "A B", "A_OK": a_ok, "B_OK": b_ok, "A_TRY": a_try, "B_TRY": b_try}).slot in {"A", "B"}


def test_the_block_has_its_size_and_a_larger_one_is_refused() -> None:
    assert len(environment_block(FRESH)) == 1024
    with pytest.raises(ValueError, match="1024"):
        environment_block({"A": "x" * 1024})


def test_each_slot_starts_from_its_own_partitions() -> None:
    text = script()
    assert f"set partition={disk.number(X86_64.layout, 'kiosk-boot-a')}; set root_name=kiosk-root-a" in text
    assert f"set partition={disk.number(X86_64.layout, 'kiosk-boot-b')}; set root_name=kiosk-root-b" in text


def test_sysrq_is_not_named_on_the_command_line() -> None:
    """The kernel's `sysrq_always_enabled` has no value: `=0` turns it on for good, whatever sysctl says."""
    assert "sysrq_always_enabled" not in script()


@pytest.mark.skipif(shutil.which("grub-script-check") is None, reason="GRUB's tools are not installed")
def test_grub_reads_the_script() -> None:
    assert subprocess.run(["grub-script-check"], input=script().encode(), capture_output=True, check=False, timeout=60).returncode == 0
    assert subprocess.run(["grub-script-check"], input=b"if [ x ]; then\n", capture_output=True, check=False, timeout=60).returncode != 0
