"""Every sentence that a resident reads or hears, in one table of three languages.

The table is the TOML files beside this module, one for each part of the glass; a key is `file.name`. Sentences may have places for
facts, such as `{count}`.
"""

import tomllib
from functools import cache
from pathlib import Path

from sync.contract.words import Language, Words


@cache
def table() -> dict[str, Words]:
    """Return every text by its key."""
    texts: dict[str, Words] = {}
    for path in sorted(Path(__file__).parent.glob("*.toml")):
        for name, words in tomllib.loads(path.read_text(encoding="utf-8")).items():
            texts[f"{path.stem}.{name}"] = Words(zh=words["zh"], en=words.get("en"), ko=words.get("ko"))
    return texts


def say(key: str, language: Language, **facts: object) -> str:
    """Return the text `key` in `language` with its facts in place.

    Raises:
        KeyError: There is no such text, or one of its facts is missing; a test looks for both.
    """
    text = table()[key].said_in(language)
    return text.format(**facts) if facts else text
