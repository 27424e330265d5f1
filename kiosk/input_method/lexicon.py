"""Words of this town and this counter that a general engine ranks too low, by their pinyin without tones.

Each file of `words/` is one kind: a word, a tab, its syllables parted by spaces. The order in the file is the order on the glass.
"""

from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from pathlib import Path

from kiosk.input_method.engine import SEPARATOR, Candidate, Engine
from peripherals.values import dataclass

_FOLDER = Path(__file__).with_name("words")
_FEWEST_LETTERS = 3  # before a word is guessed from its beginning


class WordKind(StrEnum):
    """The kinds of words; each is a file."""

    PLACES = "places"
    HOMES = "homes"
    COUNTER = "counter"
    SURNAMES = "surnames"


@dataclass(frozen=True, slots=True)
class Word:
    """A word and its syllables."""

    text: str
    syllables: tuple[str, ...]

    @property
    def spelling(self) -> str:
        """All syllables in one."""
        return "".join(self.syllables)

    @property
    def initials(self) -> str:
        """The first letter of every syllable."""
        return "".join(syllable[0] for syllable in self.syllables)


@cache
def words_of(kind: WordKind) -> tuple[Word, ...]:
    """Return every word of one kind, in the order in which they are offered."""
    lines = (_FOLDER / f"{kind}.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return tuple(Word(text, tuple(syllables.split())) for text, syllables in rows)


class WithLexicon:
    """An engine with words of its own put in front."""

    def __init__(self, engine: Engine, kinds: Iterable[WordKind]) -> None:
        self._engine = engine
        self._words = tuple(dict.fromkeys(word for kind in kinds for word in words_of(kind)))

    def candidates(self, letters: str) -> tuple[Candidate, ...]:
        """Return words spelled exactly so, the engine's best, words that begin so, then the engine's others, each once."""
        plain = letters.replace(SEPARATOR, "")
        whole = [Candidate(word.text, len(letters)) for word in self._words if word.spelling == plain] if plain else []
        begun = [Candidate(word.text, len(letters)) for word in self._words if _begins(word, plain)]
        general = self._engine.candidates(letters)
        once: dict[str, Candidate] = {}
        for candidate in (*whole, *general[:1], *begun, *general[1:]):
            once.setdefault(candidate.text, candidate)
        return tuple(once.values())

    def close(self) -> None:
        """Close the engine underneath."""
        self._engine.close()


def _begins(word: Word, plain: str) -> bool:
    if len(plain) < _FEWEST_LETTERS or word.spelling == plain:
        return False
    return word.initials == plain or (len(plain) > len(word.syllables[0]) and word.spelling.startswith(plain))
