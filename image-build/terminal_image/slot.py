"""One slot: a compressed root with its tree of hashes behind it, and the kernel that verifies it."""

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from terminal_image.boot_keys import sign_for_loader
from terminal_image.disk import ext4, uuid_of
from terminal_image.stage import BuildError, run

BOOT_MIB = 64
_OWN = ("kiosk", "sync", "drivers", "peripherals", "bianmin_kiosk-*.dist-info")
_SALT = "62".rjust(64, "0")


@dataclass(frozen=True, slots=True)
class Verity:
    """By what a root is verified."""

    root_hash: str
    hash_offset: int


def compress(tree: Path, level: int, environment: Mapping[str, str], target: Path) -> None:
    """Make the root a squashfs, the same bytes for the same tree; times are those of the source.

    The program's own files lie at the end: a release that changes one of them leaves every block before them as it was.
    """
    listed = target.with_suffix(".sort")
    listed.write_text("".join(f"{path.relative_to(tree)} -100\n" for path in own_places(tree)), encoding="utf-8")
    clean = {name: value for name, value in environment.items() if name != "SOURCE_DATE_EPOCH"}  # mksquashfs takes it or options, not both
    run(
        "mksquashfs", tree, target, "-noappend", "-quiet", "-no-progress", "-comp", "zstd", "-Xcompression-level", str(level), "-b", "1M",
        "-all-time", environment["SOURCE_DATE_EPOCH"], "-mkfs-time", environment["SOURCE_DATE_EPOCH"], "-xattrs", "-sort", listed,
        environment=clean,
    )  # fmt: skip


def own_places(tree: Path) -> list[Path]:
    """Return what of a tree is this program's: its packages and their record, which change with every release."""
    sites = sorted(tree.glob("usr/local/lib/python3.*/dist-packages"))
    return [path for site in sites for name in _OWN for path in sorted(site.glob(name))]


def verify(root: Path) -> Verity:
    """Put the tree of hashes behind the file system, and return what verifies it."""
    size = root.stat().st_size
    offset = -(-size // 4096) * 4096
    with root.open("r+b") as file:
        file.truncate(offset)
    said = run(
        "veritysetup", "format", root, root, f"--hash-offset={offset}", f"--salt={_SALT}", f"--uuid={uuid_of('verity')}",
        f"--data-blocks={offset // 4096}",
    )  # fmt: skip
    found = re.search(r"Root hash:\s+([0-9a-f]{64})", said)
    if found is None:
        raise BuildError("veritysetup gave no root hash")
    return Verity(found.group(1), offset)


def kernel(root_tar: Path, folder: Path) -> None:
    """Take kernel and initial RAM disk out of the tree of Debian packages."""
    folder.mkdir()
    names = run("tar", "-tf", root_tar).split()
    for prefix, plain in (("./boot/vmlinuz-", "vmlinuz"), ("./boot/initrd.img-", "initrd.img")):
        found = [name for name in names if name.startswith(prefix)]
        if len(found) != 1:
            raise BuildError(f"{len(found)} files {prefix}* instead of one")
        run("tar", "-xf", root_tar, "-C", folder, "--strip-components=2", found[0])
        (folder / found[0].rsplit("/", 1)[1]).rename(folder / plain)


def boot(kernel_folder: Path, verity: Verity, keys: Path | None, environment: Mapping[str, str], target: Path) -> None:
    """Make a slot's boot partition, the same for either slot: kernel, RAM disk, the hash of the root.

    With `keys` there is a signature beside each, and the hash is in GRUB's words; without, it is in U-Boot's.
    """
    folder = target.with_suffix(".folder")
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(kernel_folder, folder)
    facts = {"roothash": verity.root_hash, "hashoffset": str(verity.hash_offset)}
    if keys is None:
        (folder / "slot.env").write_text("".join(f"{name}={value}\n" for name, value in facts.items()), encoding="ascii")
    else:
        (folder / "slot.cfg").write_text("".join(f"set {name}={value}\n" for name, value in facts.items()), encoding="ascii")
        sign_for_loader(sorted(folder.iterdir()), keys, environment)
    ext4(folder, "KIOSK-BOOT", BOOT_MIB, environment, target, journal=False)
    shutil.rmtree(folder)
