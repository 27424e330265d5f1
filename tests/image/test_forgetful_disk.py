"""The disk that forgets, asked by QEMU's own tool over NBD."""

import random
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from terminal_image.forgetful_disk import SECTOR_BYTES, ForgetfulDisk, Loss, Medium

MIB = 1 << 20


@pytest.fixture
def base(tmp_path: Path) -> Path:
    path = tmp_path / "base.img"
    path.write_bytes(b"\xaa" * MIB)
    return path


@pytest.fixture
def medium(base: Path) -> Iterator[Medium]:
    medium = Medium(base, MIB)
    yield medium
    medium.close()


def test_what_was_flushed_is_there_after_the_cut(medium: Medium) -> None:
    medium.write(4096, b"\1" * 4096)
    medium.flush()
    medium.write(8192, b"\2" * 4096)
    assert medium.read(8192, 1) == b"\2"
    assert medium.lose(Loss.ALL, random.Random(1)) == 1
    assert medium.read(4096, 8192) == b"\1" * 4096 + b"\xaa" * 4096


def test_a_write_through_the_cache_is_kept_without_the_others(medium: Medium) -> None:
    medium.write(0, b"\1" * 512)
    medium.write(0, b"\2" * 512, through=True)
    medium.write(4096, b"\3" * 512)
    medium.lose(Loss.ALL, random.Random(1))
    assert medium.read(0, 1) == b"\2"
    assert medium.read(4096, 1) == b"\xaa"


def test_any_part_may_be_kept_and_some_writes_end_at_a_sector(medium: Medium) -> None:
    whole, none, torn = 0, 0, 0
    for seed in range(60):
        medium.write(0, bytes([seed + 1]) * 8192)
        medium.lose(Loss.TORN, random.Random(seed))
        kept = medium.read(0, 8192)
        length = len(kept) - len(kept.lstrip(bytes([seed + 1])))
        assert length % SECTOR_BYTES == 0
        whole, none, torn = whole + (length == 8192), none + (length == 0), torn + (0 < length < 8192)
        medium.write(0, bytes(8192))
        medium.flush()
    assert min(whole, none, torn) > 5


def test_a_base_that_is_too_small_is_refused(base: Path) -> None:
    with pytest.raises(ValueError, match="smaller"):
        Medium(base, 2 * MIB)


@pytest.mark.skipif(shutil.which("qemu-io") is None, reason="qemu-io is not installed")
def test_qemu_reads_writes_and_flushes(base: Path, medium: Medium, tmp_path: Path) -> None:
    with ForgetfulDisk(medium, tmp_path / "disk") as disk:
        orders = ["write -P 17 0 4096", "flush", "write -P 18 8192 4096", "read -P 17 0 4096", "read -P 170 65536 4096"]
        words = [word for order in orders for word in ("-c", order)]
        done = subprocess.run(
            ["qemu-io", "--cache=writeback", "-f", "raw", f"nbd+unix:///?socket={disk.path}", *words],
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr + done.stdout
    assert "verification failed" not in done.stdout.lower()
    assert medium.read(0, 4096) == b"\x11" * 4096
    assert base.read_bytes() == b"\xaa" * MIB


@pytest.mark.skipif(shutil.which("qemu-io") is None, reason="qemu-io is not installed")
def test_what_lies_beyond_the_end_is_refused(medium: Medium, tmp_path: Path) -> None:
    with ForgetfulDisk(medium, tmp_path / "disk") as disk:
        done = subprocess.run(
            ["qemu-io", "-f", "raw", f"nbd+unix:///?socket={disk.path}", "-c", f"write {2 * MIB} 512"],
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
    assert done.returncode != 0 or "failed" in (done.stdout + done.stderr).lower()
