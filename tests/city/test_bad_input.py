"""What somebody who means no good types into the consoles: every form of every page, every field, and every door without its token."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client

from city.onewindow.models import Case, Event, Step
from city.onewindow.work import standing_of
from city.staff.models import Clerk, Posting
from city.staff.roles import Role
from tests.city.terminal import HOST, Terminal
from tests.city.test_permissions import PAGES

pytestmark = pytest.mark.django_db

NASTY = (
    "<script>alert(1)</script>",
    "'; DROP TABLE onewindow_case; --",
    "{{ 7*7 }}{% load x %}",
    "\u202e\U0001f600" * 300,
    "-1",
    "1" * 400,
)
EVERY_ROLE = tuple(Role)


class _Forms(HTMLParser):
    """The forms of a page: where they go, and the names of what they send with the values that stand there."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, str], set[str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append((facts.get("action", ""), {}, set()) if facts.get("method", "").lower() == "post" else ("", {}, set()))
        elif self.forms and facts.get("name") and tag in ("input", "textarea", "select", "button"):
            _, given, typed = self.forms[-1]
            given[facts["name"]] = facts.get("value", "")
            if tag != "button" and facts.get("type") != "hidden":
                typed.add(facts["name"])


@pytest.fixture
def somebody() -> Client:
    """Somebody who may do everything, so that every form can be reached."""
    clerk = Clerk.objects.create(username="one", staff_number="X1", full_name="样例", office="样例")
    for role in EVERY_ROLE:
        Posting.objects.create(clerk=clerk, role=role)
    client = Client(headers={"host": HOST}, enforce_csrf_checks=True)
    client.force_login(clerk)
    return client


@pytest.fixture
def case(terminal: Terminal) -> Case:
    made = terminal.application()
    terminal.put(made)
    terminal.upload(made)
    return Case.objects.get()


def addresses(case: Case) -> Iterator[str]:
    """Every page, the case's among them; signing out would end the walk."""
    for name, address, _ in PAGES:
        if name not in ("sign-out", "export"):
            yield address
    yield f"/cases/{case.case_number}"
    yield f"/cases/{case.case_number}?reveal=answer.mobile"
    yield f"/cases/{case.case_number}/once-only-notice"
    yield f"/steps/{Step.objects.order_by('pk').values_list('pk', flat=True).first() or 1}"


def forms(client: Client, address: str) -> list[tuple[str, dict[str, str], set[str]]]:
    answer = client.get(address, secure=True)
    if answer.status_code != 200 or "text/html" not in answer.get("Content-Type", "") or answer.streaming:
        return []
    found = _Forms()
    found.feed(answer.content.decode())
    return [one for one in found.forms if "csrfmiddlewaretoken" in one[1] and "sign-out" not in one[0] and "language" not in one[0]]


@pytest.mark.parametrize("nasty", NASTY, ids=range(len(NASTY)))
def test_no_field_of_any_form_breaks_a_page_or_comes_back_as_code(somebody: Client, case: Case, nasty: str) -> None:
    sent = 0
    for address in dict.fromkeys(addresses(case)):
        for action, given, typed in forms(somebody, address):
            values: dict[str, Any] = given | dict.fromkeys(typed, nasty)
            answer = somebody.post(action or address, values, secure=True, headers={"referer": f"https://{HOST}/"})
            assert answer.status_code < 500, (address, action, answer.status_code)
            sent += 1
            if not answer.streaming:
                assert b"<script>alert(1)" not in answer.content, (address, action)
    assert sent > 10
    for address in dict.fromkeys(addresses(case)):
        shown = somebody.get(address, secure=True)
        assert shown.status_code < 500, address
        assert shown.streaming or b"<script>alert(1)" not in shown.content, address
    found = Case.objects.get(pk=case.pk)
    assert found.state == standing_of(found).state  # rows and history still say the same
    assert re.fullmatch(r"[0-9]+", found.case_number)


def test_nothing_is_done_without_the_pages_token(somebody: Client, case: Case) -> None:
    before = Event.objects.count()
    for name, address, _ in PAGES:
        answer = somebody.post(
            address, {"do": "claim", "reason": "样例", "version": "1"}, secure=True, headers={"referer": "https://evil.example/"}
        )
        assert answer.status_code in (403, 404, 405), (name, answer.status_code)
    assert Event.objects.count() == before


def test_a_case_of_another_area_cannot_be_guessed(case: Case, areas: dict[str, Any]) -> None:
    Case.objects.update(area=areas["here"].code)
    clerk = Clerk.objects.create(username="two", staff_number="X2", full_name="样例", office="样例")
    Posting.objects.create(clerk=clerk, role=Role.FRONT_DESK, area=areas["there"].code)
    client = Client(headers={"host": HOST})
    client.force_login(clerk)
    where = f"/cases/{case.case_number}"
    for address in (where, f"{where}/once-only-notice", f"{where}/papers/0.jpg", f"{where}/documents/receipt.pdf"):
        assert client.get(address, secure=True).status_code == 404, address
    given = {"version": case.version, "reason": "样例", "key": "answer.mobile"}
    for address in (f"{where}/accept", f"{where}/end", f"{where}/reveal", f"{where}/once-only-notice"):
        assert client.post(address, given, secure=True).status_code == 404, address
    case.refresh_from_db()
    assert case.decided_at is None
