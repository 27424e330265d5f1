"""A clerk at the front desk: sees what is masked, uncovers with a reason, decides once, and leaves a line of each look."""

import re
from datetime import timedelta
from html import unescape

import msgspec
import pytest
from django.contrib.auth.hashers import make_password
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from city.folder import CityFolder
from city.onewindow import photo_store
from city.onewindow.legal_clock import add_working_days
from city.onewindow.models import Case, Event, OnceOnlyNotice
from city.onewindow.states import Kind, State
from city.staff.models import AuditLine, Clerk, Looked, Posting, Reason, RecordError
from city.staff.roles import Role
from tests.city.terminal import ANSWERS, HOST, INK, JPEG, PERSON, Terminal

pytestmark = pytest.mark.django_db

PASSWORD = "invented-words-only"
NASTY = "<script>alert(1)</script>'\"; DROP TABLE onewindow_case;-- {{ 7|add:7 }} {% now 'Y' %}"


@pytest.fixture(scope="session")
def hashed() -> str:
    return make_password(PASSWORD)


@pytest.fixture
def clerk(hashed: str) -> Clerk:
    clerk = Clerk.objects.create(username="clerk", password=hashed, staff_number="H0001", full_name="演示员", office="样例街道")
    Posting.objects.create(clerk=clerk, role=Role.FRONT_DESK)
    return clerk


@pytest.fixture
def desk(clerk: Clerk) -> Client:
    return desk_of(clerk)


def desk_of(clerk: Clerk) -> Client:
    client = Client(headers={"host": HOST}, enforce_csrf_checks=True)
    client.force_login(clerk)
    return client


@pytest.fixture
def case(terminal: Terminal) -> Case:
    sealed = terminal.application()
    terminal.put(sealed)
    terminal.upload(sealed)
    return Case.objects.get()


def page(desk: Client, address: str, status: int = 200) -> str:
    response = desk.get(address, secure=True)
    assert response.status_code == status, response.content[:400]
    return response.content.decode()


def post(desk: Client, address: str, token_from: str, **values: object) -> tuple[int, str, str]:
    """Send a form as the page would, its token included; return status, body and where it leads."""
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page(desk, token_from))
    assert token is not None
    values["csrfmiddlewaretoken"] = token.group(1)
    response = desk.post(address, values, secure=True, headers={"referer": f"https://{HOST}/"})
    return response.status_code, response.content.decode(), response.get("Location", "")


def address(case: Case, rest: str = "") -> str:
    return f"/cases/{case.case_number}{rest}"


# Who gets in


@pytest.mark.parametrize("where", ["/", "/cases/1", "/cases/1/papers/0.jpg", "/cases/1/once-only-notice"])
def test_nobody_gets_in_without_signing_in(client: Client, where: str) -> None:
    response = client.get(where, secure=True, headers={"host": HOST})
    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in")


def test_a_form_without_our_token_changes_nothing(desk: Client, case: Case) -> None:
    response = desk.post(address(case, "/accept"), {"version": case.version}, secure=True)
    assert response.status_code == 403
    assert "什么都没有改动" in response.content.decode()
    assert Case.objects.get().state == State.RECEIVED


def test_every_page_tells_the_browser_to_run_nothing_of_others(desk: Client) -> None:
    response = desk.get("/queue", secure=True)
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert "unsafe" not in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "DENY"
    assert response["Cache-Control"].startswith("no-store") or "no-store" in response["Cache-Control"]


def test_an_address_of_nothing_shows_a_page_of_ours_without_a_traceback(desk: Client) -> None:
    text = page(desk, "/cases/2101112399999", status=404)
    assert "没有这一页" in text
    assert "Traceback" not in text


def test_a_fault_of_the_city_shows_a_code_and_nothing_else(clerk: Clerk, case: Case, caplog: pytest.LogCaptureFixture) -> None:
    case.sealed.body = b"{}"
    case.sealed.save()
    desk = desk_of(clerk)
    desk.raise_request_exception = False
    text = page(desk, address(case), status=500)
    code = re.search(r"[0-9A-Z]{3}-[0-9A-Z]{3}", text)
    assert code is not None
    assert code.group() in caplog.text
    assert "Traceback" not in text
    assert PERSON.name not in caplog.text


# What is seen


def test_the_queue_shows_what_waits_and_nobody_in_clear(desk: Client, case: Case) -> None:
    text = page(desk, "/queue")
    assert "样例登记" in text
    assert case.case_number[4:8] + "-" + case.case_number[8:] in text
    assert "样**" in text
    assert PERSON.name not in text
    assert PERSON.id_number not in text


@pytest.mark.parametrize("days", [-3, 0, 1, 5])
def test_the_queue_groups_by_the_legal_deadline(desk: Client, case: Case, days: int) -> None:
    from city.here import today

    due = today() + timedelta(days=days) if days <= 0 else add_working_days(today(), days)
    Case.objects.update(precheck_by=due)
    text = page(desk, "/queue")
    assert {-3: "逾期", 0: "今天到期", 1: "两个工作日内", 5: "其余"}[days] in text.partition("<tbody>")[2]


@pytest.mark.parametrize("view", ["overdue", "arriving", "stopped", "accepted", "no-such-view"])
def test_each_view_answers_also_when_it_is_empty(desk: Client, view: str) -> None:
    assert "这里现在没有件" in page(desk, f"/queue?view={view}")


def test_a_case_is_found_by_both_its_numbers_and_its_items_name(desk: Client, case: Case) -> None:
    shown = case.case_number[4:8] + "-" + case.case_number[8:]
    for words in (shown, case.number, case.number.lower(), "样例登记"):
        assert shown in page(desk, f"/queue?q={words}").partition("<tbody>")[2]
    assert "没有找到" in page(desk, "/queue?q=no%27such%22")


def test_the_number_of_queries_of_the_queue_does_not_grow(desk: Client, terminal: Terminal) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            page(desk, "/queue?view=arriving")
        return len(queries)

    terminal.put(terminal.application())
    few = asked()
    for _ in range(6):
        terminal.put(terminal.application())
    assert asked() == few


def test_the_case_shows_answers_under_their_labels_and_masks_the_personal_ones(desk: Client, case: Case) -> None:
    text = page(desk, address(case))
    for shown in ("居住情况", "手机", "138****0000", "租的", "2101**********5129", "样**", "沈阳市样例区******"):
        assert shown in text
    for hidden in (PERSON.name, PERSON.id_number, PERSON.address, ANSWERS["mobile"]):
        assert str(hidden) not in text


def test_a_case_of_another_area_is_as_if_it_were_not_there(desk: Client, case: Case, clerk: Clerk) -> None:
    Case.objects.update(area="210102001")
    clerk.postings.update(area="210103")
    assert case.case_number not in page(desk, "/queue")
    for rest in ("", "/papers/0.jpg", "/once-only-notice"):
        page(desk, address(case, rest), status=404)
    assert not AuditLine.objects.exists()
    clerk.postings.update(area="210102")
    page(desk, address(case))


def test_every_look_at_a_case_leaves_a_line(desk: Client, case: Case, clerk: Clerk) -> None:
    page(desk, address(case))
    line = AuditLine.objects.get()
    assert (line.clerk, line.looked_at, line.subject) == (clerk, Looked.CASE, case.case_number)


def test_a_masked_value_is_shown_for_a_reason_that_is_written_down(desk: Client, case: Case) -> None:
    where = address(case, "?reveal=card.id_number")
    status, text, _ = post(desk, address(case, "/reveal"), where, key="card.id_number", reason=Reason.COMPARE)
    assert status == 200
    assert str(PERSON.id_number) in text
    assert str(PERSON.name) not in text
    line = AuditLine.objects.get(looked_at=Looked.FIELD)
    assert (line.field, line.reason) == ("card.id_number", Reason.COMPARE)
    assert str(PERSON.id_number) not in " ".join(map(str, vars(line).values()))


@pytest.mark.parametrize(("reason", "note"), [("", ""), ("curious", ""), (Reason.OTHER, "太短")])
def test_without_a_good_reason_it_stays_covered(desk: Client, case: Case, reason: str, note: str) -> None:
    where = address(case, "?reveal=answer.mobile")
    status, text, _ = post(desk, address(case, "/reveal"), where, key="answer.mobile", reason=reason, note=note)
    assert status == 422
    assert ANSWERS["mobile"] not in text
    assert not AuditLine.objects.filter(looked_at=Looked.FIELD).exists()


def test_what_is_not_masked_or_not_there_cannot_be_revealed(desk: Client, case: Case) -> None:
    for key in ("answer.housing", "answer.nothing", "application_id", "__class__"):
        status, _, target = post(desk, address(case, "/reveal"), address(case), key=key, reason=Reason.COMPARE)
        assert (status, target) == (302, address(case))
    assert not AuditLine.objects.filter(looked_at=Looked.FIELD).exists()


def test_the_signature_is_drawn_from_its_strokes_after_a_reason(desk: Client, case: Case) -> None:
    assert "M5.00 5.00" not in page(desk, address(case))
    _, text, _ = post(desk, address(case, "/reveal"), address(case, "?reveal=signature"), key="signature", reason=Reason.COMPARE)
    assert f'viewBox="0 0 {INK.width_mm:.2f} {INK.height_mm:.2f}"' in text
    assert 'd="M5.00 5.00 L20.00 22.50 L40.00 8.00"' in text
    assert 'd="M50.00 15.00 L50.00 15.00"' in text  # a dot
    assert AuditLine.objects.filter(looked_at=Looked.SIGNATURE).count() == 1


def test_a_paper_is_opened_for_the_clerk_and_the_look_noted(desk: Client, case: Case) -> None:
    response = desk.get(address(case, "/papers/0.jpg"), secure=True)
    assert (response.content, response["Content-Type"]) == (JPEG, "image/jpeg")
    assert "no-store" in response["Cache-Control"]
    assert AuditLine.objects.get().looked_at == Looked.PAPER
    page(desk, address(case, "/papers/9.jpg"), status=404)


def test_a_paper_that_has_not_arrived_says_so(desk: Client, terminal: Terminal) -> None:
    terminal.put(terminal.application())
    case = Case.objects.get()
    text = page(desk, address(case))
    assert "这一页还在路上" in text
    assert "等材料影像收齐" in text
    page(desk, address(case, "/papers/0.jpg"), status=404)


@pytest.mark.parametrize("content", [b"GIF89a not a photo", b"<html><script>alert(1)</script>", b""])
def test_a_paper_that_is_not_what_it_says_is_never_shown(desk: Client, terminal: Terminal, content: bytes) -> None:
    sealed = terminal.application(photos=(content,))
    terminal.put(sealed)
    terminal.upload(sealed)
    case = Case.objects.get()
    assert "这一页打不开" in page(desk, address(case))
    page(desk, address(case, "/papers/0.jpg"), status=404)
    assert Event.objects.filter(kind=Kind.PAPER_DAMAGED).count() == 1


def test_a_stored_photo_that_was_changed_on_the_disk_is_noticed(desk: Client, case: Case, city_folder: CityFolder) -> None:
    path = city_folder.blobs / photo_store.name_of(case.attachments.get().digest)
    sealed = path.read_bytes()
    path.write_bytes(sealed[:-1] + bytes([sealed[-1] ^ 1]))
    assert "这一页打不开" in page(desk, address(case))


def test_html_and_sql_in_every_field_are_shown_as_letters(desk: Client, terminal: Terminal, clerk: Clerk) -> None:
    person = msgspec.structs.replace(PERSON, name=NASTY, sex=NASTY, address=NASTY, id_number=NASTY)
    sealed = terminal.application(applicant=person, answers=ANSWERS | {"remark": NASTY})
    assert terminal.put(sealed).status_code == 201
    terminal.upload(sealed)
    case = Case.objects.get()
    text = page(desk, address(case))
    assert "<script>alert" not in text
    assert NASTY in unescape(text)
    for key in ("card.name", "card.id_number", "card.address"):
        where = address(case, f"?reveal={key}")
        _, shown, _ = post(desk, address(case, "/reveal"), where, key=key, reason=Reason.OTHER, note=NASTY)
        assert "<script>alert" not in shown
        assert NASTY in unescape(shown)
    assert "<script>alert" not in page(desk, "/queue")


# What is decided


def test_accepting_starts_the_items_limit_in_working_days(desk: Client, case: Case, clerk: Clerk) -> None:
    from city.here import today

    status, _, target = post(desk, address(case, "/accept"), address(case), version=case.version)
    assert (status, target) == (302, address(case))
    case.refresh_from_db()
    assert (case.state, case.decided_by, case.decide_by) == (State.ACCEPTED, clerk, add_working_days(today(), 10))
    assert Event.objects.get(kind=Kind.ACCEPTED).clerk == clerk
    assert "已受理" in page(desk, address(case))


def test_a_case_whose_photos_are_on_their_way_cannot_be_decided(desk: Client, terminal: Terminal) -> None:
    terminal.put(terminal.application())
    case = Case.objects.get()
    status, _, _ = post(desk, address(case, "/accept"), address(case), version=case.version)
    assert status == 409
    assert Case.objects.get().state == State.ARRIVING


def test_of_two_clerks_the_second_is_told_who_was_first(desk: Client, case: Case) -> None:
    other = Clerk.objects.create(username="other", staff_number="H0002", full_name="示范员", office="样例街道")
    Posting.objects.create(clerk=other, role=Role.FRONT_DESK)
    second = desk_of(other)
    page(second, address(case))
    post(desk, address(case, "/accept"), address(case), version=case.version)
    status, text, _ = post(second, address(case, "/accept"), address(case, "?paper=0"), version=case.version)
    assert status == 409
    assert "演示员" in text
    assert "没有记下" in text
    assert Event.objects.filter(kind=Kind.ACCEPTED).count() == 1


@pytest.mark.parametrize("version", ["", "0", "99", "-1", "x", "9" * 30])
def test_a_version_that_nobody_saw_decides_nothing(desk: Client, case: Case, version: str) -> None:
    status, _, _ = post(desk, address(case, "/accept"), address(case), version=version)
    assert status == 409
    assert Case.objects.get().state == State.RECEIVED


def notice(case: Case, **changes: object) -> dict[str, object]:
    """A notice form that says one thing."""
    fine = {"version": case.version, "fit-0": "no", "cause-0": "看不清", "remedy-0": "请补拍第 1 页。", "fit-1": "yes"}
    return fine | {name.replace("_", "-"): value for name, value in changes.items()}


def test_everything_that_is_missing_is_said_once_and_the_clock_stops(desk: Client, case: Case) -> None:
    from city.here import today

    where = address(case, "/once-only-notice")
    status, _, target = post(desk, where, where, **notice(case))
    assert (status, target) == (302, address(case))
    case.refresh_from_db()
    said = OnceOnlyNotice.objects.get(case=case)
    assert (case.state, case.correct_by) == (State.TO_CORRECT, add_working_days(today(), 15))
    assert said.points == [{"field": "", "material": "contract", "name": "租赁合同", "cause": "看不清", "remedy": "请补拍第 1 页。"}]
    text = page(desk, address(case))
    assert "请补拍第 1 页。" in text
    assert "停表" in text


def test_a_second_notice_is_impossible(desk: Client, case: Case) -> None:
    where = address(case, "/once-only-notice")
    post(desk, where, where, **notice(case))
    case.refresh_from_db()
    assert post(desk, where, address(case), **notice(case))[0] == 409
    assert OnceOnlyNotice.objects.count() == 1
    shown = page(desk, where, 409)
    assert "已经一次告知过" in shown
    assert "送达并停表" not in shown


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"fit_1": ""}, "还差 1 处"),
        ({"remedy_0": "  "}, "还差 1 处"),
        ({"cause_0": ""}, "还差 1 处"),
        ({"fit_0": "maybe", "fit_1": "maybe"}, "还差 2 处"),
        ({"fit_0": "yes"}, "没有一项不合格"),
    ],
)
def test_a_notice_that_is_not_whole_is_not_sent_and_nothing_typed_is_lost(
    desk: Client, case: Case, changes: dict[str, object], said: str
) -> None:
    where = address(case, "/once-only-notice")
    status, text, _ = post(desk, where, where, **notice(case, **changes))
    assert status == 422
    assert said in text
    if "cause_0" not in changes:
        assert 'value="看不清"' in text
    assert not OnceOnlyNotice.objects.exists()


def test_history_and_looks_can_neither_be_changed_nor_taken_away(case: Case, clerk: Clerk) -> None:
    event = Event.objects.first()
    assert event is not None
    with pytest.raises(RecordError):
        event.save()
    with pytest.raises(RecordError):
        event.delete()
    for change in (lambda: Event.objects.update(kind=Kind.RATED), Event.objects.all().delete):
        with pytest.raises(DatabaseError, match="neither changed nor taken away"), transaction.atomic():
            change()


def test_the_pages_speak_english_when_asked(desk: Client, case: Case) -> None:
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page(desk, "/queue"))
    assert token is not None
    form = {"csrfmiddlewaretoken": token.group(1), "language": "en", "next": "/"}
    assert desk.post("/language", form, secure=True, headers={"referer": f"https://{HOST}/"}).status_code == 302
    text = page(desk, address(case))
    assert '<html lang="en">' in text
    assert "Sample registration" in text
    assert "Accept" in text


def test_chinese_comes_first_whatever_the_browser_prefers(desk: Client) -> None:
    assert '<html lang="zh-Hans">' in desk.get("/queue", secure=True, headers={"accept-language": "en"}).content.decode()
