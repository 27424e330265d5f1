"""What a terminal has to fetch for a release in which one file changed, against the size of the release's image.

Two root images are made as the builder makes them, the program laid last, of this project and of packages beside it (or of a tree that was
built: --tree build/image/tree); then an adaptive download is counted as RAUC works: the whole index (32 bytes for each block of 4 KiB) and
every block that the old image lacks. squashfs does not align its data, so what lies behind a changed file moves off the blocks: therefore
the program, which changes with each release, lies behind everything else.

Prints `one_file_bytes_moved_share` (the aim is at most 0.03), in the worst of the places where the file can stand, the same for an image
whose program lies where its name puts it (`unsorted_share`), and `image_bytes`.

    .venv/bin/python -m benchmarks.one_file_change [--tree DIR] [--level N]
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
PACKAGES = ("PIL", "cryptography", "cv2", "kivy", "numpy", "opencv_python_headless.libs")
CHANGED = ("kiosk/__init__.py", "sync/outbox.py")
STAMP = "1764288000"


def main() -> int:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tree", type=Path, metavar="DIR", help="a root that was built; it is copied, not changed")
    parser.add_argument("--level", type=int, default=3, help="of zstd (3: quick; the builder's 15 makes the image smaller, not the share)")
    words = parser.parse_args()
    if shutil.which("mksquashfs") is None:
        print("mksquashfs is not installed", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(dir=words.tree.parent if words.tree else None) as scratch:
        tree = Path(scratch) / "tree"
        if words.tree:
            subprocess.run(["cp", "-al", str(words.tree), str(tree)], check=True)
        else:
            lay_out(tree)
        (program,) = {path.parents[1] for path in tree.rglob("sync/outbox.py")}
        shares = {order: [share(tree, program, name, words.level, order) for name in CHANGED] for order in ("sorted", "unsorted")}
        print(f"image_bytes {(Path(scratch) / 'old').stat().st_size}")
    print(f"one_file_bytes_moved_share {max(shares['sorted']):.4f}")
    print(f"unsorted_share {max(shares['unsorted']):.4f}")
    return 0


def share(tree: Path, program: Path, name: str, level: int, order: str) -> float:
    """Return the share that moves when one file becomes a line longer."""
    old, new, file = tree.with_name("old"), tree.with_name("new"), program / name
    last = tuple(str((program / part).relative_to(tree)) for part in PARTS) if order == "sorted" else ()
    content = file.read_bytes()
    pack(tree, old, level, last)
    file.unlink()  # a name of its own: the tree may share its files with the one that was built
    file.write_bytes(content + b"# a line more\n")
    pack(tree, new, level, last)
    file.write_bytes(content)
    return moved(old, new) / new.stat().st_size


def lay_out(tree: Path) -> None:
    """Copy what stands for a root file system."""
    tree.mkdir()
    for part in PARTS:
        shutil.copytree(ROOT / part, tree / part, ignore=shutil.ignore_patterns("__pycache__"))
    site = Path(sysconfig.get_paths()["purelib"])
    for package in PACKAGES:
        if (site / package).is_dir():
            shutil.copytree(site / package, tree / "site-packages" / package, ignore=shutil.ignore_patterns("__pycache__"))


def pack(tree: Path, target: Path, level: int, last: tuple[str, ...]) -> None:
    """Make an image as the builder does, with some folders behind all others."""
    order = target.with_suffix(".order")
    order.write_text("".join(f"{folder} -100\n" for folder in last), encoding="utf-8")
    words = [
        "mksquashfs",
        str(tree),
        str(target),
        "-noappend",
        "-quiet",
        "-no-progress",
        "-comp",
        "zstd",
        "-Xcompression-level",
        str(level),
    ]
    words += ["-b", "256K", "-all-time", STAMP, "-mkfs-time", STAMP, "-sort", str(order)]
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
