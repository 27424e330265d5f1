"""The screen's process of a demo without a display: the real screen, and a robot in front of it. Tells each step as a line of JSON."""

import argparse
import dataclasses
import json
import sys
import threading
from pathlib import Path
from typing import Any

from kiosk.bench import LINE, Bench
from kiosk.config import load
from kiosk.demo.robot import Robot, RobotError
from kiosk.demo.script import Step, Visit
from kiosk.failing import fail_on_the_unexpected
from kiosk.main import ScreenSide
from peripherals.virtual.control import ControlClient, OrderRefusedError, end_with_parent

CARDS = ("wang-xiaoli", "rare-name")


def main() -> int:
    """Walk the visits, then end; 1 when something did not come."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--pictures", type=Path, required=True)
    parser.add_argument("--visits", type=int, required=True)
    parser.add_argument("--cut", action="store_true", help="one more visit, with the line cut")
    words = parser.parse_args()
    end_with_parent()
    fail_on_the_unexpected()
    config = load(words.config)
    side = ScreenSide(config)
    bench = Bench(config).folder

    def order(device: str, what: str, **facts: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        return ControlClient(bench / f"{device}.control", patience_s=60).do(what, **facts)

    failed: list[str] = []

    def walk() -> None:
        robot = Robot(side.screens, lambda: side.state)
        try:
            robot.wait(lambda state: state.line_up, "the line is up")
            for number in range(words.visits):
                visit = Visit(robot, order, words.pictures, _tell, CARDS[0], "" if number == 0 else f"visit-{number + 1}-")
                visit.walk()
                visit.leave()
            if words.cut:
                order(LINE, "cut")
                visit = Visit(robot, order, words.pictures, _tell, CARDS[1], "line-cut-")
                visit.walk()
                order(LINE, "mend")
                robot.wait(
                    lambda state: bool(state.application and state.application.handed_in and state.application.handed_in.case_number),
                    "it is delivered",
                    120,
                )
                visit.delivered()
                visit.leave()
        except (RobotError, OrderRefusedError, OSError) as error:
            failed.append(str(error))
            robot.look(words.pictures / "where-it-stood.png")
        finally:
            side.stop()

    thread = threading.Thread(target=walk, name="robot", daemon=True)
    side.run(began=thread.start)
    if failed:
        print(json.dumps({"failed": failed[0]}, ensure_ascii=False), flush=True)
    return 1 if failed else 0


def _tell(step: Step) -> None:
    print(json.dumps(dataclasses.asdict(step), ensure_ascii=False), flush=True)


if __name__ == "__main__":
    sys.exit(main())
