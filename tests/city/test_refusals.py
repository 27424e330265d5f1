"""Each refusal that the city promises: a message to act on, a line of the log without what was sent, and nothing half done."""

import re
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from django.test import Client

from city.catalogue import publish
from city.folder import CityFolder
from city.keyring import read_keys
from city.onewindow.models import Case, Event, Step
from city.onewindow.states import StepState
from city.packages import life
from city.packages.models import DraftState, ItemDraft
from city.staff.models import Clerk, Office
from city.staff.roles import Role
from sync.contract.item import ItemPackage
from tests.city.colleagues import Person, person
from tests.city.terminal import HOST, ITEM, PERSON, Terminal
from tests.city.test_back_offices import ROUTED
from tests.city.test_desk_entry import ANSWERS, CARD, upload

pytestmark = pytest.mark.django_db

EVIL = "<script>alert('x')</script>'; DROP TABLE onewindow_case; --"


class Book:
    """The log of refusals."""

    def __init__(self, caplog: pytest.LogCaptureFixture) -> None:
        self._caplog = caplog
        caplog.set_level("WARNING", "city.refused")

    def says(self, line: str) -> None:
        """Nothing was refused but this, and no line repeats what anybody sent."""
        lines = [one.getMessage() for one in self._caplog.records if one.name == "city.refused"]
        assert lines, "nothing was written down"
        assert set(lines) == {line}
        for sent in (EVIL, PERSON.name, PERSON.id_number, ANSWERS["a.mobile"]):
            assert sent is None or sent not in self._caplog.text
        self._caplog.clear()


@pytest.fixture
def book(caplog: pytest.LogCaptureFixture) -> Book:
    return Book(caplog)


@pytest.fixture
def desk() -> Person:
    return person("前台员", Role.FRONT_DESK)


def hand_in(desk: Person, **changes: object) -> tuple[int, str, str]:
    where = f"/entry/{ITEM.code}"
    hidden = dict(re.findall(r'name="(application_id|version)" value="([^"]+)"', desk.page(where)))
    given = hidden | CARD | ANSWERS | {"a.remark": "样例", "do": "hand_in", "agreed": "yes", "on_paper": "yes", "m.contract": [upload()]}
    return desk.send(where, where, **(given | {name.replace("__", "."): value for name, value in changes.items()}))


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (upload("合同.jpg", b"<html><script>alert(1)</script></html>", "image/jpeg"), "不是"),
        (upload("合同.jpg", b"MZ\x90\x00" + b"\0" * 4000, "image/jpeg"), "不是"),
        (upload("合同.pdf", b"%PDF-1.7 and nothing else", "application/pdf"), "PDF"),
    ],
    ids=("html", "program", "broken-pdf"),
)
def test_an_upload_that_is_not_what_it_says(desk: Person, book: Book, file: object, said: str) -> None:
    status, page, _ = hand_in(desk, m__contract=[file])
    assert (status, "还没有收件" in page, said in page) == (422, True, True), page[-3000:]
    book.says(f"refused 422 POST entry-form for {desk.clerk.staff_number}")
    assert not Case.objects.exists()


def test_html_and_sql_in_every_field_of_an_entry(desk: Person, book: Book) -> None:
    status, page, _ = hand_in(desk, **{name.replace(".", "__"): EVIL for name in (CARD | ANSWERS)})
    assert (status, EVIL in page, "&lt;script&gt;" in page) == (422, False, True)
    book.says(f"refused 422 POST entry-form for {desk.clerk.staff_number}")
    assert not Case.objects.exists()


def test_a_form_of_a_hundred_megabytes(desk: Person, book: Book) -> None:
    client = Client(headers={"host": HOST})
    client.force_login(desk.clerk)
    where, kind = f"/entry/{ITEM.code}", "multipart/form-data; boundary=x"
    answer = client.generic("POST", where, b"x", content_type=kind, secure=True, CONTENT_LENGTH=str(100 * 1024**2))
    assert (answer.status_code, "文件太大，最多 48 MB，没有改动" in answer.content.decode()) == (413, True)
    book.says("refused 413 POST entry-form for somebody who is not signed in")  # nothing of it was read, not even whose it is
    assert not Case.objects.exists()


def test_a_request_that_no_admitted_terminal_signed(terminal: Terminal, enrol: Callable[[str], Terminal], book: Book) -> None:
    other = enrol("SY-TEST-02")
    sealed = terminal.application()
    terminal.key, mine = other.key, terminal.key
    answer = terminal.put(sealed)
    assert (answer.status_code, "carries no valid signature" in answer.content.decode()) == (401, True)
    route = "v1/terminals/<str:terminal>/applications/<id:application_id>"
    book.says(f"refused 401 PUT {route} unsigned for whoever claims to be '{terminal.id}'")
    assert not Case.objects.exists()
    terminal.key = mine
    assert terminal.put(sealed).status_code == 201


def test_a_request_that_is_replayed_does_nothing_twice_and_with_another_content_is_refused(terminal: Terminal, book: Book) -> None:
    sealed = terminal.application()
    assert terminal.put(sealed).status_code == 201
    before = Event.objects.count()
    again = terminal.put(sealed)
    assert (again.status_code, Case.objects.count(), Event.objects.count()) == (200, 1, before)
    name = sealed.header.application_id
    forged = terminal.application(application_id=name, header_application_id=name)
    answer = terminal.put(forged)
    assert (answer.status_code, "already taken by other content" in answer.content.decode()) == (422, True)
    route = "v1/terminals/<str:terminal>/applications/<id:application_id>"
    book.says(f"refused 422 PUT {route} other-content for whoever claims to be '{terminal.id}'")
    assert (Case.objects.count(), Event.objects.count()) == (1, before)


@pytest.fixture
def step(terminal: Terminal, offer: Callable[[ItemPackage], None], desk: Person) -> Step:
    """A step of the street's that nobody has taken."""
    offer(ROUTED)
    for kind in ("street", "district"):
        Office.objects.create(code=kind, kind=kind, name=f"样例{kind}")
    terminal.item = ROUTED
    sealed = terminal.application()
    terminal.put(sealed)
    terminal.upload(sealed)
    case = Case.objects.get()
    where = f"/cases/{case.case_number}"
    assert desk.send(f"{where}/accept", where, version=case.version)[0] == 302
    return Step.objects.get(step="visit")


def test_a_clerk_of_another_office_who_guesses_numbers(step: Step, book: Book) -> None:
    stranger = person("区局员", Role.OFFICE_CLERK, Office.objects.get(code="district"))
    before = Event.objects.count()
    assert "没有这一页" in stranger.page(f"/steps/{step.pk}", status=404)
    book.says(f"refused 404 GET step for {stranger.clerk.staff_number}")
    status, page, _ = stranger.send(f"/steps/{step.pk}/act", "/steps", do="claim", version=step.version)
    assert (status, "没有这一页" in page) == (404, True)
    book.says(f"refused 404 POST act-at-step for {stranger.clerk.staff_number}")
    step.refresh_from_db()
    assert (step.state, step.holder, Event.objects.count()) == (StepState.READY, None, before)


def test_a_form_from_elsewhere_without_the_pages_token(step: Step, desk: Person, book: Book) -> None:
    clerk = person("街道员", Role.OFFICE_CLERK, Office.objects.get(code="street"))
    before = Event.objects.count()
    for headers in ({"referer": "https://evil.example/"}, {"referer": f"https://{HOST}/", "origin": "null"}):
        answer = clerk.client.post(f"/steps/{step.pk}/act", {"do": "claim", "version": step.version}, secure=True, headers=headers)
        assert (answer.status_code, "什么都没有改动" in answer.content.decode()) == (403, True)
        book.says(f"refused 403 POST act-at-step for {clerk.clerk.staff_number}")
    step.refresh_from_db()
    assert (step.state, Event.objects.count()) == (StepState.READY, before)


def test_two_clerks_on_one_step(step: Step, book: Book) -> None:
    street = Office.objects.get(code="street")
    first, second = (person(name, Role.OFFICE_CLERK, street) for name in ("街道甲", "街道乙"))
    before = Event.objects.count()
    assert first.send(f"/steps/{step.pk}/act", "/steps", do="claim", version=step.version)[0] == 302
    status, page, _ = second.send(f"/steps/{step.pk}/act", "/steps", do="claim", version=step.version)
    assert (status, "街道甲" in page, "您的决定没有记下，什么都没有改动" in page) == (409, True, True)
    book.says(f"refused 409 POST act-at-step for {second.clerk.staff_number}")
    step.refresh_from_db()
    assert (step.holder, Event.objects.count()) == (first.clerk, before + 1)


UNFIT = {
    "cycle": (lambda source: source["route"]["steps"][0].update(after=["tell"]), "route"),
    "no-control": (lambda source: source["pages"][0]["fields"][0].update(control="hologram"), "control"),
    "too-many": (lambda source: source["pages"][0].update(fields=source["pages"][0]["fields"] * 4), "fields"),
    "no-page": (lambda source: source.update(pages=[]), "pages"),
}
"""A route that leads back to its beginning, and forms that no glass can show."""


@pytest.mark.parametrize("name", UNFIT)
def test_a_package_whose_route_or_form_cannot_be_used_is_neither_sent_nor_signed(
    name: str, offer: Callable[[ItemPackage], None], book: Book, city_folder: CityFolder, tmp_path: Path
) -> None:
    offer(ROUTED)
    editor, reviewer = person("编辑", Role.CONTENT_EDITOR), person("审核", Role.REVIEWER)
    draft = life.begin_next(editor.clerk, ROUTED.code)
    assert isinstance(draft, ItemDraft)
    spoil, where = UNFIT[name]
    spoil(draft.source)
    draft.save()
    before = set(city_folder.catalogue.iterdir())
    status, page, _ = editor.send(f"/items/drafts/{draft.pk}/do", "/items", step="send", version=draft.version)
    assert (status, "检查没有通过，什么也没有发出去" in page) == (422, True)
    book.says(f"refused 422 POST item-do for {editor.clerk.staff_number}")
    ItemDraft.objects.filter(pk=draft.pk).update(state=DraftState.IN_REVIEW)  # even if somebody had got it so far
    draft.refresh_from_db()
    status, page, _ = reviewer.send(f"/items/drafts/{draft.pk}/do", "/items", step="sign", version=draft.version)
    assert (status, "检查没有通过，什么也没有发出去" in page) == (422, True)
    book.says(f"refused 422 POST item-do for {reviewer.clerk.staff_number}")
    draft.refresh_from_db()
    assert (draft.state, set(city_folder.catalogue.iterdir())) == (DraftState.IN_REVIEW, before)
    written = tmp_path / ROUTED.code / "item.json"
    written.parent.mkdir()
    written.write_bytes(msgspec.json.encode(draft.source))
    outcome = publish(tmp_path, city_folder.catalogue, read_keys(city_folder).catalogue)
    assert not outcome.is_done
    assert any(where in one.where and one.advice for one in outcome.complaints), [str(one) for one in outcome.complaints]
    assert set(city_folder.catalogue.iterdir()) == before


def test_nobody_is_named_in_a_line_of_the_log(desk: Person, book: Book) -> None:
    assert Clerk.objects.filter(pk=desk.clerk.pk).exists()
    assert desk.client.get(f"/cases/{'9' * 13}", secure=True).status_code == 404
    book.says(f"refused 404 GET case for {desk.clerk.staff_number}")
    assert desk.client.get("/nothing/of/ours/%0aforged", secure=True).status_code == 404
    with pytest.raises(AssertionError, match="nothing was written down"):
        book.says("")
