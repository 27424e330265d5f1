"""A rare character by its number in Unicode, as it stands in the household book's remarks or in the police's list: 20BB7 is 𠮷."""

from kiosk.input_method.engine import Candidate

FIGURES = "0123456789ABCDEF"
_FEWEST, _MOST = 4, 5
_HAN = (
    (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x2A6DF), (0x2A700, 0x2EBE0), (0x2F800, 0x2FA1F), (0x30000, 0x323AF),
)  # fmt: skip
"""Han characters of Unicode 15: the basic block, extensions A to H, and what is kept for compatibility."""


class CodePoints:
    """An engine whose letters are hexadecimal figures. It offers the one Han character of that number, or nothing."""

    def candidates(self, letters: str) -> tuple[Candidate, ...]:
        """Return the character that four or five figures name."""
        if not _FEWEST <= len(letters) <= _MOST or any(letter not in FIGURES for letter in letters):
            return ()
        code = int(letters, 16)
        return (Candidate(chr(code), len(letters)),) if any(first <= code <= last for first, last in _HAN) else ()

    def close(self) -> None:
        """Do nothing: a table of numbers holds nothing of anybody."""


def code_of(character: str) -> str:
    """Return the name of a character by its number, as in "U+20BB7"."""
    return f"U+{ord(character):04X}"
