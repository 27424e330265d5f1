"""What a Raspberry Pi's own firmware finds on the card, and what it does with it: the partition it reads, and a model of its choice.

The firmware is a closed program and runs nowhere but on a Pi. What it reads, and in which order, is in its maker's documentation; `started`
says that for the boards of this image, so that a build whose card would stay dark is noticed before it is written.
"""

import gzip
import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from terminal_image import disk, uboot
from terminal_image.board import Board
from terminal_image.stage import BuildError, run

FIRMWARE_FILES = ("bootcode.bin", "start.elf", "fixup.dat", "start4.elf", "fixup4.dat", "LICENCE.broadcom")
DESCRIPTIONS = ("bcm2837-rpi-3-b.dtb", "bcm2837-rpi-3-b-plus.dtb", "bcm2711-rpi-4-b.dtb")
LOADER, LOADER_CALLED = "u-boot.bin", "rpi_arm64"
LOADER_CONFIG = "loader.config.gz"
_LOADER_HAS: Mapping[str, str] = {
    "CONFIG_TARGET_RPI_ARM64": "y",
    "CONFIG_ENV_IS_IN_FAT": "y",
    "CONFIG_ENV_FAT_INTERFACE": '"mmc"',
    "CONFIG_ENV_FAT_DEVICE_AND_PART": '"0:1"',
    "CONFIG_ENV_FAT_FILE": '"uboot.env"',
    "CONFIG_ENV_SIZE": hex(uboot.COPY_BYTES),
    "CONFIG_LEGACY_IMAGE_FORMAT": "y",
    **{
        f"CONFIG_CMD_{name}": "y"
        for name in ("BOOTI", "CRC32", "EXPORTENV", "EXT4", "FAT", "FS_GENERIC", "IMPORTENV", "MEMORY", "MMC", "PART", "SETEXPR", "SOURCE")
    },
}
"""How the loader has to be built for the script, and for its own environment, to be read at all."""

_SETTINGS: Mapping[str, str] = {
    "bootcmd": "setenv devtype mmc; setenv devnum 0; load mmc 0:1 ${scriptaddr} boot.scr && source ${scriptaddr}; sleep 5; reset",
    "bootdelay": "-2",
    "kernel_addr_r": "0x00080000",
    "scriptaddr": "0x02400000",
    "stdin": "serial",
    "stdout": "serial",
    "stderr": "serial",
}
"""U-Boot's whole environment, read from the FAT and never written: no key stops it (-2), no USB, no network."""


class Model(Enum):
    """The boards of this image, by what config.txt calls them; a newer one reads the sections of the older ones of its kind as well."""

    PI_3B = ("pi3",)
    PI_3B_PLUS = ("pi3", "pi3+")
    PI_4B = ("pi4",)

    @property
    def has_own_first_stage(self) -> bool:
        """Whether the first stage is in the board's flash; an older board reads it from the card."""
        return self is Model.PI_4B


@dataclass(frozen=True, slots=True)
class Start:
    """What the firmware reads from the card, in this order, and how it starts what it read last."""

    files: tuple[str, ...]
    settings: Mapping[str, str]


def settings_for(model: Model, config: str) -> dict[str, str]:
    """Return what config.txt says to a board: sections that are not its own do not count, of two values the later does.

    Raises:
        BuildError: A line is nothing that the firmware reads.
    """
    counts, found = True, {}
    for number, line in enumerate(config.splitlines(), 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        if text.startswith("[") and text.endswith("]"):
            counts = text[1:-1] == "all" or text[1:-1] in model.value
        elif "=" not in text or len(line) > 98:  # the firmware cuts longer lines
            raise BuildError(f"config.txt, line {number}: {text!r}")
        elif counts:
            name, _, value = text.partition("=")
            found[name.strip()] = value.strip()
    return found


def started(model: Model, files: Iterable[str], config: str) -> Start:
    """Return what a board reads from this card, or say why it stays dark.

    Raises:
        BuildError: A file that it needs is not there, or it would start the loader for the wrong kind of processor.
    """
    settings, there = settings_for(model, config), set(files)
    stage = "4" if model is Model.PI_4B else ""
    first = () if model.has_own_first_stage else ("bootcode.bin",)
    if settings.get("arm_64bit") != "1":
        raise BuildError(f"{model.name}: the loader is for 64 bits, the firmware would start it in 32")
    wanted = (
        *first,
        "config.txt",
        settings.get("start_file", f"start{stage}.elf"),
        settings.get("fixup_file", f"fixup{stage}.dat"),
        settings.get("device_tree", ""),
        settings.get("kernel", "kernel8.img"),
    )
    missing = [name or "device_tree=" for name in wanted if name not in there]
    if missing:
        raise BuildError(f"{model.name}: the card lacks {', '.join(missing)}")
    return Start(wanted, settings)


def check_loader(config: str) -> None:
    """Make sure that the loader was built as the script needs it.

    Raises:
        BuildError: It was not; the message says where.
    """
    built = dict(line.split("=", 1) for line in config.splitlines() if "=" in line and not line.startswith("#"))
    if wrong := [f"{name}={built.get(name, 'n')}" for name, value in _LOADER_HAS.items() if built.get(name) != value]:
        raise BuildError(f"this U-Boot does not do: {', '.join(wrong)}")


def described_as(blob: bytes) -> tuple[str, ...]:
    """Return the names that a device tree gives its board ("compatible" of its root).

    Raises:
        BuildError: It is no device tree.
    """
    if len(blob) < 40 or struct.unpack(">I", blob[:4])[0] != 0xD00DFEED:
        raise BuildError("this is no device tree")
    structure, strings = struct.unpack(">2I", blob[8:16])
    for name, value in _properties_of_the_root(blob, structure, strings):
        if name == b"compatible":
            return tuple(part.decode("ascii") for part in value.rstrip(b"\0").split(b"\0"))
    raise BuildError("the device tree does not say of which board it is")


def _properties_of_the_root(blob: bytes, at: int, strings: int) -> Iterator[tuple[bytes, bytes]]:
    begin, end, is_property, nothing = 1, 2, 3, 4
    depth = 0
    while True:
        (token,) = struct.unpack_from(">I", blob, at)
        at += 4
        if token == begin:
            depth += 1
            at = (blob.index(b"\0", at) + 4) & ~3
        elif token == is_property:
            length, name_at = struct.unpack_from(">2I", blob, at)
            name = blob[strings + name_at : blob.index(b"\0", strings + name_at)]
            if depth == 1:
                yield name, blob[at + 8 : at + 8 + length]
            at = (at + 8 + length + 3) & ~3
        elif token == end:
            depth -= 1
        elif token != nothing:
            return


def take(root_tar: Path, folder: Path) -> None:
    """Take firmware, loader and descriptions of the boards out of the tree of Debian packages; and the loader for trials."""
    folder.mkdir()
    names = run("tar", "-tf", root_tar).split()
    wanted = {
        **{f"./loader/usr/lib/raspi-firmware/{name}": name for name in FIRMWARE_FILES if name != "LICENCE.broadcom"},
        "./loader/usr/share/doc/raspi-firmware/copyright": "LICENCE.broadcom",
        f"./loader/usr/lib/u-boot/{LOADER_CALLED}/u-boot.bin": LOADER,
        f"./loader/usr/share/doc/u-boot-rpi/configs/config.{LOADER_CALLED}.gz": LOADER_CONFIG,
        "./loader/usr/lib/u-boot/qemu_arm64/u-boot.bin": "trial-u-boot.bin",
    }
    for place, name in wanted.items():
        _take(root_tar, place, folder / name)
    for name in DESCRIPTIONS:
        found = [place for place in names if place.startswith("./usr/lib/linux-image-") and place.endswith(f"/broadcom/{name}")]
        if len(found) != 1:
            raise BuildError(f"{len(found)} descriptions {name} instead of one")
        _take(root_tar, found[0], folder / name)


def _take(root_tar: Path, place: str, target: Path) -> None:
    run("tar", "-xf", root_tar, "-C", target.parent, "--transform", f"s|.*|{target.name}|", place)


def partitions(taken: Path, board: Board, project: Path, environment: Mapping[str, str], work: Path, extra: str = "") -> dict[str, Path]:
    """Make what the firmware and the loader read before a slot is chosen: the FAT, and the loader's counters.

    Args:
        taken: What `take` took.
        board: For the partitions' sizes.
        project: The repository.
        environment: For programs.
        work: Where the images go.
        extra: More words for the kernel's command line, for trials.

    Raises:
        BuildError: One of the boards would stay dark.
    """
    name = "firmware-trial.img" if extra else "firmware.img"
    config, settings = board.folder(project) / "config.txt", work / "uboot.env"
    settings.write_bytes(uboot.encoded(_SETTINGS))
    files = {name: taken / name for name in (*FIRMWARE_FILES, *DESCRIPTIONS, LOADER)}
    files |= {
        "config.txt": config,
        "uboot.env": settings,
        "boot.scr": uboot.compiled(uboot.script(extra), environment, (work / name).with_suffix(".scr")),
    }
    check_loader(gzip.decompress((taken / LOADER_CONFIG).read_bytes()).decode())
    for model in Model:
        started(model, files, config.read_text(encoding="ascii"))
    mib = {partition.name: partition.mib for partition in board.layout}
    disk.fat(files, mib["kiosk-firmware"], environment, work / name, "-F", "32", "-s", "1", label="KIOSK-FW")
    (work / "env.img").write_bytes(uboot.partition())
    return {"kiosk-firmware": work / name, "kiosk-env": work / "env.img"}
