"""The bench's panel in a terminal: one key, one thing done to the virtual hardware."""

import contextlib
import os
import select
import sys
import termios
import time
import tty
from collections.abc import Callable, Iterator

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from kiosk.bench import Bench
from kiosk.bench_actions import PAGES_OF_KEYS
from peripherals.virtual.control import OrderRefusedError

_LOOK_EVERY_S = 0.5
_TURNS = " \t"


class Panel:
    """Shows the keys and how each device is, and does what a key says until q."""

    def __init__(self, bench: Bench, title: str, lines: Callable[[], tuple[str, ...]] = tuple) -> None:
        """Prepare the panel; `lines` stand above the keys."""
        self._bench = bench
        self._title = title
        self._lines = lines
        self._pages = [
            (name, {action.key: action for action in actions if bench.has(action.device)}) for name, actions in PAGES_OF_KEYS.items()
        ]
        self._pages = [(name, actions) for name, actions in self._pages if actions]
        self._page = 0
        self._last = Text("")

    def run(self, ended: Callable[[], bool] = lambda: False) -> None:
        """Serve until q or `ended`; without an input nobody presses anything, and the hardware runs all the same."""
        with _keys(sys.stdin.fileno()) as pressed, Live(self._shown(), console=Console(), auto_refresh=False) as live:
            while not ended():
                for key in pressed(_LOOK_EVERY_S):
                    if key == "q":
                        return
                    self._last = self._do(key)
                live.update(self._shown(), refresh=True)

    def _do(self, key: str) -> Text:
        if key in _TURNS:
            self._page = (self._page + 1) % len(self._pages)
            return Text("")
        action = self._pages[self._page][1].get(key)
        if action is None:
            return Text(f"{key}: no such key", style="yellow")
        try:
            self._bench.do(action.device, action.order, **action.facts)
        except (OrderRefusedError, OSError) as error:
            return Text(f"{action.says}: {error}", style="red")
        return Text(f"✓ {action.says}", style="green")

    def _shown(self) -> Group:
        name, keys = self._pages[self._page]
        heading = f"{self._title}　{name}　{self._page + 1}/{len(self._pages)}"
        table = Table(title=heading, show_header=False, box=None, padding=(0, 2))
        actions = tuple(keys.values())
        half = (len(actions) + 1) // 2
        for place in range(half):
            row = [actions[place], *([actions[place + half]] if place + half < len(actions) else [])]
            table.add_row(*(cell for action in row for cell in (Text(action.key, style="bold"), action.says)))
        end = Text("空格  下一页　space: next page　　q  结束　quit", style="bold")
        lights = Text(f"亮着的灯　lights on: {'、'.join(self._bench.shining()) or '—'}")
        return Group(*(Text(line) for line in self._lines()), table, lights, end, self._last)


@contextlib.contextmanager
def _keys(source: int) -> Iterator[Callable[[float], str]]:
    """Give a reader of the keys that were pressed, in order; "" when none was in time. The input may be anything, or over."""
    is_over = False

    def pressed(within_s: float) -> str:
        nonlocal is_over
        if is_over:
            time.sleep(within_s)
            return ""
        ready, _, _ = select.select([source], [], [], within_s)
        came = os.read(source, 1024) if ready else None
        is_over = came == b""
        return (came or b"").decode(errors="replace")

    if not os.isatty(source):
        yield pressed
        return
    before = termios.tcgetattr(source)
    try:
        tty.setcbreak(source)
        yield pressed
    finally:
        termios.tcsetattr(source, termios.TCSADRAIN, before)
