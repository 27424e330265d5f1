"""What terminals are sent and told of certificates, and of the papers of a case."""

from django.conf import settings

from city import here
from city.api.feeds import Supply, supplies
from city.api.questions import answers
from city.fleet.models import Terminal
from city.onewindow.document_pdf import drawn
from city.onewindow.documents import available, issue, sheet_of
from city.onewindow.models import Case
from city.onewindow.states import DocumentKind, Kind
from city.proofs.issuing import VERIFY, issued_to, note_printed
from city.proofs.kinds import kinds
from city.refused import Refused
from city.staff.models import Clerk
from sync.contract.names import is_uuid
from sync.contract.problem import ProblemCode
from sync.contract.proofs import (
    CASE_PAPER,
    PDF_MAX_BYTES,
    PROOF,
    PROOF_PRINTED,
    PROOFS,
    CasePaperAnswer,
    CasePaperQuestion,
    ProofAnswer,
    ProofNoted,
    ProofPrinted,
    ProofQuestion,
    Proofs,
)

_NAME_MOST = 60


@supplies(PROOFS)
def offered(_terminal: Terminal) -> Supply[Proofs]:
    """Return the kinds that are issued at once."""
    return Supply(Proofs(tuple(kinds())))


@answers(PROOF)
def proof(terminal: Terminal, question: ProofQuestion) -> ProofAnswer | Refused:
    """Issue one; asked again it is the same, so nothing has to be kept beside it."""
    if not is_uuid(question.proof) or len(question.name) > _NAME_MOST:
        return Refused(ProblemCode.MALFORMED, "not a certificate's question")
    answer = issued_to(terminal, question)
    return Refused(ProblemCode.INVALID, "more pages than a reply takes") if len(answer.pdf) > PDF_MAX_BYTES else answer


@answers(PROOF_PRINTED, does=True)
def printed(terminal: Terminal, question: ProofPrinted) -> ProofNoted | Refused:
    """Write down what became of the paper."""
    if not is_uuid(question.proof):
        return Refused(ProblemCode.MALFORMED, "not a certificate")
    note_printed(terminal, question.proof, printed=question.printed)
    return ProofNoted()


@answers(CASE_PAPER)
def case_paper(_terminal: Terminal, question: CasePaperQuestion) -> CasePaperAnswer | Refused:
    """Give out a paper of a case as it was first issued; people are masked on it."""
    case = Case.objects.filter(application_id=question.application_id, number=question.number, corrects=None).first()
    if case is None:
        return Refused(ProblemCode.UNKNOWN, "no such case")
    kind = DocumentKind(question.paper.value)
    who = _whose_hand(case, kind)
    if kind not in available(case) or who is None:
        return CasePaperAnswer()
    issued = issue(case, kind, who)
    host = here.own().hosts[0] if here.own().hosts else "localhost"
    pages = drawn(sheet_of(issued), issued.code, f"https://{host}{VERIFY}", settings.PAPER_FONTS)
    return Refused(ProblemCode.INVALID, "more pages than a reply takes") if len(pages) > PDF_MAX_BYTES else CasePaperAnswer(pages)


def _whose_hand(case: Case, kind: DocumentKind) -> Clerk | None:
    """Return who stands on the paper: whoever did what it tells of."""
    if kind is DocumentKind.ONCE_ONLY:
        return case.notice.clerk if hasattr(case, "notice") else None
    said = Kind.CONCLUDED if kind is DocumentKind.RESULT else Kind.NOT_ACCEPTED
    event = case.events.filter(kind=said).exclude(clerk=None).order_by("-id").first()
    return case.decided_by if event is None else event.clerk
