"""The screen against a bare Kivy window, on the same off-screen display: time to the first frame, memory, idle cost, touch to frame.

On a machine that is busy with other things the figures of the processor's time (cpu) tell more than those of the clock.

Needs Xvfb. Each program is started several times, ours and the bare one by turns; medians are compared. The first start of each, which
compiles its modules as the build of a terminal's image does, is not counted.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from kiosk.demo.display import OffScreenDisplay
from sync.contract.checking import check_source

ROUNDS = 3
ITEMS = Path(__file__).parents[1] / "city" / "items"
QUIET = {"KIVY_NO_ARGS": "1", "KIVY_NO_CONSOLELOG": "1", "KIVY_NO_FILELOG": "1"}


def main() -> int:
    """Print the figures."""
    ours, bare = [], []
    with OffScreenDisplay(1080, 1920) as display, TemporaryDirectory() as place:
        items = Path(place) / "items.json"
        items.write_bytes(msgspec.json.encode([check_source(path).package for path in sorted(ITEMS.glob("*/item.json"))]))
        for number in range(1 + ROUNDS):
            mine, theirs = _run("benchmarks._home", display.name, items), _run("benchmarks._bare", display.name, items)
            if number:
                ours.append(mine)
                bare.append(theirs)
    for name in ours[0]:
        home, window = (statistics.median(run[name] for run in runs) for runs in (ours, bare))
        print(f"home_{name} {home:.3f}")
        print(f"bare_{name} {window:.3f}")
        if window:
            print(f"home_over_bare_{name} {home / window:.2f}")
    return 0


def _run(module: str, display: str, items: Path) -> dict[str, float]:
    environment = {
        **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
        **QUIET,
        "PYTHONPYCACHEPREFIX": str(items.parent / "bytecode"),
        "DISPLAY": display,
        "BENCH_ITEMS": str(items),
        "BENCH_BEGAN": str(time.monotonic()),
    }
    command = [sys.executable, "-m", module]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=120)
    figures: dict[str, float] = json.loads(ended.stdout.strip().splitlines()[-1])
    return figures


if __name__ == "__main__":
    sys.exit(main())
