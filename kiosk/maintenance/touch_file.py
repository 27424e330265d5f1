"""Keeps the touch panel's matrix with the terminal, beside what technicians did."""

from pathlib import Path
from typing import Final

import msgspec

from kiosk.maintenance.touching import STRAIGHT, Matrix
from sync.contract.decoding import UNDECODABLE
from sync.durable import sync_folder, write_durably

FILE: Final = "touch.json"


def kept_touch(folder: Path) -> Matrix:
    """Return the matrix; a file that is damaged, or holds none that a panel can need, is as good as none."""
    try:
        matrix = msgspec.json.decode((folder / FILE).read_bytes(), type=Matrix)
    except (OSError, *UNDECODABLE):
        return STRAIGHT
    return matrix if matrix.is_sane else STRAIGHT


def keep_touch(folder: Path, matrix: Matrix) -> None:
    """Write the matrix down.

    Raises:
        OSError: It cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_durably(folder / FILE, msgspec.json.encode(matrix))
    sync_folder(folder)
