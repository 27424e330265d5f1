"""Takes in what terminals tell of technicians, only where it continues the chain that is here."""

from city import here
from city.api.questions import answers
from city.fleet.models import Terminal
from city.refused import Refused
from city.upkeep.models import Act
from sync.contract.problem import ProblemCode
from sync.contract.technicians import ACTS, ACTS_AT_ONCE, NOTHING_BEFORE, ActRecord, ActsKept, ActsTold


@answers(ACTS, does=True)
def keep_acts(terminal: Terminal, told: ActsTold) -> ActsKept | Refused:
    """Keep the records that are new; a chain that does not fit the one here is refused, and that is an alarm of its own.

    A chain that begins by naming a damaged one is kept beside those before it: what they say stays, and somebody has to look.
    """
    last = Act.objects.filter(terminal=terminal).order_by("-chain", "-number").first()
    chain, number, before = (last.chain, last.number, last.digest) if last else (1, 0, NOTHING_BEFORE)
    first = told.records[0] if told.records else None
    if last is not None and first is not None and first.begins_anew and not _is_begun(terminal, chain, first):
        chain, number, before = chain + 1, 0, NOTHING_BEFORE
    new = [record for record in told.records if record.number > number]
    if len(told.records) > ACTS_AT_ONCE or any(len(record.about) > 40 or len(record.by) > 16 for record in new):
        return Refused(ProblemCode.INVALID, "not records of this kind")
    for record in new:
        if record.number != number + 1 or record.before != before:
            return Refused(
                ProblemCode.OTHER_CONTENT,
                f"record {record.number} does not continue the chain at {number}",
                afterwards=lambda: doubt(terminal),
            )
        number, before = record.number, record.digest
    if any(record.begins_anew for record in new):
        doubt(terminal)
    Act.objects.bulk_create([Act.of(terminal, chain, record) for record in new])
    return ActsKept(number)


def doubt(terminal: Terminal) -> None:
    """Say that a person has to look at a terminal's record."""
    Terminal.objects.filter(pk=terminal.pk, record_doubted_at=None).update(record_doubted_at=here.now())


def _is_begun(terminal: Terminal, chain: int, first: ActRecord) -> bool:
    return Act.objects.filter(terminal=terminal, chain=chain, number=1, digest=first.digest).exists()
