"""Two builds of one commit are the same to the bit: what is signed can be checked by whoever builds it again.

The Debian packages and wheels of the first build are taken for the second: the archive itself moves on. Everything after them is done anew.
"""

import hashlib
import shutil
from pathlib import Path

import pytest
from terminal_image import build
from terminal_image.build import Parts

from tests.image.terminal import IMAGE, PROJECT

pytestmark = [pytest.mark.image, pytest.mark.timeout(7200)]

FETCHED = ("debian.tar", "wheels", "wheels.txt", "wheels-from-source", "fleet-keys")


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def test_two_builds_are_the_same(made: Parts, tmp_path: Path) -> None:
    again = tmp_path / "again"
    again.mkdir()
    for name in FETCHED:
        source = IMAGE / name
        (shutil.copytree if source.is_dir() else shutil.copy2)(source, again / name)
        if (mark := IMAGE / f".{name}.made-from").exists():
            shutil.copy2(mark, again / mark.name)
    second = build.parts(PROJECT, again, quick=True)
    assert second.verity == made.verity
    for one, other in ((made.root, second.root), (made.boot, second.boot), (made.first["kiosk-esp"], second.first["kiosk-esp"])):
        assert digest(one) == digest(other), one.name
    disks = [
        build.write_disk(parts, build.data_partition(None, folder, build.epoch_of(PROJECT)), folder / "whole.img")
        for parts, folder in ((made, IMAGE), (second, again))
    ]
    assert digest(disks[0]) == digest(disks[1])
    disks[0].unlink()
