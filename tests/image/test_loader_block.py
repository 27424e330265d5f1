"""The loader's block, as RAUC and the units write it: never emptied on the way, and begun anew where nobody can read it any more."""

import shutil
import subprocess
from pathlib import Path

import pytest
from terminal_image.board import X86_64
from terminal_image.grub import FRESH, environment_block

from tests.image.terminal import PROJECT

pytestmark = pytest.mark.skipif(shutil.which("grub-editenv") is None, reason="GRUB's tool is not installed; run: make image-tools")

TOOL = X86_64.folder(PROJECT) / "root/usr/local/bin/grub-editenv"
READS = {"ORDER": "A B", "GOOD": "B"}


@pytest.fixture
def block(tmp_path: Path) -> Path:
    path = tmp_path / "grubenv"
    path.write_bytes(environment_block(FRESH))
    return path


def values(block: Path) -> dict[str, str]:
    said = subprocess.run([TOOL, block, "list"], capture_output=True, text=True, check=True).stdout
    return dict(line.split("=", 1) for line in said.splitlines())


def write(block: Path, *words: str) -> None:
    subprocess.run([TOOL, block, *words], check=True)


def test_what_is_written_is_there_beside_what_was(block: Path) -> None:
    write(block, "set", "B_TRY=2", "GOOD=B")
    assert values(block) == FRESH | {"B_TRY": "2", "GOOD": "B"}
    write(block, "unset", "GOOD")
    assert values(block) == {name: value for name, value in FRESH.items() if name != "GOOD"} | {"B_TRY": "2"}
    assert block.stat().st_size == 1024


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_it_is_written_over_in_one_piece_and_never_emptied(block: Path, tmp_path: Path) -> None:
    """GRUB's own tool empties it first: a plug pulled then would leave nothing."""
    seen = tmp_path / "seen"
    subprocess.run(["strace", "-f", "-y", "-e", "trace=openat,write,ftruncate,fsync", "-o", seen, TOOL, block, "set", "GOOD=B"], check=True)
    touched = [
        line for line in seen.read_text(encoding="utf-8", errors="replace").splitlines() if f"{block}" in line and "RDONLY" not in line
    ]
    assert not any("O_TRUNC" in line or "ftruncate" in line for line in touched), touched
    written = [line for line in touched if " write(" in line]
    assert len(written) == 1
    assert written[0].endswith("= 1024")
    assert "fsync" in touched[-1]


@pytest.mark.parametrize("content", [b"", b"\0" * 1024, b"# GRUB Env"])
def test_one_that_nobody_can_read_is_begun_anew(block: Path, content: bytes) -> None:
    """As an earlier release could leave it. What is not known to be good is not offered to the loader."""
    block.write_bytes(content)
    write(block, "set", "GOOD=B")
    assert values(block) == READS


def test_one_that_is_gone_is_begun_anew(block: Path) -> None:
    block.unlink()
    write(block, "set", "GOOD=B")
    assert values(block) == READS
