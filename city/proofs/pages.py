"""The desk's page of issued certificates, and the page on which anybody checks a paper by its code."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from city import here
from city.onewindow.document_pdf import grouped_number
from city.onewindow.documents import CODE_SYMBOLS, found_by, sheet_of
from city.proofs.issuing import Refusal, hand_out, revoke
from city.proofs.models import Proof, ProofState
from city.staff.audit import clerk_of, note_look
from city.staff.doors import requires, within_reach
from city.staff.models import Clerk, Looked
from city.staff.roles import Right
from sync.contract.names import SYMBOLS

ROWS = 100


@requires(Right.ISSUE_PROOFS)
@require_GET
def issued(request: HttpRequest) -> HttpResponse:
    """What was issued, the newest first, and one of them beside."""
    key = request.GET.get("proof", "")
    chosen = get_object_or_404(_seen(clerk_of(request)), number=key[:24]) if key else None
    if chosen is not None:
        note_look(clerk_of(request), Looked.PAPER, chosen.number, field="proof")
    return _page(request, chosen)


@requires(Right.ISSUE_PROOFS)
@require_POST
def act(request: HttpRequest, number: str) -> HttpResponse:
    """Take one back, or print it for its holder."""
    clerk = clerk_of(request)
    proof = get_object_or_404(_seen(clerk), number=number)
    if request.POST.get("act") == "hand-out":
        name, id_number = (_written(request, field) for field in ("name", "id_number"))
        done = hand_out(proof, clerk, name, id_number)
        if isinstance(done, Refusal):
            return _page(request, proof, done, status=422)
        kept = f'inline; filename="proof-{proof.number}.pdf"'
        return HttpResponse(done, content_type="application/pdf", headers={"Content-Disposition": kept, "Cache-Control": "no-store"})
    seen = request.POST.get("version", "")
    refused = revoke(proof, int(seen) if seen.isdecimal() and len(seen) < 10 else 0, clerk, _written(request, "words"))
    if refused is None:
        return redirect(f"{reverse('proofs')}?proof={proof.number}")
    return _page(request, proof, refused, status=409 if refused is Refusal.OVERTAKEN else 422)


@require_GET
def verify(request: HttpRequest) -> HttpResponse:
    """Tell whether a paper with this code was issued, which, when and about what: no name, no number of anybody in full."""
    code = request.GET.get("code", "").replace("\0", "").strip()[:40]
    paper = _paper(code) if code else None
    context = {"code": code, "paper": paper, "is_unknown": bool(code) and paper is None}
    return render(request, "verify.html", context, status=404 if context["is_unknown"] else 200)


def _paper(code: str) -> dict[str, Any] | None:
    """Return what may be told of the paper with this code, a case's or a certificate."""
    document = found_by(code)
    if document is not None:
        sheet = sheet_of(document)
        return {
            "name": document.get_kind_display(),
            "number": grouped_number(sheet.number),
            "on": sheet.on,
            "office": sheet.office,
        }
    plain = "".join(symbol for symbol in code.upper().replace("O", "0").replace("I", "1").replace("L", "1") if symbol in SYMBOLS)
    proof = Proof.objects.filter(code=plain).first() if len(plain) == CODE_SYMBOLS else None
    if proof is None:
        return None
    return {
        "name": proof.name,
        "number": proof.number,
        "on": here.day_of(proof.issued_at),
        "office": here.own().office,
        "until": proof.valid_until,
        "is_over": proof.valid_until < here.today(),
        "is_revoked": proof.state == ProofState.REVOKED,
        "holder": f"{proof.masked_name} {proof.masked_id_number}",
    }


def _page(request: HttpRequest, chosen: Proof | None, refused: Refusal | None = None, status: int = 200) -> HttpResponse:
    if chosen is not None:
        chosen.refresh_from_db()
    wanted = request.GET.get("q", "").replace("\0", "").strip()[:24]
    rows = _seen(clerk_of(request))
    if wanted:
        rows = rows.filter(Q(number__contains=wanted) | Q(code=wanted.replace("-", "").upper()))
    context = {
        "rows": list(rows[:ROWS]),
        "wanted": wanted,
        "chosen": chosen,
        "is_revoked": chosen is not None and chosen.state == ProofState.REVOKED,
        "lines": list(chosen.lines.select_related("clerk")[:30]) if chosen is not None else [],
        "refused": refused,
    }
    return render(request, "proofs/issued.html", context, status=status)


def _seen(clerk: Clerk) -> Any:  # noqa: ANN401 - a query set
    return Proof.objects.filter(within_reach(clerk, Right.ISSUE_PROOFS)).select_related("terminal")


def _written(request: HttpRequest, field: str) -> str:
    return str(request.POST.get(field, "")).replace("\0", "").strip()[:200]
