"""Who speaks."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from kiosk.voice.guide import Utterance

SPEEDS = (140, 175, 220, 280)
"""Words a minute; the second is where everybody begins."""
LOUDNESSES = (40, 65, 90, 100)
"""Percent; the second is where everybody begins, also after somebody else's visit."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How fast and how loud: places in the two lists above."""

    speed: int = 1
    loudness: int = 1


class Voice(Protocol):
    """Speaks without making anybody wait."""

    @property
    def is_speaking(self) -> bool:
        """Whether something is being said."""

    def speak(self, utterances: Sequence[Utterance], manner: Manner) -> None:
        """Cut short what is being said, and say this."""

    def hush(self) -> None:
        """Be silent within 100 ms."""

    def close(self) -> None:
        """Be silent for good."""


@dataclass
class SpeechLog:
    """A voice that only writes down: for tests, and for machines without sound."""

    said: list[Utterance] = field(default_factory=list)
    cut_short: int = 0

    @property
    def is_speaking(self) -> bool:
        """Never: it writes at once."""
        return False

    @property
    def text(self) -> str:
        """All of it."""
        return "\n".join(utterance.text for utterance in self.said)

    def speak(self, utterances: Sequence[Utterance], manner: Manner) -> None:
        """Write it down."""
        del manner
        self.said.extend(utterances)

    def hush(self) -> None:
        """Count."""
        self.cut_short += 1

    def close(self) -> None:
        """Do nothing."""
