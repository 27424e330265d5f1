"""What time it is: asked by a terminal whose clock may be wrong. The answer is when the reply was signed, and says nothing else."""

from typing import Final

import msgspec

from sync.contract.question import QuestionKind


class TimeAsked(msgspec.Struct, frozen=True):
    """What time is it?"""


class TimeTold(msgspec.Struct, frozen=True):
    """The reply's own `replied_at`."""


CITY_TIME: Final = QuestionKind("time", TimeAsked, TimeTold)
