"""A terminal's screen process, and a resident before it who uses everything that the cabinet has.

`python -m tests.journeys.cabinet_program CONFIG HEARD` tells each step as a line of JSON: `step`, the lights that shone `lights`, and what
else came out. HEARD is where the terminal's player leaves what it was given to play. What the resident does to the glass goes through
the X server; cards, papers, pen, plug and door are moved at the bench.
"""

import json
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kiosk.bench import CAMERA, CHIP, FITTINGS, PAD, Bench
from kiosk.config import Config, load
from kiosk.demo.robot import Robot
from kiosk.failing import fail_on_the_unexpected
from kiosk.flow.display import Audio
from kiosk.flow.views import (
    Capture,
    CaptureStage,
    CardLeft,
    CardStage,
    Done,
    Eligible,
    Form,
    Guide,
    Home,
    Idle,
    LayCard,
    OutOfOrder,
    Paper,
    Review,
    Sign,
    StaffCalled,
)
from kiosk.main import ScreenSide
from peripherals.card_reader import ChipReadStatus
from peripherals.deadline import Deadline
from peripherals.fittings import Contact
from peripherals.signature_pad import PadStatus
from peripherals.virtual.control import end_with_parent
from tests.journeys.pointer import Pointer

ITEM = "social-card"
CHOSEN = {"kind": ("replace",), "bank": ("shengjing",), "photo_from": ("print",), "deliver": ("community",), "mobile_owner": ("self",)}
CHOSEN |= {"notice_way": ("kiosk",)}
MOBILE = "13800000000"
_PATIENCE_S = 90.0
_LIGHTS_WITHIN_S = 20.0


class Resident:
    """Walks the visit, and looks at the cabinet's lights wherever they should have changed."""

    def __init__(self, side: ScreenSide, config: Config, heard: Path) -> None:
        self._robot = Robot(side.screens, lambda: side.state, Pointer(config.panel.height_px))
        self._bench = Bench(config)
        self._heard = heard
        self._contacts = {} if config.fittings is None else config.fittings.contacts

    def walk(self) -> None:
        self._before_the_visit()
        self._identify()
        self._answer()
        self._photograph()
        self._sign()
        self._hand_in()
        self._leave()

    def _before_the_visit(self) -> None:
        self._until(lambda state: bool(state.items) and state.line_up and isinstance(state.view, Idle | Home), "the terminal is ready")
        self._told("ready")
        self._touch(Contact.DOOR, "close")
        self._until(lambda state: isinstance(state.view, OutOfOrder), "it rests while its door stands open")
        self._touch(Contact.DOOR, "open")
        self._until(lambda state: isinstance(state.view, Idle | Home), "it serves again once the door is shut")
        self._touch(Contact.HEADPHONES, "close")
        self._until(lambda state: state.display.audio is Audio.HEADPHONES and self._heard.exists(), "the plug makes it speak")
        self._touch(Contact.HEADPHONES, "open")
        self._until(lambda state: state.display.audio is Audio.OFF, "the plug's going ends it")
        if isinstance(self._robot.state.view, Idle):
            self._robot.touch_glass()
        self._until(lambda state: isinstance(state.view, Home), "home is shown")
        self._robot.tap("staff")
        self._until(lambda state: isinstance(state.overlay, StaffCalled), "staff are called")
        self._told("staff called", "help")
        self._robot.tap("overlay-close")
        self._until(lambda state: state.overlay is None, "the call is put away")
        self._told("home")

    def _identify(self) -> None:
        robot = self._robot
        if not robot.is_shown(f"item-{ITEM}"):
            robot.tap("category-insurance")
        robot.tap(f"item-{ITEM}")
        self._until(lambda state: isinstance(state.view, Guide), "the guide is shown")
        robot.tap("consent")
        robot.tap("next")
        self._until(lambda state: isinstance(state.view, LayCard | Eligible), "the next page comes")
        self._eligible()
        self._until(lambda state: isinstance(state.view, LayCard), "the card is asked for")
        self._told("card asked for", "card")
        self._bench.do(CHIP, "insert", card="pin")
        self._until(lambda state: isinstance(state.view, LayCard) and state.view.chip is ChipReadStatus.NEEDS_PIN, "a PIN is not asked for")
        self._told("card with a PIN", "card")
        self._bench.do(CHIP, "remove")
        self._bench.do(CHIP, "insert", card="zhou-guilan")
        self._until(lambda state: isinstance(state.view, LayCard) and state.view.stage is CardStage.READ, "the chip card is read")
        self._until(lambda state: not isinstance(state.view, LayCard), "the visit goes on by itself")
        self._told("card read")
        self._eligible()

    def _eligible(self) -> None:
        robot = self._robot
        while isinstance(view := robot.state.view, Eligible):
            robot.tap("option-money_known-yes")
            robot.tap("next")
            self._until(lambda state, view=view: state.view != view, "the next page comes")

    def _answer(self) -> None:
        robot = self._robot
        self._until(lambda state: isinstance(state.view, Form), "the form is shown")
        while isinstance(robot.state.view, Form):
            page = robot.state.view.page
            for name in self._asked(page):
                self._answer_one(name)
            robot.tap("next")
            self._until(lambda state, page=page: not isinstance(state.view, Form) or state.view.page != page, "the next page comes")

    def _asked(self, page: int) -> list[str]:
        visit = self._robot.state.application
        return [field.name for field in visit.item.pages[page].fields]

    def _answer_one(self, name: str) -> None:
        robot = self._robot
        if name in CHOSEN:
            for value in CHOSEN[name]:
                robot.tap(f"option-{name}-{value}")
        elif name == "lost_on":
            robot.tap(f"field-{name}")
            robot.tap("date-day-minus")
            robot.tap("key-done")
        elif name == "mobile":
            robot.tap(f"field-{name}")
            for figure in MOBILE:
                robot.tap(f"digit-{figure}")
            robot.tap("key-done")
        else:
            return  # not asked of this resident, or left out by them
        self._until(lambda state: bool(state.application.answers.get(name)), f"{name} is answered")

    def _photograph(self) -> None:
        self._until(lambda state: isinstance(state.view, Capture), "the camera's page is shown")
        self._told("paper asked for", "camera")
        self._bench.do(CAMERA, "lay", paper="bank-card")
        self._until(lambda state: isinstance(state.view, Capture) and state.view.stage is CaptureStage.TAKEN, "the picture is taken")
        self._robot.tap("next")
        self._bench.do(CAMERA, "take_away")

    def _sign(self) -> None:
        self._until(lambda state: isinstance(state.view, Sign) and state.view.pad is PadStatus.READY, "the pad is ready to be signed on")
        self._told("signature asked for")
        self._bench.do(PAD, "sign")
        self._until(lambda state: state.application.ink.on_pad and state.application.ink.is_enough, "the pad's signature is there")
        self._told("signed on the pad")
        self._robot.tap("next")

    def _hand_in(self) -> None:
        self._until(lambda state: isinstance(state.view, Review), "the review is shown")
        self._robot.tap("next")
        self._until(lambda state: isinstance(state.view, Done) and state.view.paper is not Paper.PRINTING, "it is handed in")
        state = self._robot.state
        handed_in = state.application.handed_in
        self._told("handed in", "printer", slip=state.view.paper, id=handed_in.application_id, number=handed_in.number)

    def _leave(self) -> None:
        self._robot.tap("finish")
        self._until(lambda state: state.visit is None and isinstance(state.overlay, CardLeft), "the card is called back")
        self._told("card left", "card")
        self._bench.do(CHIP, "remove")
        self._until(lambda state: state.overlay is None, "the card was taken")
        self._told("over")

    def _touch(self, contact: Contact, order: str) -> None:
        self._bench.do(FITTINGS, order, line=self._contacts[contact].line)

    def _until(self, holds: Callable[[Any], bool], what: str) -> None:
        self._robot.wait(holds, what, _PATIENCE_S)

    def _told(self, step: str, *shining: str, **facts: object) -> None:
        """Tell a step, and which lights shone: those that should, or what was there when the time to switch them was over."""
        deadline, pause = Deadline.after(_LIGHTS_WITHIN_S), threading.Event()
        while set(seen := self._bench.shining()) != set(shining) and not deadline.is_past:
            pause.wait(0.1)
        say(step=step, lights=sorted(map(str, seen)), **facts)


def say(**facts: object) -> None:
    sys.stdout.write(json.dumps(facts, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def main() -> None:
    end_with_parent()
    fail_on_the_unexpected()
    config = load(Path(sys.argv[1]))
    side = ScreenSide(config)

    def walk() -> None:
        try:
            Resident(side, config, Path(sys.argv[2])).walk()
        except Exception as error:  # noqa: BLE001 - whatever it is, the test is told of it
            side_view = f"{side.state.view} under {side.state.overlay}"
            say(failed=f"{error!r} at {traceback.extract_tb(error.__traceback__)[-1]}; shown is {side_view}")
        finally:
            side.stop()

    side.run(began=threading.Thread(target=walk, name="resident", daemon=True).start)


main()
