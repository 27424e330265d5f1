"""Takes the heartbeats of terminals: the newest of each stays."""

from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from city import here
from city.fleet.doubles import note_start
from city.fleet.health import judge
from city.fleet.models import Heartbeat, Terminal
from city.refused import Refused
from sync.contract.decoding import UNDECODABLE
from sync.contract.heartbeat import Heartbeat as Told
from sync.contract.problem import ProblemCode

_LARGEST: Final = 2**31 - 1  # of a column that counts; a terminal that says more has gone wrong in some other way
_FIGURES: Final[Sequence[str]] = (
    *("received_at", "release", "is_taking", "waiting", "oldest_waiting_s", "quarantined"),
    *("free_bytes", "clock_offset_s", "certificate_days", "severity", "cause", "body"),
)


Listener = Callable[[Terminal, Told], None]

_LISTENERS: list[Listener] = []


def listens(listener: Listener) -> Listener:
    """Have every heartbeat that is believed told to a function as well; its module is imported in its app's `AppConfig.ready`."""
    _LISTENERS.append(listener)
    return listener


def note(terminal: Terminal, body: bytes) -> Refused | None:
    """Keep a heartbeat in place of the one before, in one statement."""
    try:
        told = msgspec.json.decode(body, type=Told)
    except UNDECODABLE:
        return Refused(ProblemCode.MALFORMED, "not a heartbeat")
    if told.format != 1 or told.terminal != terminal.id or not _is_sane(told):
        return Refused(ProblemCode.MALFORMED, "not a heartbeat of this terminal")
    if note_start(terminal, told):
        return Refused(ProblemCode.NOT_ADMITTED, "two machines use this terminal's key; a person has to look")
    severity, cause = judge(told)
    row = Heartbeat(
        terminal=terminal,
        received_at=here.now(),
        release=told.release[:60],
        is_taking=told.is_taking,
        waiting=told.waiting,
        oldest_waiting_s=told.oldest_waiting_s,
        quarantined=told.quarantined,
        free_bytes=told.free_bytes,
        clock_offset_s=told.clock_offset_s,
        certificate_days=told.certificate_days,
        severity=severity,
        cause=cause or "",
        body=msgspec.to_builtins(told),
    )
    Heartbeat.objects.bulk_create([row], update_conflicts=True, unique_fields=["terminal"], update_fields=list(_FIGURES))
    for listener in _LISTENERS:
        listener(terminal, told)
    return None


def _is_sane(told: Told) -> bool:
    """Whether the figures fit their columns, and no text holds what a database cannot."""
    days = told.certificate_days or 0
    texts = [
        told.release,
        told.boot,
        *told.versions,
        *told.versions.values(),
        *(text for device in told.devices for text in (device.name, device.status)),
    ]
    return (
        0 <= told.waiting <= _LARGEST
        and 0 <= told.quarantined <= _LARGEST
        and 0 <= told.free_bytes < 2**63
        and abs(days) <= _LARGEST
        and all("\0" not in text and text.isprintable() for text in texts)
    )
