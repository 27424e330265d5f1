"""Programs of another processor: the rule that the kernel is given, and that it is taken back."""

import platform
from dataclasses import replace
from pathlib import Path

import pytest
from terminal_image import emulation
from terminal_image.board import RPI, X86_64
from terminal_image.stage import BuildError

ARM = bytes.fromhex("7f454c46020101000000000000000000 0200b700".replace(" ", ""))
ARM_ANYWHERE = bytes.fromhex("7f454c46020101030000000000000000 0300b700".replace(" ", ""))
PC = bytes.fromhex("7f454c46020101000000000000000000 03003e00".replace(" ", ""))


def matches(beginning: bytes) -> bool:
    """What the kernel does with the rule."""
    magic, mask = (bytes.fromhex(part.replace("\\x", "")) for part in emulation.rule().decode().split(":")[4:6])
    return all((byte & wanted) == (first & wanted) for byte, first, wanted in zip(beginning, magic, mask, strict=True))


def test_the_rule_is_for_programs_of_64_bit_arm_alone() -> None:
    assert matches(ARM)
    assert matches(ARM_ANYWHERE)
    assert not matches(PC)
    assert not matches(b"#!/bin/sh\n# not one".ljust(20))
    assert emulation.rule().endswith(b"/qemu-aarch64-static:F")


def test_the_rule_is_given_and_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(emulation, "_INTERPRETER", tmp_path)
    (tmp_path / "register").write_bytes(b"")
    with emulation.programs_of(replace(RPI, machine="another"), tmp_path):
        assert (tmp_path / "register").read_bytes() == emulation.rule()
    assert (tmp_path / "qemu-aarch64").read_bytes() == b"-1"


def test_a_rule_that_is_there_already_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "qemu-aarch64").write_bytes(b"enabled\n")
    with emulation.programs_of(replace(RPI, machine="another"), tmp_path):
        pass
    assert (tmp_path / "qemu-aarch64").read_bytes() == b"enabled\n"


def test_nothing_is_needed_for_this_machine_s_own_programs(tmp_path: Path) -> None:
    with emulation.programs_of(replace(X86_64, machine=platform.machine()), tmp_path):
        assert not list(tmp_path.iterdir())


def test_without_the_emulator_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(emulation, "_INTERPRETER", tmp_path / "qemu-aarch64-static")
    with pytest.raises(BuildError, match="image-tools-rpi"), emulation.programs_of(replace(RPI, machine="another"), tmp_path):
        pass


def test_a_kernel_that_takes_no_rules_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(emulation, "_INTERPRETER", tmp_path)
    (tmp_path / "register").mkdir()
    with pytest.raises(BuildError, match="the kernel takes no rule"), emulation.programs_of(replace(RPI, machine="another"), tmp_path):
        pass
