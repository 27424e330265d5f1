"""Keeps a camera's calibration where its own process may write: beside its counts."""

import contextlib
import os
from math import isfinite
from pathlib import Path

import msgspec

from peripherals.plate import MM_PER_PX_MAX, Plate

FILE = "document_camera.plate"


def kept_plate(path: Path) -> Plate | None:
    """Return the plate; a file that is damaged, or holds none that a camera can have, is as good as none."""
    try:
        plate = msgspec.json.decode(path.read_bytes(), type=Plate)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None
    numbers = (*plate.to_mm, plate.mm_per_px)
    return plate if all(isfinite(one) for one in numbers) and 0 < plate.mm_per_px <= MM_PER_PX_MAX else None


def keep_plate(path: Path, plate: Plate) -> bool:
    """Write it down whole, or leave what was kept before; tells whether the disk took it."""
    coming = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with coming.open("wb") as file:
            file.write(msgspec.json.encode(plate))
            file.flush()
            os.fsync(file.fileno())
        coming.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            coming.unlink(missing_ok=True)
        return False
    return True
