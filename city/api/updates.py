"""Updates: the channel's files, for towns without another web server, and what terminals say about them."""

import os
import re
from collections.abc import Iterator

import msgspec
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from city import here
from city.api.signed import not_so, refusal, signed_by_terminal
from city.fleet.models import Terminal
from city.fleet.updates import note_report
from city.refused import Refused
from sync.contract import routes
from sync.contract.decoding import UNDECODABLE
from sync.contract.problem import ProblemCode
from sync.contract.update_report import UpdateReport

_RANGE = re.compile(r"bytes=(\d{1,15})-(\d{0,15})", re.ASCII)
_METHODS = ("GET", "HEAD")
_READ_BYTES = 256 * 1024


@signed_by_terminal(("POST",), 4096)
def report(_request: HttpRequest, sender: Terminal, body: bytes) -> HttpResponse:
    """POST what became of an update."""
    try:
        said = msgspec.json.decode(body, type=UpdateReport)
    except UNDECODABLE:
        return refusal(Refused(ProblemCode.MALFORMED, "not a report of an update"))
    if said.at.tzinfo is None:
        return refusal(Refused(ProblemCode.MALFORMED, "`at` must have its zone"))
    note_report(sender, said)
    return HttpResponse(status=204)


def file(request: HttpRequest, name: str) -> HttpResponseBase:
    """GET a file of the channel, whole or from an offset. Everybody may: what is signed needs no door."""
    if request.method not in _METHODS:
        return not_so(_METHODS)
    root = here.folder().updates.resolve()
    path = (root / name).resolve()
    if not path.is_relative_to(root) or not path.is_file() or path.name.startswith("."):
        raise Http404
    size = path.stat().st_size
    kind = routes.JSON_TYPE if path.suffix == ".json" else routes.BYTES_TYPE
    asked = _RANGE.fullmatch(request.headers.get("Range", ""))
    caching = {"Accept-Ranges": "bytes", "Cache-Control": "no-cache" if path.name == "timestamp.json" else "public, max-age=3600"}
    if asked is None:
        return FileResponse(path.open("rb"), headers=caching, content_type=kind)
    first, last = int(asked[1]), min(int(asked[2] or size), size - 1)
    if first > last:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    part = {"Content-Range": f"bytes {first}-{last}/{size}", "Content-Length": str(last - first + 1)}
    return StreamingHttpResponse(
        _part(os.open(path, os.O_RDONLY | os.O_CLOEXEC), first, last - first + 1), status=206, headers=caching | part, content_type=kind
    )


def _part(descriptor: int, offset: int, length: int) -> Iterator[bytes]:
    try:
        while length > 0 and (piece := os.pread(descriptor, min(_READ_BYTES, length), offset)):
            yield piece
            offset, length = offset + len(piece), length - len(piece)
    finally:
        os.close(descriptor)
