"""How the data partition comes to fill its disk: the script, on a disk's image and on folders as sysfs has them."""

import hashlib
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "systemd/lib/grow-partition"
MIB, SECTOR_BYTES = 1 << 20, 512
MIB_SECTORS = MIB // SECTOR_BYTES
START, SIZE = 11 * MIB_SECTORS, 20 * MIB_SECTORS
GROWN, NOTHING_TO_GROW, NO_ANSWER = 0, 1, 2


def disk_of(folder: Path, mib: int) -> Path:
    """A disk of two partitions, the last of which ends at 31 MiB."""
    disk = folder / "disk.img"
    disk.touch()
    with disk.open("r+b") as file:
        file.truncate(31 * MIB + MIB)
    table = f"label: gpt\nstart={MIB_SECTORS}, size={10 * MIB_SECTORS}\nstart={START}, size={SIZE}, name=kiosk-data\n"
    subprocess.run(["sfdisk", "-q", disk], input=table, text=True, check=True)
    with disk.open("r+b") as file:
        file.truncate(mib * MIB)
    return disk


def shown(folder: Path, disk: Path, size: int = SIZE) -> Path:
    """The partition's folder, as the kernel shows it."""
    partition = folder / "sda/sda2"
    partition.mkdir(parents=True, exist_ok=True)
    (partition.parent / "size").write_text(f"{disk.stat().st_size // SECTOR_BYTES}\n", encoding="ascii")
    for name, number in (("start", START), ("size", size), ("partition", 2)):
        (partition / name).write_text(f"{number}\n", encoding="ascii")
    return partition


def grown(disk: Path, partition: Path) -> int:
    return subprocess.run([SCRIPT, disk, partition], check=False, capture_output=True, timeout=60).returncode


def data_sectors(disk: Path) -> int:
    said = subprocess.run(["sfdisk", "-d", disk], check=True, capture_output=True, text=True).stdout
    line = next(line for line in said.splitlines() if "kiosk-data" in line)
    return int(line.split("size=")[1].split(",")[0])


def test_it_ends_where_a_larger_disk_does_and_the_next_start_writes_nothing(tmp_path: Path) -> None:
    disk = disk_of(tmp_path, 64)
    assert grown(disk, shown(tmp_path, disk)) == GROWN
    size = data_sectors(disk)
    assert size > (64 - 11 - 2) * MIB_SECTORS
    before = hashlib.sha256(disk.read_bytes()).digest(), disk.stat().st_mtime_ns
    assert grown(disk, shown(tmp_path, disk, size)) == NOTHING_TO_GROW
    assert (hashlib.sha256(disk.read_bytes()).digest(), disk.stat().st_mtime_ns) == before


@pytest.mark.parametrize("mib", [32, 33, 34])
def test_a_disk_that_is_as_large_is_not_written(tmp_path: Path, mib: int) -> None:
    disk = disk_of(tmp_path, mib)
    before = disk.stat().st_mtime_ns
    assert grown(disk, shown(tmp_path, disk)) == NOTHING_TO_GROW
    assert disk.stat().st_mtime_ns == before


def test_where_the_kernel_shows_no_partition_nothing_is_written(tmp_path: Path) -> None:
    disk = disk_of(tmp_path, 64)
    before = disk.stat().st_mtime_ns
    assert grown(disk, tmp_path / "sda/sda2") == NO_ANSWER
    assert disk.stat().st_mtime_ns == before


def test_a_disk_without_a_table_is_left_as_it_is(tmp_path: Path) -> None:
    disk = tmp_path / "disk.img"
    disk.write_bytes(bytes(64 * MIB))
    assert grown(disk, shown(tmp_path, disk)) == NO_ANSWER
    assert not any(disk.read_bytes())
