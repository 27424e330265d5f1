"""Memory of the screens over many visits, and how long each change of page keeps the thread that draws.

Changes are counted by the clock and by the processor's time of the thread that draws: on a busy machine the latter tells more.
Walks the gallery's states of one visit again and again, as the flow would show them, each drawn and handed over as a terminal does, with
memory overwritten as on a terminal; after each visit nobody comes for a moment. The changes are timed in the first visits, in which the
resident stays for a moment on each page, as everybody does; the others hurry. Off screen. Takes a quarter of an hour on an idle machine.
"""

import gc
import os
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("SDL_VIDEODRIVER", "offscreen")
os.environ.setdefault("KIVY_HOME", tempfile.mkdtemp(prefix="kivy-bench-"))
os.environ.setdefault("KIVY_NO_ARGS", "1")
os.environ.setdefault("KIVY_NO_CONSOLELOG", "1")
os.environ.setdefault("KIVY_NO_FILELOG", "1")

from kiosk.flow.display import Display
from kiosk.flow.views import Idle
from kiosk.screens.app import Screens
from kiosk.screens.gallery import items_in, states
from kiosk.screens.register import bring_in
from kiosk.screens.tokens import REFERENCE
from kiosk.supervisor import OVERWRITING

ROOT = Path(__file__).parents[1]
WALK = (
    "01-idle", "02-home", "02-drawer", "03-guide", "04-lay-card", "05-form", "05-form-figures", "06-form-pinyin", "10-capture-good",
    "11-sign", "12-review", "13-done-received",
)  # fmt: skip
FEW, MANY = 50, 500
TIMED_VISITS = 15
A_MOMENT_S = 0.7  # long enough to be swept up in


def main() -> None:
    """Measure and print."""
    if any(os.environ.get(name) != value for name, value in OVERWRITING.items()):
        os.execve(sys.executable, [sys.executable, "-m", "benchmarks.visits"], {**os.environ, **OVERWRITING})  # noqa: S606 - this very program
    fonts = ROOT / "assets" / "fonts"
    shots = {name: state for name, state in states(items_in(ROOT / "city" / "items"), Display(), fonts) if name in WALK}
    screens = Screens(REFERENCE, fonts, fullscreen=False, send=lambda _: None, preview=lambda: None)
    from kivy.clock import Clock  # noqa: PLC0415
    from kivy.core.window import Window  # noqa: PLC0415  after its settings

    def frame() -> None:
        Clock.tick()
        Window.dispatch("on_draw")
        Window.dispatch("on_flip")

    for _ in bring_in():
        pass
    changes: list[float] = []
    works: list[float] = []
    drawings: list[float] = []
    by_page: dict[str, list[float]] = {name: [] for name in WALK}
    few_mb = 0.0
    for visit in range(MANY):
        for name in WALK:
            began, worked = time.perf_counter(), time.thread_time()
            screens.show(shots[name])
            changed, work = time.perf_counter(), (time.thread_time() - worked) * 1000
            frame()
            if visit >= TIMED_VISITS:
                continue
            drawings.append((time.perf_counter() - changed) * 1000)
            works.append(work)
            changes.append((changed - began) * 1000)
            if visit:
                by_page[name].append(work)
            time.sleep(A_MOMENT_S)
            frame()
        screens.show(replace(shots["02-home"], view=Idle(), visit=None))
        frame()
        time.sleep(A_MOMENT_S)
        frame()
        if visit + 1 == FEW:
            few_mb = _rss_mb()
    many_mb = _rss_mb()
    settled, worked_ms = changes[len(WALK) :], works[len(WALK) :]
    print(f"rss_mb_after_{FEW}_visits {few_mb:.1f}")
    print(f"rss_mb_after_{MANY}_visits {many_mb:.1f}")
    print(f"rss_ratio {many_mb / few_mb:.3f}")
    print(f"page_change_ms {statistics.median(settled):.1f} (95 % {_percentile(settled, 95):.1f}, worst {max(settled):.1f})")
    print(f"page_change_cpu_ms {statistics.median(worked_ms):.1f} (95 % {_percentile(worked_ms, 95):.1f}, worst {max(worked_ms):.1f})")
    for name, took in by_page.items():
        print(f"page_change_cpu_ms {name} {statistics.median(took):.1f} (95 % {_percentile(took, 95):.1f}, worst {max(took):.1f})")
    print(f"page_change_first_visit_worst_ms {max(changes[: len(WALK)]):.1f}, cpu {max(works[: len(WALK)]):.1f}")
    print(f"page_drawing_ms {statistics.median(drawings):.1f} (95 % {_percentile(drawings, 95):.1f})")


def _rss_mb() -> float:
    gc.collect()
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def _percentile(values: list[float], share: int) -> float:
    return statistics.quantiles(values, n=100)[share - 1]


if __name__ == "__main__":
    main()
