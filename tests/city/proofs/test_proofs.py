"""A certificate from the question to the paper: issued once, to whom it is about alone, checked by anybody, taken back by the desk."""

import io
import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
import uuid6
from django.db import DatabaseError, transaction
from django.test import Client
from pypdf import PdfReader

from city import here
from city.fleet.models import Terminal as Row
from city.onewindow.models import Case
from city.onewindow.states import DocumentKind, State
from city.proofs import kinds
from city.proofs.models import Proof, ProofLine, ProofState, ProofStep
from city.staff.models import AuditLine
from city.staff.roles import Role
from sync.contract import routes
from sync.contract.proofs import (
    CASE_PAPER,
    PDF_MAX_BYTES,
    PROOF,
    PROOF_PRINTED,
    CasePaper,
    CasePaperAnswer,
    CasePaperQuestion,
    ProofAnswer,
    ProofPrinted,
    ProofQuestion,
    ProofStatus,
)
from sync.contract.question import Question, QuestionId, QuestionKind, Reply
from sync.contract.signed import verify_as
from tests.city.people import Person
from tests.city.terminal import HOST, PERSON, Terminal

pytestmark = pytest.mark.django_db

NUMBER, NAME = str(PERSON.id_number), str(PERSON.name)


def ask(terminal: Terminal, kind: QuestionKind[Any, Any], asked: object, status: int = 200) -> Any:  # noqa: ANN401
    question = Question(1, QuestionId(str(uuid6.uuid7())), terminal.id, msgspec.Raw(msgspec.json.encode(asked)))
    response = terminal.send("POST", routes.question_path(kind.name), msgspec.json.encode(question), routes.QUESTION_TYPE)
    assert response.status_code == status, response.content
    if status != 200:
        return None
    reply = verify_as(response.content, "application/vnd.bianmin.reply+json", here.keys().receipts.public, Reply)
    return msgspec.json.decode(reply.content, type=kind.answer)


def wanted(kind: str = "acceptance", **changes: Any) -> ProofQuestion:  # noqa: ANN401
    facts = {"proof": str(uuid6.uuid7()), "kind": kind, "id_number": NUMBER, "name": NAME} | changes
    return ProofQuestion(**facts)


@pytest.fixture
def case(terminal: Terminal, person: Callable[..., Person]) -> Case:
    """An application of the person, accepted at the front desk."""
    Row.objects.filter(pk=terminal.id).update(area="990101001001")
    sealed = terminal.application()
    terminal.put(sealed)
    terminal.upload(sealed)
    case = Case.objects.get()
    desk = person(Role.FRONT_DESK)
    where = f"/cases/{case.case_number}"
    assert desk.post(f"{where}/accept", where, version=case.version).status_code == 302
    case.refresh_from_db()
    return case


@pytest.fixture
def desk(person: Callable[..., Person]) -> Person:
    return person(Role.FRONT_DESK, "990101001001")


def text_of(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).replace("\n", "")


def issued(terminal: Terminal, question: ProofQuestion | None = None) -> tuple[ProofAnswer, Proof]:
    answer = ask(terminal, PROOF, question or wanted())
    assert answer.status is ProofStatus.ISSUED
    return answer, Proof.objects.get(number=answer.number)


def test_it_names_its_holder_and_what_was_accepted_and_the_city_keeps_neither_name_nor_number(terminal: Terminal, case: Case) -> None:
    answer, proof = issued(terminal)
    said = text_of(answer.pdf)
    assert NAME in said
    assert NUMBER in said
    assert case.case_number in said
    assert "样例登记" in said
    assert "样例证明" in said, "a sample says so on the paper"
    assert len(answer.pdf) < PDF_MAX_BYTES
    kept = json.dumps([proof.facts, proof.masked_name, proof.masked_id_number, proof.person, proof.number], ensure_ascii=False)
    assert NAME not in kept
    assert NUMBER not in kept


def test_the_same_question_again_is_the_same_certificate(terminal: Terminal, case: Case) -> None:
    question = wanted()
    first, second = ask(terminal, PROOF, question), ask(terminal, PROOF, question)
    assert first == second
    assert Proof.objects.count() == 1
    assert [line.step for line in ProofLine.objects.order_by("pk")] == [ProofStep.ISSUED, ProofStep.FETCHED]


def test_whoever_has_another_number_gets_nothing_of_it(terminal: Terminal, case: Case, enrol: Callable[[str], Terminal]) -> None:
    question = wanted()
    issued(terminal, question)
    stolen = msgspec.structs.replace(question, id_number="210102199003075110")
    assert ask(terminal, PROOF, stolen) == ProofAnswer(ProofStatus.NOT_OFFERED)
    assert ask(enrol("SY-OTHER"), PROOF, question) == ProofAnswer(ProofStatus.NOT_OFFERED)
    assert ask(terminal, PROOF, wanted(id_number="210102199003075110")) == ProofAnswer(ProofStatus.NOTHING_KNOWN)
    assert Proof.objects.count() == 1


@pytest.mark.parametrize(
    ("question", "status"),
    [
        (wanted("no-such-kind"), ProofStatus.NOT_OFFERED),
        (wanted("residence"), ProofStatus.NOTHING_KNOWN),
        (wanted(id_number=""), ProofStatus.NOT_OFFERED),
        (wanted(name=" "), ProofStatus.NOT_OFFERED),
    ],
)
def test_what_cannot_be_certified_is_not(terminal: Terminal, case: Case, question: ProofQuestion, status: ProofStatus) -> None:
    assert ask(terminal, PROOF, question) == ProofAnswer(status)
    assert not Proof.objects.exists()


def test_an_application_that_is_not_accepted_is_no_reason_for_one(terminal: Terminal) -> None:
    terminal.put(terminal.application())
    assert ask(terminal, PROOF, wanted()) == ProofAnswer(ProofStatus.NOTHING_KNOWN)


@pytest.mark.parametrize("question", [wanted(proof="not-an-id"), wanted(name="样" * 61)])
def test_what_is_no_question_is_refused(terminal: Terminal, question: ProofQuestion) -> None:
    ask(terminal, PROOF, question, status=400)


def test_a_registered_home_is_read_from_the_sealed_application_and_written_nowhere(
    terminal: Terminal, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kinds, "_RESIDENCE", case.item)
    Case.objects.filter(pk=case.pk).update(state=State.CLOSED, closed_at=here.now())
    answer, proof = issued(terminal, wanted("residence"))
    assert "居住登记" in text_of(answer.pdf)
    assert "address" not in json.dumps(proof.facts)


def test_anybody_checks_it_without_learning_a_name(terminal: Terminal, case: Case) -> None:
    answer, proof = issued(terminal)
    page = Client(headers={"host": HOST}).get("/verify", {"code": answer.code.lower()}, secure=True)
    said = page.content.decode()
    assert "是本平台出的" in said
    assert proof.number in said
    assert NAME not in said
    assert NUMBER not in said


def test_a_revoked_one_is_said_to_be_and_given_out_no_more(terminal: Terminal, case: Case, desk: Person) -> None:
    question = wanted()
    answer, proof = issued(terminal, question)
    where = f"/proofs?proof={proof.number}"
    act = f"/proofs/{proof.number}/act"
    assert desk.post(act, where, act="revoke", version=proof.version, words="错").status_code == 422
    assert desk.post(act, where, act="revoke", version=99, words="开错了人").status_code == 409
    assert desk.post(act, where, act="revoke", version=proof.version, words="开错了人").status_code == 302
    proof.refresh_from_db()
    assert proof.state == ProofState.REVOKED
    page = Client(headers={"host": HOST}).get("/verify", {"code": answer.code}, secure=True)
    assert "不再有效" in page.content.decode()
    assert ask(terminal, PROOF, question) == ProofAnswer(ProofStatus.REVOKED, proof.number)
    refused = desk.post(act, "/queue", act="hand-out", name=NAME, id_number=NUMBER)
    assert refused.status_code == 422
    assert "不能再打印" in refused.content.decode()


def test_one_that_is_past_its_validity_is_said_to_be(terminal: Terminal, case: Case) -> None:
    answer, proof = issued(terminal)
    Proof.objects.filter(pk=proof.pk).update(valid_until="2020-01-01")
    page = Client(headers={"host": HOST}).get("/verify", {"code": answer.code}, secure=True)
    assert "过了有效期" in page.content.decode()


def test_the_desk_prints_it_for_its_holder_alone_and_that_leaves_a_line(terminal: Terminal, case: Case, desk: Person) -> None:
    _, proof = issued(terminal)
    where, act = f"/proofs?proof={proof.number}", f"/proofs/{proof.number}/act"
    paper = desk.post(act, where, act="hand-out", name=NAME, id_number=NUMBER)
    assert paper["Content-Type"] == "application/pdf"
    assert paper["Cache-Control"] == "no-store"
    assert NAME in text_of(paper.content)
    assert ProofLine.objects.filter(step=ProofStep.HANDED_OUT, clerk=desk.clerk).count() == 1
    wrong = desk.post(act, where, act="hand-out", name=NAME, id_number="210102199003075110")
    assert wrong.status_code == 422
    assert "不能打印" in wrong.content.decode()
    assert AuditLine.objects.filter(subject=proof.number, field="proof").exists()


def test_another_area_does_not_see_it(terminal: Terminal, case: Case, person: Callable[..., Person]) -> None:
    _, proof = issued(terminal)
    other = person(Role.FRONT_DESK, "990102")
    assert proof.number not in other.page("/proofs")
    other.page(f"/proofs?proof={proof.number}", 404)


def test_what_became_of_the_paper_is_written_down_and_printed_stays_printed(
    terminal: Terminal, case: Case, enrol: Callable[[str], Terminal], desk: Person
) -> None:
    _, proof = issued(terminal)
    ask(terminal, PROOF_PRINTED, ProofPrinted(str(proof.proof_id), printed=False))
    assert "没打出来" in desk.page("/proofs")
    ask(enrol("SY-OTHER"), PROOF_PRINTED, ProofPrinted(str(proof.proof_id), printed=True))
    proof.refresh_from_db()
    assert proof.printed is False
    ask(terminal, PROOF_PRINTED, ProofPrinted(str(proof.proof_id), printed=True))
    ask(terminal, PROOF_PRINTED, ProofPrinted(str(proof.proof_id), printed=False))
    proof.refresh_from_db()
    assert proof.printed is True
    ask(terminal, PROOF_PRINTED, ProofPrinted("x", printed=True), status=400)


def test_its_history_only_grows(terminal: Terminal, case: Case) -> None:
    issued(terminal)
    with pytest.raises(DatabaseError), transaction.atomic():
        ProofLine.objects.update(words="anders")


# Papers of a case


def paper(terminal: Terminal, case: Case, kind: CasePaper) -> bytes:
    answer = ask(terminal, CASE_PAPER, CasePaperQuestion(str(case.application_id), case.number, kind))
    assert isinstance(answer, CasePaperAnswer)
    return answer.pdf


def test_a_paper_of_a_case_is_given_out_once_it_has_come_to_it(terminal: Terminal, person: Callable[..., Person]) -> None:
    sealed = terminal.application()
    terminal.put(sealed)
    terminal.upload(sealed)
    case, desk = Case.objects.get(), person(Role.FRONT_DESK)
    assert paper(terminal, case, CasePaper.NON_ACCEPTANCE) == b""
    where = f"/cases/{case.case_number}"
    ended = desk.post(f"{where}/end", where, version=case.version, how="refuse", reason="不属于本社区受理范围，请到户籍地。")
    assert ended.status_code == 302, ended.content.decode()[:300]
    case.refresh_from_db()
    pages = paper(terminal, case, CasePaper.NON_ACCEPTANCE)
    said = text_of(pages)
    assert DocumentKind.NON_ACCEPTANCE.label in said.replace(" ", "")
    assert "不属于本社区受理范围" in said
    assert NAME not in said
    assert paper(terminal, case, CasePaper.NON_ACCEPTANCE) == pages, "a paper that was issued does not change"
    assert paper(terminal, case, CasePaper.RESULT) == b""


def test_without_both_names_of_the_slip_there_is_no_paper(terminal: Terminal, case: Case) -> None:
    ask(terminal, CASE_PAPER, CasePaperQuestion(str(case.application_id), "00000000", CasePaper.RESULT), status=404)
