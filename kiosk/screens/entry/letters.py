"""The letter keys: one set of keys for pinyin, Latin and Korean, which only change their faces."""

from collections.abc import Callable
from enum import StrEnum

from kiosk.input_method import hangul
from kiosk.screens.entry.keys import DONE, FUNCTION, SPACE, Bed, Cell, Key
from kiosk.screens.stage import Stage
from peripherals.values import dataclass
from sync.contract.words import Language

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_KEY, _PITCH = 93, 105.3


class Script(StrEnum):
    """What the letters are for."""

    PINYIN = "pinyin"
    LATIN = "latin"
    HANGUL = "hangul"


PAIRS = {
    Language.ZH: (Script.PINYIN, Script.LATIN),
    Language.EN: (Script.LATIN, Script.PINYIN),
    Language.KO: (Script.HANGUL, Script.LATIN),
}
"""The resident's own script, and the one behind the language key."""


@dataclass(frozen=True, slots=True)
class LetterActs:
    """What the keys do. `letter` is told the key of the Latin layout, whatever its face says."""

    letter: Callable[[str], None]
    part: Callable[[], None]
    delete: Callable[[], None]
    figures: Callable[[], None]
    language: Callable[[], None]
    mark: Callable[[str], None]
    space: Callable[[], None]
    done: Callable[[], None]


class LetterBed(Bed):
    """Four rows."""

    def __init__(self, stage: Stage, acts: LetterActs) -> None:
        say = stage.say
        self._letters = {letter: Key(stage, letter, _act(acts.letter, letter), test_id=f"key-{letter}") for row in _ROWS for letter in row}
        self._part = Key(stage, say("keyboard.part"), acts.part, test_id="key-part", kind=FUNCTION)
        self._language = Key(stage, say("keyboard.latin"), acts.language, test_id="key-language", kind=FUNCTION)
        self._mark = Key(stage, "-", lambda: acts.mark(self._mark.label), test_id="key-mark", kind=FUNCTION)
        delete = Key(stage, "", acts.delete, test_id="key-delete", kind=FUNCTION, icon="backspace", label=say("keyboard.delete"))
        figures = Key(stage, say("keyboard.figures"), acts.figures, test_id="key-figures", kind=FUNCTION)
        space = Key(stage, say("keyboard.space"), acts.space, test_id="key-space", kind=SPACE)
        done = Key(stage, say("keyboard.done"), acts.done, test_id="key-done", kind=DONE)
        cells = [
            Cell(self._letters[letter], row, left + place * _PITCH, _KEY)
            for row, (letters, left) in enumerate(zip(_ROWS, (20, 63, 157), strict=True))
            for place, letter in enumerate(letters)
        ]
        cells += [
            Cell(self._part, 2, 20, 125), Cell(delete, 2, 894, 166), Cell(figures, 3, 20, 130), Cell(self._language, 3, 162, 150),
            Cell(self._mark, 3, 324, 100), Cell(space, 3, 436, 404), Cell(done, 3, 852, 208),
        ]  # fmt: skip
        super().__init__(stage, cells, rows=4, row_units=104)

    def mark(self, mark: str) -> None:
        """Offer another mark beside the space bar."""
        self._mark.say(mark)

    def face(self, script: Script, *, upper: bool) -> None:
        """Show the letters of a script, small or capital (Korean: plain or doubled)."""
        say = self.stage.say
        for letter, key in self._letters.items():
            key.say(face_of(letter, script, upper=upper))
        match script:
            case Script.PINYIN:
                part, language = "keyboard.part", "keyboard.latin"
            case Script.LATIN:
                part, language = "keyboard.lower" if upper else "keyboard.upper", "keyboard.own_script"
            case Script.HANGUL:
                part, language = "keyboard.single" if upper else "keyboard.double", "keyboard.latin"
        self._part.say(say(part))
        self._language.say(say(language))


def face_of(letter: str, script: Script, *, upper: bool) -> str:
    """Return what a key of the Latin layout means in a script."""
    if script is Script.HANGUL:
        jamo = hangul.KEYS[letter]
        return hangul.DOUBLED.get(jamo, jamo) if upper else jamo
    return letter.upper() if upper else letter


def _act(act: Callable[[str], None], letter: str) -> Callable[[], None]:
    return lambda: act(letter)
