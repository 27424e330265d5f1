"""Every case as one line of JSON: for evaluation elsewhere. Nothing personal, and never more than a few rows in memory."""

from collections.abc import Iterator
from datetime import datetime

import msgspec
from django.db.models import Q

from city.onewindow.models import Case
from city.onewindow.states import State

_ROWS_AT_ONCE = 2000


def lines(since: datetime | None = None, until: datetime | None = None) -> Iterator[bytes]:
    """Yield the cases received in a span of time, the oldest first."""
    within = Q() if since is None else Q(received_at__gte=since)
    within &= Q() if until is None else Q(received_at__lt=until)
    columns = ("pk", "application_id", "number", "case_number", "terminal", "item", "state", "digest", "received_at", "completed_at")
    for row in Case.objects.filter(within).order_by("pk").values_list(*columns).iterator(chunk_size=_ROWS_AT_ONCE):
        _, application, number, case_number, terminal, item, state, digest, received_at, completed_at = row
        yield msgspec.json.encode(
            {
                "application_id": str(application),
                "number": number,
                "case_number": case_number,
                "terminal": terminal,
                "item": item,
                "state": State(state).name.lower(),
                "digest": digest,
                "received_at": received_at.isoformat(),
                "complete": completed_at is not None,
            }
        )
