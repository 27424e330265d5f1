"""From the firmware to the kernel nobody's bytes but the fleet's are run: the image's own parts, on a firmware with Secure Boot on."""

import os
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from terminal_image.board import X86_64
from terminal_image.boot_keys import FirmwareKey, make_firmware_keys, sign_for_firmware
from terminal_image.build import Parts
from terminal_image.disk import MIB, starts_mib
from terminal_image.qemu import SECURE, Glass, Machine, Sockets, overlay
from terminal_image.stage import BuildError, run
from terminal_image.station import trial_disk

from tests.image.terminal import IMAGE, PROJECT

pytestmark = [pytest.mark.image, pytest.mark.timeout(1800)]

SNAKEOIL = Path("/usr/share/ovmf/PkKek-1-snakeoil")
ALOUD = "console=ttyS0 ignore_loglevel"
"""What a trial's kernel says on the serial line, where firmware and loader speak, too."""
_WITHIN_S = 600.0

Spoil = Callable[[Path], None]


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> FirmwareKey:
    """The key that the trial's firmware knows."""
    key = tmp_path_factory.mktemp("known") / "db.key"
    run("openssl", "pkey", "-in", SNAKEOIL.with_suffix(".key"), "-passin", "pass:snakeoil", "-out", key)
    return FirmwareKey(key, SNAKEOIL.with_suffix(".pem"))


def untouched(_: Path) -> None:
    """Leave it."""


def changed(disk: Path, within: str, wanted: bytes) -> None:
    """Change one byte of a partition, the last of `wanted`."""
    at, size = starts_mib(X86_64.layout)[within] * MIB, 64 * MIB
    with disk.open("r+b") as file:
        file.seek(at)
        found = re.search(re.escape(wanted), file.read(size))
        assert found is not None
        file.seek(at + found.end() - 1)
        file.write(bytes((wanted[-1] ^ 1,)))


def another_root(disk: Path) -> None:
    """Name another root to slot A, as whoever has the disk in his hands could."""
    changed(disk, "kiosk-boot-a", b"set roothash=" + slot_hash(disk)[:1])


def slot_hash(disk: Path) -> bytes:
    with disk.open("rb") as file:
        file.seek(starts_mib(X86_64.layout)["kiosk-boot-a"] * MIB)
        found = re.search(rb"set roothash=([0-9a-f]{64})", file.read(64 * MIB))
    assert found is not None
    return found.group(1)


def another_file(name: str) -> Spoil:
    """Change a byte in the middle of kernel or RAM disk."""

    def spoil(disk: Path) -> None:
        content = (IMAGE / "kernel" / name).read_bytes()
        middle = len(content) // 2 // 4096 * 4096
        changed(disk, "kiosk-boot-a", content[middle : middle + 64])

    return spoil


def heard(made: Parts, folder: Path, signed_by: FirmwareKey | None, spoil: Spoil, *wanted: str) -> str:
    """Switch a machine on, and return what its serial line said up to the first of `wanted`.

    Raises:
        AssertionError: None of it was said.
    """
    base = trial_disk(PROJECT, IMAGE, made, None, folder, ALOUD, signed_by)
    spoil(base)
    line = folder / "serial.log"
    line.touch()
    sockets = Sockets(firmware=SECURE, extra=("-serial", f"file:{line}"))
    with Machine(overlay(base, folder / "disk.qcow2"), folder / "machine", Glass(), sockets):
        until = time.monotonic() + _WITHIN_S
        while True:
            said = line.read_text(encoding="utf-8", errors="replace")
            if any(word in said for word in wanted):
                return said
            assert time.monotonic() < until, said[-2000:]
            time.sleep(0.5)


def test_what_the_fleet_has_signed_is_started(made: Parts, known: FirmwareKey, tmp_path: Path) -> None:
    said = heard(made, tmp_path, known, untouched, "Run /init as init process")
    assert "secureboot: Secure boot enabled" in said
    assert "Kernel is locked down" in said


def test_a_loader_that_nobody_signed_is_not_started(made: Parts, tmp_path: Path) -> None:
    said = heard(made, tmp_path, None, untouched, "Access Denied", "Linux version")
    assert "Access Denied" in said
    assert "Linux version" not in said


@pytest.mark.parametrize(
    "spoil", [another_root, another_file("vmlinuz"), another_file("initrd.img")], ids=["hash of the root", "kernel", "RAM disk"]
)
def test_what_was_changed_on_the_boot_partition_is_not_started(made: Parts, known: FirmwareKey, tmp_path: Path, spoil: Spoil) -> None:
    refusals = "bad signature", "not signed by the fleet"
    said = heard(made, tmp_path, known, spoil, *refusals, "Linux version")
    assert any(word in said for word in refusals)
    assert "Linux version" not in said


@pytest.mark.usefixtures("made")
def test_the_fleet_s_own_keys_sign_a_loader_the_same_each_time(tmp_path: Path) -> None:
    """And the certificates that a technician enrols verify it; another fleet's do not."""

    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1795824000"}
    own, foreign = make_firmware_keys(tmp_path / "own"), make_firmware_keys(tmp_path / "foreign")
    assert make_firmware_keys(tmp_path / "own") == own
    signed = [sign_for_firmware(IMAGE / "BOOTX64.EFI", own, environment, tmp_path / name) for name in ("one.efi", "other.efi")]
    assert signed[0].read_bytes() == signed[1].read_bytes()
    run("sbverify", "--cert", own.certificate, signed[0])
    with pytest.raises(BuildError, match="sbverify"):
        run("sbverify", "--cert", foreign.certificate, signed[0])
