"""What a terminal has to fetch for a release in which one file changed, against the size of the release's image.

Two root images are made with the builder's own options of mksquashfs, of this project and of packages beside it; then RAUC's
adaptive download is counted as it works: the whole index (32 bytes for each block of 4 KiB) and every block that the old image lacks.

Prints `one_file_bytes_moved_share` (the aim is at most 0.03), in the worse of two places where the file can stand, and `image_bytes`.
A change of a file's compressed length shifts all that lies behind it, and not by whole blocks: squashfs does not align its data.

    .venv/bin/python -m benchmarks.one_file_change
"""

import argparse
import hashlib
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
BLOCK_BYTES = 4096
HASH_BYTES = 32
PARTS = ("kiosk", "sync", "drivers", "peripherals")
PACKAGES = ("cryptography", "PIL")
CHANGED = ("kiosk/__init__.py", "sync/outbox.py")
STAMP = "1764288000"


def main() -> int:
    """Measure."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    if shutil.which("mksquashfs") is None:
        print("mksquashfs is not installed", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as scratch:
        tree, old, new = Path(scratch) / "tree", Path(scratch) / "old.squashfs", Path(scratch) / "new.squashfs"
        lay_out(tree)
        pack(tree, old)
        shares = []
        for name in CHANGED:
            content = (tree / name).read_bytes()
            (tree / name).write_bytes(content + b"# a line more\n")
            pack(tree, new)
            (tree / name).write_bytes(content)
            shares.append(moved(old, new) / new.stat().st_size)
        print(f"image_bytes {old.stat().st_size}")
        print(f"one_file_bytes_moved_share {max(shares):.4f}")
    return 0


def lay_out(tree: Path) -> None:
    """Copy what stands for a root file system."""
    tree.mkdir()
    for part in PARTS:
        shutil.copytree(ROOT / part, tree / part, ignore=shutil.ignore_patterns("__pycache__"))
    site = Path(sysconfig.get_paths()["purelib"])
    for package in PACKAGES:
        if (site / package).is_dir():
            shutil.copytree(site / package, tree / "site-packages" / package, ignore=shutil.ignore_patterns("__pycache__"))


def pack(tree: Path, target: Path) -> None:
    """Make an image as the builder does."""
    words = ["mksquashfs", str(tree), str(target), "-noappend", "-quiet", "-no-progress", "-comp", "zstd", "-Xcompression-level", "15"]
    words += ["-b", "256K", "-all-time", STAMP, "-mkfs-time", STAMP]
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)


def moved(old: Path, new: Path) -> int:
    """Return how many bytes adaptive download fetches: the index, and what the old image does not hold anywhere."""
    known = {hashlib.sha256(block).digest() for block in blocks(old)}
    all_blocks = list(blocks(new))
    missing = {hashlib.sha256(block).digest() for block in all_blocks} - known
    return len(all_blocks) * HASH_BYTES + len(missing) * BLOCK_BYTES


def blocks(image: Path) -> list[bytes]:
    """Cut an image up; the last block is filled with zeros, as on a slot."""
    content = image.read_bytes()
    return [content[at : at + BLOCK_BYTES].ljust(BLOCK_BYTES, b"\0") for at in range(0, len(content), BLOCK_BYTES)]


if __name__ == "__main__":
    sys.exit(main())
