"""Programs of another processor run here while an image for it is built: the kernel gives them to QEMU, and forgets it again."""

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from terminal_image.board import Board
from terminal_image.stage import BuildError, run

_REGISTERS = Path("/proc/sys/fs/binfmt_misc")
_INTERPRETER = Path("/usr/bin/qemu-aarch64-static")
_MAGIC = b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x02\x00\xb7\x00"
"""The beginning of a program for 64-bit ARM: ELF, 64 bits, lowest byte first, version 1; executable; machine 183."""
_MASK = b"\xff" * 7 + b"\x00" + b"\xff" * 8 + b"\xfe\xff\xff\xff"
"""What of it counts: not the ABI, and a program that may be loaded anywhere (type 3) is one, too."""


def rule(name: str = "qemu-aarch64", interpreter: Path = _INTERPRETER) -> bytes:
    """Return the line by which the kernel learns of it; F: QEMU is opened now, so that it is found inside other roots."""
    magic, mask = ("".join(f"\\x{byte:02x}" for byte in part) for part in (_MAGIC, _MASK))
    return f":{name}:M::{magic}:{mask}:{interpreter}:F".encode("ascii")


@contextmanager
def programs_of(board: Board, registers: Path = _REGISTERS) -> Iterator[None]:
    """Let programs of the board run on this machine until the context ends; what was there before stays as it was.

    Raises:
        BuildError: QEMU for programs is not installed, or the kernel takes no such rules.
    """
    if board.is_this_machine or (registers / "qemu-aarch64").exists():
        yield
        return
    if not _INTERPRETER.exists():
        raise BuildError(f"{_INTERPRETER.name} is not installed; run: make image-tools-rpi")
    with contextlib.ExitStack() as undo:
        if not (registers / "register").exists():
            run("mount", "-t", "binfmt_misc", "binfmt_misc", registers)
            undo.callback(run, "umount", registers)
        try:
            (registers / "register").write_bytes(rule())
        except OSError as error:
            raise BuildError(f"the kernel takes no rule for programs of another processor: {error}") from error
        undo.callback((registers / "qemu-aarch64").write_bytes, b"-1")
        yield
