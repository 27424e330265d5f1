"""What is wrong with a TOML file, told so that its author can mend it: which line, which key, what to write instead."""

import re
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec


def explained(path: Path, text: str, complaint: str, kind: type[msgspec.Struct], forms: Mapping[str, str]) -> str:
    """Turn msgspec's complaint (`… - at `$.panel.width_px``) into one with a line and what to do.

    Args:
        path: The file.
        text: What stands in it.
        complaint: What msgspec says of it.
        kind: What the whole file was to be.
        forms: By key, what is wanted where a pattern says it to programs only.
    """
    where = re.search(r" - at `\$\.?(.*)`$", complaint)
    keys = where.group(1).split(".") if where and where.group(1) else []
    what = complaint[: where.start()] if where else complaint
    unknown = re.search(r"unknown field `(.*)`", what)
    missing = re.search(r"missing required field `(.*)`", what)
    if unknown:
        keys = [*keys, unknown.group(1)]
        what = f"there is no key {unknown.group(1)!r} here; known are: {', '.join(_known(kind, keys[:-1]))}"
    elif missing:
        what = f"the key {missing.group(1)!r} is missing; add it"
    elif "matching regex" in what:
        what = f"write {forms[keys[-1]]}"
    return told(path, text, keys, what)


def told(path: Path, text: str, keys: list[str], what: str) -> str:
    """Return `file:line: key: what`, with the line on which the key stands, or the nearest that does."""
    line = _line_of(text, keys)
    spot = f"{path}:{line}" if line else str(path)
    return f"{spot}: {'.'.join(keys) or 'the file'}: {what}"


def _known(of: Any, keys: list[str]) -> list[str]:  # noqa: ANN401 - an annotation
    kind = of
    for key in keys:
        kind = next((field.type for field in msgspec.structs.fields(kind) if field.encode_name == key), None)
        kind = next((part for part in typing.get_args(kind) if part is not type(None)), kind) if _is_optional(kind) else kind
        if kind is None:
            return []
    return [field.encode_name for field in msgspec.structs.fields(kind)]


def _is_optional(kind: Any) -> bool:  # noqa: ANN401 - an annotation
    return type(None) in typing.get_args(kind)


def _line_of(text: str, keys: list[str]) -> int | None:
    """Return the line on which the last of `keys` that can be found stands."""
    table, found = "", None
    for number, line in enumerate(text.splitlines(), 1):
        head = re.match(r"\s*\[\s*([\w.-]+)\s*\]", line)
        key = re.match(r"\s*([\w-]+)\s*=", line)
        if head:
            table = head.group(1)
            found = number if keys and table == keys[0] and found is None else found
        elif key and ".".join(filter(None, (table, key.group(1)))) == ".".join(keys):
            return number
    return found
