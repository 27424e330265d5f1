"""What is written down as it happens: the slips that a heartbeat tells of, and the shelf of what was refused for good."""

from django.db.models import F

from city import here
from city.fleet.heartbeats import listens
from city.fleet.models import Terminal
from city.onewindow.content import read_sealed
from city.reconciliation.models import Shelved, SlipCount
from city.refused import Refused
from sync.contract.heartbeat import Heartbeat
from sync.contract.names import ApplicationId
from sync.contract.problem import Retry

_MOST_DAYS = 31
_LARGEST_VERSION = 2**31
_LARGEST = 1_000_000  # applications of one terminal on one day: more is no count


@listens
def note_slips(terminal: Terminal, told: Heartbeat) -> None:
    """Keep the days that a heartbeat tells of, in one statement; a count that cannot be one is passed over."""
    rows = [
        SlipCount(terminal=terminal, day=one.day, handed_in=one.handed_in, printed=one.printed)
        for one in {day.day: day for day in told.slips[-_MOST_DAYS:]}.values()
        if 0 <= one.printed <= one.handed_in <= _LARGEST
    ]
    if rows:
        SlipCount.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["terminal", "day"], update_fields=["handed_in", "printed"]
        )


def note_answer(terminal: Terminal, application_id: ApplicationId, body: bytes, answer: object) -> None:
    """Put what was refused for good on the shelf; everything else is no business of the shelf's."""
    if not isinstance(answer, Refused) or answer.problem.retry != Retry.NEVER:
        return
    now = here.now()
    facts: dict[str, object] = {"code": answer.code.value, "detail": (answer.detail or "")[:200], "last_at": now}
    sealed = read_sealed(body)
    if not isinstance(sealed, Refused) and sealed.header.application_id == application_id and sealed.header.item.isprintable():
        header = sealed.header
        facts |= {"install": header.install, "sequence": header.sequence, "number": header.number, "item": header.item[:64]}
        facts["item_version"] = header.item_version if 0 <= header.item_version < _LARGEST_VERSION else None
    found, is_new = Shelved.objects.get_or_create(terminal=terminal, application_id=application_id, defaults=facts | {"first_at": now})
    if not is_new:
        Shelved.objects.filter(pk=found.pk).update(times=F("times") + 1, **facts)
