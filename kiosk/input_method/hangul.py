"""Korean from its letters: the two-set layout (두벌식) and the arithmetic of Unicode's syllables (The Unicode Standard, 3.12).

Pure. The last syllable of the text is always open: the next letter joins it when it can, and delete takes its last letter back. So
there is no state beside the text, and what was typed can be told from it (`letters_of`).
"""

KEYS = dict(
    zip("qwertyuiopasdfghjklzxcvbnm", "ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡ", strict=True)
)  # fmt: skip
"""What a key of the Latin layout means."""
DOUBLED = {"ㅂ": "ㅃ", "ㅈ": "ㅉ", "ㄷ": "ㄸ", "ㄱ": "ㄲ", "ㅅ": "ㅆ", "ㅐ": "ㅒ", "ㅔ": "ㅖ"}
"""What the second level of the layout makes of a letter."""

_FIRST = 0xAC00
_LAST = 0xD7A3
_HEADS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_TAILS = ("", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")
_JOINED_VOWELS = {
    "ㅗㅏ": "ㅘ", "ㅗㅐ": "ㅙ", "ㅗㅣ": "ㅚ", "ㅜㅓ": "ㅝ", "ㅜㅔ": "ㅞ", "ㅜㅣ": "ㅟ", "ㅡㅣ": "ㅢ",
}  # fmt: skip
_JOINED_TAILS = {
    "ㄱㅅ": "ㄳ", "ㄴㅈ": "ㄵ", "ㄴㅎ": "ㄶ", "ㄹㄱ": "ㄺ", "ㄹㅁ": "ㄻ", "ㄹㅂ": "ㄼ", "ㄹㅅ": "ㄽ", "ㄹㅌ": "ㄾ", "ㄹㅍ": "ㄿ",
    "ㄹㅎ": "ㅀ", "ㅂㅅ": "ㅄ",
}  # fmt: skip
_PARTED = {joined: pair for pairs in (_JOINED_VOWELS, _JOINED_TAILS) for pair, joined in pairs.items()}


def typed(text: str, letter: str) -> str:
    """Return the text after one more letter."""
    return text[:-1] + _joined(text[-1:], letter)


def deleted(text: str) -> str:
    """Return the text without its last letter; of anything that is not Korean, without its last character."""
    return text[:-1] + _shortened(text[-1:])


def letters_of(text: str) -> str:
    """Return the letters that were typed for a text."""
    return "".join(_letters(character) for character in text)


def _parts(character: str) -> tuple[str, str, str] | None:
    """Return head, vowel and tail of a syllable."""
    if not character or not _FIRST <= ord(character) <= _LAST:
        return None
    vowels, tail = divmod(ord(character) - _FIRST, len(_TAILS))
    head, vowel = divmod(vowels, len(_VOWELS))
    return _HEADS[head], _VOWELS[vowel], _TAILS[tail]


def _syllable(head: str, vowel: str, tail: str = "") -> str:
    place = (_HEADS.index(head) * len(_VOWELS) + _VOWELS.index(vowel)) * len(_TAILS) + _TAILS.index(tail)
    return chr(_FIRST + place)


def _joined(before: str, letter: str) -> str:
    """Return what the last character and a letter become: one character, or two."""
    parts = _parts(before)
    is_vowel = letter in _VOWELS
    if parts is None:
        if is_vowel and before and before in _HEADS:
            return _syllable(before, letter)
        if is_vowel and before + letter in _JOINED_VOWELS:
            return _JOINED_VOWELS[before + letter]
        return before + letter
    head, vowel, tail = parts
    if is_vowel:
        if not tail:
            longer = _JOINED_VOWELS.get(vowel + letter)
            return _syllable(head, longer) if longer else before + letter
        kept, moved = _parted_tail(tail)
        return _syllable(head, vowel, kept) + _syllable(moved, letter)  # 각 and ㅏ are 가가
    if not tail:
        return _syllable(head, vowel, letter) if letter in _TAILS else before + letter
    longer = _JOINED_TAILS.get(tail + letter)
    return _syllable(head, vowel, longer) if longer else before + letter


def _parted_tail(tail: str) -> tuple[str, str]:
    pair = _PARTED.get(tail)
    return (pair[0], pair[1]) if pair else ("", tail)


def _shortened(character: str) -> str:
    parts = _parts(character)
    if parts is None:
        return _PARTED.get(character, "")[:1]
    head, vowel, tail = parts
    if tail:
        return _syllable(head, vowel, _PARTED.get(tail, "")[:1])
    return _syllable(head, _PARTED[vowel][0]) if vowel in _PARTED else head


def _letters(character: str) -> str:
    parts = _parts(character)
    if parts is None:
        return _PARTED.get(character, character)
    head, vowel, tail = parts
    return head + _PARTED.get(vowel, vowel) + _PARTED.get(tail, tail)
