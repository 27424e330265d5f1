"""The newest frame of a camera, gathered on a thread, and never an old one: a sensor that hangs hands out the same picture for ever."""

import threading
import time

from drivers.frame_source import FrameSource, Shot
from drivers.pace import Pace


class FreshFrames:
    """Reads an open source until it is gone. A frame counts when it differs from the one before, so the first never does."""

    def __init__(self, source: FrameSource) -> None:
        self._source = source
        self._news = threading.Condition()
        self._shot: Shot | None = None
        self._is_gone = False
        self._pace = Pace()
        threading.Thread(target=self._gather, name="fresh-frames", daemon=True).start()

    @property
    def is_gone(self) -> bool:
        """Whether no frame will come any more."""
        with self._news:
            return self._is_gone

    @property
    def patience_s(self) -> float:
        """How long this camera may be without a fresh frame before it counts as stalled."""
        with self._news:
            return self._pace.patience_s

    def next(self, patience_s: float) -> Shot | None:
        """Wait for a frame that was not handed out yet and take it; None when none came, or the source is gone."""
        with self._news:
            self._news.wait_for(lambda: self._is_gone or self._is_fresh, patience_s)
            shot = self._shot if self._is_fresh else None
            self._shot = None
            return shot

    def close(self) -> None:
        """Let the source go, and with it the thread."""
        self._source.close()

    @property
    def _is_fresh(self) -> bool:
        return not self._is_gone and self._shot is not None and time.monotonic() - self._shot.at_s < self._pace.patience_s

    def _gather(self) -> None:
        last: bytes | None = None
        while (shot := self._source.next()) is not None:
            is_first, is_new, last = last is None, shot.print_ != last, shot.print_
            with self._news:
                self._pace.arrived(shot.at_s)
                if is_new and not is_first:
                    self._shot = shot
                    self._news.notify_all()
        with self._news:
            self._is_gone = True
            self._news.notify_all()
