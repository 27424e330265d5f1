"""Carries out what operators set and ordered from afar: each order once, none after its time, and all of it written down."""

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final, assert_never

import msgspec

from kiosk.flow.events import Event
from kiosk.flow.events.terminal import PlaceTold, ServiceResumed, ServiceSuspended
from kiosk.lane import Lane
from peripherals.values import dataclass
from sync.ask import City
from sync.contract.decoding import UNDECODABLE
from sync.contract.question import Answered
from sync.contract.steering import (
    BODY_MAX_BYTES,
    ORDER_ANSWER,
    ORDERS,
    PIECE_BYTES,
    SETTINGS,
    Applied,
    OrderAnswer,
    OrderOutcome,
    RemoteAct,
    RemoteDevice,
    RemoteOrder,
    applied,
)
from sync.contract.words import Words
from sync.durable import sync_folder, write_durably
from sync.errors import SyncError
from sync.feeds import Feeds

LOOK_EVERY_S: Final = 2.0
TELL_EVERY_S: Final = 15.0
_TELL_WITHIN_S: Final = 20.0
_KEPT: Final = 50
NOTHING_SET: Final = Applied(0, {}, ())


@dataclass(frozen=True, slots=True)
class SteeringTools:
    """What carries orders out.

    Attributes:
        open_feeds: May raise SyncError: it is tried again.
        city: Where answers go.
        folder: Where what was done is kept.
        applied_file: Where the sending process finds which settings hold.
        now: The city's time, as well as it is known; aware.
        is_occupied: Whether somebody stands there.
        bundle: Makes the bundle of logs.
        screenshot: A picture of the idle screen; None while anything else is shown.
        restart: Ends the screen's process, to be started anew; None where nobody would start it.
        send_again: Has what was set aside sent once more, and returns how many; may raise SyncError: it is tried again.
        start_anew: Has the process of a device started anew, without one the machine; returns why not, or nothing. None where nobody would.
        devices: Those that this terminal has.
    """

    open_feeds: Callable[[], Feeds]
    city: City
    folder: Path
    applied_file: Path
    now: Callable[[], datetime]
    is_occupied: Callable[[], bool]
    bundle: Callable[[], bytes]
    screenshot: Callable[[], bytes | None]
    restart: Callable[[], None] | None
    send_again: Callable[[], int]
    start_anew: Callable[[RemoteDevice | None], str] | None = None
    devices: frozenset[RemoteDevice] = frozenset()


class Done(msgspec.Struct, frozen=True):
    """An order that was carried out, and how much of the answer the city has."""

    order: str
    outcome: OrderOutcome
    detail: str = ""
    next_piece: int = 0
    is_told: bool = False


class SteeringDesk:
    """The feeds of settings and orders, and the thread that follows them."""

    def __init__(
        self,
        tools: SteeringTools,
        post: Callable[[Event], None],
        failed: Callable[[BaseException], None],
        *,
        look_every_s: float = LOOK_EVERY_S,
        tell_every_s: float = TELL_EVERY_S,
    ) -> None:
        self._tools = tools
        self._post = post
        self._feeds: Feeds | None = None
        self._settings = NOTHING_SET
        self._suspended: Words | None = None
        self._done = _read(tools.folder / "orders.json")
        self._tell_every_s = tell_every_s
        self._tell_at = time.monotonic()
        self._lane = Lane("steering", failed, self._look, look_every_s).start()
        self._lane.do(self._look)

    def close(self) -> None:
        """Stop looking."""
        self._lane.close()

    def _look(self) -> None:
        tools = self._tools
        try:
            feeds = self._feeds = self._feeds or tools.open_feeds()
        except SyncError:
            return
        now = tools.now()
        told = feeds.read(SETTINGS, now).current
        self._set(NOTHING_SET if told is None else applied(told))
        orders = feeds.read(ORDERS, now).current
        open_orders = () if orders is None else orders.orders
        self._suspend(next((one for one in open_orders if one.act is RemoteAct.OUT_OF_SERVICE and now < one.until), None))
        try:
            for order in open_orders:
                if not any(done.order == order.id for done in self._done):
                    self._carry_out(order, is_over=now >= order.until)
            self._tell()
        except OSError:  # what cannot be written down is not done; the disk has its own alarm
            return

    def _set(self, settings: Applied) -> None:
        if settings == self._settings:
            return
        self._settings = settings
        hotline, staff = settings.values.get("hotline"), settings.values.get("staff")
        self._post(PlaceTold(str(hotline) if hotline else None, str(staff) if staff else None))
        try:
            self._tools.applied_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._tools.applied_file.write_text(settings.told, encoding="utf-8")
        except OSError:
            return  # a hint for the heartbeat; the next change says it again

    def _suspend(self, order: RemoteOrder | None) -> None:
        text = None if order is None else order.text or Words("")
        if text != self._suspended:
            self._suspended = text
            self._post(ServiceResumed() if text is None else ServiceSuspended(text))

    def _carry_out(self, order: RemoteOrder, *, is_over: bool) -> None:
        """Do it if it can be done now; written down before it is reported, and a restart before it happens."""
        tools = self._tools
        if is_over:
            self._note(Done(order.id, OrderOutcome.EXPIRED))
            return
        match order.act:
            case RemoteAct.OUT_OF_SERVICE:
                self._note(Done(order.id, OrderOutcome.DONE))
            case RemoteAct.RESTART:
                self._restart(order.id)
            case RemoteAct.RESTART_MACHINE:
                self._start_anew(order.id, None)
            case RemoteAct.RESTART_DEVICE if order.device not in tools.devices:
                self._note(Done(order.id, OrderOutcome.UNABLE, "no_such_device"))
            case RemoteAct.RESTART_DEVICE:
                self._start_anew(order.id, RemoteDevice(str(order.device)))
            case RemoteAct.COLLECT_LOGS:
                self._bring(order.id, tools.bundle())
            case RemoteAct.SCREENSHOT:
                if (picture := tools.screenshot()) is not None:
                    self._bring(order.id, picture)
            case RemoteAct.SEND_AGAIN:
                self._send_again(order.id)
            case RemoteAct.UNKNOWN:
                self._note(Done(order.id, OrderOutcome.UNABLE, "unknown_act"))
            case _:
                assert_never(order.act)

    def _restart(self, order: str) -> None:
        """Never under somebody's hands; written down before it happens, or it would happen again and again."""
        restart = self._tools.restart
        if restart is None:
            self._note(Done(order, OrderOutcome.UNABLE, "not_a_service"))
        elif not self._tools.is_occupied():
            self._note(Done(order, OrderOutcome.DONE))
            restart()

    def _start_anew(self, order: str, device: RemoteDevice | None) -> None:
        """As above; what has the right to it may still say no, and then that is the answer."""
        start_anew = self._tools.start_anew
        if start_anew is None:
            self._note(Done(order, OrderOutcome.UNABLE, "not_a_machine"))
        elif not self._tools.is_occupied():
            self._note(Done(order, OrderOutcome.DONE))
            if why := start_anew(device):
                self._note(Done(order, OrderOutcome.UNABLE, why))

    def _send_again(self, order: str) -> None:
        """Written down after it was done: twice does no harm, since the city recognises what it has."""
        try:
            count = self._tools.send_again()
        except SyncError:  # the outbox has its own alarm
            return
        self._note(Done(order, OrderOutcome.DONE, str(count)))

    def _bring(self, order: str, body: bytes) -> None:
        if len(body) > BODY_MAX_BYTES:
            self._note(Done(order, OrderOutcome.UNABLE, "too_large"))
            return
        self._tools.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_durably(self._body(order), body)
        self._note(Done(order, OrderOutcome.DONE))

    def _note(self, done: Done) -> None:
        others = [one for one in self._done if one.order != done.order]
        self._done = (*others, done)[-_KEPT:]
        self._tools.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_durably(self._tools.folder / "orders.json", msgspec.json.encode(self._done))
        sync_folder(self._tools.folder)

    def _body(self, order: str) -> Path:
        return self._tools.folder / f"order-{order}"

    def _tell(self) -> None:
        """Bring the city's knowledge of what was done up to ours; without a line it is tried again."""
        if time.monotonic() < self._tell_at:
            return
        while (waiting := next((one for one in self._done if not one.is_told), None)) is not None:
            body = self._body(waiting.order)
            whole = body.read_bytes() if body.exists() else b""
            pieces = max(1, -(-len(whole) // PIECE_BYTES))
            at = waiting.next_piece
            piece = whole[at * PIECE_BYTES : (at + 1) * PIECE_BYTES]
            said = OrderAnswer(waiting.order, waiting.outcome, waiting.detail, at, pieces, piece)
            outcome = self._tools.city.ask(ORDER_ANSWER, said, _TELL_WITHIN_S)
            if not isinstance(outcome, Answered) or outcome.answer.next_piece == at:
                self._tell_at = time.monotonic() + self._tell_every_s
                return
            wanted = outcome.answer.next_piece
            is_told = not 0 <= wanted < pieces
            self._note(msgspec.structs.replace(waiting, next_piece=0 if is_told else wanted, is_told=is_told))
            if is_told:
                body.unlink(missing_ok=True)


def _read(path: Path) -> tuple[Done, ...]:
    """What cannot be read is done again: an order is harmless twice, and has an end."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=tuple[Done, ...])
    except (OSError, *UNDECODABLE):
        return ()
