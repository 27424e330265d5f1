"""Entry at the desk: the terminal's own items, the same checks, the same case; and uploads that are not what they say."""

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.utils import override_settings
from PIL import Image

from city import here
from city.desk.entry import DESK, INSTALL, read_signature
from city.desk.scans import LEAST_EDGE, Scan, ScanProblem, looked_into
from city.fleet.health import STORAGE_BYTES
from city.fleet.models import Terminal as Row
from city.fleet.watch import terminals
from city.onewindow.models import Attachment, Case, Event
from city.onewindow.papers import clear_photo, content_of
from city.onewindow.states import Kind, State
from city.staff.roles import Role
from city.web.uploads import MOST_BYTES
from sync.contract.checking import check_folder
from sync.contract.item import Control
from tests.city.colleagues import Person, person
from tests.city.terminal import HOST, ITEM

pytestmark = pytest.mark.django_db

WHERE = f"/entry/{ITEM.code}"
ITEMS = Path(__file__).parents[2] / "city" / "items"
INK = json.dumps({"width_mm": 60.0, "height_mm": 20.0, "strokes": [[[5.0, 5.0, 0], [20.0, 10.0, 60]]]})
CARD = {"c.name": "样例人", "c.sex": "female", "c.id_number": "21010219900307512X", "c.address": "沈阳市样例区虚构街 1 号"}
ANSWERS = {"a.mobile": "13800000000", "a.housing": "rented", "a.remark": "<script>alert(1)</script>'; DROP TABLE x; --"}


def picture(kind: str = "JPEG", size: tuple[int, int] = (620, 877)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, "#FBFAF5").save(file, kind)
    return file.getvalue()


def upload(name: str = "合同.jpg", data: bytes | None = None, kind: str = "image/jpeg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, picture() if data is None else data, kind)


@pytest.fixture
def desk() -> Person:
    return person("前台员", Role.FRONT_DESK)


def hand_in(desk: Person, status: int = 302, **changes: Any) -> tuple[str, str]:  # noqa: ANN401
    shown = desk.page(WHERE)
    hidden = dict(re.findall(r'name="(application_id|version)" value="([^"]+)"', shown))
    given: dict[str, Any] = {**hidden, **CARD, **ANSWERS, "do": "hand_in", "agreed": "yes", "signature": INK, "m.contract": [upload()]}
    given |= {name.replace("__", "."): value for name, value in changes.items()}
    got, text, onward = desk.send(WHERE, WHERE, **{name: value for name, value in given.items() if value is not None})
    assert got == status, text[:2000]
    return text, onward


def test_what_is_entered_is_a_case_like_any_other(desk: Person) -> None:
    assert ITEM.name.zh in desk.page("/entry")
    _, onward = hand_in(desk)
    case = Case.objects.get()
    assert onward == f"{WHERE}/done/{case.case_number}"
    assert (case.state, case.terminal_id, case.install, case.sequence) == (State.RECEIVED, DESK, INSTALL, 1)
    content = content_of(case)
    assert content.application.applicant is not None
    assert (content.application.applicant.name, content.application.answers["mobile"]) == ("样例人", "13800000000")
    assert content.application.signature is not None
    photo = clear_photo(case, content, 0)
    assert isinstance(photo, bytes)
    assert Image.open(io.BytesIO(photo)).size == (620, 877)
    assert Event.objects.get(kind=Kind.ENTERED).clerk == desk.clerk
    assert (case.masked_name, case.person != "") == ("样**", True)
    done = desk.page(onward)
    assert "打印收件回执" in done
    assert desk.client.get(f"/cases/{case.case_number}/documents/receipt.pdf", secure=True).content.startswith(b"%PDF")
    shown = desk.page(f"/cases/{case.case_number}")
    assert "&lt;script&gt;alert(1)" in shown
    assert "<script>alert(1)" not in shown
    where = f"/cases/{case.case_number}"
    assert desk.send(f"{where}/accept", where, version=case.version)[0] == 302


def test_a_form_sent_twice_is_one_application(desk: Person) -> None:
    given = {"application_id": "0193582a-7b3c-7d4e-8f50-123456789abc"}
    first, second = hand_in(desk, **given)[1], hand_in(desk, **given)[1]
    assert first == second
    assert Case.objects.count() == 1
    hand_in(desk)
    assert list(Case.objects.order_by("pk").values_list("sequence", flat=True)) == [1, 2]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"a__mobile": "12"}, "太短了"),
        ({"a__mobile": None}, "还没有填"),
        ({"a__housing": "castle"}, "没有这个选项"),
        ({"c__id_number": "210102199003075128"}, "没有填，或者不对"),
        ({"c__name": None}, "没有填，或者不对"),
        ({"a__remark": "长" * 201}, "太长了"),
    ],
)
def test_answers_are_judged_as_at_the_terminal_and_nothing_is_kept(desk: Person, changes: dict[str, Any], said: str) -> None:
    text, _ = hand_in(desk, 422, **changes)
    assert said in text
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"m__contract": None}, "这份材料必须有"),
        ({"m__contract": [upload() for _ in range(4)]}, "页数超过了"),
        ({"m__contract": [upload("合同.jpg", b"MZ\x90 a program")]}, "这不是图片"),
        ({"m__contract": [upload("合同.jpg", picture("PNG"))]}, "文件名和内容不符"),
        ({"m__contract": [upload("合同.jpg.exe", picture())]}, "文件名和内容不符"),
        ({"m__contract": [upload("合同.jpg", picture(size=(50, 50)))]}, "图片太小"),
        ({"m__contract": [upload("合同.png", picture("PNG")[:200], "image/png")]}, "这不是图片"),
        ({"m__contract": [upload("合同.jpg", b"<svg onload=alert(1)>")]}, "这不是图片"),
        ({"agreed": None}, "还没有告知并得到同意"),
        ({"signature": None}, "还没有签名"),
        ({"signature": '{"width_mm":1e9,"height_mm":1,"strokes":[]}'}, "还没有签名"),
    ],
)
def test_papers_notice_and_signature_are_wanted_and_looked_into(desk: Person, changes: dict[str, Any], said: str) -> None:
    text, _ = hand_in(desk, 422, **changes)
    assert said in text
    assert not Case.objects.exists()
    assert not Attachment.objects.exists()
    assert 'name="a.mobile" value="13800000000"' in text  # what was filled in stays on the page


def test_signed_on_paper_is_noted(desk: Person) -> None:
    hand_in(desk, signature=None, on_paper="yes")
    assert Event.objects.get(kind=Kind.ENTERED).detail == {"signed": "paper"}
    assert content_of(Case.objects.get()).application.signature is None


def test_a_picture_is_drawn_anew_without_what_else_was_in_it() -> None:
    file = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "at home, 41.8N 123.4E"
    Image.new("RGB", (400, 300), "white").save(file, "JPEG", exif=exif)
    scan = looked_into("a.JPG", file.getvalue() + b"PK\x03\x04 and a hidden archive")
    assert isinstance(scan, Scan)
    assert b"at home" not in scan.jpeg
    assert b"PK\x03\x04" not in scan.jpeg


def test_a_bomb_of_pixels_is_not_unpacked() -> None:
    file = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(file, "PNG")
    assert len(file.getvalue()) < 200_000
    assert looked_into("a.png", file.getvalue()) is ScanProblem.TOO_LARGE
    assert looked_into("a.gif", b"GIF89a") is ScanProblem.NO_PICTURE
    assert LEAST_EDGE < 620


@pytest.mark.parametrize(
    "text",
    ["", "x", "[]", '{"width_mm":60,"height_mm":20,"strokes":[]}', '{"width_mm":60,"height_mm":20,"strokes":[[[999,0,0]]]}', "\ud800"],
)
def test_what_no_hand_has_drawn_is_no_signature(text: str) -> None:
    assert read_signature(text) is None
    assert read_signature(INK) is not None


def test_a_hundred_megabytes_are_refused_before_they_are_read(desk: Person) -> None:
    client = Client(headers={"host": HOST})
    client.force_login(desk.clerk)
    answer = client.generic(
        "POST", WHERE, b"x", content_type="multipart/form-data; boundary=x", secure=True, CONTENT_LENGTH=str(100 * 1024**2)
    )
    assert answer.status_code == 413
    assert MOST_BYTES < 100 * 1024**2


def test_a_length_that_lies_ends_at_the_limit(desk: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("city.web.uploads.MOST_BYTES", 200_000)
    monkeypatch.setattr("city.web.guard.is_too_large", lambda _: False)
    client = Client(headers={"host": HOST})
    client.force_login(desk.clerk)
    answer = client.post(WHERE, {"do": "hand_in", "m.contract": upload(data=b"x" * 500_000)}, secure=True)
    assert answer.status_code == 400
    assert not Case.objects.exists()


def test_an_item_that_is_not_offered_has_no_form(desk: Person) -> None:
    for code in ("no-such-item", "..", "a'b"):
        assert desk.client.get(f"/entry/{code}", secure=True).status_code == 404


def test_a_new_version_is_shown_before_anything_is_received(desk: Person) -> None:
    text, _ = hand_in(desk, 200, version="2")
    assert "刚换了新版" in text
    assert not Case.objects.exists()


def test_without_the_pages_token_nothing_is_received(desk: Person) -> None:
    answer = desk.client.post(WHERE, {**CARD, **ANSWERS, "do": "hand_in"}, secure=True)
    assert answer.status_code == 403


def test_without_room_nothing_is_kept(desk: Person) -> None:
    with override_settings(CITY=here.own().__class__(free_space_floor_bytes=2**60)):
        text, _ = hand_in(desk, 409)
    assert "too little storage is free" in text
    assert not Case.objects.exists()
    assert not Event.objects.exists()


def test_a_desk_is_no_terminal_that_anybody_looks_after(desk: Person) -> None:
    hand_in(desk)
    assert Row.objects.get(pk=DESK).withdrawn_at is not None
    assert not terminals(here.now()).filter(pk=DESK).exists()
    assert STORAGE_BYTES
    assert DESK in desk.page("/reconciliation")


def test_a_desk_takes_in_for_its_own_area(areas: dict[str, Any]) -> None:
    code = areas["here"].code
    hand_in(person("本处", Role.FRONT_DESK, area=code))
    case = Case.objects.get()
    assert (case.area, case.terminal_id) == (code, f"{DESK}-{code}")
    elsewhere = person("别处", Role.FRONT_DESK, area=areas["there"].code)
    assert elsewhere.client.get(f"{WHERE}/done/{case.case_number}", secure=True).status_code == 404


@pytest.mark.parametrize("path", sorted(ITEMS.glob("*/item.json")), ids=lambda path: path.parent.name)
def test_every_item_of_the_catalogue_can_be_shown_at_the_desk(path: Path, desk: Person, offer: Any) -> None:  # noqa: ANN401
    (package,) = [one.package for one in check_folder(path.parent) if one.package is not None]
    offer(package)
    if package.door.value != "catalogue":
        assert desk.client.get(f"/entry/{package.code}", secure=True).status_code == 404
        return
    text = desk.page(f"/entry/{package.code}")
    for page in package.pages:
        for field in page.fields:
            if field.when is None and field.control is not Control.DERIVED:
                assert f"a.{field.name}" in text, field.name
    hidden = dict(re.findall(r'name="(application_id|version)" value="([^"]+)"', text))
    status, answer, _ = desk.send(f"/entry/{package.code}", f"/entry/{package.code}", **hidden, do="check")
    assert status == 422 or package.pages == ()
    assert "Traceback" not in answer
