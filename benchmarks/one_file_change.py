"""What a terminal has to fetch for a release in which one file changed, against the size of the release's bundle.

Two bundles are made as the builder makes them (the root a squashfs with the program laid last, its tree of hashes behind it, in RAUC's
verity format), of this project and of packages beside it, or of a tree that was built: --tree build/image/tree. Then it is counted what the
agent fetches that has the old one: the list of the new one's chunks, and every chunk that the old one lacks.

Prints `one_file_bytes_moved_share` (the aim is at most 0.03), in the worst of the places where the file can stand, the same for a bundle
whose program lies where its name puts it (`unsorted_share`), the same as RAUC's own adaptive download would do it from the slot
(`rauc_share`: 32 bytes for each block of 4 KiB, and each block that the old image lacks), `requests` and `bundle_bytes`.

    .venv/bin/python -m benchmarks.one_file_change [--tree DIR] [--level N]
"""

import argparse
import hashlib
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from city.channel.chunks import index_of
from sync.contract.chunk_index import decode

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "image-build"))

from terminal_image.bundle import bundle, make_authority  # noqa: E402  the builder is no package of the project's
from terminal_image.slot import verify  # noqa: E402

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
        make_authority(Path(scratch) / "keys")
        found = {order: [share(tree, program, name, words.level, order) for name in CHANGED] for order in ("sorted", "unsorted")}
        print(f"bundle_bytes {(Path(scratch) / 'new.raucb').stat().st_size}")
    print(f"one_file_bytes_moved_share {max(one.moved for one in found['sorted']):.4f}")
    print(f"requests {max(one.requests for one in found['sorted'])}")
    print(f"unsorted_share {max(one.moved for one in found['unsorted']):.4f}")
    print(f"rauc_share {max(one.by_rauc for one in found['sorted']):.4f}")
    return 0


class Share(NamedTuple):
    """What moves, over the bundle; over the image, as RAUC would do it; and in how many parts it is asked for."""

    moved: float
    by_rauc: float
    requests: int


def share(tree: Path, program: Path, name: str, level: int, order: str) -> Share:
    """Return what moves when one file becomes a line longer."""
    old, new, file = tree.with_name("old"), tree.with_name("new"), program / name
    last = tuple(str((program / part).relative_to(tree)) for part in PARTS) if order == "sorted" else ()
    content = file.read_bytes()
    pack(tree, old, level, last)
    file.unlink()  # a name of its own: the tree may share its files with the one that was built
    file.write_bytes(content + b"# a line more\n")
    pack(tree, new, level, last)
    file.write_bytes(content)
    by_rauc = moved(old, new) / new.stat().st_size
    bundles = [bundled(image, tree.with_name("keys")) for image in (old, new)]
    chunks, requests = fetched(*bundles)
    return Share(chunks / bundles[1].stat().st_size, by_rauc, requests)


def bundled(image: Path, keys: Path) -> Path:
    """Put the tree of hashes behind an image, and it into a bundle, as the builder does."""
    verify(image)
    boot = image.with_name("boot.img")
    boot.write_bytes(bytes(64 * 1024))
    return bundle({"root.img": image, "boot.img": boot}, "1.0.0", keys, image.with_suffix(".raucb"))


def fetched(old: Path, new: Path) -> tuple[int, int]:
    """Return how many bytes the agent fetches of the new bundle that has the old one, and in how many requests."""
    known = {chunk.name for chunk in decode(index_of(old), old.stat().st_size)}
    index = index_of(new)
    chunks = decode(index, new.stat().st_size)
    runs = [sum(chunk.size_bytes for chunk in run) for is_here, run in groupby(chunks, lambda chunk: chunk.name in known) if not is_here]
    return len(index) + sum(runs), 1 + len(runs)


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
