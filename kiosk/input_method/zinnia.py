"""Zinnia (strokes told apart by support vectors, BSD-3) from Debian's `libzinnia0`, through ctypes.

The model is Tegaki's of simplified Chinese (LGPL-2.1, `tegaki-zinnia-simplified-chinese`): the 6,800 characters of GB 2312. A rarer
one is entered by its number. The calls are those of `zinnia.h`.
"""

import ctypes
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from kiosk.input_method.handwriting import OFFERED, Strokes, usual_first

LIBRARY = "libzinnia.so.0"
MODEL = Path("/usr/share/tegaki/models/zinnia/handwriting-zh_CN.model")
_SIDE = 1000  # the sheet in the library's whole numbers
_CONSIDERED = 2 * OFFERED
_MOST_POINTS = 2000  # of one character; a scribble beyond that is not looked at


class Zinnia:
    """The recogniser, open. Made by `open`."""

    def __init__(self, library: Any, recogniser: int) -> None:  # noqa: ANN401  as `_load`
        self._library = library
        self._recogniser: int | None = recogniser

    @classmethod
    def open(cls, model: Path = MODEL) -> "Zinnia | None":
        """Open the recogniser, or return None where the library or its model is not installed."""
        library = _load()
        if library is None or not model.is_file():
            return None
        recogniser = library.zinnia_recognizer_new()
        if not library.zinnia_recognizer_open(recogniser, os.fsencode(model)):
            library.zinnia_recognizer_destroy(recogniser)
            return None
        return cls(library, recogniser)

    def characters(self, strokes: Strokes, width: float, height: float) -> tuple[str, ...]:
        """Return what the strokes may be, the surest first.

        Raises:
            ValueError: The recogniser is closed.
        """
        if self._recogniser is None:
            raise ValueError("the recogniser is closed")
        if not any(strokes) or width <= 0 or height <= 0 or sum(map(len, strokes)) > _MOST_POINTS:
            return ()
        library = self._library
        character = library.zinnia_character_new()
        try:
            library.zinnia_character_set_width(character, _SIDE)
            library.zinnia_character_set_height(character, _SIDE)
            for number, stroke in enumerate(strokes):
                for x, y in stroke:
                    library.zinnia_character_add(character, number, round(x / width * _SIDE), round(y / height * _SIDE))
            return usual_first(self._classify(character))
        finally:
            library.zinnia_character_destroy(character)

    def close(self) -> None:
        """Give back the model."""
        if self._recogniser is not None:
            self._library.zinnia_recognizer_destroy(self._recogniser)
            self._recogniser = None

    def _classify(self, character: int) -> list[tuple[str, float]]:
        result = self._library.zinnia_recognizer_classify(self._recogniser, character, _CONSIDERED)
        if not result:
            return []
        try:
            return [
                (
                    self._library.zinnia_result_value(result, place).decode("utf-8", "replace"),
                    float(self._library.zinnia_result_score(result, place)),
                )
                for place in range(self._library.zinnia_result_size(result))
            ]
        finally:
            self._library.zinnia_result_destroy(result)


def _load() -> Any:  # noqa: ANN401  a ctypes library has no better type
    library = None
    with suppress(OSError):
        library = ctypes.CDLL(LIBRARY)
    if library is None:
        return None
    held, number, count = ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t
    for name, result, arguments in (
        ("recognizer_new", held, []),
        ("recognizer_open", number, [held, ctypes.c_char_p]),
        ("recognizer_destroy", None, [held]),
        ("recognizer_classify", held, [held, held, count]),
        ("character_new", held, []),
        ("character_destroy", None, [held]),
        ("character_set_width", None, [held, count]),
        ("character_set_height", None, [held, count]),
        ("character_add", number, [held, count, number, number]),
        ("result_value", ctypes.c_char_p, [held, count]),
        ("result_score", ctypes.c_float, [held, count]),
        ("result_size", count, [held]),
        ("result_destroy", None, [held]),
    ):
        function = getattr(library, f"zinnia_{name}")
        function.restype, function.argtypes = result, arguments
    return library
