"""The figures of one window, taken the same way whatever it shows."""

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

from kiosk.screens.finger import Finger, Point

SETTLE_S = 6.0  # by then a screen that slows down while nobody is there has done so
IDLE_S = 8.0
TOUCHES = 20
BETWEEN_TOUCHES_S = 0.4
LONGEST_WAIT_S = 2.0


def take(window: Any, run: Callable[[], None], place: Point) -> None:  # noqa: ANN401 - Kivy's window is untyped
    """Run the window, print its figures as one line of JSON, and end it.

    Args:
        window: Kivy's, with everything in it already.
        run: Runs Kivy's loop until it is stopped.
        place: Where to touch, in pixels from the bottom left; something there must answer with another frame.
    """
    flips: list[float] = []
    drawn = threading.Event()

    def on_flip(*_: object) -> None:
        flips.append(time.monotonic())
        drawn.set()

    window.bind(on_flip=on_flip)
    threading.Thread(target=_watch, args=(flips, drawn, place), daemon=True).start()
    run()


def _watch(flips: list[float], drawn: threading.Event, place: Point) -> None:
    drawn.wait()
    first_frame_s = flips[0] - float(os.environ["BENCH_BEGAN"])
    rss_mb = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    time.sleep(SETTLE_S)
    frames, busy_s = len(flips), time.process_time()
    time.sleep(IDLE_S)
    idle_frames, idle_cpu_percent = len(flips) - frames, (time.process_time() - busy_s) / IDLE_S * 100
    figures = {
        "first_frame_s": first_frame_s,
        "rss_mb": rss_mb,
        "idle_cpu_percent": idle_cpu_percent,
        "idle_frames": idle_frames,
        "touch_to_frame_ms": statistics.median(_touch_to_frame_ms(drawn, place)),
    }
    print(json.dumps(figures), flush=True)
    Clock.schedule_once(lambda _: stopTouchApp(), 0)


def _touch_to_frame_ms(drawn: threading.Event, place: Point) -> list[float]:
    finger = Finger()
    waits = []
    for _ in range(TOUCHES):
        drawn.clear()
        touched = time.monotonic()
        Clock.schedule_once(lambda _: finger.press(place), 0)
        drawn.wait(LONGEST_WAIT_S)
        waits.append((time.monotonic() - touched) * 1000)
        Clock.schedule_once(lambda _: finger.lift(), 0)
        time.sleep(BETWEEN_TOUCHES_S)
    return waits
