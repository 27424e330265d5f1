"""A terminal's screen process, the real one, that says where its controls are: `python -m tests.journeys.glass_program CONFIG`.

A line of JSON asks, a line of JSON answers. Nothing can be pressed from here: fingers come through the X server, as from a touch screen.
What is answered goes out unbuffered, so that no buffer keeps it.
"""

import json
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kiosk.config import load
from kiosk.demo.robot import Robot
from kiosk.failing import fail_on_the_unexpected
from kiosk.flow.state import Kiosk
from kiosk.main import ScreenSide
from peripherals.virtual.control import end_with_parent


class Eyes(Robot):
    """What is on the glass, by name."""

    def __init__(self, side: ScreenSide) -> None:
        super().__init__(side.screens, lambda: side.state)
        self._side = side

    def names(self) -> dict[str, tuple[int, int, int, int]]:
        """Return the box of every control of the leaf that is shown, from the top left."""
        there = self._drawing(self._side.screens.targets)
        return {one.test_id: (one.x, one.y, one.width, one.height) for one in there}

    def said(self) -> dict[str, str]:
        """Return what every control of this leaf says."""
        return {one.test_id: one.label for one in self._drawing(self._side.screens.targets)}

    def shown(self) -> dict[str, Any]:
        """Return what is shown, without anything of the resident."""
        return self._drawing(lambda: _shown(self._side.state))


def _shown(state: Kiosk) -> dict[str, Any]:
    view, visit = state.view, state.application
    return {
        "view": type(view).__name__,
        "overlay": None if state.overlay is None else type(state.overlay).__name__,
        "visit": state.visit is not None,
        "page": getattr(view, "page", None),
        "place": getattr(view, "place", None),
        "material": str(getattr(view, "material", "")),
        "whose": str(getattr(view, "whose", "")),
        "signer": [getattr(view, "helper", None), getattr(view, "member", None)],
        "stage": str(getattr(view, "stage", "")),
        "paper": str(getattr(view, "paper", "")),
        "hint": str(view.view.hint) if hasattr(view, "view") else "",
        "row": getattr(view, "row", None) is not None,
        "focus": getattr(view, "focus", None),
        "item": "" if visit is None else visit.item.code,
        "items": len(state.items),
        "line_up": state.line_up,
        "problems": [problem.field for problem in getattr(view, "problems", ())],
        "number": "" if visit is None or visit.handed_in is None else visit.handed_in.number,
    }


def main() -> None:
    """Show the screens until the asking end closes the line."""
    end_with_parent()
    fail_on_the_unexpected()
    side = ScreenSide(load(Path(sys.argv[1])))
    eyes = Eyes(side)
    answers: dict[str, Callable[..., Any]] = {"names": eyes.names, "said": eyes.said, "shown": eyes.shown}

    def answer_all() -> None:
        while question := sys.stdin.readline():
            asked = json.loads(question)
            os.write(1, json.dumps(answers[asked.pop("ask")](**asked)).encode() + b"\n")
        side.stop()

    side.run(began=threading.Thread(target=answer_all, daemon=True).start)


if __name__ == "__main__":
    main()
