"""Carries out what concerns the outbox and the city: handing in, watching for the city's receipt, ratings, items, the line."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from kiosk.flow.events import Event
from kiosk.flow.events.terminal import CityReceived, ItemsLoaded, LineSeen, NotStored, StorageFailed, StorageMended, Stored
from kiosk.flow.views import HandInTrouble
from kiosk.flow.visit import Visit
from kiosk.freeze import freeze
from kiosk.lane import Lane
from sync.ask import City
from sync.contract.item import Door, ItemPackage
from sync.contract.names import ApplicationId, ItemCode, TerminalId
from sync.contract.receipt import ReceiptState
from sync.contract.suites import CityPublicKey, Sealer, SealError
from sync.errors import SyncError
from sync.feeds import Feeds
from sync.outbox import HandInStatus, Outbox

_LOOK_EVERY_S = 0.2
_LINE_EVERY_S = 1.0
_ITEMS_EVERY_S = 5.0
_STORAGE_EVERY_S = 2.0

_TROUBLE = {HandInStatus.STORAGE_FULL: HandInTrouble.STORAGE_FULL, HandInStatus.STORAGE_FAULT: HandInTrouble.STORAGE_FAULT}


@dataclass(frozen=True, slots=True)
class Back:
    """What lies behind the counter: the outbox, and how the sync process is met.

    `open_outbox`, `sealing_key` and `items` may raise SyncError, `sealing_key` also SealError.
    """

    terminal: TerminalId
    now: Callable[[], datetime]  # local, aware
    clock_is_sure: Callable[[], bool]
    open_outbox: Callable[[], Outbox]
    sealing_key: Callable[[], CityPublicKey]
    wake: Callable[[], None]  # deliver now
    city: City  # answers what somebody waits for
    line_up: Callable[[], bool]
    items: Callable[[], tuple[ItemPackage, ...]]  # most used first; called anew with every day
    feeds: Callable[[], Feeds]  # may raise SyncError, too
    items_changed: Callable[[], float]  # grows when the packages on the disk change
    count_use: Callable[[ItemCode], None]  # that an item was handed in here


@dataclass(slots=True, eq=False)
class _Asked:
    """An application whose receipt somebody waits for, and what was last said of it."""

    token: int
    application_id: ApplicationId
    said: ReceiptState | None = None


class OutboxDesk:
    """The outbox and the thread that writes to it; nothing is committed on the thread that draws."""

    def __init__(self, back: Back, post: Callable[[Event], None], failed: Callable[[BaseException], None]) -> None:
        self._back = back
        self._post = post
        self._outbox: Outbox | None = None
        self._sealer = Sealer()
        self._asked: _Asked | None = None
        self._is_taking = True  # as last said; the flow begins with that
        self._line: bool | None = None
        self._items: tuple[ItemPackage, ...] | None = None
        self._items_seen: tuple[float, date] | None = None
        self._storage_at = self._line_at = self._items_at = 0.0
        self._lane = Lane("outbox", failed, self._look, _LOOK_EVERY_S).start()
        self._lane.do(self._look)

    def hand_in(self, visit: Visit, language: str) -> None:
        """Freeze, seal, put."""
        self._lane.do(lambda: self._hand_in(visit, language))

    def ask_city(self, token: int, application_id: ApplicationId) -> None:
        """Have it delivered now, and say when the city's receipt is there, and when it is complete."""
        self._asked = _Asked(token, application_id)
        self._lane.do(self._back.wake)

    def rate(self, application_id: ApplicationId, level: int) -> None:
        """Keep a rating for the city."""
        self._lane.do(lambda: self._rate(application_id, level))

    def forget(self) -> None:
        """Nobody waits for the city's answer any more; delivery goes on."""
        self._asked = None

    def close(self) -> None:
        """Stop after what is being stored."""
        self._lane.do(self._let_go)
        self._lane.close(within_s=10.0)

    def _hand_in(self, visit: Visit, language: str) -> None:
        if self._outbox is None:
            self._post(NotStored(visit.token, HandInTrouble.STORAGE_FAULT))
            return
        try:
            at = self._back.now().astimezone(UTC)
            frozen = freeze(visit, self._back.terminal, language, at, self._back.sealing_key(), self._sealer.seal)
            status = self._outbox.hand_in(frozen.sealed).status
        except (SyncError, SealError):  # no usable key of the city: nothing can be taken, as if there were no room
            status = HandInStatus.STORAGE_FAULT
        if status is HandInStatus.HANDED_IN:
            local = frozen.at.astimezone(self._back.now().tzinfo)
            self._post(Stored(visit.token, frozen.application_id, frozen.number, local, self._back.clock_is_sure()))
            if visit.completes is None and visit.item.door is Door.CATALOGUE:
                self._back.count_use(visit.item.code)
        else:
            self._post(NotStored(visit.token, _TROUBLE[status]))

    def _rate(self, application_id: ApplicationId, level: int) -> None:
        if self._outbox is not None:
            self._outbox.put_rating(application_id, level)  # a rating that cannot be kept is no trouble of the resident's
            self._back.wake()

    def _look(self) -> None:
        now = time.monotonic()
        if now >= self._storage_at:
            self._storage_at = now + _STORAGE_EVERY_S
            self._look_at_storage()
        if self._asked is not None:
            self._look_for_receipt(self._asked)
        if now >= self._line_at:
            self._line_at = now + _LINE_EVERY_S
            self._look_at_line()
        if now >= self._items_at:
            self._items_at = now + _ITEMS_EVERY_S
            self._look_at_items()

    def _look_at_storage(self) -> None:
        """A resident is told before the first question, not after the last one, that nothing can be taken."""
        is_taking = self._can_take()
        if is_taking is not self._is_taking:
            self._is_taking = is_taking
            self._post(StorageMended() if is_taking else StorageFailed())

    def _can_take(self) -> bool:
        try:
            self._outbox = self._outbox or self._back.open_outbox()
            self._back.sealing_key()
        except (SyncError, SealError):
            return False
        return self._outbox.refusal() is None

    def _look_for_receipt(self, asked: _Asked) -> None:
        receipt = self._outbox.receipt_of(asked.application_id) if self._outbox is not None else None
        if receipt is None or receipt.state is asked.said or self._asked is not asked:
            return
        asked.said = receipt.state
        complete = receipt.state is ReceiptState.COMPLETE
        if complete:
            self._asked = None
        self._look_at_line()
        self._post(CityReceived(asked.token, receipt.case_number, complete))

    def _look_at_line(self) -> None:
        up = self._back.line_up()
        if up is not self._line:
            self._line = up
            self._post(LineSeen(up))

    def _look_at_items(self) -> None:
        seen = self._back.items_changed(), self._back.now().date()  # a package begins and ends with a day
        if seen == self._items_seen:
            return
        try:
            items, self._items_seen = self._back.items(), seen
        except SyncError:
            items = ()  # the city's keys are not there; they are looked for again
        if items != self._items:
            self._items = items
            self._post(ItemsLoaded(items))

    def _let_go(self) -> None:
        if self._outbox is not None:
            self._outbox.close()
