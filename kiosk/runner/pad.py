"""Carries out what concerns the signature pad: what the pen writes becomes a signature in millimetres, shown while it is written."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from kiosk.flow.events import Event
from kiosk.flow.events.applying import PadInked
from kiosk.flow.events.devices import PadSeen
from kiosk.flow.visit import Ink
from kiosk.lane import Lane
from peripherals.deadline import Deadline
from peripherals.signature_pad import PadPoint, PadStatus, SignaturePad

_OPEN_WITHIN_S = 3.0
_LISTEN_S = 0.5
_OPEN_AGAIN_S = 1.0
_MOST_POINTS = 20_000
"""A signature has a few hundred; what goes on and on is no pen."""

Stroke = tuple[tuple[float, float, int], ...]


@dataclass(frozen=True, slots=True)
class PadPlace:
    """A pad and how large the part is that is written on; None where the glass alone is signed on."""

    pad: SignaturePad | None = None
    width_mm: float = 100.0
    height_mm: float = 60.0


@dataclass(slots=True, eq=False)
class _Session:
    """From the signature's page coming to its going; `strokes` is what is written so far."""

    token: int
    strokes: list[Stroke]
    pen: list[tuple[float, float, int]] = field(default_factory=list)  # the stroke under the pen
    began_s: float = field(default_factory=time.monotonic)
    over: threading.Event = field(default_factory=threading.Event)


class PadDesk:
    """One pad, if there is one, and the thread that listens to it while its page is shown."""

    def __init__(self, place: PadPlace, post: Callable[[Event], None], failed: Callable[[BaseException], None]) -> None:
        self._place = place
        self._post = post
        self._session: _Session | None = None
        self._said: PadStatus | None = None
        self._changing = threading.Lock()  # of a session's strokes
        self._lane = Lane("pad", failed).start()

    def open(self, token: int, ink: Ink) -> None:
        """Listen on behalf of the visit `token`; `ink` is there already."""
        self.stop()
        if (pad := self._place.pad) is None:
            return
        session = self._session = _Session(token, list(ink.strokes))
        self._lane.do(lambda: self._listen(pad, session))

    def hold(self, ink: Ink) -> None:
        """Go on from this ink: something was taken back, or the glass is written on instead."""
        with self._changing:
            if self._session is not None:
                self._session.strokes, self._session.pen = list(ink.strokes), []

    def stop(self) -> None:
        """Listen no more; what was written is forgotten here."""
        session, self._session = self._session, None
        if session is not None:
            session.over.set()
            with self._changing:
                session.strokes, session.pen = [], []

    def close(self) -> None:
        """Stop working."""
        self.stop()
        self._lane.close()

    def _listen(self, pad: SignaturePad, session: _Session) -> None:
        self._said = None
        try:
            while not session.over.is_set():
                status = pad.open(Deadline.after(_OPEN_WITHIN_S))
                if status is PadStatus.READY:
                    status = self._follow(pad, session)
                if status is not PadStatus.READY:
                    self._say(session, status)
                    session.over.wait(_OPEN_AGAIN_S)
        finally:
            pad.close()

    def _follow(self, pad: SignaturePad, session: _Session) -> PadStatus:
        """Tell what is written until the page goes or the pad is out of order. One that talks nonsense is only believed a point."""
        if self._said is not PadStatus.NOT_UNDERSTOOD:
            self._say(session, PadStatus.READY)
        while not session.over.is_set():
            report = pad.points(Deadline.after(_LISTEN_S))
            if report.status is not PadStatus.READY:
                return report.status
            if points := report.points.reveal():
                self._say(session, PadStatus.READY)
                self._write(session, points)
        return PadStatus.READY

    def _write(self, session: _Session, points: Sequence[PadPoint]) -> None:
        at_ms = round((time.monotonic() - session.began_s) * 1000)
        with self._changing:
            for point in points:
                if point.is_down and sum(map(len, session.strokes)) + len(session.pen) < _MOST_POINTS:
                    session.pen.append((round(point.x * self._place.width_mm, 2), round(point.y * self._place.height_mm, 2), at_ms))
                elif session.pen:
                    session.strokes.append(tuple(session.pen))
                    session.pen = []
            strokes = (*session.strokes, *((tuple(session.pen),) if session.pen else ()))
        if not session.over.is_set() and strokes:
            self._post(PadInked(session.token, Ink(self._place.width_mm, self._place.height_mm, strokes, on_pad=True)))

    def _say(self, session: _Session, status: PadStatus) -> None:
        if status is not self._said and not session.over.is_set():
            self._said = status
            self._post(PadSeen(session.token, status))
