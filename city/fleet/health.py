"""What a heartbeat says about a terminal, as a pure function: the worst news, with its cause."""

from city.fleet.models import Cause, Severity
from sync.contract.heartbeat import Heartbeat

QUEUE_S = 3600.0
CLOCK_S = 30.0
CERTIFICATE_DAYS = 14
STORAGE_BYTES = 1024**3

_PAPER_LOW = "paper_low"
_PAPER_OUT = "paper_out"
_DOOR, _OPEN = "door", "open"
_FINE = frozenset({"ready", _PAPER_LOW, "good", "idle"})


def judge(told: Heartbeat) -> tuple[Severity, Cause | None]:
    """Return how much a person is needed, and why; what keeps residents from being served comes first."""
    statuses = {device.status for device in told.devices if device.name != _DOOR}
    is_open = any(device.name == _DOOR and device.status == _OPEN for device in told.devices)
    reasons = (
        (not told.is_taking, Severity.FAULT, Cause.NOT_TAKING),
        (bool(statuses - _FINE - {_PAPER_OUT}), Severity.FAULT, Cause.DEVICE),
        (_PAPER_OUT in statuses, Severity.FAULT, Cause.PAPER_OUT),
        (is_open, Severity.FAULT, Cause.TAMPER),  # a technician's work, or somebody else's
        (told.quarantined > 0, Severity.FAULT, Cause.SET_ASIDE),
        (told.certificate_days is not None and told.certificate_days < CERTIFICATE_DAYS, Severity.ATTENTION, Cause.CERTIFICATE),
        (abs(told.clock_offset_s or 0.0) > CLOCK_S, Severity.ATTENTION, Cause.CLOCK),
        (told.waiting > 0 and (told.oldest_waiting_s or 0.0) > QUEUE_S, Severity.ATTENTION, Cause.QUEUE),
        (told.free_bytes < STORAGE_BYTES, Severity.ATTENTION, Cause.STORAGE),
        (_PAPER_LOW in statuses, Severity.ATTENTION, Cause.PAPER_LOW),
    )
    return next(((severity, cause) for holds, severity, cause in reasons if holds), (Severity.WELL, None))
