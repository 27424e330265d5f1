"""What the sending process writes down for staff: names of events from a closed set, figures and words of closed sets; never free text.

So nobody's name can be logged by accident. Each line is JSON on standard error, where systemd's journal keeps and caps it; beyond that,
an event that comes again and again is written a few times and then counted.
"""

import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from enum import Enum, StrEnum
from typing import Final

import msgspec

Fact = int | float | bool | Enum | None
"""A figure, or a word of a closed set. Plain text is none."""

_BURST: Final = 10
_ONE_IN_S: Final = 30.0


class LogEvent(StrEnum):
    """Everything that is ever written down."""

    STARTED = "started"
    STOPPED = "stopped"
    OUTBOX_OPENED = "outbox_opened"  # with what was found, when it was not whole
    LINE_CHANGED = "line_changed"
    DELIVERED = "delivered"  # a pass that brought something to the city
    SET_ASIDE = "set_aside"  # the city will not have something; staff are needed
    TIME_TOLD = "time_told"  # the city's certificate was over by the machine's clock, and the city has signed what time it is
    CERTIFICATE_RENEWED = "certificate_renewed"
    CATALOGUE_FETCHED = "catalogue_fetched"
    FEED_FETCHED = "feed_fetched"
    HEARTBEAT_UNANSWERED = "heartbeat_unanswered"


class Journal:
    """Writes events down, one line each. For one thread."""

    def __init__(self, write: Callable[[str], object] | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._write = write or sys.stderr.write
        self._clock = clock
        self._left: dict[LogEvent, tuple[float, float]] = {}
        self._unsaid: dict[LogEvent, int] = {}

    def note(self, event: LogEvent, **facts: Fact) -> None:
        """Write an event down.

        Raises:
            TypeError: A fact is text.
        """
        for name, fact in facts.items():
            if fact is not None and not isinstance(fact, int | float | Enum):
                raise TypeError(f"{event}: {name} is neither a figure nor a word of a closed set")
        if not self._may(event):
            self._unsaid[event] = self._unsaid.get(event, 0) + 1
            return
        line: dict[str, object] = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": event, **facts}
        if unsaid := self._unsaid.pop(event, 0):
            line["unsaid"] = unsaid
        with suppress(OSError):  # a journal that takes nothing is no reason to stop sending
            self._write(msgspec.json.encode(line).decode() + "\n")

    def _may(self, event: LogEvent) -> bool:
        now_s = self._clock()
        left, then_s = self._left.get(event, (float(_BURST), now_s))
        left = min(float(_BURST), left + (now_s - then_s) / _ONE_IN_S)
        may = left >= 1
        self._left[event] = (left - 1 if may else left), now_s
        return may
