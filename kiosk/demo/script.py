"""The visit that the demo walks: what is tapped, what is waited for, what is looked at."""

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from kiosk.demo.robot import Robot
from kiosk.flow.views import Capture, CaptureStage, CardStage, Done, Form, Guide, Home, Idle, LayCard, Paper, Review, Sign
from peripherals.values import dataclass
from sync.contract.answers import fields_asked
from sync.contract.item import Control, Door, Field

ITEM = "residence-registration"

Order = Callable[..., dict[str, Any]]
"""Gives a virtual device an order: (device, order, **facts)."""

TYPED: dict[str, Sequence[tuple[str, str]]] = {
    "landlord_name": (("fangdong", "房东"), ("yang", "样"), ("li", "例")),
    "employer": (("yang", "样"), ("li", "例"), ("mianguan", "面馆")),
    "job": (("chushi", "厨师"),),
    "school": (("yang", "样"), ("li", "例"), ("xiaoxue", "小学")),
}
"""What is entered in words: pinyin and the candidate that is chosen."""

ADDRESS = {"road": "晴岚街", "door": ("1", "8", "号", "3", "单元", "5", "0", "1", "室")}
"""Where this resident lives in the terminal's own community: what is picked, and the keys of the door."""

FIGURES = {"landlord_mobile": "13900000000", "mobile": "13800000000"}
CHOSEN = {"reason": "work", "stay_plan": "over-one-year", "housing": "rented"}
DAYS_AGO = {"arrive_date": 3}

SIGNATURE = (  # 王小, as a hand writes it
    ((0.14, 0.28), (0.20, 0.27), (0.28, 0.26), (0.36, 0.27)),
    ((0.16, 0.48), (0.22, 0.47), (0.28, 0.46), (0.34, 0.47)),
    ((0.25, 0.27), (0.25, 0.40), (0.24, 0.55), (0.24, 0.70)),
    ((0.11, 0.71), (0.20, 0.70), (0.30, 0.69), (0.40, 0.70)),
    ((0.66, 0.22), (0.66, 0.40), (0.66, 0.60), (0.65, 0.74), (0.60, 0.70)),
    ((0.56, 0.42), (0.54, 0.50), (0.50, 0.58)),
    ((0.75, 0.40), (0.79, 0.48), (0.84, 0.58)),
)


@dataclass(frozen=True, slots=True)
class Step:
    """One step that was walked: what for, how long it took, what came out, and the picture that was kept of it."""

    name: str
    duration_s: float
    outcome: str
    picture: str | None = None


class Visit:
    """One walk through the main job; each step is told as it ends."""

    def __init__(self, robot: Robot, order: Order, pictures: Path, tell: Callable[[Step], None], card: str, prefix: str = "") -> None:
        self._robot = robot
        self._order = order
        self._pictures = pictures
        self._tell = tell
        self._card = card
        self._prefix = prefix
        self._count = 0
        self._began = time.monotonic()

    def walk(self) -> None:
        """Walk it from the idle screen to home.

        Raises:
            RobotError: Something did not come.
        """
        self._wake()
        self._choose()
        self._identify()
        self._fill()
        self._photograph()
        self._sign()
        self._hand_in()

    def _wake(self) -> None:
        robot = self._robot
        robot.wait(lambda state: bool(state.items) and isinstance(state.view, Idle | Home), "the terminal is ready", 60)
        if isinstance(robot.state.view, Idle):
            self._end("idle", "waiting", "idle")
            robot.touch_glass()
        robot.wait(lambda state: isinstance(state.view, Home), "home is shown")
        self._end("home", f"{sum(item.door is Door.CATALOGUE for item in robot.state.items)} items", "home")

    def _choose(self) -> None:
        robot = self._robot
        if not robot.is_shown(f"item-{ITEM}"):
            robot.tap("category-residence")
        robot.tap(f"item-{ITEM}")
        robot.wait(lambda state: isinstance(state.view, Guide), "the guide is shown")
        self._look("guide")
        robot.tap("consent")
        self._end("consent", "agreed", "consent")
        robot.tap("next")

    def _identify(self) -> None:
        robot = self._robot
        robot.wait(lambda state: isinstance(state.view, LayCard), "the card is asked for")
        self._look("lay-card")
        self._order("id_card_reader", "lay", card=self._card)
        robot.wait(lambda state: isinstance(state.view, LayCard) and state.view.stage is CardStage.READ, "the card is read")
        self._end("identify", "read", "card-read")
        self._order("id_card_reader", "lift")
        robot.wait(lambda state: isinstance(state.view, Form), "the form is shown")

    def _fill(self) -> None:
        robot = self._robot
        while isinstance(robot.state.view, Form):
            page = robot.state.view.page
            for name in self._open_fields(page):
                self._answer(page, name)
            self._end(f"form page {page + 1}", "filled", f"form-{page + 1}")
            robot.tap("next")
            robot.wait(lambda state, page=page: not isinstance(state.view, Form) or state.view.page != page, "the next page comes")  # type: ignore[misc]

    def _open_fields(self, page: int) -> Iterator[str]:
        """Name the fields one after another, since an answer may bring or take others."""
        done: set[str] = set()
        while True:
            visit = self._robot.state.application
            asked = fields_asked(visit.item.pages[page], visit.answers) if visit else ()
            following = next((field.name for field in asked if field.name not in done), None)
            if following is None:
                return
            done.add(following)
            yield following

    def _answer(self, page: int, name: str) -> None:
        robot = self._robot
        visit = robot.state.application
        field = next(field for field in visit.item.pages[page].fields if field.name == name) if visit else None
        if field is None:
            return
        match field.control:
            case Control.ROWS:
                return  # this resident came alone
            case Control.CHOICE:
                robot.tap(f"option-{name}-{CHOSEN[name]}")
            case Control.DATE:
                self._turn_days(field)
            case Control.ADDRESS:
                self._pick_address(field)
            case Control.DIGITS | Control.ID_NUMBER:
                self._type_figures(field)
            case _:
                self._type_words(field)
        robot.wait(lambda state: bool(state.application and state.application.answers.get(name)), f"{name} is answered")

    def _turn_days(self, field: Field) -> None:
        self._robot.tap(f"field-{field.name}")
        for _ in range(DAYS_AGO[field.name]):
            self._robot.tap("date-day-minus")
        self._look(f"entering-{field.name}")
        self._robot.tap("key-done")

    def _pick_address(self, field: Field) -> None:
        self._robot.tap(f"field-{field.name}")
        self._look(f"entering-{field.name}")
        self._robot.tap("address-here")
        self._robot.tap(f"address-{ADDRESS['road']}")
        for key in ADDRESS["door"]:
            self._robot.tap(f"door-{key}")
        self._look(f"entering-{field.name}-door")
        self._robot.tap("key-done")

    def _type_figures(self, field: Field) -> None:
        self._robot.tap(f"field-{field.name}")
        for place, figure in enumerate(FIGURES[field.name]):
            self._robot.tap(f"digit-{figure}")
            if place == 9:
                self._look(f"entering-{field.name}")
        self._robot.tap("key-done")

    def _type_words(self, field: Field) -> None:
        self._robot.tap(f"field-{field.name}")
        for place, (keys, word) in enumerate(TYPED[field.name]):
            self._choose_word(keys, word, f"entering-{field.name}" if place == 0 else None)
        self._robot.tap("key-done")

    def _choose_word(self, letters: str, word: str, picture: str | None) -> None:
        robot = self._robot
        for letter in letters:
            robot.tap(f"key-{letter}")
        if picture:
            self._look(picture)
        for _ in range(6):
            place = next((place for place in range(8) if robot.label(f"candidate-{place}").split("，")[0] == word), None)
            if place is not None:
                robot.tap(f"candidate-{place}")
                return
            robot.tap("candidates-more")
        robot.tap("candidate-0")

    def _photograph(self) -> None:
        robot = self._robot
        robot.wait(lambda state: isinstance(state.view, Capture), "the camera page is shown")
        time.sleep(1.0)  # the empty desk is worth a picture, too
        self._look("capture-empty")
        self._order("document_camera", "lay", paper="tenancy-contract")
        robot.wait(lambda state: isinstance(state.view, Capture) and state.view.view.hint == "good", "the paper is seen")
        self._look("capture-aiming")
        robot.wait(lambda state: isinstance(state.view, Capture) and state.view.stage is CaptureStage.TAKEN, "the picture is taken")
        self._end("paper", "taken", "capture-taken")
        robot.tap("next")
        self._order("document_camera", "take_away")

    def _sign(self) -> None:
        robot = self._robot
        robot.wait(lambda state: isinstance(state.view, Sign), "the signature is asked for")
        robot.draw("sign-pad", SIGNATURE)
        self._end("signature", f"{len(SIGNATURE)} strokes", "signature")
        robot.tap("next")

    def _hand_in(self) -> None:
        robot = self._robot
        robot.wait(lambda state: isinstance(state.view, Review), "the review is shown")
        self._end("review", "complete", "review")
        robot.tap("next")
        robot.wait(lambda state: isinstance(state.view, Done) and state.view.paper is not Paper.PRINTING, "it is handed in", 60)
        done, visit = robot.state.view, robot.state.application
        delivered = bool(visit and visit.handed_in and visit.handed_in.case_number)
        self._end("hand in", "with the city" if delivered else "here, not yet with the city", "done")
        self._tell_slip(done)

    def _tell_slip(self, done: object) -> None:
        robot = self._robot
        printed = isinstance(done, Done) and done.paper is Paper.PRINTED
        self._end("slip", "printed" if printed else "not printed")
        robot.tap("rate-5")
        robot.wait(lambda state: isinstance(state.view, Done) and state.view.rating is not None, "the rating is taken")
        self._end("rating", "5 of 5", "rated")

    def delivered(self) -> None:
        """Say that the city's receipt came while the last page was still shown."""
        self._end("line is back", "delivered by itself", "delivered")

    def leave(self) -> None:
        """Go home from the last page."""
        self._robot.tap("finish")
        self._robot.wait(lambda state: isinstance(state.view, Home) and state.visit is None, "home is shown again")
        self._end("home again", "nothing is left of the resident")

    def _look(self, name: str) -> str:
        self._count += 1
        file = f"{self._prefix}{self._count:02}-{name}.png"
        self._robot.look(self._pictures / file)
        return file

    def _end(self, name: str, outcome: str, picture: str | None = None) -> None:
        took = time.monotonic() - self._began
        file = self._look(picture) if picture else None
        self._tell(Step(self._prefix + name, round(took, 3), outcome, file))
        self._began = time.monotonic()
