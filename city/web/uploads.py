"""Uploads on the consoles: kept in memory, never in a file in clear, and no more of them than a case can need."""

from contextlib import suppress
from typing import Any, Final

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest, HttpResponse, UnreadablePostError

API = "/v1/"
MOST_BYTES = 48 * 1024 * 1024
"""Of one request: about as many pages as an item asks for."""

_READ_BYTES: Final = 64 * 1024


def is_too_large(request: HttpRequest) -> bool:
    """Tell whether a console's request says that it is larger than any form; the API has limits of its own."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    return not request.path.startswith(API) and length.isdigit() and int(length) > MOST_BYTES


def too_large() -> HttpResponse:
    """Answer without reading it: in two languages, since nothing is known of who sent it."""
    said = f"文件太大，最多 {MOST_BYTES // 1024 // 1024} MB，没有改动。请分几次，或用小一点的图片。\nToo large; nothing was changed."
    return HttpResponse(said, status=413, content_type="text/plain; charset=utf-8", headers={"Connection": "close"})


def read_to_end(request: HttpRequest) -> None:
    """Read what an answer did not need of a body: a connection that is closed on unread bytes takes the answer with it."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdigit() and int(length) <= MOST_BYTES:
        with suppress(UnreadablePostError):
            while request.read(_READ_BYTES):
                pass


class InMemory(MemoryFileUploadHandler):
    """Holds what is uploaded in memory until the request is over; it ends what grows beyond the limit, whatever its length said."""

    def handle_raw_input(self, *_args: Any, **_kwargs: Any) -> None:  # noqa: ANN401  Django's signature
        """Count for the whole request."""
        self.activated = True
        self.taken = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Take a piece."""
        self.taken += len(raw_data)
        if self.taken > MOST_BYTES:
            raise RequestDataTooBig("more was uploaded than a case can need")
        return super().receive_data_chunk(raw_data, start)
