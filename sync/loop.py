"""The sending process: it wakes by its timer, or at once when something was handed in, and carries what is due to the city."""

import math
import random
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Final, Self, TypedDict, assert_never

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sync import identity
from sync.ask import new_question_id
from sync.boot_clock import BootClock
from sync.carrier import Carrier, take_receipts
from sync.catalogue import FetchStatus, fetch_catalogue
from sync.certificate_time import BUILT_AT, AnyTime, CertificateTime
from sync.client import CityClient
from sync.contract.export import CARRY, SIGN_MANIFEST, CarriedOn, ManifestSigned, ManifestWanted
from sync.contract.known import FEEDS
from sync.contract.names import ApplicationId
from sync.courier import Courier, Pass, PassStatus, full_jitter
from sync.device_health import read_device_health
from sync.enquiries import Enquiries
from sync.enrolment import Admitted, renew_certificate
from sync.exchange import Exchange
from sync.export import signed_manifest
from sync.feeds import FeedFetch, Feeds
from sync.heartbeat import heartbeat_of
from sync.journal import Journal, LogEvent
from sync.line import LineState, write_line_state
from sync.line_speed import SPEED
from sync.measuring import measure
from sync.offline import Offline, OfflineReason, Refused
from sync.outbox import Outbox
from sync.own_certificate import renewal_due
from sync.proxy import proxy_at
from sync.settings import SyncSettings
from sync.slip_tally import read_slips
from sync.wake import WakeSocket, Woken, wake
from sync.way import walk
from sync.way_steps import WAY, WayWalked

SWEEP_S: Final = 60.0
FIRST_WAIT_S: Final = 1.0
RENEW_S: Final = 3600.0
_LETS_ASK: Final = (PassStatus.DONE, PassStatus.STOPPED)  # when it is stopped, a certificate may be what is missing


class OnceResult(TypedDict):
    """What `once` did, in plain values."""

    status: str
    reason: str | None
    sent: int
    complete: int
    photos: int
    ratings: int
    held: int
    quarantined: int
    waiting: int


@dataclass(slots=True)
class Sender:
    """The outbox and the city, joined; `line` is a second connection, for what the screen asks meanwhile."""

    settings: SyncSettings
    outbox: Outbox
    exchange: Exchange
    line: Exchange
    client: CityClient
    courier: Courier
    catalogue_keys: Mapping[str, Ed25519PublicKey]
    feeds: Feeds
    journal: Journal = field(default_factory=Journal)
    _line: LineState = LineState.UNKNOWN

    @classmethod
    def open(cls, settings: SyncSettings) -> Self:
        """Open everything that sending needs.

        Raises:
            SettingsError: A key is missing or malformed.
            SyncError: The outbox cannot be opened.
        """
        receipt_keys = identity.trusted_keys(settings.receipt_keys)
        catalogue_keys = identity.trusted_keys(settings.catalogue_keys)
        signer = identity.request_key(settings.request_key, settings.terminal)
        outbox = Outbox.open(settings.outbox, identity.outbox_key(settings.outbox_key, of=settings.outbox), receipt_keys, settings.limits)
        proxy = proxy_at(settings.proxy, settings.proxy_login)
        feeds = Feeds(settings.feeds, settings.terminal, receipt_keys)
        judged_by = CertificateTime(max(filter(None, (BUILT_AT, outbox.last_receipt_at(), feeds.last_issued_at(FEEDS)))))
        exchange, line = (Exchange(settings.url, settings.ca_file, signer, settings.exchange_s, proxy, judged_by) for _ in range(2))
        for one in (exchange, line):
            one.show_certificate(settings.certificate, settings.request_key)
        client = CityClient(exchange, settings.terminal, receipt_keys)
        courier = Courier(outbox.deliveries, client, settings.lease_s)
        sender = cls(settings, outbox, exchange, line, client, courier, catalogue_keys, feeds)
        for event in outbox.events:
            sender.journal.note(LogEvent.OUTBOX_OPENED, found=event)
        return sender

    def close(self) -> None:
        """Let go of everything."""
        self.exchange.close()
        self.line.close()
        self.outbox.close()

    def deliver(self) -> Pass:
        """Make one pass and publish what it says about the line."""
        done = self.courier.deliver()
        if done.reason == OfflineReason.CERTIFICATE and self.ask_time():
            done = self.courier.deliver()
        match done.status:
            case PassStatus.DONE:
                state = LineState.UP if done.was_answered else None
            case PassStatus.BUSY:
                state = LineState.UP
            case PassStatus.OFFLINE:
                state = LineState.DOWN
            case PassStatus.STOPPED:
                state = LineState.STOPPED
            case _:
                assert_never(done.status)
        if state is not None:
            self.publish(state, done.reason)
        if done.sent or done.complete or done.photos or done.ratings:
            self.journal.note(
                LogEvent.DELIVERED, received=done.sent, complete=done.complete, photos=done.photos, ratings=done.ratings, held=done.held
            )
        if done.quarantined:
            self.journal.note(LogEvent.SET_ASIDE, count=done.quarantined)
        return done

    def ask_time(self) -> bool:
        """Ask the city for its time, since its certificate is over by ours; tell whether it said so. See `certificate_time`."""
        exchange = self.exchange.judging_by(AnyTime())
        try:
            told = CityClient(exchange, self.settings.terminal, identity.trusted_keys(self.settings.receipt_keys)).city_time(
                new_question_id()
            )
        finally:
            exchange.close()
        if not isinstance(told, datetime):
            return False
        self.exchange.judged_by.tell(told)  # the screen's line has the same
        self.journal.note(LogEvent.TIME_TOLD, clock_offset_s=round((told - datetime.now(UTC)).total_seconds(), 1))
        return True

    def publish(self, state: LineState, reason: str | None) -> None:
        """Tell the screen how the line is."""
        if state is not self._line:
            self._line = state
            offset_s = self.client.clock_offset_s
            self.journal.note(
                LogEvent.LINE_CHANGED,
                line=state,
                reason=reason if isinstance(reason, Enum) else None,
                clock_offset_s=None if offset_s is None else round(offset_s, 1),
            )
        write_line_state(self.settings.outbox, state, reason, self.client.clock_offset_s)

    def fetch_down(self) -> None:
        """Bring item packages and feeds up to date; what cannot be fetched now is fetched another time."""
        fetched = fetch_catalogue(self.client, self.settings.catalogue, self.catalogue_keys)
        if fetched is not FetchStatus.UNCHANGED:
            self.journal.note(LogEvent.CATALOGUE_FETCHED, outcome=fetched)
        for place, kind in enumerate(FEEDS):
            outcome = self.feeds.fetch(self.client, kind)
            if outcome is not FeedFetch.UNCHANGED:
                self.journal.note(LogEvent.FEED_FETCHED, feed=place, outcome=outcome)
            if outcome is FeedFetch.OFFLINE:
                return  # nor would the others be reached

    def beat(self) -> None:
        """Tell the city how this terminal is; one that does not arrive is made good by the next."""
        kept = {f"feed/{kind.name}": str(self.feeds.version(kind)) for kind in FEEDS}
        with suppress(OSError, UnicodeDecodeError):  # nobody set anything, or the screen has not looked yet
            kept["settings"] = self.settings.applied_settings.read_text(encoding="utf-8")[:200]
        answer = self.client.put_heartbeat(
            heartbeat_of(
                self.settings.terminal,
                self.outbox.stats(),
                clock_offset_s=self.client.clock_offset_s,
                certificate=self.settings.certificate,
                authority=self.settings.ca_file,
                devices=read_device_health(self.settings.device_health),
                versions=kept,
                slips=read_slips(self.settings.slips),
            )
        )
        if answer is not None:
            self.journal.note(LogEvent.HEARTBEAT_UNANSWERED, status=answer.status if isinstance(answer, Refused) else None)

    def renew(self) -> None:
        """See to the terminal's certificate: a first one, or a new one in time. Also while nothing else is let in, as when it is over."""
        due = renewal_due(self.settings.certificate, datetime.now(UTC) + timedelta(seconds=self.client.clock_offset_s or 0.0))
        if due:
            outcome = renew_certificate(self.exchange, self.settings.certificate, self.settings.ca_file)
            if isinstance(outcome, Admitted):
                self.journal.note(LogEvent.CERTIFICATE_RENEWED)
                for one in (self.exchange, self.line):
                    one.show_certificate(self.settings.certificate, self.settings.request_key)

    def sweep(self) -> None:
        """Remove what is no longer needed."""
        self.outbox.deliveries.purge(datetime.now(UTC) - timedelta(seconds=self.settings.retention_s))
        self.outbox.tidy()
        self.feeds.prune(FEEDS)


def once(settings: SyncSettings) -> OnceResult:
    """Send what is due now, and say what happened; `status` is "done" when nothing is left that could be sent now."""
    sender = Sender.open(settings)
    try:
        done = sender.deliver()
        sender.sweep()
        figures = sender.outbox.stats()
    finally:
        sender.close()
    return OnceResult(
        status=done.status.value,
        reason=done.reason,
        sent=done.sent,
        complete=done.complete,
        photos=done.photos,
        ratings=done.ratings,
        held=done.held,
        quarantined=done.quarantined,
        waiting=figures["sealed"] + figures["sent"],
    )


def fetch(settings: SyncSettings) -> None:
    """Bring item packages and feeds up to date once, as for a terminal that is new.

    Raises:
        SyncError: The outbox cannot be opened, or a key is missing.
    """
    sender = Sender.open(settings)
    try:
        sender.fetch_down()
    finally:
        sender.close()


def manifest(settings: SyncSettings, after: ApplicationId | None = None) -> ManifestSigned:
    """Return the signed list of what waits, for a stick, or of what came after `after`; an outbox of its own for its thread.

    Raises:
        SyncError: The outbox cannot be opened, or a key is missing.
    """
    signer = identity.request_key(settings.request_key, settings.terminal)
    outbox = Outbox.open(settings.outbox, identity.outbox_key(settings.outbox_key, of=settings.outbox), {}, settings.limits)
    try:
        return signed_manifest(outbox.sealed_rows(after), signer, settings.terminal)
    finally:
        outbox.close()


def carry(settings: SyncSettings, stick: Path) -> CarriedOn:
    """Deliver what a stick holds, as far as one slice goes, on a connection of its own.

    Raises:
        SyncError: The outbox cannot be opened, or a key is missing.
    """
    sender = Sender.open(settings)
    try:
        return _carry(replace(settings, stick=stick), sender.line)
    finally:
        sender.close()


def _carry(settings: SyncSettings, line: Exchange) -> CarriedOn:
    """Deliver, and settle what of this terminal's own comes back; its outbox is opened anew, because each belongs to one thread."""
    keys = identity.trusted_keys(settings.receipt_keys)
    done = Carrier(line, keys).carry(settings.stick)
    outbox = Outbox.open(settings.outbox, identity.outbox_key(settings.outbox_key, of=settings.outbox), keys, settings.limits)
    try:
        return msgspec.structs.replace(done, settled=take_receipts(settings.stick, outbox, settings.terminal))
    except OSError:
        return msgspec.structs.replace(done, is_stick_gone=True)
    finally:
        outbox.close()


def run(settings: SyncSettings, stop: threading.Event, chance: Callable[[], float] = random.random) -> None:
    """Send, and ask for the screen, until `stop` is set; whoever sets it also calls `wake.wake`, so that it is seen at once."""

    def end() -> None:
        stop.set()
        wake(settings.outbox)

    sender = Sender.open(settings)
    sender.journal.note(LogEvent.STARTED)
    client = CityClient(sender.line, settings.terminal, identity.trusted_keys(settings.receipt_keys))
    here = {
        WAY.name: lambda _: msgspec.json.encode(WayWalked(tuple(walk(settings, judged_by=sender.line.judged_by)))),
        SPEED.name: lambda _: msgspec.json.encode(measure(settings, sender.line.judged_by)),
        SIGN_MANIFEST.name: lambda asked: msgspec.json.encode(manifest(settings, msgspec.json.decode(asked, type=ManifestWanted).after)),
        CARRY.name: lambda _: msgspec.json.encode(_carry(settings, sender.line)),  # asked of the thread whose connection that is
    }
    try:
        with WakeSocket(settings.outbox) as shoulder, Enquiries(settings.ask_socket, client, end, here):
            _turn(sender, shoulder, stop, chance)
        sender.journal.note(LogEvent.STOPPED)
    finally:
        sender.close()


def _turn(sender: Sender, shoulder: WakeSocket, stop: threading.Event, chance: Callable[[], float]) -> None:
    clock = BootClock.of_this_machine()
    failures = 0
    swept_s = probed_s = clock.now_s()
    fetched_s = renewed_s = beaten_s = -math.inf
    _probe(sender)
    while not stop.is_set():
        done = sender.deliver()
        now_s = clock.now_s()
        failures = failures + 1 if done.is_over else 0
        if done.was_answered or done.is_over:
            probed_s = now_s
        elif now_s - probed_s >= sender.settings.probe_s:
            _probe(sender)
            probed_s = now_s
        if not done.is_over and now_s - fetched_s >= sender.settings.fetch_s:
            sender.fetch_down()
            fetched_s = now_s
        if done.status in _LETS_ASK and now_s - renewed_s >= RENEW_S:
            sender.renew()
            renewed_s = now_s
        if not done.is_over and now_s - beaten_s >= sender.settings.heartbeat_s:
            sender.beat()
            beaten_s = now_s
        if now_s - swept_s >= SWEEP_S:
            sender.sweep()
            swept_s = now_s
        if _sleep(shoulder, stop, _pause_s(sender, done, failures, chance), is_sound=done.status is PassStatus.BUSY) is Woken.LINK:
            failures = 0  # what failed before was another line; this one may need a moment for its names


def _sleep(shoulder: WakeSocket, stop: threading.Event, seconds: float, *, is_sound: bool) -> Woken | None:
    """Sleep until woken; soundly means through taps and links, because the city asked for it, but never through the end."""
    ends_s = time.monotonic() + seconds
    while (woken := shoulder.wait(ends_s - time.monotonic())) is not None and is_sound and not stop.is_set():
        pass
    return woken


def _pause_s(sender: Sender, done: Pass, failures: int, chance: Callable[[], float]) -> float:
    """Return how long to sleep: a tap and a link that comes up wake at any time, a line that comes back beyond it is found by trying."""
    most_s = sender.settings.wait_max_s
    if done.status is PassStatus.STOPPED:
        return max(most_s / 2, most_s * chance())  # staff have to act first; look again now and then
    if done.is_over:
        return max(full_jitter(failures - 1, FIRST_WAIT_S, most_s, chance), done.wait_s or 0.0)
    due_s = sender.outbox.deliveries.next_due_s()
    idle_s = min(SWEEP_S, sender.settings.probe_s)
    return idle_s if due_s is None else min(idle_s, max(FIRST_WAIT_S / 10, due_s))


def _probe(sender: Sender) -> None:
    """Find out how the line is while there is nothing to send."""
    answer = sender.client.is_there()
    if answer == Offline(OfflineReason.CERTIFICATE) and sender.ask_time():
        answer = sender.client.is_there()
    if isinstance(answer, Offline):
        sender.publish(LineState.DOWN, answer.reason)
    else:
        sender.publish(LineState.UP, None)
