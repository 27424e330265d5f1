"""Finding an item by what was typed: initials of pinyin, whole pinyin, both mixed, Chinese words, or words of another language."""

from collections.abc import Sequence
from functools import cache

from kiosk.input_method.readings import characters_read
from sync.contract.item import ItemPackage
from sync.contract.words import Words


def found(items: Sequence[ItemPackage], text: str) -> tuple[ItemPackage, ...]:
    """Return the items that fit, those whose name does first; in the order in which they came otherwise."""
    typed = text.strip().casefold().replace("'", "").replace(" ", "")
    if not typed:
        return ()
    by_name = [item for item in items if _is_in(item.name, typed)]
    by_text = [item for item in items if item not in by_name and (_is_in(item.short, typed) or _says(item.purpose, typed))]
    return (*by_name, *by_text)


def spells(word: str, letters: str) -> bool:
    """Tell whether `letters` spell a run of `word` from some character on: each by its initial, by all of its pinyin, the last in part."""
    return any(_from(word, at, letters) for at in range(len(word)))


def _is_in(words: Words, typed: str) -> bool:
    return _says(words, typed) or (typed.isascii() and typed.isalpha() and spells(words.zh, typed))


def _says(words: Words, typed: str) -> bool:
    said = (words.zh, words.en or "", words.ko or "")
    return any(typed in text.casefold().replace(" ", "") for text in said)


def _from(word: str, at: int, letters: str) -> bool:
    if not letters:
        return True
    if at == len(word):
        return False
    if not _readings().get(word[at]):  # a bracket, a figure: passed over inside a word
        return _from(word, at + 1, letters)
    for reading in _readings()[word[at]]:
        if reading.startswith(letters):
            return True
        if letters.startswith(reading) and _from(word, at + 1, letters[len(reading) :]):
            return True
        if letters[0] == reading[0] and _from(word, at + 1, letters[1:]):
            return True
    return False


@cache
def _readings() -> dict[str, tuple[str, ...]]:
    """Return, by character, how it is read."""
    found: dict[str, list[str]] = {}
    for syllable, characters in characters_read().items():
        for character in characters:
            found.setdefault(character, []).append(syllable)
    return {character: tuple(syllables) for character, syllables in found.items()}
