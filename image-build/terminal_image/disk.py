"""The disk: which partition is where, and how the image file is put together without mounting anything."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid5

from terminal_image.stage import run

MIB = 1 << 20
SECTOR_BYTES = 512
_NAMESPACE = UUID("6f3f2ad4-6ad5-4c55-9b0e-5d6f7a0e7b1c")
ESP, LINUX = "C12A7328-F81F-11D2-BA4B-00A0C93EC93B", "0FC63DAF-8483-4772-8E79-3D69D8477DE4"


@dataclass(frozen=True, slots=True)
class Partition:
    """One partition; names are what everything else finds it by."""

    name: str
    kind: str
    mib: int


LAYOUT = (
    Partition("kiosk-esp", ESP, 16),
    Partition("kiosk-boot-a", LINUX, 64),
    Partition("kiosk-boot-b", LINUX, 64),
    Partition("kiosk-root-a", LINUX, 512),
    Partition("kiosk-root-b", LINUX, 512),
    Partition("kiosk-data", LINUX, 256),  # grown to the disk's end at first boot
)


def uuid_of(name: str) -> UUID:
    """Return a name's identifier, the same in every build."""
    return uuid5(_NAMESPACE, name)


def starts_mib() -> dict[str, int]:
    """Return where each partition begins."""
    starts, at = {}, 1
    for partition in LAYOUT:
        starts[partition.name] = at
        at += partition.mib
    return starts


def number(name: str) -> int:
    """Return a partition's number, as loaders count: from one."""
    return [partition.name for partition in LAYOUT].index(name) + 1


def table() -> str:
    """Return the table in sfdisk's words."""
    lines = ["label: gpt", f"label-id: {str(uuid_of('disk')).upper()}", "unit: sectors", "first-lba: 2048"]
    for partition, start in zip(LAYOUT, starts_mib().values(), strict=True):
        lines.append(
            f"start={start * MIB // SECTOR_BYTES}, size={partition.mib * MIB // SECTOR_BYTES}, type={partition.kind}, "
            f'uuid={str(uuid_of(partition.name)).upper()}, name="{partition.name}"'
        )
    return "\n".join(lines) + "\n"


def disk_mib() -> int:
    """Return how large the image is: the partitions, and the table at both ends."""
    return 2 + sum(partition.mib for partition in LAYOUT)


def assemble(contents: Mapping[str, Path], disk: Path) -> None:
    """Write the image file; partitions without contents stay empty, and the file has holes there."""
    with disk.open("wb") as file:
        file.truncate(disk_mib() * MIB)
    run("sfdisk", "-q", disk, stdin=table().encode())
    sizes = {partition.name: partition.mib * MIB for partition in LAYOUT}
    for name, content in contents.items():
        if content.stat().st_size > sizes[name]:
            raise ValueError(f"{content.name} is larger than {name}")
        run("dd", f"if={content}", f"of={disk}", "bs=1M", f"seek={starts_mib()[name]}", "conv=notrunc,sparse", "status=none")


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


def esp(files: Mapping[str, Path], mib: int, environment: Mapping[str, str], target: Path) -> None:
    """Make the FAT of the firmware."""
    target.unlink(missing_ok=True)
    with target.open("wb") as file:
        file.truncate(mib * MIB)
    run("mkfs.vfat", "--invariant", "-i", "4b494f53", "-n", "KIOSK-ESP", target, environment=environment)
    epoch = int(environment["SOURCE_DATE_EPOCH"])
    then = f"{datetime.fromtimestamp(epoch, UTC):%Y-%m-%d %H:%M:%S}"  # mtools stamps what it makes with the clock
    folders = {"/".join(name.split("/")[:depth]) for name in files for depth in range(1, name.count("/") + 1)}
    for folder in sorted(folders):
        run("faketime", "-f", then, "mmd", "-i", target, f"::{folder}", environment=environment)
    for name, path in files.items():
        os.utime(path, (epoch, epoch))
        run("faketime", "-f", then, "mcopy", "-m", "-i", target, path, f"::{name}", environment=environment)
