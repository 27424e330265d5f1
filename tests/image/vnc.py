"""Looks at a display over VNC, and lays a finger on it (RFC 6143, with no security and raw rectangles)."""

import socket
import struct
import time

from PIL import Image

_RAW = 0
_SOON_S = 30.0


class Vnc:
    """One call; each has the display's size of its moment."""

    def __init__(self, port: int) -> None:
        self._line = socket.create_connection(("127.0.0.1", port), _SOON_S)
        self._take(12)
        self._line.sendall(b"RFB 003.008\n")
        kinds = self._take(self._take(1)[0])
        assert 1 in kinds, "it wants a password"
        self._line.sendall(b"\1")
        assert self._take(4) == bytes(4)
        self._line.sendall(b"\1")  # others may look, too
        self.width_px, self.height_px, _, name = struct.unpack(">HH16sI", self._take(24))
        self._take(name)
        self._line.sendall(struct.pack(">BxxxBBBBHHHBBBxxx", 0, 32, 24, 0, 1, 255, 255, 255, 16, 8, 0))
        self._line.sendall(struct.pack(">BxHi", 2, 1, _RAW))

    def close(self) -> None:
        """Hang up."""
        self._line.close()

    def picture(self) -> Image.Image:
        """Return what is on it."""
        self._line.sendall(struct.pack(">BBHHHH", 3, 0, 0, 0, self.width_px, self.height_px))
        picture = Image.new("RGB", (self.width_px, self.height_px))
        kind, rectangles = struct.unpack(">BxH", self._take(4))
        assert kind == 0
        for _ in range(rectangles):
            x, y, width, height, encoding = struct.unpack(">HHHHi", self._take(12))
            assert encoding == _RAW
            picture.paste(Image.frombytes("RGB", (width, height), self._take(4 * width * height), "raw", "BGRX"), (x, y))
        return picture

    def touch(self, x: int, y: int) -> None:
        """Press, and let go."""
        for button in (0, 1, 0):
            self._line.sendall(struct.pack(">BBHH", 5, button, x, y))
            time.sleep(0.15)

    def _take(self, size: int) -> bytes:
        taken = b""
        while len(taken) < size:
            piece = self._line.recv(size - len(taken))
            if not piece:
                raise ConnectionError("the display has hung up")
            taken += piece
        return taken
