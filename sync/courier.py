"""Carries what is due to the city, in lanes: applications first, then what they are waited for with, photos, and ratings.

A poison item is set aside and its neighbours go on. Nothing is ever given up because of a number of tries.
"""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from sync.client import CityClient, PieceTaken, Taken
from sync.contract import routes
from sync.contract.names import Digest, digest_of
from sync.contract.problem import ProblemCode, Retry
from sync.contract.receipt import ReceiptState
from sync.deliveries import Deliveries, Parcel, PhotoParcel, Receipted
from sync.offline import Offline, OfflineReason, Refused

PIECE_BYTES: Final = 512 * 1024
"""How large a piece of a photo is at first; it grows on a line that is quick, and shrinks on one that is not."""

PIECE_MIN_BYTES: Final = 16 * 1024
BATCH_ITEMS: Final = 50
"""How many go together at first; the same holds."""

QUICK_S: Final = 6.0
"""What is answered within this time may be twice as large the next time."""

ITEM_WAIT_S: Final = 4.0
WAIT_MAX_S: Final = 900.0
PHOTO_WANTED_AGAIN: Final = "photo-wanted-again"
PHOTO_LOST: Final = "photo-lost"  # the file is gone or damaged; the application itself has arrived
PHOTO_UNREADABLE: Final = "photo-unreadable"  # the disk or the system did not give it now; it is there
FORGOTTEN: Final = "forgotten"  # the city gave a receipt, and does not know of it any more

_STRIKES_MAX: Final = 3
_ITEM_FRAME_BYTES: Final = 80


class PassStatus(StrEnum):
    """How a pass over everything due ended."""

    DONE = "done"  # nothing more is due
    OFFLINE = "offline"
    BUSY = "busy"  # the city asked to be left alone for a while
    STOPPED = "stopped"  # the city does not admit this terminal


class Next(StrEnum):
    """What to do with an item that was not taken."""

    RELEASE = "release"  # not its fault; it stays due
    HOLD = "hold"  # wait with this one, go on with others
    SET_ASIDE = "set_aside"  # never again by itself


@dataclass(slots=True)
class Pass:
    """What one pass did. `wait_s` is how long the city asked to wait."""

    status: PassStatus = PassStatus.DONE
    reason: str | None = None
    wait_s: float | None = None
    was_answered: bool = False
    sent: int = 0
    complete: int = 0
    photos: int = 0
    ratings: int = 0
    held: int = 0
    quarantined: int = 0
    _strikes: int = field(default=0, repr=False)
    _asked_last: set[int] = field(default_factory=set, repr=False)

    @property
    def is_over(self) -> bool:
        """Whether the line is of no use any more in this pass."""
        return self.status is not PassStatus.DONE

    def is_first_time(self, place: int) -> bool:
        """Whether the last word on an application is asked for the first time in this pass."""
        is_first = place not in self._asked_last
        self._asked_last.add(place)
        return is_first

    def note_answer(self) -> None:
        """The city itself answered, and well."""
        self.was_answered = True
        self._strikes = 0

    def note(self, outcome: Refused | Offline) -> Next:
        """Decide whether the item or the line is at fault."""
        match outcome:
            case Offline(OfflineReason.NOT_THE_CITY):
                return self._strike(PassStatus.OFFLINE, outcome)
            case Offline():
                self.status, self.reason = PassStatus.OFFLINE, outcome.reason
                return Next.RELEASE
            case Refused(retry=Retry.NEVER | Retry.SPLIT):
                self.note_answer()
                return Next.SET_ASIDE
            case Refused(retry=Retry.REAUTH):
                self.status, self.reason = PassStatus.STOPPED, outcome.reason
                return Next.RELEASE
            case Refused(is_overloaded=True):
                self.status, self.reason, self.wait_s = PassStatus.BUSY, outcome.reason, outcome.wait_s
                return Next.RELEASE
            case Refused():
                return self._strike(PassStatus.BUSY, outcome)

    def _strike(self, status: PassStatus, outcome: Refused | Offline) -> Next:
        """One bad answer is the item's fault; several in a row are not."""
        self._strikes += 1
        if self._strikes >= _STRIKES_MAX:
            self.status, self.reason = status, outcome.reason
        return Next.HOLD


def full_jitter(tries: int, first_s: float, most_s: float, chance: Callable[[], float] = random.random) -> float:
    """Return a random pause whose upper end doubles with each try; the chance comes after the cap, so that a fleet spreads out."""
    return max(first_s / 4, chance() * min(most_s, first_s * float(2 ** min(tries, 30))))


class Courier:
    """Makes one pass after the other; see `Pass`."""

    def __init__(self, deliveries: Deliveries, client: CityClient, lease_s: float) -> None:
        self._deliveries = deliveries
        self._client = client
        self._lease_s = lease_s
        self._batch_items = BATCH_ITEMS
        self._piece_bytes = PIECE_BYTES
        self._untouched: set[Digest] = set()  # photos that the city has just asked for the first time: it has nothing of them

    def deliver(self) -> Pass:
        """Send everything that is due, until nothing is or the line is of no use."""
        done = Pass()
        while not done.is_over and (self._applications(done) or self._photo(done) or self._last_word(done) or self._rating(done)):
            pass
        return done

    def _applications(self, done: Pass) -> bool:
        """Send the next few applications; True when there were any."""
        waiting = claimed = self._deliveries.claim(self._batch_items, self._lease_s)
        if len(claimed) < self._batch_items < BATCH_ITEMS:
            self._batch_items = min(BATCH_ITEMS, self._batch_items * 2)  # what made batches small has passed with the backlog
        most = len(claimed)
        while waiting and not done.is_over:
            batch = _fitting(waiting, most)
            if most < len(claimed):
                self._deliveries.renew_all([parcel.place for parcel in waiting], self._lease_s)  # one by one takes its time
            if len(batch) == 1:
                self._settle(batch[0], self._client.put(batch[0]), done)
            elif (fewer := self._settle_batch(batch, done)) is not None:
                most = fewer
                continue  # the same ones, in smaller batches
            waiting = waiting[len(batch) :]
        if waiting:
            self._deliveries.release([parcel.place for parcel in waiting])
        return bool(claimed)

    def _settle_batch(self, batch: list[Parcel], done: Pass) -> int | None:
        """Send several at once; returns how many to try together instead, if they have to be sent in smaller batches."""
        began_s = time.monotonic()
        outcome = self._client.put_batch(batch)
        if isinstance(outcome, list):
            if len(batch) == self._batch_items and time.monotonic() - began_s < QUICK_S:
                self._batch_items = min(routes.BATCH_MAX_ITEMS, 2 * self._batch_items)
            self._settle_all(list(zip(batch, outcome, strict=True)), done)
            return None
        if outcome == Offline(OfflineReason.TOO_SLOW):
            self._batch_items = max(1, len(batch) // 2)  # on the next pass; else a slow line would never take any
        if isinstance(outcome, Refused) and outcome.retry is Retry.SPLIT:
            self._batch_items = len(batch) // 2  # the next ones too
            return self._batch_items
        if isinstance(outcome, Refused) and not (outcome.retry is Retry.REAUTH or outcome.is_overloaded):
            return 1  # one by one, the culprit shows
        for parcel in batch:
            self._put_back(parcel.place, parcel.attempts, outcome, done)
        return None

    def _settle(self, parcel: Parcel, outcome: Taken | Refused | Offline, done: Pass) -> None:
        self._settle_all([(parcel, outcome)], done)

    def _settle_all(self, outcomes: Sequence[tuple[Parcel, Taken | Refused | Offline]], done: Pass) -> None:
        """Write down what came of each; all receipts in one transaction, since each waits for the disk."""
        taken = [Receipted(parcel.place, one.statement, one.receipt, one.missing) for parcel, one in outcomes if isinstance(one, Taken)]
        if taken:
            self._deliveries.settle(taken)
        for parcel, one in outcomes:
            if not isinstance(one, Taken):
                self._put_back(parcel.place, parcel.attempts, one, done)
                continue
            done.note_answer()
            self._untouched.update(one.missing if parcel.attempts == 0 else ())
            if one.receipt.state is ReceiptState.COMPLETE:
                done.complete += 1
            else:
                done.sent += 1

    def _photo(self, done: Pass) -> bool:
        """Send one photo, in pieces; True when there was one. New applications go in between."""
        photo = self._deliveries.claim_photo(self._lease_s)
        if photo is None:
            return False
        try:
            content = _read(photo)
        except OSError:
            self._deliveries.hold(photo.place, full_jitter(photo.attempts, ITEM_WAIT_S, WAIT_MAX_S), PHOTO_UNREADABLE)
            done.held += 1
            return True
        if content is None:
            self._deliveries.quarantine(photo.place, PHOTO_LOST)
            done.quarantined += 1
            return True
        state = self._reached(photo)
        while isinstance(state, PieceTaken) and state.offset < photo.size_bytes and not done.is_over:
            done.note_answer()
            self._applications(done)
            if not done.is_over:  # else nothing more is asked on this line
                self._deliveries.renew_all([photo.place], self._lease_s)
                state = self._piece(photo, state.offset, content)
        if isinstance(state, PieceTaken) and state.offset == photo.size_bytes:
            done.note_answer()
            self._deliveries.photo_sent(photo)
            done.photos += 1
        elif _is_forgotten(state):
            self._send_again(photo.place, photo.attempts, done)
        elif not isinstance(state, PieceTaken):
            self._put_back(photo.place, photo.attempts, state, done)
        else:
            self._deliveries.release([photo.place])
        return True

    def _reached(self, photo: PhotoParcel) -> PieceTaken | Refused | Offline:
        """How much of a photo the city has; where nothing was ever sent it is not asked, and a wrong guess it puts right."""
        if photo.digest in self._untouched:
            self._untouched.discard(photo.digest)
            return PieceTaken(0)
        return self._client.photo_offset(photo)

    def _piece(self, photo: PhotoParcel, offset: int, content: bytes) -> PieceTaken | Refused | Offline:
        """Send the next piece; on a slow line they get smaller until they fit into the time."""
        piece = content[offset : offset + self._piece_bytes]
        began_s = time.monotonic()
        state = self._client.put_piece(photo, offset, piece)
        match state:
            case Offline(OfflineReason.TOO_SLOW):
                self._piece_bytes = max(PIECE_MIN_BYTES, self._piece_bytes // 2)
            case Refused(retry=Retry.SPLIT) if len(piece) > PIECE_MIN_BYTES:  # a proxy on the way that takes less
                self._piece_bytes = max(PIECE_MIN_BYTES, len(piece) // 2)
                return PieceTaken(offset)
            case PieceTaken() if state.offset <= offset:
                return Refused(Retry.LATER, ProblemCode.OFFSET)  # it did not get further; not again at once
            case PieceTaken() if time.monotonic() - began_s < QUICK_S:
                self._piece_bytes = min(routes.PIECE_MAX_BYTES, self._piece_bytes * 2)
        return state

    def _last_word(self, done: Pass) -> bool:
        """Ask for the receipt of an application whose photos are all there; True when there was one."""
        parcel = self._deliveries.claim_unconfirmed(self._lease_s)
        if parcel is None:
            return False
        outcome = self._client.ask_again(parcel)
        if _is_forgotten(outcome):
            self._send_again(parcel.place, parcel.attempts, done)
            return True
        if isinstance(outcome, Taken) and outcome.receipt.state is ReceiptState.RECEIVED and not outcome.missing:
            outcome = Refused(Retry.LATER, ProblemCode.IN_PROGRESS)  # it has everything and has not said so yet
        self._settle(parcel, outcome, done)
        if isinstance(outcome, Taken):
            self._untouched.difference_update(outcome.missing)  # these were sent, and it may have a part of them
        if isinstance(outcome, Taken) and outcome.receipt.state is ReceiptState.RECEIVED and not done.is_first_time(parcel.place):
            # It wants photos again that it said it has: they are sent again, but a city of two minds is not asked without a pause.
            self._deliveries.hold(parcel.place, full_jitter(0, ITEM_WAIT_S, WAIT_MAX_S), PHOTO_WANTED_AGAIN)
            done.held += 1
        return True

    def _rating(self, done: Pass) -> bool:
        """Send one rating; True when there was one."""
        rating = self._deliveries.claim_rating(self._lease_s)
        if rating is None:
            return False
        outcome = self._client.put_rating(rating)
        if outcome is None:
            done.note_answer()
            self._deliveries.rating_settled(rating.application_id)
            done.ratings += 1
            return True
        match done.note(outcome):
            case Next.RELEASE:
                self._deliveries.rating_released(rating.application_id)
            case Next.HOLD:
                self._deliveries.rating_held(rating.application_id, _wait_s(outcome, rating.attempts), outcome.reason)
                done.held += 1
            case Next.SET_ASIDE:
                self._deliveries.rating_quarantined(rating.application_id, outcome.reason)
                done.quarantined += 1
        return True

    def _send_again(self, place: int, attempts: int, done: Pass) -> None:
        """After a pause, for a city of two minds; what it has after all, it recognises."""
        done.note_answer()
        self._deliveries.send_again(place, full_jitter(attempts, ITEM_WAIT_S, WAIT_MAX_S), FORGOTTEN)
        done.held += 1

    def _put_back(self, place: int, attempts: int, outcome: Refused | Offline, done: Pass) -> None:
        match done.note(outcome):
            case Next.RELEASE:
                self._deliveries.release([place])
            case Next.HOLD:
                self._deliveries.hold(place, _wait_s(outcome, attempts), outcome.reason)
                done.held += 1
            case Next.SET_ASIDE:
                self._deliveries.quarantine(place, outcome.reason, outcome.detail if isinstance(outcome, Refused) else None)
                done.quarantined += 1


def _fitting(parcels: list[Parcel], most: int) -> list[Parcel]:
    """The first of them that go into one batch; at least one."""
    batch: list[Parcel] = []
    size_bytes = 0
    for parcel in parcels[: max(1, most)]:
        size_bytes += len(parcel.body) + _ITEM_FRAME_BYTES
        if batch and size_bytes > routes.BATCH_MAX_BYTES:
            break
        batch.append(parcel)
    return batch


def _is_forgotten(outcome: Taken | PieceTaken | Refused | Offline) -> bool:
    """Whether the city itself says that it does not know an application for which it gave a receipt."""
    return isinstance(outcome, Refused) and outcome.reason == ProblemCode.UNKNOWN


def _read(photo: PhotoParcel) -> bytes | None:
    """The sealed photo, or None when it is gone or not what was put in.

    Raises:
        OSError: It cannot be read now; whether anything is wrong with it is not known.
    """
    try:
        content = photo.path.read_bytes()
    except FileNotFoundError:
        return None
    return content if digest_of(content) == photo.digest else None


def _wait_s(outcome: Refused | Offline, attempts: int) -> float:
    asked_s = outcome.wait_s if isinstance(outcome, Refused) else None
    return full_jitter(attempts, ITEM_WAIT_S, WAIT_MAX_S) if asked_s is None else asked_s
