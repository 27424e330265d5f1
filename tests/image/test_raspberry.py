"""What a Raspberry Pi's own firmware finds on the card: a model of its choice, the table that it reads, and the board's own files."""

import configparser
import re
import struct
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest
from terminal_image import disk
from terminal_image.board import BOARDS, RPI, Board
from terminal_image.raspberry import (
    _LOADER_HAS,
    DESCRIPTIONS,
    FIRMWARE_FILES,
    LOADER,
    Model,
    check_loader,
    described_as,
    settings_for,
    started,
    take,
)
from terminal_image.stage import BuildError

PROJECT = Path(__file__).resolve().parents[2]
CONFIG = (RPI.folder(PROJECT) / "config.txt").read_text(encoding="ascii")
CARD = (*FIRMWARE_FILES, *DESCRIPTIONS, LOADER, "config.txt", "uboot.env", "boot.scr")


@pytest.mark.parametrize(
    ("model", "read"),
    [
        (Model.PI_3B, ("bootcode.bin", "config.txt", "start.elf", "fixup.dat", "bcm2837-rpi-3-b.dtb", "u-boot.bin")),
        (Model.PI_3B_PLUS, ("bootcode.bin", "config.txt", "start.elf", "fixup.dat", "bcm2837-rpi-3-b-plus.dtb", "u-boot.bin")),
        (Model.PI_4B, ("config.txt", "start4.elf", "fixup4.dat", "bcm2711-rpi-4-b.dtb", "u-boot.bin")),
    ],
)
def test_each_board_finds_its_own_files(model: Model, read: tuple[str, ...]) -> None:
    start = started(model, CARD, CONFIG)
    assert start.files == read
    assert start.settings["arm_64bit"] == "1"


@pytest.mark.parametrize("model", Model)
def test_a_card_that_lacks_any_of_them_is_not_made(model: Model) -> None:
    for needed in started(model, CARD, CONFIG).files:
        with pytest.raises(BuildError, match=re.escape(needed)):
            started(model, [name for name in CARD if name != needed], CONFIG)


def test_a_loader_for_64_bits_is_not_started_in_32() -> None:
    with pytest.raises(BuildError, match="64 bits"):
        started(Model.PI_4B, CARD, CONFIG.replace("arm_64bit=1", "arm_64bit=0"))


def test_a_section_counts_for_its_own_boards_and_the_later_value_counts() -> None:
    text = "a=1\n[pi4]\na=2\n[pi3]\na=3\n[pi3+]\na=4\n[none]\na=5\n[all]\nb=6\n"
    assert {model: settings_for(model, text)["a"] for model in Model} == {Model.PI_3B: "3", Model.PI_3B_PLUS: "4", Model.PI_4B: "2"}
    assert all(settings_for(model, text)["b"] == "6" for model in Model)


@pytest.mark.parametrize("line", ["nonsense", "a=" + "x" * 97])
def test_a_line_that_the_firmware_would_not_read_is_refused(line: str) -> None:
    with pytest.raises(BuildError, match="line 2"):
        settings_for(Model.PI_4B, f"[all]\n{line}\n")


PACKAGED = {
    **{f"loader/usr/lib/raspi-firmware/{name}": name for name in FIRMWARE_FILES if name != "LICENCE.broadcom"},
    "loader/usr/share/doc/raspi-firmware/copyright": "LICENCE.broadcom",
    "loader/usr/lib/u-boot/rpi_arm64/u-boot.bin": LOADER,
    "loader/usr/share/doc/u-boot-rpi/configs/config.rpi_arm64.gz": "loader.config.gz",
    "loader/usr/lib/u-boot/qemu_arm64/u-boot.bin": "trial-u-boot.bin",
    **{f"usr/lib/linux-image-6.12.0-arm64/broadcom/{name}": name for name in DESCRIPTIONS},
}
"""Where Debian's packages have what the card needs."""


def packages(folder: Path, places: Iterable[str]) -> Path:
    for place in places:
        (folder / "tree" / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / "tree" / place).write_text(place, encoding="ascii")
    subprocess.run(["tar", "-cf", folder / "debian.tar", "-C", folder / "tree", "."], check=True, timeout=60)
    return folder / "debian.tar"


def test_the_card_s_files_are_taken_out_of_the_packages(tmp_path: Path) -> None:
    take(packages(tmp_path, PACKAGED), tmp_path / "firmware")
    assert {path.name: path.read_text(encoding="ascii") for path in (tmp_path / "firmware").iterdir()} == {
        name: place for place, name in PACKAGED.items()
    }


@pytest.mark.parametrize("lacking", [DESCRIPTIONS[2], LOADER])
def test_packages_that_lack_one_make_no_card(lacking: str, tmp_path: Path) -> None:
    with pytest.raises(BuildError, match=re.escape(lacking)):
        take(packages(tmp_path, [place for place, name in PACKAGED.items() if name != lacking]), tmp_path / "firmware")


BUILT = "".join(f"{name}={value}\n" for name, value in _LOADER_HAS.items())


def test_a_loader_that_can_do_what_the_script_asks_is_taken() -> None:
    check_loader(BUILT + "# CONFIG_WATCHDOG is not set\n")


@pytest.mark.parametrize("name", ["CONFIG_CMD_CRC32", "CONFIG_ENV_SIZE", "CONFIG_ENV_IS_IN_FAT"])
def test_a_loader_that_cannot_is_refused(name: str) -> None:
    with pytest.raises(BuildError, match=name):
        check_loader(BUILT.replace(f"{name}={_LOADER_HAS[name]}", f"# {name} is not set"))


def tree_of(*names: str) -> bytes:
    """A device tree whose root has one property, and one node below it with another of the same name."""
    strings = b"compatible\0"
    value = b"".join(name.encode() + b"\0" for name in names)
    other = b"other\0\0\0"
    prop = struct.pack(">3I", 3, len(value), 0) + value.ljust(-(-len(value) // 4) * 4, b"\0")
    below = struct.pack(">I", 1) + b"soc\0" + struct.pack(">3I", 3, 6, 0) + other + struct.pack(">I", 2)
    structure = struct.pack(">2I", 1, 0) + struct.pack(">I", 4) + prop + below + struct.pack(">2I", 2, 9)
    header = struct.pack(
        ">10I", 0xD00DFEED, 40 + len(structure) + len(strings), 40, 40 + len(structure), 40, 17, 16, 0, len(strings), len(structure)
    )
    return header + structure + strings


def test_a_device_tree_says_of_which_board_it_is() -> None:
    assert described_as(tree_of("raspberrypi,4-model-b", "brcm,bcm2711")) == ("raspberrypi,4-model-b", "brcm,bcm2711")


@pytest.mark.parametrize("blob", [b"", b"MZ" + bytes(100), tree_of("x").replace(b"compatible\0", b"incompatib\0")])
def test_what_is_no_device_tree_is_refused(blob: bytes) -> None:
    with pytest.raises(BuildError, match="device tree"):
        described_as(blob)


def test_what_starts_a_pi_again_is_in_its_ram_disk() -> None:
    """A Pi has nothing but its watchdog for that: a root that is not what its hash says would hold the machine for good."""
    listed = (RPI.folder(PROJECT) / "initramfs/modules").read_text(encoding="ascii").splitlines()
    assert {"bcm2835_wdt", "sdhci_iproc", "bcm2835", "gpio_regulator", "fixed", "squashfs", "dm_verity"} <= set(listed)


@pytest.fixture
def card(tmp_path: Path) -> Path:
    path = tmp_path / "card.img"
    disk.assemble(RPI.layout, {}, path)
    disk.show_to_old_firmware(RPI.layout, path)
    return path


def test_the_old_table_names_the_fat_first_and_then_says_that_the_new_one_counts(card: Path) -> None:
    with card.open("rb") as file:
        sector = file.read(512)
    entries = [struct.unpack("<B3sB3sII", sector[at : at + 16]) for at in (446, 462, 478, 494)]
    start, size = disk.starts_mib(RPI.layout)["kiosk-firmware"] * 2048, RPI.layout[0].mib * 2048
    assert (entries[0][2], entries[0][4], entries[0][5]) == (0x0C, start, size)
    assert (entries[1][2], entries[1][4]) == (0xEE, 1)
    assert entries[2] == entries[3] == (0, b"\0\0\0", 0, b"\0\0\0", 0, 0)
    assert sector[510:] == b"\x55\xaa"


def test_the_last_partition_grows_and_the_old_table_stays(card: Path) -> None:
    """What kiosk-data's mount does at the first start on a larger card."""
    with card.open("rb") as file:
        before = file.read(512)[446:]
    with card.open("r+b") as file:
        file.truncate(4 << 30)
    number = disk.number(RPI.layout, "kiosk-data")
    subprocess.run(
        ["sfdisk", "--no-reread", "--no-tell-kernel", "-q", "-N", str(number), card],
        input=b", +\n",
        check=True,
        timeout=60,
        capture_output=True,
    )
    with card.open("rb") as file:
        assert file.read(512)[446:] == before
    shown = subprocess.run(["sfdisk", "-d", card], check=True, capture_output=True, text=True, timeout=60).stdout
    size = re.search(r'size=\s*(\d+),[^\n]*name="kiosk-data"', shown)
    assert size is not None
    assert int(size.group(1)) > 2 * 2048 * 1024


@pytest.mark.parametrize("board", BOARDS.values(), ids=BOARDS.keys())
def test_every_slot_that_rauc_writes_is_a_partition_of_the_board(board: Board) -> None:
    config = configparser.ConfigParser(delimiters=("=",))
    config.read(board.folder(PROJECT) / "root/etc/rauc/system.conf")
    system = config["system"]
    assert system["compatible"] == board.compatible
    assert system["bootloader"] == ("uboot" if board is RPI else "grub")
    assert system["bundle-formats"] == "verity"
    assert config["keyring"]["check-purpose"] == "codesign"
    devices = [Path(config[name]["device"]).name for name in config.sections() if name.startswith("slot.")]
    assert sorted(devices) == ["kiosk-boot-a", "kiosk-boot-b", "kiosk-root-a", "kiosk-root-b"]
    assert set(devices) <= {part.name for part in board.layout}
    assert [config[f"slot.rootfs.{number}"]["bootname"] for number in (0, 1)] == ["A", "B"]
