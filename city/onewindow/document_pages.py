"""Papers as PDF for whoever works at the case."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from city import here
from city.onewindow.document_pdf import drawn
from city.onewindow.documents import issue, sheet_of
from city.onewindow.reach import case_within_reach
from city.onewindow.states import DocumentKind
from city.staff.audit import clerk_of, note_look
from city.staff.doors import requires
from city.staff.models import Looked
from city.staff.roles import Right

VERIFY = "/verify"


@requires(Right.READ_CASES)
@require_GET
def document(request: HttpRequest, case_number: str, kind: str) -> HttpResponse:
    """One paper; the first time it is opened it is issued."""
    found = case_within_reach(request, case_number)
    if kind not in DocumentKind.values:
        raise Http404
    try:
        issued = issue(found, DocumentKind(kind), clerk_of(request))
    except LookupError as error:
        raise Http404 from error
    note_look(clerk_of(request), Looked.PAPER, found.case_number, field=f"document.{kind}")
    host = here.own().hosts[0] if here.own().hosts else request.get_host()
    paper = drawn(sheet_of(issued), issued.code, f"https://{host}{VERIFY}", settings.PAPER_FONTS)
    name = f"{kind}-{found.case_number}.pdf"
    return HttpResponse(paper, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'})
