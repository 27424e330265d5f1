"""Runs inside a booted terminal, as the screen's unit does and instead of it: the real screen, and a resident whose hands are outside.

The resident sees what the controls are named and where they are. Every touch, card and paper is asked for over a port of the machine, and
comes back in through the glass, the serial line or the network, as a person's does.

    python3 -sP resident.py PORT CONFIG VISITS
"""

import dataclasses
import json
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kiosk.commands.run import ended_by_signal
from kiosk.config import load
from kiosk.demo.robot import Robot, RobotError
from kiosk.demo.script import Step, Visit
from kiosk.failing import fail_on_the_unexpected
from kiosk.flow.state import Kiosk
from kiosk.flow.views import StillThere
from kiosk.machine.notify import this_service
from kiosk.main import ScreenSide
from kiosk.workshop import devices_of
from peripherals.deadline import Deadline
from peripherals.document_camera import DocumentCamera, PaperHint, Picture, Preview

_SLOWER = 8.0  # than the machine on which the script's patience was measured: this one is emulated
_SEEN_S = 1.0


class Outside:
    """The hands: a line of JSON asks, a line of JSON answers."""

    def __init__(self, port: Path) -> None:
        self._port = port.open("r+b", buffering=0)
        self._kept = b""

    def ask(self, **order: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        """Ask, and return the answer."""
        self._port.write(json.dumps(order).encode() + b"\n")
        while b"\n" not in self._kept:
            self._kept += self._port.read(4096) or b""
        line, _, self._kept = self._kept.partition(b"\n")
        answer: dict[str, Any] = json.loads(line)
        return answer


class PatientCamera:
    """The terminal's camera, asked with the patience that its unit's watchdog has in a trial: here it looks at a frame for seconds."""

    def __init__(self, camera: DocumentCamera) -> None:
        self._camera = camera

    def open(self, deadline: Deadline) -> PaperHint:
        """See DocumentCamera.open."""
        return self._camera.open(_longer(deadline))

    def preview(self, deadline: Deadline) -> Preview | None:
        """See DocumentCamera.preview."""
        return self._camera.preview(_longer(deadline))

    def capture(self, deadline: Deadline, *, insist: bool = False) -> Picture:
        """See DocumentCamera.capture."""
        return self._camera.capture(_longer(deadline), insist=insist)

    def close(self) -> None:
        """See DocumentCamera.close."""
        self._camera.close()


def _longer(deadline: Deadline) -> Deadline:
    return Deadline.after(deadline.remaining_s * _SLOWER)


class Resident(Robot):
    """A robot whose finger is on the glass itself."""

    answers_within_s = 600.0

    def __init__(self, side: ScreenSide, outside: Outside, height_px: int) -> None:
        super().__init__(side.screens, lambda: side.state)
        self._outside = outside
        self._height_px = height_px

    def wait(self, holds: Any, what: str, within_s: float = 30.0) -> Kiosk:  # noqa: ANN401 - as the robot's
        """Wait longer than on the machine that the script was written on; asked meanwhile whether anybody is there, say so."""
        deadline = Deadline.after(within_s * _SLOWER)
        while not holds(self.state):
            if deadline.is_past:
                return super().wait(holds, f"{what}, and {within_s * _SLOWER:.0f} s before", _SEEN_S)
            if isinstance(self.state.overlay, StillThere) and (button := self._target("still-here")) is not None:
                self._outside.ask(do="touch", x=button.x + button.width / 2, y=button.y + button.height / 2)
                time.sleep(_SEEN_S * 2)
            time.sleep(_SEEN_S / 10)
        return self.state

    def tap(self, name: str, within_s: float = 10.0) -> None:
        """Have a finger laid on a control, and let the screen take it before the next one."""
        left, bottom, width, height = self._box(name, within_s * _SLOWER)
        self._outside.ask(do="touch", x=left + width / 2, y=self._height_px - bottom - height / 2)
        time.sleep(_SEEN_S)
        for _ in range(2):  # touches that a slow screen meets all at once are one trembling finger to it
            self._drawing(lambda: None)
        time.sleep(_SEEN_S / 2)

    def touch_glass(self) -> None:
        """Have a finger laid on the glass, wherever."""
        self._outside.ask(do="touch", x=self._height_px / 4, y=self._height_px / 2)
        time.sleep(_SEEN_S)

    def draw(self, name: str, strokes: Sequence[Sequence[tuple[float, float]]]) -> None:
        """Have lines drawn in a field; points are shares of its width and height."""
        left, bottom, width, height = self._box(name, 10.0 * _SLOWER)
        top = self._height_px - bottom - height
        for stroke in strokes:
            self._outside.ask(do="draw", points=[(left + x * width, top + y * height) for x, y in stroke])
        time.sleep(_SEEN_S)

    def look(self, path: Path) -> None:
        """Have what is on the glass kept outside."""
        time.sleep(_SEEN_S)
        self._outside.ask(do="look", name=path.name)


def _walk(side: ScreenSide, outside: Outside, height_px: int, visits: int) -> None:
    resident = Resident(side, outside, height_px)

    def order(device: str, what: str, **facts: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        return outside.ask(do="order", device=device, order=what, facts=facts)

    def tell(step: Step) -> None:
        outside.ask(do="step", **dataclasses.asdict(step))

    try:
        resident.wait(lambda state: state.line_up, "the line is up")
        for number in range(visits):
            visit = Visit(resident, order, Path(), tell, "wang-xiaoli", f"visit-{number + 1}-")
            visit.walk()
            visit.leave()
    except (RobotError, OSError) as error:
        outside.ask(do="failed", why=str(error))
    else:
        outside.ask(do="done")


def main() -> None:
    """Show the screen as its unit does, and walk the visits in front of it."""
    port, config_file, visits = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    fail_on_the_unexpected()
    ended = ended_by_signal()  # as the screen's own command, or the unit has to be killed, and a unit that was killed has failed
    config = load(config_file)
    devices = devices_of(config)
    side = ScreenSide(config, this_service(), dataclasses.replace(devices, camera=PatientCamera(devices.camera)))
    walk = threading.Thread(target=_walk, args=(side, Outside(port), config.panel.height_px, visits), name="resident", daemon=True)

    def stop() -> None:
        ended.get()
        side.stop()

    threading.Thread(target=stop, name="stop", daemon=True).start()
    side.run(began=walk.start)


if __name__ == "__main__":
    main()
