"""The channel on a stick: the same folder of files, carried by hand. The signatures are the same, so is the trust."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tuf.api.exceptions import DownloadHTTPError

from sync.update.line import Line

_READ_BYTES = 1024 * 1024


class StickLine(Line):
    """Reads the channel's files from a folder."""

    @staticmethod
    def url_of(folder: Path) -> str:
        """Return how the channel on a stick is named."""
        return folder.resolve().as_uri()

    def _fetch(self, url: str) -> Iterator[bytes]:
        return self.pieces(url, 0)

    def part(self, url: str, begin: int, end: int) -> Iterator[bytes]:
        """Return the bytes of a file from `begin` up to `end`."""
        left = end - begin
        for piece in self.pieces(url, begin):
            yield piece[:left]
            left -= len(piece)
            if left <= 0:
                return

    def pieces(self, url: str, offset: int) -> Iterator[bytes]:
        """Return what is left of a file from `offset`."""
        try:
            with Path(unquote(urlsplit(url).path)).open("rb") as file:
                file.seek(offset)
                while piece := file.read(_READ_BYTES):
                    yield piece
        except OSError as error:
            raise DownloadHTTPError("not on the stick", 404) from error
