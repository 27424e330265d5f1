"""Pinyin from tables alone: characters by their reading, and the phrases that pypinyin knows.

`PinyinTables` is the engine of machines without the decoder; `WithReadings` adds to the decoder the characters that it lacks.
"""

from collections import defaultdict
from functools import cache

from kiosk.input_method.engine import LONGEST_LETTERS, SEPARATOR, Candidate, Engine
from kiosk.input_method.readings import characters_read, toneless

_LONGEST_SYLLABLE = 6


class PinyinTables:
    """Offers the phrases that the letters spell whole, then the characters of the first syllable. Never guesses a sentence."""

    def candidates(self, letters: str) -> tuple[Candidate, ...]:
        """Return phrases first, then single characters, the usual ones before the rare."""
        typed = letters[:LONGEST_LETTERS]
        plain = typed.replace(SEPARATOR, "")
        phrases = tuple(Candidate(phrase, len(typed)) for phrase in _phrases().get(plain, ())) if plain else ()
        return phrases + _characters(typed)

    def close(self) -> None:
        """Do nothing: the tables hold nothing of anybody."""


class WithReadings:
    """An engine, and behind its own words every further character of the first syllable: people are called 堃 and 𠮷."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def candidates(self, letters: str) -> tuple[Candidate, ...]:
        """Return the engine's words, then the characters that it does not know."""
        known = self._engine.candidates(letters)
        first = min((candidate.letters for candidate in known if len(candidate.text) == 1), default=0)
        offered = {candidate.text for candidate in known}
        further = characters_read().get(letters[:first].strip(SEPARATOR), "")
        return (*known, *(Candidate(character, first) for character in further if character not in offered))

    def close(self) -> None:
        """Close the engine underneath."""
        self._engine.close()


def _characters(typed: str) -> tuple[Candidate, ...]:
    head = typed.lstrip(SEPARATOR)
    skipped = len(typed) - len(head)
    first = head.partition(SEPARATOR)[0]
    for length in range(min(len(first), _LONGEST_SYLLABLE), 0, -1):
        characters = characters_read().get(first[:length])
        if characters is not None:
            return tuple(Candidate(character, skipped + length) for character in characters)
    return ()


@cache
def _phrases() -> dict[str, tuple[str, ...]]:
    from pypinyin.phrases_dict import phrases_dict  # noqa: PLC0415  machines with the decoder never need it

    found: dict[str, list[str]] = defaultdict(list)
    for phrase, readings in phrases_dict.items():
        found["".join(toneless(reading[0]) for reading in readings)].append(phrase)
    return {key: tuple(phrases) for key, phrases in found.items()}
