"""Where frames come from: an MJPEG stream or single pictures over HTTP, a camera of the system, or a recording."""

import contextlib
import hashlib
import http.client
import socket
import threading
import time
import urllib.parse
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from drivers.mjpeg import JpegStream
from drivers.paper_edges import Frame
from drivers.pictures import BYTES_MAX, PIXELS_MAX, decode_frame, jpeg_size
from peripherals.deadline import Deadline
from peripherals.values import dataclass

SILENCE_MAX_S = 5.0  # a stream that sends nothing for so long is given up and has to be opened again
CHUNK_BYTES = 1 << 16
_BETWEEN_PICTURES_S = 0.1  # of a camera that gives one for each question
WISHED_WIDTH_PX, WISHED_HEIGHT_PX = 2592, 1944  # A4 at 200 dpi; a camera that can't takes the nearest that it can


@dataclass(frozen=True, slots=True)
class Shot:
    """One frame as it came: still compressed, or pixels already. `print_` is equal for two frames exactly when they are the same."""

    at_s: float
    print_: bytes
    jpeg: bytes | None = None
    pixels: Frame | None = None

    def frame(self) -> Frame | None:
        """Decode it; None when it is damaged or of an absurd size."""
        return self.pixels if self.jpeg is None else decode_frame(self.jpeg)


class FrameSource(Protocol):
    """Something that delivers frames, from one thread."""

    def open(self, deadline: Deadline) -> bool:
        """Connect; False when nothing is there."""

    def next(self) -> Shot | None:
        """Wait for the next frame; None when the source is gone for good."""

    def close(self) -> None:
        """Let go; may be called from another thread, and then ends a waiting `next`."""


def source_of(address: str) -> FrameSource:
    """Choose the way to the camera by its address: an http(s) URL, a device such as /dev/video0, or a file."""
    if address.startswith(("http://", "https://")):
        return MjpegStream(address)
    return CapturedVideo(address)


class MjpegStream:
    """An MJPEG stream over HTTP, or a camera that gives one picture for each question and is asked again and again.

    Read here and not by OpenCV, whose reader may block without end and decodes any size.
    """

    def __init__(self, url: str) -> None:
        self._address = url
        self._connection: http.client.HTTPConnection | None = None
        self._line: socket.socket | None = None
        self._answer: http.client.HTTPResponse | None = None
        self._jpegs = JpegStream(BYTES_MAX)
        self._waiting: list[bytes] = []
        self._is_over = threading.Event()

    def open(self, deadline: Deadline) -> bool:
        """Ask for the stream; anything but a 200 in time is no camera."""
        try:
            url = urllib.parse.urlsplit(self._address)
            kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
            connection = kind(url.hostname or "", url.port, timeout=max(0.05, deadline.remaining_s))
            self._connection = connection
            connection.connect()
            self._line = connection.sock  # kept here: http.client hands it over to the answer
            connection.request("GET", urllib.parse.urlunsplit(("", "", url.path or "/", url.query, "")))
            self._answer = connection.getresponse()
            self._line.settimeout(SILENCE_MAX_S)
        except (OSError, http.client.HTTPException, ValueError):
            self._let_go()
            return False
        if self._answer.status != http.client.OK:
            self._let_go()
            return False
        return True

    def next(self) -> Shot | None:
        """Read on until a picture is whole."""
        is_answered = False  # in this answer, or before it
        while not self._waiting:
            if data := self._more():
                self._waiting = self._jpegs.feed(data)
            elif is_answered or not self._asks_again():
                self._let_go()
                return None
            else:
                is_answered = True
        jpeg = self._waiting.pop(0)
        size = jpeg_size(jpeg)
        # Only the picture itself counts: a camera may write the time into its head while the sensor hangs.
        start = size[2] if size else 0
        return Shot(time.monotonic(), hashlib.blake2b(memoryview(jpeg)[start:], digest_size=16).digest(), jpeg=jpeg)

    def _more(self) -> bytes:
        """Return what comes next of the answer; nothing at its end, after silence, on a broken line, and when it was shut."""
        if self._answer is None:
            return b""
        try:
            return self._answer.read1(CHUNK_BYTES)
        except (OSError, http.client.HTTPException, ValueError):
            return b""

    def _asks_again(self) -> bool:
        """Ask a camera whose answer was one picture for the next one."""
        if self._answer is None or self._answer.headers.get_content_type() != "image/jpeg":
            return False
        if self._is_over.wait(_BETWEEN_PICTURES_S):
            return False
        self._let_go()
        return self.open(Deadline.after(SILENCE_MAX_S)) and not self._is_over.is_set()

    def close(self) -> None:
        """Shut the socket, which wakes the reader; the reader closes it, for http.client is not to be closed under a reader."""
        self._is_over.set()
        line = self._line
        if line is not None:
            with contextlib.suppress(OSError):  # the other end may have closed it already
                line.shutdown(socket.SHUT_RDWR)

    def _let_go(self) -> None:
        for one in (self._answer, self._connection):
            if one is not None:
                one.close()
        self._answer = self._connection = None


class CapturedVideo:
    """A camera of the system (V4L2) or a recording, through OpenCV. A recording is played at its own speed, once."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._is_device = address.startswith("/dev/") or address.isdecimal()
        self._capture: cv2.VideoCapture | None = None
        self._frame_s = 0.0
        self._due_s = 0.0

    def open(self, deadline: Deadline) -> bool:
        """Open it; the worker process's watchdog is what ends an open that hangs in the system."""
        if not self._is_device and not Path(self._address).is_file():
            return False
        capture = cv2.VideoCapture(self._address, cv2.CAP_V4L2) if self._is_device else cv2.VideoCapture(self._address)
        if not capture.isOpened() or deadline.is_past:
            capture.release()
            return False
        if self._is_device:
            capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))  # raw frames of this size don't fit USB 2
            capture.set(cv2.CAP_PROP_FRAME_WIDTH, WISHED_WIDTH_PX)
            capture.set(cv2.CAP_PROP_FRAME_HEIGHT, WISHED_HEIGHT_PX)
            capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        elif capture.get(cv2.CAP_PROP_FRAME_WIDTH) * capture.get(cv2.CAP_PROP_FRAME_HEIGHT) > PIXELS_MAX:
            capture.release()
            return False
        else:
            self._frame_s = 1 / min(60.0, max(1.0, capture.get(cv2.CAP_PROP_FPS) or 15.0))
        self._capture, self._due_s = capture, time.monotonic()
        return True

    def next(self) -> Shot | None:
        """Wait for the next frame, however the system takes its time."""
        capture = self._capture
        if capture is None:
            return None
        read, pixels = capture.read()
        if not read or pixels is None:
            return None
        self._due_s += self._frame_s
        time.sleep(max(0.0, self._due_s - time.monotonic()))
        frame = np.asarray(pixels, np.uint8)
        # A quarter of the rows tells two frames apart: a live sensor's noise is in every one of them.
        return Shot(time.monotonic(), hashlib.blake2b(frame[::4].tobytes(), digest_size=16).digest(), pixels=frame)

    def close(self) -> None:
        """Forget the capture; its reader, or this, is the last to hold it and so releases it."""
        self._capture = None
