"""The disk: which partition is where, and how the image file is put together without mounting anything."""

import os
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid5

from terminal_image.stage import run

MIB = 1 << 20
SECTOR_BYTES = 512
_OLD_TABLE_AT, _FAT32, _NEW_TABLE = 446, 0x0C, 0xEE
_NAMESPACE = UUID("6f3f2ad4-6ad5-4c55-9b0e-5d6f7a0e7b1c")
ESP, LINUX = "C12A7328-F81F-11D2-BA4B-00A0C93EC93B", "0FC63DAF-8483-4772-8E79-3D69D8477DE4"
FIRMWARE = "EBD0A0A2-B9E5-4433-87C0-68B6B72699C7"
"""Of plain data: what a Raspberry Pi's firmware reads is no EFI system partition, and nobody shall take it for one."""


@dataclass(frozen=True, slots=True)
class Partition:
    """One partition; names are what everything else finds it by."""

    name: str
    kind: str
    mib: int


def uuid_of(name: str) -> UUID:
    """Return a name's identifier, the same in every build."""
    return uuid5(_NAMESPACE, name)


def starts_mib(layout: Sequence[Partition]) -> dict[str, int]:
    """Return where each partition begins."""
    starts, at = {}, 1
    for partition in layout:
        starts[partition.name] = at
        at += partition.mib
    return starts


def number(layout: Sequence[Partition], name: str) -> int:
    """Return a partition's number, as loaders count: from one."""
    return [partition.name for partition in layout].index(name) + 1


def table(layout: Sequence[Partition]) -> str:
    """Return the table in sfdisk's words."""
    lines = ["label: gpt", f"label-id: {str(uuid_of('disk')).upper()}", "unit: sectors", "first-lba: 2048"]
    for partition, start in zip(layout, starts_mib(layout).values(), strict=True):
        lines.append(
            f"start={start * MIB // SECTOR_BYTES}, size={partition.mib * MIB // SECTOR_BYTES}, type={partition.kind}, "
            f'uuid={str(uuid_of(partition.name)).upper()}, name="{partition.name}"'
        )
    return "\n".join(lines) + "\n"


def disk_mib(layout: Sequence[Partition]) -> int:
    """Return how large the image is: the partitions, and the table at both ends."""
    return 2 + sum(partition.mib for partition in layout)


def assemble(layout: Sequence[Partition], contents: Mapping[str, Path], disk: Path) -> None:
    """Write the image file; partitions without contents stay empty, and the file has holes there."""
    with disk.open("wb") as file:
        file.truncate(disk_mib(layout) * MIB)
    run("sfdisk", "-q", disk, stdin=table(layout).encode())
    sizes = {partition.name: partition.mib * MIB for partition in layout}
    for name, content in contents.items():
        if content.stat().st_size > sizes[name]:
            raise ValueError(f"{content.name} is larger than {name}")
        run("dd", f"if={content}", f"of={disk}", "bs=1M", f"seek={starts_mib(layout)[name]}", "conv=notrunc,sparse", "status=none")


def show_to_old_firmware(layout: Sequence[Partition], disk: Path) -> None:
    """Name the first partition in the old table, too: a Raspberry Pi 3's firmware reads no other.

    The entry that keeps the rest of the disk from tools that know only the old table comes second; it is by it that Linux and U-Boot see
    that the new table counts.
    """
    first, last = MIB // SECTOR_BYTES, disk.stat().st_size // SECTOR_BYTES - 1
    entries = (
        _old_entry(_FAT32, first, layout[0].mib * MIB // SECTOR_BYTES),
        _old_entry(_NEW_TABLE, 1, min(last, 0xFFFFFFFF)),
    )
    with disk.open("r+b") as file:
        file.seek(_OLD_TABLE_AT)
        file.write(b"".join(entries).ljust(64, b"\0") + b"\x55\xaa")


def _old_entry(kind: int, first: int, sectors: int) -> bytes:
    """Return an entry of the old table; cylinders and heads are those that say "too large for this"."""
    return struct.pack("<B3sB3sII", 0, b"\xfe\xff\xff", kind, b"\xfe\xff\xff", first, sectors)


def ext4(folder: Path, label: str, mib: int, environment: Mapping[str, str], target: Path, *, journal: bool = True) -> None:
    """Make a file system that holds a folder, the same bytes for the same folder."""
    target.unlink(missing_ok=True)
    features = "metadata_csum,^orphan_file" if journal else "^has_journal,^metadata_csum,^64bit,^orphan_file"
    run(
        "mke2fs", "-q", "-t", "ext4", "-L", label, "-U", str(uuid_of(label)), "-E", f"hash_seed={uuid_of(label + ' hash')},root_owner=0:0",
        "-O", features, "-m", "1", "-d", folder, target, f"{mib}M",
        environment={**environment, "E2FSPROGS_FAKE_TIME": environment["SOURCE_DATE_EPOCH"]},
    )  # fmt: skip
    _forget_when(folder, target, environment)


def _forget_when(folder: Path, target: Path, environment: Mapping[str, str]) -> None:
    """Give everything in a file system the source's time: mke2fs keeps when each file was last touched, its inode's change included."""
    epoch = environment["SOURCE_DATE_EPOCH"]
    names = ["/", *(f"/{path.relative_to(folder)}" for path in sorted(folder.rglob("*")))]
    orders = "".join(f'set_inode_field "{name}" {field} @{epoch}\n' for name in names for field in ("atime", "ctime", "mtime"))
    run("debugfs", "-w", "-f", "/dev/stdin", target, stdin=orders.encode(), environment={**environment, "E2FSPROGS_FAKE_TIME": epoch})


def fat(files: Mapping[str, Path], mib: int, environment: Mapping[str, str], target: Path, *words: str, label: str = "KIOSK-ESP") -> None:
    """Make the FAT of the firmware; `words` are for mkfs.vfat."""
    target.unlink(missing_ok=True)
    with target.open("wb") as file:
        file.truncate(mib * MIB)
    run("mkfs.vfat", "--invariant", "-i", "4b494f53", "-n", label, *words, target, environment=environment)
    epoch = int(environment["SOURCE_DATE_EPOCH"])
    then = f"{datetime.fromtimestamp(epoch, UTC):%Y-%m-%d %H:%M:%S}"  # mtools stamps what it makes with the clock
    folders = {"/".join(name.split("/")[:depth]) for name in files for depth in range(1, name.count("/") + 1)}
    for folder in sorted(folders):
        run("faketime", "-f", then, "mmd", "-i", target, f"::{folder}", environment=environment)
    for name, path in files.items():
        os.utime(path, (epoch, epoch))
        run("faketime", "-f", then, "mcopy", "-m", "-i", target, path, f"::{name}", environment=environment)
