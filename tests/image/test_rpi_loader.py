"""U-Boot runs the script: on the board it is for and on QEMU's own, with slots that never start, and with counters that were torn."""

import os
import re
import select
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from terminal_image import disk, raspberry, slot, uboot
from terminal_image.board import RPI
from terminal_image.build import environment_of
from terminal_image.qemu_arm import Loader, Where, loader_words

from tests.image.terminal import PROJECT

pytestmark = [pytest.mark.image, pytest.mark.timeout(1800)]

TAKEN = PROJECT / "build/image-rpi/firmware"
WITHIN_S = 900.0
STARTS = re.compile(r"slot ([AB]), (\d) left( kiosk\.lastresort)?\r?\n")
CARD_BYTES = 2 << 30
"""QEMU's card reader takes powers of two."""
ENV_AT = disk.starts_mib(RPI.layout)["kiosk-env"] * disk.MIB

Spoil = Callable[[bytearray], None]


@pytest.fixture(params=Where, ids=lambda where: where.value)
def loader(request: pytest.FixtureRequest) -> Loader:
    if not TAKEN.is_dir():
        pytest.skip("there is no image; run: make image-rpi")
    if request.param is Where.PI_3B:
        return Loader(Where.PI_3B, TAKEN / raspberry.LOADER, TAKEN / "bcm2837-rpi-3-b.dtb")
    return Loader(Where.VIRT, TAKEN / "trial-u-boot.bin")


def card(folder: Path, counters: bytes, extra: str = "", slots: Mapping[str, Path] | None = None) -> Path:
    """A card with the image's own first partitions, and slots in which there is nothing but what is given."""
    first = raspberry.partitions(TAKEN, RPI, PROJECT, environment_of(PROJECT), folder, extra)
    first["kiosk-env"].write_bytes(counters)
    path = folder / "card.img"
    disk.assemble(RPI.layout, {**first, **(slots or {})}, path)
    disk.show_to_old_firmware(RPI.layout, path)
    with path.open("r+b") as file:
        file.truncate(CARD_BYTES)
    return path


def walked(loader: Loader, card: Path, times: int) -> list[tuple[str, int, bool]]:
    """Switch on, and return which slots were started, how many tries each had left, and whether as the last resort."""
    heard = listened(loader, card, lambda text: len(STARTS.findall(text)) >= times)
    return [(slot, int(left), bool(resort)) for slot, left, resort in STARTS.findall(heard)[:times]]


def listened(loader: Loader, card: Path, is_enough: Callable[[str], bool]) -> str:
    """Switch on, and return what was said on the serial line until it was enough.

    Raises:
        AssertionError: It said something else for too long.
    """
    heard = b""
    until = time.monotonic() + WITHIN_S
    process = subprocess.Popen(loader_words(loader, card), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert process.stdout is not None
    try:
        while not is_enough(heard.decode(errors="replace")):
            ready, _, _ = select.select([process.stdout], [], [], max(0.0, until - time.monotonic()))
            more = os.read(process.stdout.fileno(), 65536) if ready else b""
            assert more, heard.decode(errors="replace")[-3000:]
            heard += more
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
    return heard.decode(errors="replace")


def expected(counters: bytes, times: int) -> list[tuple[str, int, bool]]:
    values, starts = {**uboot.FRESH, **uboot.values_in(counters)}, []
    for _ in range(times):
        choice = uboot.chosen(values)
        values |= choice.written
        starts.append((choice.slot, int(values[f"BOOT_{choice.slot}_LEFT"]), choice.is_last_resort))
    return starts


def counters_on(card: Path) -> bytes:
    with card.open("rb") as file:
        file.seek(ENV_AT)
        return file.read(disk.MIB)


def test_it_starts_what_the_model_says_and_counts_in_both_copies(loader: Loader, tmp_path: Path) -> None:
    fresh = uboot.partition({**uboot.FRESH, "BOOT_ORDER": "B A", "GOOD": "B"})
    path = card(tmp_path, fresh)
    starts = walked(loader, path, 7)
    assert starts == expected(fresh, 7)
    assert [slot for slot, _, _ in starts] == ["B", "B", "B", "A", "A", "A", "B"]
    counters = counters_on(path)
    assert all(uboot.decoded(counters[at : at + uboot.COPY_BYTES]) for at in (0, uboot.SECOND_COPY_AT))
    values = uboot.values_in(counters)
    assert (values["BOOT_B_LEFT"], values["BOOT_A_LEFT"]) in {("2", "0"), ("1", "0")}  # it may have begun once more
    assert (values["BOOT_ORDER"], values["GOOD"]) == ("B A", "B")


TREE = PROJECT / "build/image-rpi/kernel/vmlinuz"
ALOUD = {Where.PI_3B: "console=ttyS1,115200", Where.VIRT: "console=ttyAMA0"}
"""Where a trial's kernel speaks, beside the loader."""
NOTHING = b"070701" + b"0" * 88 + b"0000000B" + b"0" * 8 + b"TRAILER!!!" + bytes(4)
"""A RAM disk in which there is nothing: the kernel finds no root, and starts the machine again."""


def test_a_slot_s_kernel_is_started_and_one_that_falls_is_left(loader: Loader, tmp_path: Path) -> None:
    """The image's own kernel, from the slot's own boot partition; it has no root here, and gives up, until the other slot is started.

    A Pi has nothing but its watchdog to start itself again, whose driver comes with the image's RAM disk; `virt` does so by itself, and
    there the kernel falls over a RAM disk with nothing in it.
    """
    if not TREE.is_file():
        pytest.skip("there is no kernel; run: make image-rpi")
    kernel = tmp_path / "kernel"
    kernel.mkdir()
    shutil.copyfile(TREE, kernel / "vmlinuz")
    (kernel / "initrd.img").write_bytes(TREE.with_name("initrd.img").read_bytes() if loader.where is Where.PI_3B else NOTHING)
    verity = slot.Verity("ab" * 32, 4096)
    slot.boot(kernel, verity, None, environment_of(PROJECT), tmp_path / "boot.img")
    counters = uboot.partition({**uboot.FRESH, "BOOT_A_LEFT": "1"})
    path = card(tmp_path, counters, f"{ALOUD[loader.where]} ignore_loglevel panic=1", {"kiosk-boot-a": tmp_path / "boot.img"})
    heard = listened(loader, path, lambda text: len(STARTS.findall(text)) >= 2)
    told = re.search(r"Kernel command line: ([^\r\n]+)", heard)
    assert told is not None, heard[-3000:]
    words = told.group(1).split()
    assert {"rauc.slot=A", "kiosk.root=kiosk-root-a", f"kiosk.roothash={'ab' * 32}", "kiosk.hashoffset=4096"} <= set(words)
    assert ("bcm2835-wdt" if loader.where is Where.PI_3B else "Kernel panic") in heard, heard[-3000:]
    assert [found[0] for found in STARTS.findall(heard)[:2]] == ["A", "B"]


def tear_first(counters: bytearray) -> None:
    counters[1000] ^= 0x10


def tear_second(counters: bytearray) -> None:
    counters[uboot.SECOND_COPY_AT + 4] ^= 1  # its age, of which the CRC says nothing, and
    counters[uboot.SECOND_COPY_AT] ^= 1


def tear_both(counters: bytearray) -> None:
    tear_first(counters)
    tear_second(counters)


def begin_ages_anew(counters: bytearray) -> None:
    counters[:] = uboot.encoded({**uboot.FRESH, "BOOT_A_LEFT": "1"}, 255).ljust(uboot.SECOND_COPY_AT, b"\0") + uboot.encoded(
        {**uboot.FRESH, "BOOT_A_LEFT": "0"}, 0
    )


@pytest.mark.parametrize("spoil", [tear_first, tear_second, tear_both, begin_ages_anew])
def test_torn_counters_are_left_for_the_whole_ones(spoil: Spoil, tmp_path: Path) -> None:
    if not TAKEN.is_dir():
        pytest.skip("there is no image; run: make image-rpi")
    older = uboot.encoded({**uboot.FRESH, "BOOT_A_LEFT": "2"}, 3)
    counters = bytearray(uboot.encoded({**uboot.FRESH, "BOOT_A_LEFT": "1"}, 4).ljust(uboot.SECOND_COPY_AT, b"\0") + older)
    spoil(counters)
    path = card(tmp_path, bytes(counters))
    starts = walked(Loader(Where.VIRT, TAKEN / "trial-u-boot.bin"), path, 2)
    assert starts == expected(bytes(counters), 2)
    assert uboot.newest(counters_on(path)) is not None
