"""Memory of the screens over many visits, and how long each change of page keeps the thread that draws.

Changes are counted by the clock and by the processor's time of the thread that draws: on a busy machine the latter tells more.
Walks the gallery's states of one visit again and again, as the flow would show them; drawing included. Off screen.
"""

import gc
import os
import statistics
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

ROOT = Path(__file__).parents[1]
WALK = (
    "01-idle", "02-home", "02-drawer", "03-guide", "04-lay-card", "05-form", "05-form-figures", "06-form-pinyin", "10-capture-good",
    "11-sign", "12-review", "13-done-received",
)  # fmt: skip
FEW, MANY = 50, 500
DRAWN_VISITS = 20  # drawing is slow in software; its memory is settled by then


def main() -> None:
    """Measure and print."""
    fonts = ROOT / "assets" / "fonts"
    shots = {name: state for name, state in states(items_in(ROOT / "city" / "items"), Display(), fonts) if name in WALK}
    screens = Screens(REFERENCE, fonts, fullscreen=False, send=lambda _: None, preview=lambda: None)
    from kivy.clock import Clock  # noqa: PLC0415
    from kivy.core.window import Window  # noqa: PLC0415  after its settings
    from kivy.graphics.opengl import glFinish  # noqa: PLC0415

    for _ in bring_in():
        pass
    changes: list[float] = []
    works: list[float] = []
    drawings: list[float] = []
    few_mb = 0.0
    slowest: dict[str, float] = {}
    for visit in range(MANY):
        for name in WALK:
            began, worked = time.perf_counter(), time.thread_time()
            screens.show(shots[name])
            changed = time.perf_counter()
            works.append((time.thread_time() - worked) * 1000)
            Clock.tick()  # Kivy gives textures back between two frames
            slowest[name] = max(slowest.get(name, 0.0), works[-1] if visit else 0.0)
            if visit < DRAWN_VISITS:
                Window.dispatch("on_draw")
                drawings.append((time.perf_counter() - changed) * 1000)
            changes.append((changed - began) * 1000)
        screens.show(replace(shots["02-home"], view=Idle(), visit=None))
        Clock.tick()
        glFinish()  # nor does the drawing library give anything back before it has worked off what it was told
        if visit + 1 == FEW:
            few_mb = _rss_mb()
    many_mb = _rss_mb()
    settled, worked_ms = changes[len(WALK) :], works[len(WALK) :]
    print(f"rss_mb_after_{FEW}_visits {few_mb:.1f}")
    print(f"rss_mb_after_{MANY}_visits {many_mb:.1f}")
    print(f"rss_ratio {many_mb / few_mb:.3f}")
    print(f"page_change_ms {statistics.median(settled):.1f} (95 % {_percentile(settled, 95):.1f}, worst {max(settled):.1f})")
    print(f"page_change_cpu_ms {statistics.median(worked_ms):.1f} (95 % {_percentile(worked_ms, 95):.1f}, worst {max(worked_ms):.1f})")
    print("page_change_slowest_cpu_ms", " ".join(f"{name} {ms:.0f}" for name, ms in sorted(slowest.items(), key=lambda one: -one[1])[:4]))
    print(f"page_change_first_visit_worst_ms {max(changes[: len(WALK)]):.1f}, cpu {max(works[: len(WALK)]):.1f}")
    print(f"page_drawing_ms {statistics.median(drawings):.1f} (95 % {_percentile(drawings, 95):.1f})")


def _rss_mb() -> float:
    gc.collect()
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def _percentile(values: list[float], share: int) -> float:
    return statistics.quantiles(values, n=100)[share - 1]


if __name__ == "__main__":
    main()
