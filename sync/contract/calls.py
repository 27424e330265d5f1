"""Calling a person: somebody at a terminal wants help, and the community's people are alerted in the city's console."""

from typing import Final

import msgspec

from sync.contract.question import QuestionKind


class StaffCall(msgspec.Struct, frozen=True):
    """Somebody calls. Who it is and what they were doing is not said."""


class StaffAlerted(msgspec.Struct, frozen=True):
    """The alert is up in the console. Whether anybody looks is not known to it."""


CALL_STAFF: Final = QuestionKind("call-staff", StaffCall, StaffAlerted)
