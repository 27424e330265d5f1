"""What does not add up between terminals and the city: each difference with its cause, until a person has seen to it.

A difference is worked out anew whenever somebody looks; its key stays the same as long as it is the same one, and that is what is settled.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, F, OuterRef, QuerySet

from city import here
from city.fleet.models import Terminal
from city.onewindow.models import Case, Event
from city.onewindow.states import Kind, State
from city.reconciliation.causes import Cause
from city.reconciliation.models import Settled, Shelved, SlipCount
from city.reconciliation.sequences import Tally, gaps
from sync.contract.problem import ProblemCode

PHOTOS_WITHIN = timedelta(hours=24)
LOOKS_BACK = timedelta(days=90)
MOST = 200
"""Of each cause; the page says when there are more."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that does not add up. `count` is of applications or slips; `numbers` says which, where numbers say it."""

    key: str
    cause: Cause
    terminal: Terminal
    since: datetime | date | None = None
    count: int = 1
    numbers: str = ""
    receipt: str = ""  # as it stands on the slip
    case_number: str = ""
    item: str = ""
    code: str = ""
    detail: str = ""


def differences(terminals: Mapping[str, Terminal], tallies: Mapping[str, list[Tally]], now: datetime) -> list[Difference]:
    """Return what does not add up, the gravest causes first; what is settled is left out."""
    found = [
        *_gaps(terminals, tallies),
        *_boxes(terminals),
        *_reused(terminals, now),
        *_shelf(terminals),
        *_aside(terminals),
        *_photos(terminals, now),
        *_damaged(terminals, now),
        *_slips(terminals, now),
    ]
    settled = set(Settled.objects.filter(key__in=[one.key for one in found]).values_list("key", flat=True))
    return [one for one in found if one.key not in settled]


def waits(terminal: Terminal) -> int:
    """Return how many applications the terminal, as it said last, still has to send or has set aside."""
    beat = getattr(terminal, "heartbeat", None)
    return 0 if beat is None else beat.waiting + beat.quarantined


def unknown(terminal: Terminal, tallies: list[Tally]) -> int:
    """Return how many numbers nobody accounts for: what the current installation says that it holds is on its way, the rest is not."""
    current = sum(tally.missing for tally in tallies if tally.is_current)
    return max(0, current - waits(terminal)) + sum(tally.missing for tally in tallies if not tally.is_current)


def open_shelf(terminals: Mapping[str, Terminal] | QuerySet[Terminal]) -> QuerySet[Shelved]:
    """Return what the city refused for good and has not got in another way since."""
    come = Case.objects.filter(terminal=OuterRef("terminal"), application_id=OuterRef("application_id"))
    shelf = Shelved.objects.filter(terminal__in=terminals if isinstance(terminals, QuerySet) else list(terminals))
    return shelf.exclude(Exists(come) & ~Exists(shelf.filter(pk=OuterRef("pk"), code=ProblemCode.OTHER_CONTENT)))


def _gaps(terminals: Mapping[str, Terminal], tallies: Mapping[str, list[Tally]]) -> Iterator[Difference]:
    for pk, terminal in terminals.items():
        if not unknown(terminal, tallies[pk]):
            continue
        for tally in tallies[pk]:
            if not tally.missing:
                continue
            for gap in gaps(tally):
                numbers = str(gap.first) if gap.count == 1 else f"{gap.first}–{gap.last}"
                key = f"gap:{pk}:{tally.install[:64]}:{gap.first}-{gap.last}"
                yield Difference(key, Cause.GAP, terminal, count=gap.count, numbers=numbers)


def _boxes(terminals: Mapping[str, Terminal]) -> Iterator[Difference]:
    for pk, terminal in terminals.items():
        beat = getattr(terminal, "heartbeat", None)
        damaged = beat.body.get("damaged_set_aside", 0) if beat is not None else 0
        if isinstance(damaged, int) and damaged > 0:
            yield Difference(f"outbox:{pk}:{damaged}", Cause.OUTBOX, terminal, count=damaged)


def _reused(terminals: Mapping[str, Terminal], now: datetime) -> Iterator[Difference]:
    for event in _events(terminals, Kind.SEQUENCE_REUSED, now):
        case = event.case
        key, number = f"reused:{event.pk}", str(case.sequence)
        yield Difference(key, Cause.REUSED, terminals[case.terminal_id], event.at, numbers=number, case_number=case.case_number)


def _shelf(terminals: Mapping[str, Terminal]) -> Iterator[Difference]:
    for one in open_shelf(terminals).order_by("first_at")[:MOST]:
        yield Difference(
            f"shelved:{one.pk}",
            Cause.SHELVED,
            terminals[one.terminal_id],
            one.first_at,
            numbers="" if one.sequence is None else str(one.sequence),
            receipt=one.number,
            item=one.item,
            code=one.code,
            detail=one.detail,
        )


def _aside(terminals: Mapping[str, Terminal]) -> Iterator[Difference]:
    """Set aside at the terminal although the city never refused it: damaged there, or refused by an answer that did not come from here."""
    known: dict[str, int] = {}
    for pk in open_shelf(terminals).values_list("terminal_id", flat=True):
        known[pk] = known.get(pk, 0) + 1
    for pk, terminal in terminals.items():
        beat = getattr(terminal, "heartbeat", None)
        more = 0 if beat is None else beat.quarantined - known.get(pk, 0)
        if beat is not None and more > 0:
            yield Difference(f"aside:{pk}:{beat.quarantined}", Cause.ASIDE, terminal, beat.received_at, count=more)


def _photos(terminals: Mapping[str, Terminal], now: datetime) -> Iterator[Difference]:
    waiting = Case.objects.filter(terminal__in=list(terminals), state=State.ARRIVING, received_at__lt=now - PHOTOS_WITHIN)
    for case in waiting.order_by("received_at")[:MOST]:
        missing = case.attachments.filter(stored_at=None).count()
        key, terminal = f"photos:{case.pk}", terminals[case.terminal_id]
        yield Difference(key, Cause.PHOTOS, terminal, case.received_at, missing, receipt=case.number, case_number=case.number_said)


def _damaged(terminals: Mapping[str, Terminal], now: datetime) -> Iterator[Difference]:
    for event in _events(terminals, Kind.PAPER_DAMAGED, now):
        case, key = event.case, f"damaged:{event.pk}"
        yield Difference(key, Cause.DAMAGED, terminals[case.terminal_id], event.at, receipt=case.number, case_number=case.number_said)


def _slips(terminals: Mapping[str, Terminal], now: datetime) -> Iterator[Difference]:
    """Today's is still being counted: a slip may be coming out at this moment."""
    today = here.day_of(now)
    short = SlipCount.objects.filter(terminal__in=list(terminals), printed__lt=F("handed_in"), day__lt=today, day__gte=today - LOOKS_BACK)
    for one in short.order_by("day")[:MOST]:
        missing = one.handed_in - one.printed
        key = f"slips:{one.terminal_id}:{one.day.isoformat()}:{missing}"
        yield Difference(key, Cause.SLIPS, terminals[one.terminal_id], one.day, missing)


def _events(terminals: Mapping[str, Terminal], kind: Kind, now: datetime) -> QuerySet[Event]:
    recent = Event.objects.filter(kind=kind, at__gte=now - LOOKS_BACK, case__terminal__in=list(terminals))
    return recent.select_related("case__corrects").order_by("at")[:MOST]


def arrived(terminals: Mapping[str, Terminal], start: date, end: date) -> QuerySet[Case]:
    """Return what arrived between two days of the city's calendar, both inclusive."""
    from_, until = _midnight(start), _midnight(end + timedelta(days=1))
    return Case.objects.filter(terminal__in=list(terminals), received_at__gte=from_, received_at__lt=until)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=here.CITY_TIME)
