"""The papers of a case: each when the case has come to it, fixed for good, checkable by anybody, and naming nobody in full."""

import io

import msgspec
import pytest
import zxingcpp
from django.conf import settings
from django.test import Client
from pypdf import PdfReader
from pypdfium2 import PdfDocument

from city.onewindow.document_pdf import FontsMissingError, drawn
from city.onewindow.documents import available, found_by, sheet_of
from city.onewindow.models import Case, Document
from city.onewindow.states import DocumentKind
from city.staff.models import AuditLine, Office
from city.staff.roles import Role
from tests.city.colleagues import Person, person
from tests.city.terminal import HOST, INK, PERSON, Terminal

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Person:
    return person("前台员", Role.FRONT_DESK)


@pytest.fixture
def case(terminal: Terminal) -> Case:
    sealed = terminal.application()
    terminal.put(sealed)
    terminal.upload(sealed)
    return Case.objects.get()


def paper(desk: Person, case: Case, kind: DocumentKind, status: int = 200) -> str:
    response = desk.client.get(f"/cases/{case.case_number}/documents/{kind}.pdf", secure=True)
    assert response.status_code == status
    if status != 200:
        return ""
    assert response["Content-Type"] == "application/pdf"
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(response.content)).pages).replace("\n", "")


def act(desk: Person, case: Case, what: str, **form: object) -> None:
    case.refresh_from_db()
    where = f"/cases/{case.case_number}"
    assert desk.send(f"{where}/{what}", where, version=case.version, **form)[0] == 302
    case.refresh_from_db()


def test_a_receipt_says_received_and_not_accepted(desk: Person, case: Case) -> None:
    said = paper(desk, case, DocumentKind.RECEIPT)
    assert "还没有正式受理" in said
    assert "不表示受理" in said
    for kind in (DocumentKind.ACCEPTANCE, DocumentKind.RESULT, DocumentKind.ONCE_ONLY, DocumentKind.NON_ACCEPTANCE):
        paper(desk, case, kind, 404)
    assert Document.objects.count() == 1


def test_an_acceptance_says_until_when_and_who_does_what(desk: Person, case: Case) -> None:
    act(desk, case, "accept")
    said = paper(desk, case, DocumentKind.ACCEPTANCE)
    assert case.decide_by is not None
    assert f"{case.decide_by.year} 年 {case.decide_by.month} 月 {case.decide_by.day} 日" in said
    assert "样例部门" in said
    assert "租赁合同" in said
    assert "不表示批准" in said


def test_a_refusal_carries_its_reason_and_the_right_to_review(desk: Person, case: Case) -> None:
    act(desk, case, "end", how="refuse", reason="样例：不在受理范围")
    said = paper(desk, case, DocumentKind.NON_ACCEPTANCE)
    assert "不在受理范围" in said
    assert "行政复议" in said


def test_a_result_repeats_what_each_office_said(desk: Person, case: Case) -> None:
    act(desk, case, "accept")
    step = case.steps.get()
    clerk = person("部门员", Role.OFFICE_CLERK, Office.objects.get(pk=step.office_id))
    clerk.send(f"/steps/{step.pk}/act", "/steps", version=step.version, do="claim")
    step.refresh_from_db()
    clerk.send(f"/steps/{step.pk}/act", "/steps", version=step.version, do="agreed", reason="材料齐全")
    case.refresh_from_db()
    said = paper(desk, case, DocumentKind.RESULT)
    assert "准予办理" in said
    assert "材料齐全" in said


def test_nobody_stands_on_a_paper_in_full(desk: Person, case: Case) -> None:
    said = paper(desk, case, DocumentKind.RECEIPT)
    assert "样**" in said
    assert str(PERSON.name) not in said
    assert str(PERSON.id_number) not in said


def test_a_paper_is_the_same_whenever_it_is_opened_and_each_look_leaves_a_line(desk: Person, case: Case) -> None:
    address = f"/cases/{case.case_number}/documents/receipt.pdf"
    first, second = (desk.client.get(address, secure=True).content for _ in range(2))
    assert first == second
    assert AuditLine.objects.filter(field="document.receipt").count() == 2
    assert Document.objects.count() == 1


def test_anybody_checks_a_paper_by_its_code_and_learns_nothing_of_anybody(desk: Person, case: Case) -> None:
    said = paper(desk, case, DocumentKind.RECEIPT)
    issued = Document.objects.get()
    assert "-".join(issued.code[at : at + 4] for at in (0, 4, 8)) in said
    page = Client(headers={"host": HOST}).get("/verify", {"code": issued.code.lower()}, secure=True)
    assert page.status_code == 200
    text = page.content.decode()
    assert "请核对编号和日期" in text
    assert "样**" not in text


def test_the_square_on_a_paper_is_that_of_its_slip(desk: Person, case: Case) -> None:
    response = desk.client.get(f"/cases/{case.case_number}/documents/receipt.pdf", secure=True)
    page = PdfDocument(response.content)[0].render(scale=3).to_pil().convert("L")
    (square,) = zxingcpp.read_barcodes(page)
    assert square.text == f"BM1:{case.number}:{case.application_id}".upper()  # what a terminal scans to show how the case stands


@pytest.mark.parametrize("code", ["AAAA-BBBB-CCCC", "x", "0" * 40, "<script>", "\0"])
def test_a_code_that_was_never_issued_is_said_plainly(db: None, code: str) -> None:
    page = Client(headers={"host": HOST}).get("/verify", {"code": code}, secure=True)
    assert page.status_code in (200, 404)
    assert "请核对编号和日期" not in page.content.decode()
    assert "<script>" not in page.content.decode()


def test_a_code_is_found_however_it_is_written(desk: Person, case: Case) -> None:
    paper(desk, case, DocumentKind.RECEIPT)
    code = Document.objects.get().code
    assert found_by(f" {code[:4].lower()} {code[4:8]}-{code[8:]}") == Document.objects.get()
    assert available(case) == (DocumentKind.RECEIPT,)


def test_a_clerk_of_elsewhere_gets_no_paper(case: Case) -> None:
    elsewhere = person("别处员", Role.FRONT_DESK, area="999")
    paper(elsewhere, case, DocumentKind.RECEIPT, 404)


def test_rare_characters_are_set_and_missing_fonts_are_said(desk: Person, case: Case, tmp_path: object) -> None:
    from pathlib import Path

    from msgspec.structs import replace

    paper(desk, case, DocumentKind.RECEIPT)
    sheet = replace(sheet_of(Document.objects.get()), addressee="𬱖*<b>：")
    pdf = drawn(sheet, "AAAABBBBCCCC", "https://city.test/verify", settings.PAPER_FONTS)
    assert "<b>" in PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
    with pytest.raises(FontsMissingError):
        drawn(sheet, "AAAABBBBCCCC", "https://city.test/verify", Path(str(tmp_path)))


@pytest.mark.parametrize("is_mark", [True, False])
def test_a_clerk_sees_that_a_mark_stands_for_the_signature(desk: Person, terminal: Terminal, is_mark: bool) -> None:
    terminal.put(terminal.application(signature=msgspec.structs.replace(INK, is_mark=is_mark)))
    case = Case.objects.get()
    page = desk.client.get(f"/cases/{case.case_number}", secure=True).content.decode()
    assert ("画押，没有签字" in page) is is_mark
    assert ("没有登记见证人" in page) is is_mark
