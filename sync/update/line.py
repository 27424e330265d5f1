"""The way to the channel's files: any static server, over HTTP or HTTPS. Nothing that comes is believed for where it came from."""

import time
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Final

import requests
import urllib3
from tuf.api.exceptions import DownloadError, DownloadHTTPError
from tuf.ngclient.fetcher import FetcherInterface

from sync.proxy import Proxy

_READ_BYTES: Final = 64 * 1024
_SILENCE_S: Final = 15.0
FILE_S: Final = 60.0


class LineTrouble(StrEnum):
    """Why nothing came."""

    NO_LINE = "no_line"
    TOO_SLOW = "too_slow"
    MISSING = "missing"  # the server does not have it


class LineError(DownloadError):
    """Nothing came, or not all of it."""

    def __init__(self, trouble: LineTrouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


class Line(FetcherInterface):
    """Fetches files; a metadata file must be here within `file_s`, however busily the other side drips."""

    def __init__(self, ca_file: Path | None = None, file_s: float = FILE_S, proxy: Proxy | None = None) -> None:
        self._session = requests.Session()
        self._session.trust_env = False
        if proxy is not None:
            self._session.proxies = dict.fromkeys(("http", "https"), proxy.url_with_login)
        if ca_file is not None:
            self._session.verify = str(ca_file)
        self._file_s = file_s

    def close(self) -> None:
        """Let the connection go."""
        self._session.close()

    def _fetch(self, url: str) -> Iterator[bytes]:
        """Return the file in pieces, as python-tuf wants it."""
        return self._pieces(url, None, time.monotonic() + self._file_s)

    def pieces(self, url: str, offset: int) -> Iterator[bytes]:
        """Return what is left of a file from `offset`, in pieces as they come.

        Raises:
            LineError: Nothing came, or nothing more for a while.
        """
        return self._pieces(url, offset, None)

    def part(self, url: str, begin: int, end: int) -> Iterator[bytes]:
        """Return the bytes of a file from `begin` up to `end`, in pieces as they come.

        Raises:
            LineError: Nothing came, or nothing more for a while.
            DownloadHTTPError: The server gives out no parts of files.
        """
        headers = {"Accept-Encoding": "identity", "Range": f"bytes={begin}-{end - 1}"}
        try:
            with self._session.get(url, headers=headers, stream=True, timeout=_SILENCE_S, allow_redirects=False) as response:
                if response.status_code != 206 or not response.headers.get("Content-Range", "").startswith(f"bytes {begin}-{end - 1}/"):
                    raise DownloadHTTPError("the server gives out no parts", response.status_code)
                while piece := response.raw.read1(_READ_BYTES, decode_content=False):
                    yield piece
        except requests.Timeout as error:
            raise LineError(LineTrouble.TOO_SLOW) from error
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise LineError(LineTrouble.TOO_SLOW if isinstance(error, urllib3.exceptions.TimeoutError) else LineTrouble.NO_LINE) from error

    def _pieces(self, url: str, offset: int | None, ends_s: float | None) -> Iterator[bytes]:
        headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={offset}-"} if offset else {})
        try:
            with self._session.get(url, headers=headers, stream=True, timeout=_SILENCE_S, allow_redirects=False) as response:
                if response.status_code == 416:
                    return
                skip = self._skip(response, offset or 0)
                while piece := response.raw.read1(_READ_BYTES, decode_content=False):
                    if ends_s is not None and time.monotonic() > ends_s:
                        raise LineError(LineTrouble.TOO_SLOW)
                    yield piece[skip:] if skip < len(piece) else b""
                    skip = max(0, skip - len(piece))
        except requests.Timeout as error:
            raise LineError(LineTrouble.TOO_SLOW) from error
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise LineError(LineTrouble.TOO_SLOW if isinstance(error, urllib3.exceptions.TimeoutError) else LineTrouble.NO_LINE) from error

    @staticmethod
    def _skip(response: requests.Response, offset: int) -> int:
        """Return how many bytes to throw away: a server that knows no ranges begins at the beginning."""
        if response.status_code == 206 and response.headers.get("Content-Range", "").startswith(f"bytes {offset}-"):
            return 0
        if response.status_code == 200:
            return offset
        raise DownloadHTTPError("the server does not give it out", response.status_code)
