"""How quick the line to the city is, and how the screen's process asks for it to be measured: values only."""

from enum import StrEnum
from typing import Final

import msgspec

from sync.contract.question import QuestionKind

QUICK_KBIT_S: Final = 2_000
"""A sample: from here on, photos of an application are sent while the resident still takes the slip."""

ENOUGH_KBIT_S: Final = 256
"""A sample: below, a day's applications with photos may not be sent in that day."""

APPLICATION_BYTES: Final = 3 * 1024 * 1024
"""A sample: an application with three photos, as the camera takes them."""


class SpeedOutcome(StrEnum):
    """What came of measuring."""

    MEASURED = "measured"
    NO_LINE = "no_line"  # the city was not reached, or the line broke
    TOO_SLOW = "too_slow"  # not even the small piece went through in time
    NOT_OFFERED = "not_offered"  # the city will not: it is busy, or of a release before this
    NOT_ASKED = "not_asked"  # the sending process, which alone may measure, is not there


class SpeedWord(StrEnum):
    """The speed in a word; the slower direction decides."""

    QUICK = "quick"
    ENOUGH = "enough"
    SLOW = "slow"


class LineSpeed(msgspec.Struct, frozen=True):
    """What was measured: there and back in ms, then down and up in kbit/s, of whole requests; nothing unless MEASURED."""

    outcome: SpeedOutcome
    back_ms: int = 0
    down_kbit_s: int = 0
    up_kbit_s: int = 0

    @property
    def word(self) -> SpeedWord:
        """The speed in a word."""
        slower = min(self.down_kbit_s, self.up_kbit_s)
        return SpeedWord.QUICK if slower >= QUICK_KBIT_S else SpeedWord.ENOUGH if slower >= ENOUGH_KBIT_S else SpeedWord.SLOW

    @property
    def application_s(self) -> int:
        """How many seconds an application with photos takes to the city, at least one."""
        return max(1, round(APPLICATION_BYTES * 8 / 1000 / max(1, self.up_kbit_s)))


class SpeedWanted(msgspec.Struct, frozen=True):
    """Measure it now."""


SPEED: QuestionKind[SpeedWanted, LineSpeed] = QuestionKind("local-speed", SpeedWanted, LineSpeed)
"""Asked of the sending process, as the way is; the question itself never leaves the terminal."""
