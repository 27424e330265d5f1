"""The figures of one window, taken the same way whatever it shows, with fingers of the X server.

A frame counts when it has reached the display: Kivy tells of it before it hands it over, and drawing in software is done then.
"""

import json
import os
import statistics
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kivy.base import stopTouchApp
from kivy.clock import Clock
from Xlib import X, display
from Xlib.ext import xtest

Point = tuple[float, float]
SETTLE_S = 6.0  # by then a screen that slows down while nobody is there has done so
IDLE_S = 8.0
TOUCHES = 60
BETWEEN_TOUCHES_S = 0.15
FROM_IDLE = 5
LONGEST_WAIT_S = 2.0


def take(window: Any, run: Callable[[], None], place: Point) -> None:  # noqa: ANN401 - Kivy's window is untyped
    """Run the window, print its figures as one line of JSON, and end it.

    Args:
        window: Kivy's, with everything in it already.
        run: Runs Kivy's loop until it is stopped.
        place: Where to touch, in pixels from the bottom left; something there must answer with another frame.
    """
    frames = Frames()
    hand_over = window.flip

    def flip() -> None:
        hand_over()
        frames.came()

    window.flip = flip
    threading.Thread(target=_watch, args=(frames, (place[0], window.height - 1 - place[1])), daemon=True).start()
    run()


class Frames:
    """Those that have reached the display: when, and how much of the processor the program had taken by then."""

    def __init__(self) -> None:
        self.at: list[tuple[float, float]] = []
        self.new = threading.Event()

    def came(self) -> None:
        """One has."""
        self.at.append((time.monotonic(), time.process_time()))
        self.new.set()


def _watch(frames: Frames, place: Point) -> None:
    frames.new.wait()
    first_frame_s = frames.at[0][0] - float(os.environ["BENCH_BEGAN"])
    first_frame_cpu_s = frames.at[0][1]
    rss_mb = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    time.sleep(SETTLE_S)
    before, busy_s = len(frames.at), time.process_time()
    time.sleep(IDLE_S)
    idle_frames, idle_cpu_percent = len(frames.at) - before, (time.process_time() - busy_s) / IDLE_S * 100
    finger = Finger(frames, place)
    from_idle = []
    for _ in range(FROM_IDLE):
        from_idle.append(finger.touch())
        time.sleep(SETTLE_S)
    touches = [finger.touch() for _ in range(TOUCHES)]
    waits, works = [wait for wait, _ in touches], [work for _, work in touches]
    figures = {
        "first_frame_s": first_frame_s,
        "first_frame_cpu_s": first_frame_cpu_s,
        "rss_mb": rss_mb,
        "idle_cpu_percent": idle_cpu_percent,
        "idle_frames": idle_frames,
        "touch_to_frame_ms": statistics.median(waits),
        "touch_to_frame_95_ms": statistics.quantiles(waits, n=20)[-1],
        "touch_to_frame_cpu_ms": statistics.median(works),
        "touch_from_idle_ms": statistics.median(wait for wait, _ in from_idle),
    }
    print(json.dumps(figures), flush=True)
    Clock.schedule_once(lambda _: stopTouchApp(), 0)


class Finger:
    """The X server's own pointer."""

    def __init__(self, frames: Frames, place: Point) -> None:
        self._frames = frames
        self._server = display.Display()
        xtest.fake_input(self._server, X.MotionNotify, x=round(place[0]), y=round(place[1]))
        self._server.sync()
        time.sleep(BETWEEN_TOUCHES_S)

    def touch(self) -> tuple[float, float]:
        """Press and lift; return how long the answer took to reach the display, and how much processor, in ms."""
        self._frames.new.clear()
        touched, worked = time.monotonic(), time.process_time()
        self._say(X.ButtonPress)
        self._frames.new.wait(LONGEST_WAIT_S)
        seen, done = self._frames.at[-1]
        time.sleep(BETWEEN_TOUCHES_S)
        self._say(X.ButtonRelease)
        time.sleep(BETWEEN_TOUCHES_S)
        return (seen - touched) * 1000, (done - worked) * 1000

    def _say(self, what: int) -> None:
        xtest.fake_input(self._server, what, X.Button1)
        self._server.sync()
