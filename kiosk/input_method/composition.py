"""Composing text: what stands in the field, the letters being typed, and the words on offer. Pure but for the engine that is asked."""

import math
from dataclasses import replace

from kiosk.input_method.engine import LETTERS, LONGEST_LETTERS, SEPARATOR, Candidate, Engine
from peripherals.values import dataclass

SLOTS = 7
"""Places in the candidate bar; a longer word takes several."""


@dataclass(frozen=True, slots=True)
class Composition:
    """`text` is what the field holds; `letters` are not part of the answer until a word is chosen for them."""

    text: str = ""
    letters: str = ""
    candidates: tuple[Candidate, ...] = ()
    page: int = 0


def slots_of(text: str) -> int:
    """Return how many places of the bar a word takes: a place is wide enough for two characters with air around them."""
    return max(1, math.ceil((len(text) * 54 + 20) / 133))


def pages(candidates: tuple[Candidate, ...], slots: int = SLOTS) -> tuple[tuple[Candidate, ...], ...]:
    """Lay the candidates out in bars of `slots` places, in order; a word wider than the bar has one to itself."""
    bars: list[list[Candidate]] = []
    room = 0
    for candidate in candidates:
        needed = min(slots, slots_of(candidate.text))
        if needed > room:
            bars.append([])
            room = slots
        bars[-1].append(candidate)
        room -= needed
    return tuple(tuple(bar) for bar in bars)


def offered(composition: Composition, slots: int = SLOTS) -> tuple[Candidate, ...]:
    """Return the words in the bar now."""
    bars = pages(composition.candidates, slots)
    return bars[composition.page % len(bars)] if bars else ()


def typed(composition: Composition, letter: str, engine: Engine, letters: str = LETTERS + SEPARATOR) -> Composition:
    """Take one of the engine's `letters`; more than fit, or a separator with nothing to part, change nothing."""
    if letter not in letters or len(composition.letters) >= LONGEST_LETTERS:
        return composition
    if letter == SEPARATOR and (not composition.letters or composition.letters.endswith(SEPARATOR)):
        return composition
    return _composing(composition, composition.letters + letter, engine)


def deleted(composition: Composition, engine: Engine) -> Composition:
    """Take back the last letter, or when none is being typed the last character."""
    if composition.letters:
        return _composing(composition, composition.letters[:-1], engine)
    return replace(composition, text=composition.text[:-1])


def chosen(composition: Composition, candidate: Candidate, engine: Engine, longest: int) -> Composition:
    """Put a word in the field; letters that it does not stand for go on being composed. A field that is full keeps what it has."""
    text = (composition.text + candidate.text)[:longest]
    rest = composition.letters[candidate.letters :].lstrip(SEPARATOR)
    return _composing(replace(composition, text=text), rest, engine)


def settled(composition: Composition, engine: Engine, longest: int) -> Composition:
    """Take the first word for all letters: what the space bar does once, and leaving the field until nothing is being typed."""
    while composition.letters and composition.candidates:
        composition = chosen(composition, composition.candidates[0], engine, longest)
    return replace(composition, letters="", candidates=(), page=0)


def inserted(composition: Composition, text: str, engine: Engine, longest: int) -> Composition:
    """Put finished text, such as a figure or a common word, behind what is there; letters being typed are settled first."""
    settled_first = settled(composition, engine, longest)
    return replace(settled_first, text=(settled_first.text + text)[:longest])


def rewritten(composition: Composition, text: str, longest: int) -> Composition:
    """Take a text that was made of the one that is there, as Korean is; one that is too long changes nothing."""
    return replace(composition, text=text) if len(text) <= longest else composition


def cleared(_: Composition) -> Composition:
    """Empty the field."""
    return Composition()


def turned(composition: Composition, slots: int = SLOTS) -> Composition:
    """Show the next words; after the last ones the first again."""
    bars = len(pages(composition.candidates, slots))
    return replace(composition, page=(composition.page + 1) % bars if bars else 0)


def _composing(composition: Composition, letters: str, engine: Engine) -> Composition:
    return replace(composition, letters=letters, candidates=engine.candidates(letters) if letters else (), page=0)
