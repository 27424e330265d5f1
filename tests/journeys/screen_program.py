"""The real screen with a scripted resident, who goes home and leaves it standing: says `home`, and ends with its input.

`python -m tests.journeys.screen_program CONFIG PICTURES`
"""

import sys
import threading
from pathlib import Path
from typing import Any

from kiosk.bench import Bench
from kiosk.config import load
from kiosk.demo.robot import Robot
from kiosk.demo.script import Visit
from kiosk.main import ScreenSide
from peripherals.virtual.control import ControlClient, end_with_parent


def main() -> None:
    end_with_parent()
    config = load(Path(sys.argv[1]))
    side, bench = ScreenSide(config), Bench(config).folder

    def order(device: str, what: str, **facts: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        return ControlClient(bench / f"{device}.control", patience_s=60).do(what, **facts)

    def walk() -> None:
        try:
            robot = Robot(side.screens, lambda: side.state)
            visit = Visit(robot, order, Path(sys.argv[2]), lambda _: None, "wang-xiaoli")
            visit.walk()
            sys.stdout.write("done\n")
            sys.stdout.flush()
            sys.stdin.readline()
            visit.leave()
            sys.stdout.write("home\n")
            sys.stdout.flush()
            sys.stdin.readline()
        finally:
            side.stop()

    thread = threading.Thread(target=walk, name="robot", daemon=True)
    side.run(began=thread.start)


main()
