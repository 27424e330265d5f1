"""The document camera: a thread keeps the newest frame, and whoever asks gets a fresh one or the truth.

Limits: frames of at most 24 megapixels and 20 MB (`drivers.pictures`); a frame beyond them, or one that is cut off, is dropped.
"""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np

from drivers import document
from drivers.chart import read_chart
from drivers.frame_source import FrameSource, Shot, source_of
from drivers.health import Seen
from drivers.pace import STALLED_AFTER_S, Pace
from drivers.paper_edges import Frame
from drivers.plate_file import keep_plate, kept_plate
from drivers.presence import is_present
from peripherals.deadline import Deadline
from peripherals.document_camera import PaperHint, PaperView, Picture, Preview
from peripherals.plate import ChartOutcome, ChartReading
from peripherals.secret import Secret

PREVIEW_PERIOD_S = 1 / 15
PREVIEW_WIDTH_MAX_PX = 640
PREVIEW_JPEG_QUALITY = 78
SHOTS_PER_PICTURE = 4  # a trembling hand or a passing shadow spoils one or two of them
SHOTS_AT_LEAST = 2
REOPEN_AFTER_S = 1.0  # a camera that is gone is asked for once a second, not in a loop


@dataclass(slots=True)
class _Slot:
    """The newest fresh frame, how many there were, and the pace at which frames come, fresh or not."""

    shot: Shot | None = None
    count: int = 0
    is_gone: bool = False
    pace: Pace = field(default_factory=Pace)


class OpencvDocumentCamera:
    """A document camera at an http(s) MJPEG URL, a device such as /dev/video0, or a recording.

    One thread at a time may ask. A stream that broke is looked for again by whichever call comes next.

    Args:
        source: Where it is.
        plate: File in which its calibration is kept; without one it cannot be calibrated.
    """

    def __init__(self, source: str, plate: Path | None = None) -> None:
        cv2.setNumThreads(1)  # a second thread spins more than it helps, and takes its core from the screen
        self._address = source
        self._plate_file = plate
        self._plate = None if plate is None else kept_plate(plate)
        self._source: FrameSource | None = None
        self._slot = _Slot()
        self._news = threading.Condition()
        self._is_wanted = False
        self._opened_at_s = 0.0
        self._handed_out = 0
        self._preview_at_s = 0.0
        self._number = 0

    def open(self, deadline: Deadline) -> PaperHint:
        """Start the stream, or start it again; GOOD when fresh frames arrive, and so the way to ask for its health."""
        self._is_wanted = True
        if self._is_gone and not self._connect(deadline):
            return PaperHint.CAMERA_ABSENT
        return self._hint_unless_fresh(deadline) or PaperHint.GOOD

    @property
    def _is_gone(self) -> bool:
        with self._news:
            return self._source is None or self._slot.is_gone

    def _connect(self, deadline: Deadline) -> bool:
        self._release()
        self._opened_at_s = time.monotonic()
        source = source_of(self._address)
        if not source.open(deadline):
            return False
        slot = _Slot()
        with self._news:
            self._source, self._slot, self._handed_out = source, slot, 0
        threading.Thread(target=self._gather, args=(source, slot), name="document-camera", daemon=True).start()
        return True

    def _gather(self, source: FrameSource, slot: _Slot) -> None:
        """Keep the newest frame that differs from the one before; runs until the source is gone or closed."""
        last = b""
        while (shot := source.next()) is not None:
            with self._news:
                slot.pace.arrived(shot.at_s)
                # The same content again: the sensor or its driver hangs, and says that all is well.
                if shot.print_ != last:
                    slot.shot = shot
                    slot.count += 1
                self._news.notify_all()
            last = shot.print_
        with self._news:
            slot.is_gone, slot.shot = True, None
            self._news.notify_all()

    def _hint_unless_fresh(self, deadline: Deadline) -> PaperHint | None:
        """Wait until the newest frame is a moment old at most, and not the stream's first, which may be a stored one."""
        with self._news:
            slot = self._slot
            self._await(slot, lambda: self._is_fresh(slot), deadline)
            if slot.is_gone or self._source is None:
                return PaperHint.CAMERA_ABSENT
            return None if self._is_fresh(slot) else PaperHint.CAMERA_STALLED

    def _await(self, slot: _Slot, is_so: Callable[[], bool], deadline: Deadline) -> None:
        """Wait until it is so, the camera is gone, or more time has passed than this camera takes; called with the lock held."""
        began_s = time.monotonic()
        while not (slot.is_gone or is_so()):
            left_s = min(deadline.remaining_s, began_s + slot.pace.patience_s - time.monotonic())
            if left_s <= 0:
                return
            self._news.wait(left_s)

    def _is_fresh(self, slot: _Slot) -> bool:
        return slot.count >= 2 and slot.shot is not None and time.monotonic() - slot.shot.at_s < slot.pace.patience_s

    def preview(self, deadline: Deadline) -> Preview | None:
        """Return the newest frame not yet handed out, small, with what was made of it; at most 15 a second."""
        self._reopen_if_gone(deadline)
        pause_s = self._preview_at_s + PREVIEW_PERIOD_S - time.monotonic()
        if pause_s > 0:
            time.sleep(min(pause_s, deadline.remaining_s))
        while (shot := self._next_shot(deadline)) is not None:
            frame = shot.frame()
            if frame is None:
                continue
            self._preview_at_s = time.monotonic()
            self._number += 1
            view, _ = document.look(frame, self._plate)
            small = _small(frame)
            _, encoded = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, PREVIEW_JPEG_QUALITY])
            return Preview(self._number, Secret(encoded.tobytes()), small.shape[1], small.shape[0], view)
        return None

    def _reopen_if_gone(self, deadline: Deadline) -> None:
        if self._is_wanted and self._is_gone and time.monotonic() - self._opened_at_s >= REOPEN_AFTER_S:
            self._connect(deadline)

    def _next_shot(self, deadline: Deadline) -> Shot | None:
        """Wait for a fresh frame that nobody has got yet."""
        with self._news:
            slot = self._slot
            self._await(slot, lambda: slot.count > self._handed_out and self._is_fresh(slot), deadline)
            if slot.is_gone or slot.count <= self._handed_out or not self._is_fresh(slot):
                return None
            self._handed_out = slot.count
            return slot.shot

    def capture(self, deadline: Deadline, *, insist: bool = False) -> Picture:
        """Take the sharpest of the next few frames, find the paper, flatten it, and refuse a bad one with the reason."""
        self._reopen_if_gone(deadline)
        with self._news:
            # Only what is seen from now on counts: the newest frame may be from before the hand was taken away.
            self._handed_out = max(self._handed_out, self._slot.count)
        frames = list(self._next_frames(deadline))
        # A single one may be the last before the sensor froze.
        if len(frames) < SHOTS_AT_LEAST:
            return Picture(PaperView(PaperHint.CAMERA_ABSENT if self._is_gone else PaperHint.CAMERA_STALLED))
        looks = [(document.look(frame, self._plate), frame) for frame in frames]
        (view, outline), frame = max(looks, key=lambda seen: (_ORDER[seen[0][0].hint], seen[0][0].sharpness or 0.0))
        return document.picture_of(frame, view, outline, self._plate, insist=insist)

    def calibrate(self, deadline: Deadline) -> ChartReading:
        """Measure the plate by the chart in the best of the next few frames, keep it, and use it from the next picture on."""
        self._reopen_if_gone(deadline)
        with self._news:
            self._handed_out = max(self._handed_out, self._slot.count)  # as for a picture
        frames = list(self._next_frames(deadline))
        if len(frames) < SHOTS_AT_LEAST:
            return ChartReading(ChartOutcome.CAMERA_ABSENT if self._is_gone else ChartOutcome.CAMERA_STALLED)
        reading = max((read_chart(frame) for frame in frames), key=_goodness)
        if reading.outcome is not ChartOutcome.MEASURED or reading.plate is None:
            return reading
        if self._plate_file is None or not keep_plate(self._plate_file, reading.plate):
            return replace(reading, outcome=ChartOutcome.NOT_KEPT)
        self._plate = reading.plate
        return reading

    def _next_frames(self, deadline: Deadline) -> Iterator[Frame]:
        to_choose_from = deadline.sooner(STALLED_AFTER_S)  # of a slow camera, no more are waited for than are needed
        for taken in range(SHOTS_PER_PICTURE):
            shot = self._next_shot(deadline if taken < SHOTS_AT_LEAST else to_choose_from)
            if shot is None:
                return
            frame = shot.frame()
            if frame is not None:
                yield frame

    def look(self, deadline: Deadline) -> Seen:
        """Say whether the camera is there, and while it is open whether it still sends frames; its lamp is not lit for that."""
        if not self._is_wanted or self._is_gone:
            is_there = is_present(self._address, deadline)
            return Seen("ready", is_fit=True) if is_there else Seen("absent", is_fit=False)
        hint = self._hint_unless_fresh(deadline)
        return Seen("ready", is_fit=True) if hint is None else Seen(_IN_SHORT[hint], is_fit=False)

    def close(self) -> None:
        """Stop the stream."""
        self._is_wanted = False
        self._release()

    def _release(self) -> None:
        with self._news:
            source, self._source = self._source, None
            self._slot = _Slot(is_gone=True)
            self._handed_out = 0
        if source is not None:
            source.close()


_IN_SHORT = {PaperHint.CAMERA_ABSENT: "absent", PaperHint.CAMERA_STALLED: "silent"}
_ORDER = {hint: place for place, hint in enumerate(PaperHint)}  # the contract lists the hints worst first


def _goodness(reading: ChartReading) -> tuple[int, float]:
    """Order by how far the chart came, then by how sharp it is."""
    return list(ChartOutcome).index(reading.outcome), 0.0 if reading.plate is None else -reading.plate.edge_mm


def _small(frame: Frame) -> Frame:
    height, width = frame.shape[:2]
    if width <= PREVIEW_WIDTH_MAX_PX:
        return frame
    size = (PREVIEW_WIDTH_MAX_PX, max(1, round(height * PREVIEW_WIDTH_MAX_PX / width)))
    return np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_AREA), np.uint8)
