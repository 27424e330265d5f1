"""Photographed papers and the signature, opened for one look and never kept in clear."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from city.onewindow import photo_store
from city.onewindow.content import JPEG, Content, open_content
from city.onewindow.models import Case, Event
from city.onewindow.reach import case_within_reach
from city.onewindow.states import Kind
from city.refused import Refused
from city.staff.audit import clerk_of, note_look
from city.staff.doors import requires
from city.staff.models import Looked
from city.staff.roles import Right
from sync.contract.application import Signature
from sync.contract.names import digest_of
from sync.contract.suites import SealError

_JPEG_START = b"\xff\xd8\xff"


class DamagedError(RuntimeError):
    """What the city took in and could open then, it cannot open any more: a key or a row is gone."""


@dataclass(frozen=True, slots=True)
class Damaged:
    """A photo arrived whole and is not what its application says."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A photo has not arrived."""


def content_of(case: Case) -> Content:
    """Open a case's envelope.

    Raises:
        DamagedError: It does not open any more, or is not what the receipt was given for.
    """
    body = bytes(case.sealed.body)
    if digest_of(body) != case.digest:
        raise DamagedError(f"case {case.case_number}: not the bytes that were received")
    content = open_content(body)
    if isinstance(content, Refused):
        raise DamagedError(f"case {case.case_number}: {content.code}")
    return content


def clear_photo(case: Case, content: Content, place: int) -> bytes | Damaged | Missing:
    """Open one photo and compare it with what the application says of it; a damaged one is noted in the history, once."""
    stored = case.attachments.filter(place=place).exclude(stored_at=None).first()
    if stored is None:
        return Missing()
    paper = next(page for page in content.application.papers if page.attachment == place)
    try:
        clear = content.opened.attachment(place, photo_store.read(stored.digest))
    except (SealError, OSError):
        return _damaged(case, place)
    if digest_of(clear) != paper.digest or not clear.startswith(_JPEG_START):
        return _damaged(case, place)
    return clear


@requires(Right.READ_CASES)
@require_GET
def photo(request: HttpRequest, case_number: str, place: int) -> HttpResponse:
    """Show one photographed page."""
    case = case_within_reach(request, case_number)
    content = content_of(case)
    if place >= len(content.application.papers):
        raise Http404
    clear = clear_photo(case, content, place)
    if not isinstance(clear, bytes):
        raise Http404
    note_look(clerk_of(request), Looked.PAPER, case.case_number, field=f"paper.{place}")
    return HttpResponse(clear, content_type=JPEG, headers={"Content-Disposition": "inline"})


def signature_svg(signature: Signature) -> tuple[str, tuple[str, ...]]:
    """Return the signature as SVG: its view box, and one path for each stroke."""
    paths = []
    for stroke in signature.strokes:
        points = [f"{x:.2f} {y:.2f}" for x, y, _ in stroke]
        if points:  # a dot is a stroke of no length; a round cap makes it visible
            paths.append("M" + " L".join(points if len(points) > 1 else points * 2))
    return f"0 0 {signature.width_mm:.2f} {signature.height_mm:.2f}", tuple(paths)


def _damaged(case: Case, place: int) -> Damaged:
    if not Event.objects.filter(case=case, kind=Kind.PAPER_DAMAGED, detail__place=place).exists():
        Event(case=case, kind=Kind.PAPER_DAMAGED, detail={"place": place}).save()
    return Damaged()
