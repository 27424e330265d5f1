"""The letter under which a Chinese name is looked up, and names in leaves by letter.

The usual characters of GB 2312 stand in the order of their readings, so a character's place tells its letter; the others are looked up.
"""

from kiosk.input_method.readings import characters_read

_OTHERWISE = {
    "重庆": "c", "单县": "s", "番禺": "p", "蔚县": "y", "六安": "l", "六合": "l", "厦门": "x", "浚县": "x", "长子": "z", "长": "c",
    "乐清": "y", "乐": "l", "睢": "s", "汶": "w", "婺": "w", "潼": "t", "嵊": "s", "潢": "h", "洮": "t", "泌阳": "b", "尉犁": "y",
    "涡阳": "g", "犍为": "q", "铅山": "y", "召陵": "s", "枞阳": "z", "宕昌": "t", "荥经": "y",
}  # fmt: skip
"""How names begin whose first character has several readings."""
_FIRST_OF_LETTER = (
    ("a", 0xB0A1), ("b", 0xB0C5), ("c", 0xB2C1), ("d", 0xB4EE), ("e", 0xB6EA), ("f", 0xB7A2), ("g", 0xB8C1), ("h", 0xB9FE),
    ("j", 0xBBF7), ("k", 0xBFA6), ("l", 0xC0AC), ("m", 0xC2E8), ("n", 0xC4C3), ("o", 0xC5B6), ("p", 0xC5BE), ("q", 0xC6DA),
    ("r", 0xC8BB), ("s", 0xC8F6), ("t", 0xCBFA), ("w", 0xCDDA), ("x", 0xCEF4), ("y", 0xD1B9), ("z", 0xD4D1),
)  # fmt: skip
_LAST_USUAL = 0xD7F9


def in_order(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return names by their letters; those of one letter keep their order."""
    return tuple(sorted(names, key=initial))


def leaves(names: tuple[str, ...], most: int) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return names in leaves of at most `most`, each with its initials, such as "A–G"; names of one initial stay together if they can."""
    filled: list[list[str]] = []
    for letter in dict.fromkeys(initial(name) for name in names):
        alike = [name for name in names if initial(name) == letter]
        if filled and len(filled[-1]) + len(alike) <= most:
            filled[-1] += alike
        else:
            filled += [alike[at : at + most] for at in range(0, len(alike), most)]
    return tuple((_span(leaf), tuple(leaf)) for leaf in filled)


def initial(name: str) -> str:
    """Return the letter that a name's reading begins with, small; "" when it is not known."""
    for beginning, letter in _OTHERWISE.items():
        if name.startswith(beginning):
            return letter
    try:
        place = int.from_bytes(name[:1].encode("gb2312"), "big")
    except UnicodeEncodeError:
        place = _LAST_USUAL + 1
    if place <= _LAST_USUAL:
        return max((first, letter) for letter, first in _FIRST_OF_LETTER if first <= place)[1] if place >= _FIRST_OF_LETTER[0][1] else ""
    return next((syllable[0] for syllable, characters in characters_read().items() if name[:1] in characters), "")


def _span(leaf: list[str]) -> str:
    first, last = initial(leaf[0]).upper(), initial(leaf[-1]).upper()
    return first if first == last else f"{first}–{last}"
