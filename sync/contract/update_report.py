"""What a terminal tells the city about an update."""

from datetime import datetime
from enum import StrEnum

import msgspec


class UpdateOutcome(StrEnum):
    """How far it came. A terminal that was heard to switch and then stays silent counts as failed."""

    SWITCHING = "switching"  # written whole; it restarts now
    GOOD = "good"  # the new version has proven itself
    FAILED = "failed"  # it runs what it ran before
    RECALLED = "recalled"  # went back because the rollout was halted
    REFUSED = "refused"  # never begun, for a reason that stays: it is older than what runs, or there is none for this board


class UpdateReport(msgspec.Struct, frozen=True, omit_defaults=True):
    """POST to `routes.UPDATE_REPORT_PATH`; the same again changes nothing."""

    rollout: str
    release: str
    attempt: int  # from 1, of this release on this terminal
    outcome: UpdateOutcome
    at: datetime  # on the terminal's clock
    stage: str = ""  # where a failed one failed: install, boot, or a stage of the visit; or why it was refused
    running: str = ""  # what it runs now
