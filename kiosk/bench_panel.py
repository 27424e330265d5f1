"""The bench's panel in a terminal: one key, one thing done to the virtual hardware."""

import contextlib
import os
import select
import sys
import termios
import time
import tty
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from kiosk.bench import CAMERA, LINE, PRINTER, READER, Bench
from peripherals.virtual.control import OrderRefusedError

_LOOK_EVERY_S = 0.5


@dataclass(frozen=True, slots=True)
class Action:
    """What a key does."""

    key: str
    says: str
    device: str
    order: str
    facts: dict[str, Any] = field(default_factory=dict)


ACTIONS = (
    Action("1", "放身份证：周桂兰　lay a card", READER, "lay", {"card": "zhou-guilan"}),
    Action("2", "放身份证：生僻字姓名　lay a card with a rare name", READER, "lay", {"card": "rare-name"}),
    Action("3", "取走身份证　lift the card", READER, "lift"),
    Action("4", "拔下读卡器　unplug the reader", READER, "unplug"),
    Action("5", "插上读卡器　plug it in", READER, "plug"),
    Action("a", "放合同　lay the contract", CAMERA, "lay", {"paper": "tenancy-contract"}),
    Action("b", "放合同第二页　lay its second page", CAMERA, "lay", {"paper": "tenancy-contract", "page": 2}),
    Action("c", "拿走合同　take it away", CAMERA, "take_away"),
    Action("d", "画面模糊　blur the picture", CAMERA, "fault", {"fault": "blurred"}),
    Action("e", "画面正常　clear picture", CAMERA, "fault", {"fault": "none"}),
    Action("f", "拔下摄像头　unplug the camera", CAMERA, "unplug"),
    Action("g", "插上摄像头　plug it in", CAMERA, "plug"),
    Action("p", "取走小票纸　take the paper out", PRINTER, "fault", {"fault": "paper_out"}),
    Action("o", "打开机盖　open the cover", PRINTER, "fault", {"fault": "cover_open"}),
    Action("r", "打印机正常　printer ready", PRINTER, "fault", {"fault": "none"}),
    Action("x", "断开线路　cut the line", LINE, "cut"),
    Action("y", "接通线路　mend the line", LINE, "mend"),
)


class Panel:
    """Shows the keys and how each device is, and does what a key says until q."""

    def __init__(self, bench: Bench, title: str, lines: Callable[[], tuple[str, ...]] = tuple) -> None:
        """Prepare the panel; `lines` stand above the keys."""
        self._bench = bench
        self._title = title
        self._lines = lines
        self._actions = {action.key: action for action in ACTIONS if bench.has(action.device)}
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
        action = self._actions.get(key)
        if action is None:
            return Text(f"{key}: no such key", style="yellow")
        try:
            self._bench.do(action.device, action.order, **action.facts)
        except (OrderRefusedError, OSError) as error:
            return Text(f"{action.says}: {error}", style="red")
        return Text(f"✓ {action.says}", style="green")

    def _shown(self) -> Group:
        table = Table(title=self._title, show_header=False, box=None, padding=(0, 2))
        actions = tuple(self._actions.values())
        half = (len(actions) + 1) // 2
        for place in range(half):
            row = [actions[place], *([actions[place + half]] if place + half < len(actions) else [])]
            table.add_row(*(cell for action in row for cell in (Text(action.key, style="bold"), action.says)))
        end = Text("q  结束　quit", style="bold")
        return Group(*(Text(line) for line in self._lines()), table, end, self._last)


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
