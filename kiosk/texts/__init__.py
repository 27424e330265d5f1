"""Every sentence that a resident reads or hears, in one table of three languages.

The table is the TOML files beside this module, one for each part of the glass; a key is `file.name`. Sentences may have places for
facts, such as `{count}`.
"""

import tomllib
from functools import cache
from pathlib import Path

from sync.contract.words import Language, Words

_FOLDER = Path(__file__).parent


def table() -> dict[str, Words]:
    """Return every text by its key."""
    return {f"{path.stem}.{name}": words for path in sorted(_FOLDER.glob("*.toml")) for name, words in _file(path.stem).items()}


@cache
def _file(stem: str) -> dict[str, Words]:
    """Return the texts of one file; a page reads those that it says and no others."""
    texts = tomllib.loads((_FOLDER / f"{stem}.toml").read_text(encoding="utf-8"))
    return {name: Words(zh=words["zh"], en=words.get("en"), ko=words.get("ko")) for name, words in texts.items()}


def say(key: str, language: Language, **facts: object) -> str:
    """Return the text `key` in `language` with its facts in place.

    Raises:
        KeyError: There is no such text, or one of its facts is missing; a test looks for both.
    """
    stem, _, name = key.partition(".")
    text = _file(stem)[name].said_in(language)
    return text.format(**facts) if facts else text
