"""What turns written strokes into characters."""

from collections.abc import Sequence
from typing import Protocol

from kiosk.input_method.readings import rarity

Strokes = Sequence[Sequence[tuple[float, float]]]
"""Points of each stroke, the origin top left, in any unit that the sheet's size is in as well."""

OFFERED = 8
"""Characters on offer at a time."""
_RARE_BEHIND = 0.4
"""By how much a character that is hardly ever written must be surer: 囗 is drawn like 口, and nobody means it."""


class Recogniser(Protocol):
    """Tells one character from its strokes. Every call stands for itself: nothing that was written is learnt."""

    def characters(self, strokes: Strokes, width: float, height: float) -> tuple[str, ...]:
        """Return at most `OFFERED` characters, the surest first; none for an empty sheet."""

    def close(self) -> None:
        """Give back what the recogniser holds."""


def usual_first(scored: Sequence[tuple[str, float]]) -> tuple[str, ...]:
    """Return characters by their scores, with those outside the usual ones of GB 2312 set back a little."""
    ranked = sorted(scored, key=lambda one: one[1] - (_RARE_BEHIND if rarity(one[0]) else 0.0), reverse=True)
    return tuple(dict.fromkeys(character for character, _ in ranked))[:OFFERED]
