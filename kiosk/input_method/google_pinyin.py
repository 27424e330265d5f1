"""Google Pinyin (the engine of early Android, Apache-2.0) from Debian's `libgooglepinyin0`, through ctypes.

Its decoder is opened once in a process and lent to one form after another: the library loses 208 KB each time it closes one. It wants a
dictionary file of the user's own words. It gets an anonymous file in memory that is gone with the process, also when that is killed; and no
choice is ever reported to the decoder, so there is nothing to learn in the first place.
"""

import ctypes
import os
import sysconfig
import threading
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from kiosk.input_method.engine import LETTERS, LONGEST_LETTERS, Candidate

LIBRARY = "libgooglepinyin.so.0"
_LONGEST_CANDIDATE = 40  # UTF-16 units with the closing zero; the decoder offers at most 20 characters
_NOBODYS = LETTERS[0].encode() * LONGEST_LETTERS
"""As many letters as are ever typed, to lie where somebody's lay."""


class DecoderInUseError(RuntimeError):
    """The library has one decoder a process and one thread for it; a second was asked for."""


def find_dictionary() -> Path | None:
    """Return the system dictionary that Debian ships beside the library."""
    folder = Path("/usr/lib") / str(sysconfig.get_config_var("MULTIARCH") or "")
    path = folder / "googlepinyin" / "data" / "dict_pinyin.dat"
    return path if path.is_file() else None


class GooglePinyin:
    """The decoder, lent. Made by `open`."""

    _lent = threading.Lock()

    def __init__(self, library: Any) -> None:  # noqa: ANN401  as `_load`
        self._library = library
        self._thread = threading.get_ident()
        self._units = (ctypes.c_uint16 * _LONGEST_CANDIDATE)()
        self._is_open = True

    @classmethod
    def open(cls) -> "GooglePinyin | None":
        """Lend the decoder, or return None where the library or its dictionary is not installed.

        Raises:
            DecoderInUseError: It is lent already.
        """
        library = _decoder()
        if library is None:
            return None
        if not cls._lent.acquire(blocking=False):
            raise DecoderInUseError("the pinyin decoder is open already")
        return cls(library)

    def candidates(self, letters: str) -> tuple[Candidate, ...]:
        """Return the words for the first `LONGEST_LETTERS` of `letters`."""
        if not self._is_open or threading.get_ident() != self._thread:
            raise DecoderInUseError("the pinyin decoder is closed, or belongs to another thread")
        typed = letters[:LONGEST_LETTERS].encode("ascii")
        self._library.im_reset_search()
        found = self._library.im_search(typed, len(typed))
        starts = self._starts()
        words = []
        for place in range(found):
            text = self._word(place)
            if 0 < len(text) < len(starts):
                words.append(Candidate(text, starts[len(text)]))
        return tuple(words)

    def close(self) -> None:
        """Give the decoder back, with nothing left in it of what was typed."""
        if self._is_open:
            self._is_open = False
            self._library.im_reset_search()
            self._library.im_search(_NOBODYS, len(_NOBODYS))
            self._library.im_reset_search()
            self._lent.release()

    def _starts(self) -> list[int]:
        """Return where each syllable begins; the last entry is where the decoded letters end."""
        starts = ctypes.POINTER(ctypes.c_uint16)()
        syllables = self._library.im_get_spl_start_pos(ctypes.byref(starts))
        return [starts[place] for place in range(syllables + 1)]

    def _word(self, place: int) -> str:
        if not self._library.im_get_candidate(place, self._units, _LONGEST_CANDIDATE - 1):
            return ""
        return bytes(self._units).decode("utf-16-le", "replace").partition("\0")[0]


@cache
def _decoder() -> Any:  # noqa: ANN401  as `_load`
    return open_decoder(find_dictionary())


def open_decoder(dictionary: Path | None) -> Any:  # noqa: ANN401  as `_load`
    """Open the library's one decoder for as long as the process lives; None where it or its dictionary is not to be had."""
    library = _load()
    if library is None or dictionary is None:
        return None
    own_words = os.memfd_create("own-words")
    if library.im_open_decoder(os.fsencode(dictionary), f"/proc/self/fd/{own_words}".encode()):
        return library
    os.close(own_words)
    return None


def _load() -> Any:  # noqa: ANN401  a ctypes library has no better type
    library = None
    with suppress(OSError):
        library = ctypes.CDLL(LIBRARY)
    if library is None:
        return None
    library.im_open_decoder.argtypes = [ctypes.c_char_p, ctypes.c_char_p]
    library.im_open_decoder.restype = ctypes.c_bool
    library.im_reset_search.argtypes = []
    library.im_reset_search.restype = None
    library.im_search.argtypes = [ctypes.c_char_p, ctypes.c_size_t]
    library.im_search.restype = ctypes.c_size_t
    library.im_get_candidate.argtypes = [ctypes.c_size_t, ctypes.c_void_p, ctypes.c_size_t]
    library.im_get_candidate.restype = ctypes.c_void_p
    library.im_get_spl_start_pos.argtypes = [ctypes.POINTER(ctypes.POINTER(ctypes.c_uint16))]
    library.im_get_spl_start_pos.restype = ctypes.c_size_t
    return library
