"""Recorded sentences: people's voices instead of the machine's, found by what is said.

A folder holds a folder for each language (`zh`, `en`, `ko`), and that a WAV file for each sentence (22,050 samples a second, 16 bits, one
channel), named by the first 16 hexadecimal figures of the SHA-256 of the sentence as it is spoken. So a sentence that is changed asks for a
new recording by itself, and a file never says something else than the text does.
"""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from kiosk.texts import table
from kiosk.voice.normal import spoken
from peripherals.values import dataclass
from sync.contract.item import Field, ItemPackage
from sync.contract.words import Language, Words

RATE, SAMPLE_BYTES, CHANNELS = 22050, 2, 1
_PAUSE = "，"  # what `guide` puts between the name of a thing, its kind and its state


@dataclass(frozen=True, slots=True)
class Prompt:
    """One sentence that never changes; `text` is what is spoken."""

    language: Language
    text: str

    @property
    def name(self) -> str:
        """What its file is called, without the ending."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:16]

    @property
    def file(self) -> str:
        """Its place in the folder of recordings."""
        return f"{self.language.value}/{self.name}.wav"


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of what is said; without a recording the machine's voice says it."""

    text: str
    recording: Path | None = None


class Recordings:
    """A folder of recordings, looked through once. None, or a folder that is not there, has no recordings."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        found = () if folder is None else folder.glob("*/*.wav")
        self._there = frozenset(f"{path.parent.name}/{path.name}" for path in found)

    def has(self, prompt: Prompt) -> bool:
        """Tell whether there is a recording of this sentence."""
        return prompt.file in self._there

    def pieces(self, text: str, language: Language) -> tuple[Piece, ...]:
        """Return what is said in the longest pieces that are recorded; what is not stays together, so that it is spoken in one breath."""
        if not self._there:
            return (Piece(text),)
        if (whole := self._recorded(text, language)) is not None:
            return (whole,)
        pieces: list[Piece] = []
        for part in text.split(_PAUSE):
            piece = self._recorded(part, language) or Piece(part)
            if pieces and pieces[-1].recording is None and piece.recording is None:
                pieces[-1] = Piece(f"{pieces[-1].text}{_PAUSE}{part}")
            elif piece.text:
                pieces.append(piece)
        return tuple(pieces)

    def _recorded(self, text: str, language: Language) -> Piece | None:
        prompt = Prompt(language, text)
        return Piece(text, self._folder / prompt.file) if self._folder is not None and self.has(prompt) else None


def fixed_prompts(items: Iterable[ItemPackage], languages: Iterable[Language]) -> tuple[Prompt, ...]:
    """Return every sentence without a fact in it: the glass's own and the items', each once, in their order."""
    words = [*_of_the_glass(), *(one for item in items for one in _of_item(item))]
    said = (Prompt(language, spoken(text, language)) for language in languages for one in words if (text := _in(one, language)))
    return tuple(dict.fromkeys(prompt for prompt in said if any(letter.isalnum() for letter in prompt.text)))


def _in(words: Words, language: Language) -> str:
    return words.zh if language is Language.ZH else (words.en if language is Language.EN else words.ko) or ""


def _of_the_glass() -> Iterator[Words]:
    """Yield what residents are told; technicians read."""
    for key, words in table().items():
        if "{" not in words.zh and not key.startswith(("maintenance.", "machine.", "machine_page.", "set_up.", "upkeep.")):
            yield words


def _of_item(item: ItemPackage) -> Iterator[Words]:
    yield from (item.name, item.short, item.purpose, item.department, item.declaration, *item.bring, *item.notice.points)
    for one in item.eligibility:
        yield from (*_of_field(one.question), *(refused.reason for refused in one.refusals))
    for page in item.pages:
        yield page.title
        for field in page.fields:
            yield from _of_field(field)
    yield from (material.name for material in item.materials)


def _of_field(field: Field) -> Iterator[Words]:
    yield field.label
    if field.help is not None:
        yield field.help
    yield from (option.label for option in field.options)
    for inner in field.rows.fields if field.rows is not None else ():
        yield from _of_field(inner)
