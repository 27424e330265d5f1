"""What turns pinyin letters into words."""

import string
from typing import Protocol

from peripherals.values import dataclass

LETTERS = string.ascii_lowercase
SEPARATOR = "'"
LONGEST_LETTERS = 20
"""Letters composed at a time. Google Pinyin aborts the process when it is given 27 syllables at once, and 24 letters never do that."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One word on offer, and how many of the typed letters it stands for."""

    text: str
    letters: int


class Engine(Protocol):
    """Offers words for letters. The same letters always get the same words: nothing that was typed is learnt."""

    def candidates(self, letters: str) -> tuple[Candidate, ...]:
        """Return the words for `letters` (a to z and the separator), best first; empty when there are none."""

    def close(self) -> None:
        """Give back what the engine holds."""
