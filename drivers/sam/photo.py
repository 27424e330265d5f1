"""The card's photo, where a town has a decoder for it: a plug-in, since the format (WLT) is not public and its decoders are foreign.

A decoder is a command that takes the 1024 bytes on standard input and gives a BMP of 102 x 126 pixels, 38862 bytes, on standard
output; or a shared library (see `drivers.sam.photo_child`). Either runs in a process of its own, for one photo, until a deadline: it
may hang, crash or write past its buffers, and takes nobody with it. It can't write files, and leaves no core.

Without a decoder there is no photo. With one the photo is handed to the caller in memory; nothing here keeps or stores it.
"""

import contextlib
import math
import os
import selectors
import signal
import struct
import subprocess
import sys
from enum import StrEnum
from pathlib import Path

from peripherals.deadline import Deadline
from peripherals.secret import Secret
from peripherals.values import dataclass

WLT_BYTES = 1024
WIDTH_PX, HEIGHT_PX = 102, 126
BMP_BYTES = 38862

_WLT_BEGINS = b"WLf"
_CHILD = str(Path(__file__).with_name("photo_child.py"))
_NOT_STARTED = 127  # as shells say it
_PIECE_BYTES = 1 << 16


class PhotoStatus(StrEnum):
    """The one thing to say about an attempt to decode."""

    DECODED = "decoded"
    NO_DECODER = "no_decoder"
    NOT_A_PHOTO = "not_a_photo"  # what the card gave is not in the format; no decoder gets to see it
    NOT_STARTED = "not_started"  # there is no such command, library or entry
    CRASHED = "crashed"
    TOO_SLOW = "too_slow"
    WRONG_SIZE = "wrong_size"  # what came out is no BMP of the size that photos have


@dataclass(frozen=True, slots=True)
class Photo:
    """The outcome; `bmp` is there exactly when the status is DECODED."""

    status: PhotoStatus
    bmp: Secret[bytes] | None = None


@dataclass(frozen=True, slots=True)
class PhotoDecoder:
    """Which decoder to run: the words after `drivers/sam/photo_child.py LIMIT`."""

    words: tuple[str, ...]

    @classmethod
    def command(cls, *words: str) -> "PhotoDecoder":
        """A program by its absolute path, and its arguments."""
        return cls(("command", *words))

    @classmethod
    def library(cls, path: Path, entry: str = "unpack") -> "PhotoDecoder":
        """A shared library and the function in it."""
        return cls(("library", str(path.resolve()), entry))


def decoded_photo(wlt: Secret[bytes], decoder: PhotoDecoder | None, deadline: Deadline) -> Photo:
    """Run the decoder on what the card gave; it is dead by the deadline, whatever it does."""
    if decoder is None:
        return Photo(PhotoStatus.NO_DECODER)
    coded = wlt.reveal()
    if len(coded) != WLT_BYTES or not coded.startswith(_WLT_BEGINS):
        return Photo(PhotoStatus.NOT_A_PHOTO)
    cpu_limit_s = math.ceil(deadline.remaining_s) + 1
    with subprocess.Popen(
        [sys.executable, "-I", "-B", _CHILD, str(cpu_limit_s), *decoder.words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # foreign words about a person's picture belong into no log
        start_new_session=True,
        cwd="/",
        env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
    ) as process:
        try:
            came = _exchanged(process, coded, deadline)
        finally:
            # The process has not been waited for, so its number is still its own; whatever it started goes with it.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        exit_code = process.wait()
    if came is None:
        return Photo(PhotoStatus.TOO_SLOW)
    if len(came) > BMP_BYTES:
        return Photo(PhotoStatus.WRONG_SIZE)  # and was ended in the middle of it
    if exit_code != 0:
        return Photo(PhotoStatus.NOT_STARTED if exit_code == _NOT_STARTED else PhotoStatus.CRASHED)
    return Photo(PhotoStatus.DECODED, Secret(came)) if _is_photo(came) else Photo(PhotoStatus.WRONG_SIZE)


def _exchanged(process: "subprocess.Popen[bytes]", coded: bytes, deadline: Deadline) -> bytes | None:
    """Hand the photo over and return what comes back until the process ends or has said too much; None when it is too slow."""
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("the decoder was started without its pipes")
    with contextlib.suppress(BrokenPipeError):  # it may end without reading; its exit code tells why
        process.stdin.write(coded)  # fits into the pipe, so it is never waited for
        process.stdin.close()
    came = bytearray()
    ended = os.pidfd_open(process.pid)
    try:
        with selectors.DefaultSelector() as ready:
            ready.register(process.stdout, selectors.EVENT_READ)
            while ready.get_map():
                found = ready.select(deadline.remaining_s)
                if not found:
                    return None
                for key, _ in found:
                    if key.fileobj is not process.stdout:
                        ready.unregister(key.fileobj)
                        continue
                    piece = os.read(key.fd, _PIECE_BYTES)
                    came += piece
                    if len(came) > BMP_BYTES:
                        return bytes(came)
                    if not piece:  # it has said everything, and now has to end by itself
                        ready.unregister(key.fileobj)
                        ready.register(ended, selectors.EVENT_READ)
    finally:
        os.close(ended)
    return bytes(came)


def _is_photo(bmp: bytes) -> bool:
    if len(bmp) != BMP_BYTES:
        return False
    size, pixels_at = struct.unpack_from("<I4xI", bmp, 2)
    width, height, _, bits, compression = struct.unpack_from("<iiHHI", bmp, 18)
    is_whole = bmp[:2] == b"BM" and size == BMP_BYTES and pixels_at == 54
    return is_whole and (width, abs(height), bits, compression) == (WIDTH_PX, HEIGHT_PX, 24, 0)
