"""The screen against a bare Kivy window, on the same off-screen display: time to the first frame, memory, idle cost, touch to frame.

Needs Xvfb. Each program is started several times, ours and the bare one by turns; medians are compared.
"""

import json
import os
import statistics
import subprocess
import sys
import time

from kiosk.demo.display import OffScreenDisplay

ROUNDS = 3
QUIET = {"KIVY_NO_ARGS": "1", "KIVY_NO_CONSOLELOG": "1", "KIVY_NO_FILELOG": "1"}


def main() -> int:
    """Print the figures."""
    ours, bare = [], []
    with OffScreenDisplay(1080, 1920) as display:
        for _ in range(ROUNDS):
            ours.append(_run("benchmarks._home", display.name))
            bare.append(_run("benchmarks._bare", display.name))
    for name in ("first_frame_s", "rss_mb", "touch_to_frame_ms", "idle_cpu_percent", "idle_frames"):
        mine, theirs = (statistics.median(run[name] for run in runs) for runs in (ours, bare))
        print(f"home_{name} {mine:.3f}")
        print(f"bare_{name} {theirs:.3f}")
        if theirs:
            print(f"home_over_bare_{name} {mine / theirs:.2f}")
    return 0


def _run(module: str, display: str) -> dict[str, float]:
    environment = {**os.environ, **QUIET, "DISPLAY": display, "BENCH_BEGAN": str(time.monotonic())}
    command = [sys.executable, "-m", module]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=120)
    figures: dict[str, float] = json.loads(ended.stdout.strip().splitlines()[-1])
    return figures


if __name__ == "__main__":
    sys.exit(main())
