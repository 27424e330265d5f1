"""A disk that forgets: served to QEMU over NBD, it keeps a write for certain only once the machine has flushed it.

Real disks and memory cards acknowledge a write when it is in their cache. When the power goes, of what came after the last flush any
part may be on the medium: none, all, some writes and not others, or a write that ends in the middle, at a sector.

The protocol is the Network Block Device's, fixed newstyle handshake, simple replies; see doc/proto.md of the NBD project.
"""

import contextlib
import mmap
import os
import random
import socket
import struct
import threading
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Self

SECTOR_BYTES = 512
_NBD_MAGIC, _OPTION_MAGIC, _REPLY_MAGIC = 0x4E42444D41474943, 0x49484156454F5054, 0x3E889045565A9
_REQUEST_MAGIC, _SIMPLE_REPLY_MAGIC = 0x25609513, 0x67446698
_FIXED_NEWSTYLE, _NO_ZEROES = 1, 2
_HAS_FLAGS, _SEND_FLUSH, _SEND_FUA = 1, 4, 8
_EXPORT_NAME, _ABORT, _GO = 1, 2, 7
_ACK, _INFO, _UNSUPPORTED = 1, 3, (1 << 31) + 1
_READ, _WRITE, _DISCONNECT, _FLUSH = 0, 1, 2, 3
_FUA = 1
_EINVAL = 22


class Loss(StrEnum):
    """What becomes of what was not flushed."""

    ALL = "all"
    SOME = "some"
    TORN = "torn"  # as SOME, and some of the writes end in the middle


class Medium:
    """The bytes: as the machine sees them, and as they would be found after a power cut. The base file is never written to."""

    def __init__(self, base: Path, size_bytes: int) -> None:
        self.size_bytes = size_bytes
        with base.open("rb") as file:
            if os.fstat(file.fileno()).st_size < size_bytes:
                raise ValueError(f"{base} is smaller than {size_bytes} bytes")
            self._seen = mmap.mmap(file.fileno(), size_bytes, access=mmap.ACCESS_COPY)
            self._kept = mmap.mmap(file.fileno(), size_bytes, access=mmap.ACCESS_COPY)
        self._unflushed: list[tuple[int, bytes]] = []
        self._lock = threading.Lock()
        self.written_bytes = 0

    def read(self, at: int, length: int) -> bytes:
        """Return what the machine has written, flushed or not."""
        return self._seen[at : at + length]

    def write(self, at: int, data: bytes, *, through: bool = False) -> None:
        """Take a write into the cache, or `through` it: then it alone is kept for certain, and earlier ones to the same place are over."""
        with self._lock:
            self._seen[at : at + len(data)] = data
            self.written_bytes += len(data)
            if not through:
                self._unflushed.append((at, data))
                return
            overlaid = [write for write in self._unflushed if write[0] < at + len(data) and at < write[0] + len(write[1])]
            for earlier_at, earlier in [*overlaid, (at, data)]:
                self._kept[earlier_at : earlier_at + len(earlier)] = earlier
            self._unflushed = [write for write in self._unflushed if write not in overlaid]

    def flush(self) -> None:
        """Keep everything that was written so far."""
        with self._lock:
            for at, data in self._unflushed:
                self._kept[at : at + len(data)] = data
            self._unflushed.clear()

    def lose(self, loss: Loss, chance: random.Random) -> int:
        """Let the power go; returns how many writes were on the way. What the machine sees from now on is what was kept."""
        with self._lock:
            on_the_way = self._unflushed
            self._unflushed = []
            for at, data in on_the_way:
                part = _kept_part(data, loss, chance)
                self._kept[at : at + len(part)] = part
            for at, data in on_the_way:
                self._seen[at : at + len(data)] = self._kept[at : at + len(data)]
            return len(on_the_way)

    def unflushed(self) -> Sequence[tuple[int, bytes]]:
        """Return what a power cut may take, oldest first."""
        with self._lock:
            return tuple(self._unflushed)

    def close(self) -> None:
        """Forget everything."""
        self._seen.close()
        self._kept.close()


def _kept_part(data: bytes, loss: Loss, chance: random.Random) -> bytes:
    if loss is Loss.ALL or chance.random() < 0.5:
        return b""
    if loss is Loss.TORN and chance.random() < 0.5:
        return data[: SECTOR_BYTES * chance.randrange(len(data) // SECTOR_BYTES + 1)]
    return data


class ForgetfulDisk:
    """Serves a medium on a unix socket, one machine at a time, while the context is open."""

    def __init__(self, medium: Medium, socket_path: Path) -> None:
        self.medium = medium
        self.path = socket_path
        self._listener = socket.socket(socket.AF_UNIX)
        self._ended = False

    def __enter__(self) -> Self:
        self.path.unlink(missing_ok=True)
        self._listener.bind(str(self.path))
        self._listener.listen(4)
        threading.Thread(target=self._serve, name="forgetful disk", daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._ended = True
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.path.unlink(missing_ok=True)

    def _serve(self) -> None:
        while not self._ended:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            with line, contextlib.suppress(OSError, EOFError):
                if self._greet(line):
                    self._answer(line)

    def _greet(self, line: socket.socket) -> bool:
        """Shake hands; tells whether the machine wants the disk."""
        line.sendall(struct.pack(">QQH", _NBD_MAGIC, _OPTION_MAGIC, _FIXED_NEWSTYLE | _NO_ZEROES))
        (flags,) = struct.unpack(">I", _exactly(line, 4))
        offered = _HAS_FLAGS | _SEND_FLUSH | _SEND_FUA
        while True:
            _, option, length = struct.unpack(">QII", _exactly(line, 16))
            _exactly(line, length)
            if option == _EXPORT_NAME:
                padding = b"" if flags & _NO_ZEROES else bytes(124)
                line.sendall(struct.pack(">QH", self.medium.size_bytes, offered) + padding)
                return True
            if option == _GO:
                about = struct.pack(">HQH", 0, self.medium.size_bytes, offered)
                line.sendall(struct.pack(">QIII", _REPLY_MAGIC, option, _INFO, len(about)) + about)
                line.sendall(struct.pack(">QIII", _REPLY_MAGIC, option, _ACK, 0))
                return True
            line.sendall(struct.pack(">QIII", _REPLY_MAGIC, option, _ACK if option == _ABORT else _UNSUPPORTED, 0))
            if option == _ABORT:
                return False

    def _answer(self, line: socket.socket) -> None:
        while True:
            magic, flags, kind, handle, at, length = struct.unpack(">IHHQQI", _exactly(line, 28))
            if magic != _REQUEST_MAGIC or kind == _DISCONNECT:
                return
            written = _exactly(line, length) if kind == _WRITE else b""
            found, error = b"", 0
            if at + length > self.medium.size_bytes:
                error = _EINVAL
            elif kind == _READ:
                found = self.medium.read(at, length)
            elif kind == _WRITE:
                self.medium.write(at, written, through=bool(flags & _FUA))
            elif kind == _FLUSH:
                self.medium.flush()
            else:
                error = _EINVAL
            line.sendall(struct.pack(">IIQ", _SIMPLE_REPLY_MAGIC, error, handle) + found)


def _exactly(line: socket.socket, count: int) -> bytes:
    """Receive so many bytes.

    Raises:
        EOFError: The machine is gone.
    """
    parts = bytearray()
    while len(parts) < count:
        part = line.recv(min(count - len(parts), 1 << 20))
        if not part:
            raise EOFError
        parts += part
    return bytes(parts)
