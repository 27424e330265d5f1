"""Orders from afar at a terminal: each once, none after its time, none under somebody's hands, and the answer brought home in pieces."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.flow.events import Event
from kiosk.flow.events.terminal import PlaceTold, ServiceResumed, ServiceSuspended
from kiosk.runner.steering import TELL_EVERY_S, SteeringDesk, SteeringTools
from sync.contract.feed import PAYLOAD_TYPE, FeedKind, Issue
from sync.contract.names import TerminalId
from sync.contract.question import Answered, NoLine, Outcome, QuestionKind
from sync.contract.signed import sign
from sync.contract.signing_keys import key_id_of
from sync.contract.steering import (
    ORDERS,
    PIECE_BYTES,
    SETTINGS,
    OrderAnswer,
    OrderAnswered,
    OrderOutcome,
    RemoteAct,
    RemoteDevice,
    RemoteOrder,
    RemoteOrders,
    SettingsTold,
)
from sync.contract.words import Words
from sync.errors import SyncError
from sync.feeds import Feeds

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TERMINAL = TerminalId("SY-TEST-0001")
KEY = Ed25519PrivateKey.generate()


class Operations:
    """The city: what it sends down, what it was told, and whether the line is up."""

    def __init__(self) -> None:
        self.told: list[OrderAnswer] = []
        self.is_up = True
        self.has_all = threading.Event()

    def ask(self, kind: QuestionKind[Any, Any], question: OrderAnswer, within_s: float, question_id: object = None) -> Outcome[Any]:
        assert kind.name == "remote-order-answer"
        assert within_s > 0
        assert question_id is None
        if not self.is_up:
            return NoLine("no_line")
        self.told.append(question)
        if question.piece == question.pieces - 1:
            self.has_all.set()
        return Answered(OrderAnswered(question.piece + 1))


@dataclass
class Ground:
    """A terminal's folders, and hands that publish feeds into them as the sending process would."""

    folder: Path
    operations: Operations = field(default_factory=Operations)
    events: list[Event] = field(default_factory=list)
    happened: threading.Condition = field(default_factory=threading.Condition)
    now: datetime = NOW
    occupied: bool = False
    picture: bytes | None = b"\xff\xd8\xff idle"
    restarts: list[int] = field(default_factory=list)
    is_service: bool = True
    started_anew: list[RemoteDevice | None] = field(default_factory=list)
    refusal: str = ""
    set_aside: int = 3
    is_outbox_open: bool = True
    version: int = 0

    def publish(self, kind: FeedKind[Any], content: object) -> None:
        self.version += 1
        said = Issue(1, kind.name, TERMINAL, self.version, NOW, msgspec.Raw(msgspec.json.encode(content)))
        feeds = self.folder / "feeds"
        feeds.mkdir(exist_ok=True)
        statement = sign(msgspec.json.encode(said), PAYLOAD_TYPE, key_id_of(KEY.public_key()), KEY)
        part = feeds / "part"
        part.write_bytes(statement)
        part.replace(feeds / f"{kind.name}.feed.json")

    def order(self, *orders: RemoteOrder) -> None:
        self.publish(ORDERS, RemoteOrders(orders))

    def tools(self) -> SteeringTools:
        return SteeringTools(
            open_feeds=lambda: Feeds(self.folder / "feeds", TERMINAL, {key_id_of(KEY.public_key()): KEY.public_key()}),
            city=self.operations,  # type: ignore[arg-type]  # all of it that the desk uses
            folder=self.folder / "maintenance",
            applied_file=self.folder / "settings-applied",
            now=lambda: self.now,
            is_occupied=lambda: self.occupied,
            bundle=lambda: bytes(PIECE_BYTES * 2 + 5),
            screenshot=lambda: self.picture,
            restart=(lambda: self.restarts.append(1)) if self.is_service else None,
            start_anew=self._start_anew if self.is_service else None,
            send_again=self._send_again,
            devices=frozenset({RemoteDevice.RECEIPT_PRINTER}),
        )

    def _send_again(self) -> int:
        if not self.is_outbox_open:
            raise SyncError("database is locked")
        count, self.set_aside = self.set_aside, 0
        return count

    def _start_anew(self, device: RemoteDevice | None) -> str:
        self.started_anew.append(device)
        return self.refusal

    def post(self, event: Event) -> None:
        with self.happened:
            self.events.append(event)
            self.happened.notify_all()

    def wait(self, event: Event) -> None:
        with self.happened:
            assert self.happened.wait_for(lambda: event in self.events, timeout=60), self.events

    @contextmanager
    def desk(self) -> Iterator[SteeringDesk]:
        def failed(error: BaseException) -> None:
            raise error

        desk = SteeringDesk(self.tools(), self.post, failed, look_every_s=0.02, tell_every_s=0.05)
        try:
            yield desk
        finally:
            desk.close()


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    return Ground(tmp_path)


def an_order(act: RemoteAct, number: int = 1, **facts: Any) -> RemoteOrder:  # noqa: ANN401
    made = RemoteOrder(f"00000000-0000-4000-8000-{number:012}", act, NOW + timedelta(hours=1))
    return msgspec.structs.replace(made, **facts)


def test_settings_hold_as_far_as_they_are_known_and_say_so(ground: Ground) -> None:
    ground.publish(SETTINGS, SettingsTold(7, {"hotline": "024-12345", "staff": "2 号窗口", "poll_s": 1, "city.url": "https://x"}))
    with ground.desk():
        ground.wait(PlaceTold("024-12345", "2 号窗口"))
        ground.publish(SETTINGS, SettingsTold(8, {}))
        ground.wait(PlaceTold(None, None))
    assert (ground.folder / "settings-applied").read_text() == "8"


def test_what_was_refused_is_reported(ground: Ground) -> None:
    ground.publish(SETTINGS, SettingsTold(7, {"staff": "2 号窗口", "poll_s": 1, "city.url": "https://x"}))
    with ground.desk():
        ground.wait(PlaceTold(None, "2 号窗口"))
    assert (ground.folder / "settings-applied").read_text() == "7 refused: city.url, poll_s"


def test_out_of_service_holds_until_the_order_is_gone_or_over(ground: Ground) -> None:
    text = Words("正在换新机器", "Being replaced")
    order = an_order(RemoteAct.OUT_OF_SERVICE, text=text)
    ground.order(order)
    with ground.desk():
        ground.wait(ServiceSuspended(text))
        ground.order()
        ground.wait(ServiceResumed())
        ground.events.clear()
        ground.order(order)
        ground.wait(ServiceSuspended(text))
        ground.now = NOW + timedelta(hours=2)
        ground.wait(ServiceResumed())
    assert [one.order for one in ground.operations.told] == [order.id], "it is answered once"


def test_a_bundle_is_brought_home_in_pieces_and_nothing_of_it_stays(ground: Ground) -> None:
    ground.order(an_order(RemoteAct.COLLECT_LOGS))
    with ground.desk():
        assert ground.operations.has_all.wait(60)
    assert [(one.piece, one.pieces, len(one.body)) for one in ground.operations.told] == [
        (0, 3, PIECE_BYTES),
        (1, 3, PIECE_BYTES),
        (2, 3, 5),
    ]
    assert [path.name for path in (ground.folder / "maintenance").iterdir()] == ["orders.json"]


def test_without_a_line_it_is_told_later_even_after_a_restart(ground: Ground) -> None:
    ground.operations.is_up = False
    ground.order(an_order(RemoteAct.COLLECT_LOGS), an_order(RemoteAct.OUT_OF_SERVICE, 2))
    with ground.desk():
        ground.wait(ServiceSuspended(Words("")))
        _until(lambda: len(list((ground.folder / "maintenance").glob("order-*"))) == 1)
    ground.operations.is_up = True
    with ground.desk():
        _until(lambda: len(ground.operations.told) == 4)
    assert {one.order for one in ground.operations.told} == {an_order(RemoteAct.RESTART).id, an_order(RemoteAct.RESTART, 2).id}


def test_an_order_that_comes_too_late_is_not_carried_out(ground: Ground) -> None:
    ground.now = NOW + timedelta(hours=1)
    ground.order(an_order(RemoteAct.RESTART))
    with ground.desk():
        assert ground.operations.has_all.wait(60)
    assert [one.outcome for one in ground.operations.told] == [OrderOutcome.EXPIRED]
    assert ground.restarts == []


def test_nothing_is_restarted_under_somebody_s_hands(ground: Ground) -> None:
    ground.occupied = True
    ground.order(an_order(RemoteAct.RESTART), an_order(RemoteAct.SCREENSHOT, 2))
    with ground.desk():
        assert ground.operations.has_all.wait(60)  # the picture: by then the restart was looked at, and left
        assert ground.restarts == []
        ground.occupied = False
        _until(lambda: len(ground.operations.told) == 2)
    assert ground.restarts == [1]
    with ground.desk():
        ground.publish(SETTINGS, SettingsTold(1, {"staff": "3 号窗口"}))
        ground.wait(PlaceTold(None, "3 号窗口"))
    assert ground.restarts == [1], "once, although it still stands in the feed"


def test_where_nobody_would_start_it_again_it_says_so(ground: Ground) -> None:
    ground.is_service = False
    ground.order(an_order(RemoteAct.RESTART))
    with ground.desk():
        assert ground.operations.has_all.wait(60)
    assert [(one.outcome, one.detail) for one in ground.operations.told] == [(OrderOutcome.UNABLE, "not_a_service")]


@pytest.mark.parametrize(("act", "device"), [(RemoteAct.RESTART_DEVICE, RemoteDevice.RECEIPT_PRINTER), (RemoteAct.RESTART_MACHINE, None)])
def test_a_device_or_the_machine_is_started_anew_once_and_not_under_somebody_s_hands(
    ground: Ground, act: RemoteAct, device: RemoteDevice | None
) -> None:
    ground.occupied = True
    ground.order(an_order(act, device=device), an_order(RemoteAct.OUT_OF_SERVICE, 2))
    with ground.desk():
        assert ground.operations.has_all.wait(60)
        assert ground.started_anew == []
        ground.occupied = False
        _until(lambda: len(ground.operations.told) == 2)
    with ground.desk():  # the machine is up again; the feed still has the order
        ground.publish(SETTINGS, SettingsTold(1, {"staff": "3 号窗口"}))
        ground.wait(PlaceTold(None, "3 号窗口"))
    assert ground.started_anew == [device]
    assert ground.operations.told[-1].outcome is OrderOutcome.DONE


def test_what_has_the_right_to_it_may_say_no(ground: Ground) -> None:
    ground.refusal = "too_soon"
    ground.order(an_order(RemoteAct.RESTART_MACHINE))
    with ground.desk():
        assert ground.operations.has_all.wait(60)
    assert [(one.outcome, one.detail) for one in ground.operations.told] == [(OrderOutcome.UNABLE, "too_soon")]
    assert ground.started_anew == [None]


@pytest.mark.parametrize("device", [None, RemoteDevice.SIGNATURE_PAD, "weather_station"])
def test_a_device_that_is_not_here_is_not_started_anew(ground: Ground, device: RemoteDevice | None) -> None:
    ground.order(an_order(RemoteAct.RESTART_DEVICE, device=device))
    with ground.desk():
        assert ground.operations.has_all.wait(60)
    assert [(one.outcome, one.detail) for one in ground.operations.told] == [(OrderOutcome.UNABLE, "no_such_device")]
    assert ground.started_anew == []


def test_what_was_set_aside_is_sent_once_more_as_soon_as_the_outbox_opens(ground: Ground) -> None:
    ground.is_outbox_open = False
    ground.order(an_order(RemoteAct.SEND_AGAIN), an_order(RemoteAct.OUT_OF_SERVICE, 2))
    with ground.desk():
        assert ground.operations.has_all.wait(60)
        assert [one.order for one in ground.operations.told] == [an_order(RemoteAct.RESTART, 2).id], "it could not be done yet"
        ground.is_outbox_open = True
        _until(lambda: len(ground.operations.told) == 2)
    assert (ground.operations.told[1].outcome, ground.operations.told[1].detail) == (OrderOutcome.DONE, "3")


def test_what_only_a_newer_release_can_do_is_said_and_the_other_orders_hold(ground: Ground) -> None:
    newer, known = msgspec.to_builtins(an_order(RemoteAct.RESTART)), an_order(RemoteAct.SEND_AGAIN, 2)
    ground.publish(ORDERS, {"orders": [newer | {"act": "make_tea", "cups": 2}, known]})
    with ground.desk():
        _until(lambda: len(ground.operations.told) == 2)
    assert [(one.outcome, one.detail) for one in ground.operations.told] == [(OrderOutcome.UNABLE, "unknown_act"), (OrderOutcome.DONE, "3")]


def test_where_nobody_could_start_it_anew_that_is_the_answer(ground: Ground) -> None:
    ground.is_service = False
    ground.order(an_order(RemoteAct.RESTART_MACHINE))
    with ground.desk():
        assert ground.operations.has_all.wait(60)
    assert [(one.outcome, one.detail) for one in ground.operations.told] == [(OrderOutcome.UNABLE, "not_a_machine")]


def test_only_the_idle_screen_is_shown(ground: Ground) -> None:
    picture, ground.picture = ground.picture, None
    ground.order(an_order(RemoteAct.SCREENSHOT), an_order(RemoteAct.OUT_OF_SERVICE, 2))
    with ground.desk():
        assert ground.operations.has_all.wait(60)
        assert [one.order for one in ground.operations.told] == [an_order(RemoteAct.RESTART, 2).id]
        ground.picture = picture
        _until(lambda: len(ground.operations.told) == 2)
    assert ground.operations.told[1].body == picture


def test_a_feed_of_somebody_else_s_orders_nothing(ground: Ground) -> None:
    stranger = replace(ground)
    stranger.order(an_order(RemoteAct.RESTART))
    path = ground.folder / "feeds" / "remote-orders.feed.json"
    path.write_bytes(path.read_bytes().replace(b'"payload"', b'"Payload"'))
    ground.publish(SETTINGS, SettingsTold(1, {"staff": "3 号窗口"}))
    with ground.desk():
        ground.wait(PlaceTold(None, "3 号窗口"))
    assert ground.restarts == []
    assert ground.operations.told == []


def test_its_own_patience_is_short_enough_for_operators() -> None:
    assert TELL_EVERY_S <= 30


def _until(holds: Any) -> None:  # noqa: ANN401
    waiting = threading.Event()
    for _ in range(3000):
        if holds():
            return
        waiting.wait(0.02)
    pytest.fail("it never came")
