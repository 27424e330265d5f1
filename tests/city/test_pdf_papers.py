"""A PDF at the desk: its pages are drawn by a process of its own; scripts, files inside, passwords, bombs and pretence are refused."""

import io
import os
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from city.desk import scans
from city.desk.scans import LEAST_EDGE, Scan, ScanProblem, pages_of
from city.onewindow.models import Attachment, Case
from city.staff.roles import Role
from tests.city.colleagues import Person, person
from tests.city.test_desk_entry import hand_in, upload


def pdf(pages: int = 2, size: tuple[float, float] = A4) -> bytes:
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=size)
    for page in range(pages):
        canvas.setFont("Helvetica", 24)
        canvas.drawString(size[0] * 0.1, size[1] * 0.5, f"Sample page {page + 1}")
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def changed(how: str) -> bytes:
    """Return a PDF with something in it that no paper needs."""
    writer = PdfWriter(clone_from=io.BytesIO(pdf()))
    match how:
        case "script":
            said = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert('x')")}
            named = ArrayObject([TextStringObject("x"), DictionaryObject(said)])
            tree = DictionaryObject({NameObject("/JavaScript"): DictionaryObject({NameObject("/Names"): named})})
            writer.root_object[NameObject("/Names")] = tree
        case "file":
            writer.add_attachment("a.exe", b"MZ")
        case "password":
            writer.encrypt("secret")
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def test_every_page_is_drawn() -> None:
    drawn = pages_of("合同.PDF", pdf(3), 5)
    assert isinstance(drawn, tuple)
    assert len(drawn) == 3
    for scan in drawn:
        with Image.open(io.BytesIO(scan.jpeg)) as picture:
            assert picture.format == "JPEG"
            assert 2300 <= max(picture.size) <= 2500
            darkest, _ = picture.convert("L").getextrema()
            assert darkest < 100  # something is written on it


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"MZ a program", ScanProblem.NO_PDF),
        (pdf()[:200], ScanProblem.NO_PDF),
        (b"%PDF-1.7\n" + os.urandom(2000), ScanProblem.NO_PDF),
        (pdf(6), ScanProblem.PDF_PAGES),
        (changed("script"), ScanProblem.PDF_ACTIVE),
        (changed("file"), ScanProblem.PDF_ACTIVE),
        (changed("password"), ScanProblem.PDF_LOCKED),
        (pdf(1, (20_000, 4)), ScanProblem.TOO_SMALL),
        (b"%PDF-" + b"0" * scans.MOST_BYTES, ScanProblem.TOO_LARGE),
    ],
    ids=["program", "half", "noise", "many", "script", "file", "password", "thread", "large"],
)
def test_what_is_no_paper_is_refused(data: bytes, problem: ScanProblem) -> None:
    assert pages_of("合同.pdf", data, 5) is problem


def test_a_pdf_under_a_picture_s_name_is_refused_and_the_other_way_round() -> None:
    assert pages_of("合同.jpg", pdf(), 5) is ScanProblem.NOT_WHAT_IT_SAYS
    file = io.BytesIO()
    Image.new("RGB", (LEAST_EDGE, LEAST_EDGE)).save(file, "JPEG")
    assert pages_of("合同.pdf", file.getvalue(), 5) is ScanProblem.NO_PDF
    assert isinstance(pages_of("合同.jpg", file.getvalue(), 5), tuple)


def test_a_file_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scans, "PDF_PATIENCE_S", 0.001)
    assert pages_of("合同.pdf", pdf(), 5) is ScanProblem.PDF_HEAVY


@pytest.fixture
def desk() -> Person:
    return person("前台员", Role.FRONT_DESK)


@pytest.mark.django_db
def test_a_pdf_is_a_paper_of_several_pages_in_the_viewer(desk: Person) -> None:
    hand_in(desk, m__contract=[upload("合同.pdf", pdf(2), "application/pdf")])
    case = Case.objects.get()
    assert Attachment.objects.filter(case=case).count() == 2
    for place in range(2):
        photo: Any = desk.client.get(f"/cases/{case.case_number}/papers/{place}.jpg", secure=True)
        assert (photo.status_code, photo["Content-Type"]) == (200, "image/jpeg")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([("合同.pdf", changed("script"))], "有脚本或附件"),
        ([("一.pdf", pdf(2)), ("二.pdf", pdf(2))], "页数超过了"),
    ],
)
def test_a_refused_pdf_leaves_nothing_behind(desk: Person, files: list[tuple[str, bytes]], said: str) -> None:
    text, _ = hand_in(desk, 422, m__contract=[upload(name, data, "application/pdf") for name, data in files])
    assert said in text
    assert not Case.objects.exists()
    assert not Attachment.objects.exists()


def test_a_page_is_a_scan() -> None:
    drawn = pages_of("a.pdf", pdf(1), 1)
    assert isinstance(drawn, tuple)
    assert isinstance(drawn[0], Scan)
