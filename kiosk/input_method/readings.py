"""Every character by how it is read, the usual ones first: `words/readings.tsv`, made from pypinyin's table (MIT).

The decoder knows some 16,000 characters; names have more. `python -m kiosk.input_method.readings` writes the file anew, which is needed
only when pypinyin is raised; a test tells when.
"""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("words") / "readings.tsv"
_V = "v"
_UMLAUTS = frozenset("üǖǘǚǜ")
_MISSING = {ord("𠮷"): "jí"}  # in use as a surname and in given names, and not in pypinyin's table
_HAN = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0x20000, 0x2A6DF))  # what a person's name may hold and our faces draw


def toneless(reading: str) -> str:
    """Return a reading without its tone mark, ü typed as v, as in "lǜ" -> "lv"."""
    plain = "".join(_V if letter in _UMLAUTS else letter for letter in reading)
    return "".join(letter for letter in unicodedata.normalize("NFD", plain) if not unicodedata.combining(letter))


@cache
def characters_read() -> dict[str, str]:
    """Return, by syllable, its characters in one string."""
    rows = (line.split("\t") for line in _FILE.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    return dict(row for row in rows)


def table() -> str:
    """Make the file's text from pypinyin."""
    from pypinyin.phrases_dict import phrases_dict  # noqa: PLC0415  only to make the file
    from pypinyin.pinyin_dict import pinyin_dict  # noqa: PLC0415  only to make the file

    uses = Counter(character for phrase in phrases_dict for character in phrase)
    found: dict[str, list[tuple[int, int, int, str]]] = defaultdict(list)
    for code, readings in (*pinyin_dict.items(), *_MISSING.items()):
        if not any(first <= code <= last for first, last in _HAN):
            continue
        for place, reading in enumerate(_once(readings)):
            if reading.isascii() and reading.isalpha():
                found[reading].append((rarity(chr(code)), min(place, 1), -uses[chr(code)], chr(code)))
    lines = [f"{reading}\t{''.join(character for *_, character in sorted(rows))}\n" for reading, rows in sorted(found.items())]
    return "# Characters by reading, the usual first. Made from pypinyin (MIT) by kiosk.input_method.readings\n" + "".join(lines)


def _once(readings: str) -> Iterable[str]:
    return dict.fromkeys(toneless(one) for one in readings.split(","))


def rarity(character: str) -> int:
    """0 for the 3,755 usual characters of GB 2312, 1 for its others, 2 for the rest of Unicode."""
    try:
        code = character.encode("gb2312")
    except UnicodeEncodeError:
        return 2
    return 0 if code < b"\xd8" else 1


if __name__ == "__main__":
    _FILE.write_text(table(), encoding="utf-8")
