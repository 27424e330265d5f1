"""Departments' own systems: what happened reaches them signed, once for each id, in the same transaction, and nobody's data with it."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import DatabaseError, transaction
from django.http import HttpResponse
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from city import here
from city.folder import CityFolder
from city.onewindow.content import Content
from city.onewindow.front_desk import accept
from city.onewindow.models import Case, Event, Step
from city.onewindow.papers import content_of
from city.onewindow.states import Kind
from city.partners import push
from city.partners.models import Delivery, DeliveryState, Fetched, Partner, PartnerLine, PartnerLook, PartnerStep, Trouble
from city.partners.push import PAUSES, push_due, replay
from city.partners.wire import CaseFacts, EventPage
from city.staff.models import Clerk, Office
from city.staff.roles import Role
from sync.contract.http_signature import RequestKey, sign_request
from sync.contract.names import TerminalId
from sync.contract.signing_keys import public_pem
from tests.city.partners.department import Department, department
from tests.city.people import Person
from tests.city.terminal import ANSWERS, HOST, ITEM, PERSON, Terminal

pytestmark = pytest.mark.django_db
NASTY = "<script>alert(1)</script>'\";--"


@pytest.fixture
def office(db: None) -> Office:
    return Office.objects.create(code="civil-affairs", kind="civil-affairs", name="样例民政局")


@pytest.fixture
def system(tmp_path: Path) -> Iterator[Department]:
    with department(tmp_path / "their", here.keys().webhooks.public_key()) as served:
        yield served


@pytest.fixture
def key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


@pytest.fixture
def partner(office: Office, system: Department, key: Ed25519PrivateKey) -> Partner:
    return admitted("civil-affairs-system", office, key, url=system.url, authority=system.authority)


def admitted(code: str, office: Office, key: Ed25519PrivateKey, **facts: Any) -> Partner:  # noqa: ANN401  fields of the row
    until = here.today() + timedelta(days=30)
    raw = key.public_key().public_bytes_raw()
    return Partner.objects.create(code=code, name=f"样例系统 {code}", owner=office, public_key=raw, **{"valid_until": until} | facts)


@pytest.fixture
def clerk(db: None) -> Clerk:
    return Clerk.objects.create(username="c", staff_number="H1", full_name="演示员", office="样例")


def received(terminal: Terminal) -> Case:
    sealed = terminal.application()
    terminal.put(sealed)
    terminal.upload(sealed)
    return Case.objects.latest("pk")


def content(case: Case) -> Content:
    return content_of(case)


def get(partner: Partner, path: str, key: Ed25519PrivateKey) -> HttpResponse:
    headers = sign_request("GET", f"https://{HOST}{path}", {}, None, RequestKey(TerminalId(partner.code), key))
    return Client(headers={"host": HOST}).get(path, secure=True, headers=headers)  # type: ignore[return-value]


def long_ago(*rows: Delivery) -> None:
    """Rows are fetched when they are a few seconds old."""
    Delivery.objects.update(at=here.now() - timedelta(minutes=1))


# Pushing


def test_what_happens_is_pushed_signed_and_names_nobody(terminal: Terminal, partner: Partner, system: Department, clerk: Clerk) -> None:
    case = received(terminal)
    accept(case, Case.objects.get(pk=case.pk).version, clerk, content(case))
    done = push_due()
    assert (done.delivered, done.failed, done.dead) == (3, 0, 0)
    assert [one["kind"] for one in system.got] == [Kind.RECEIVED, Kind.COMPLETED, Kind.ACCEPTED]
    assert [one["state"] for one in system.got] == ["to_precheck", "to_precheck", "in_approval"]
    assert [one["id"] for one in system.got] == system.ids
    assert {one["case_number"] for one in system.got} == {case.case_number}
    assert system.unsigned == 0
    told = json.dumps(system.got, ensure_ascii=False)
    for secret in (PERSON.name, PERSON.id_number, PERSON.address, ANSWERS["mobile"], clerk.full_name, case.masked_name):
        assert secret
        assert secret not in told
    assert push_due().is_nothing
    assert Delivery.objects.filter(state=DeliveryState.DELIVERED).count() == 3


def test_an_event_is_there_exactly_when_its_history_is(terminal: Terminal, partner: Partner) -> None:
    case = received(terminal)
    before = Delivery.objects.count()

    def fail() -> None:
        with transaction.atomic():
            Event(case=case, kind=Kind.RATED).save()
            assert Delivery.objects.count() == before + 1
            raise DatabaseError

    with pytest.raises(DatabaseError):
        fail()
    assert Delivery.objects.count() == before


def test_who_holds_a_step_inside_an_office_is_nobody_else_s_business(terminal: Terminal, partner: Partner) -> None:
    case = received(terminal)
    before = Delivery.objects.count()
    for kind in (Kind.CLAIMED, Kind.RELEASED, Kind.REASSIGNED, Kind.PAPER_DAMAGED, Kind.SEQUENCE_REUSED):
        Event(case=case, kind=kind).save()
    assert Delivery.objects.count() == before


@pytest.mark.parametrize("status", [500, 404, 403, 302])
def test_what_fails_is_tried_again_later_and_later_and_then_lies_with_the_failures(
    terminal: Terminal, partner: Partner, system: Department, status: int
) -> None:
    received(terminal)
    Delivery.objects.exclude(pk=Delivery.objects.earliest("pk").pk).delete()
    row, pauses = Delivery.objects.get(), []
    for attempt in range(1, len(PAUSES) + 2):
        system.answers.append(status)
        before = here.now()
        push_due()
        row.refresh_from_db()
        assert (row.attempts, row.answered) == (attempt, status)
        assert row.trouble == (Trouble.REDIRECT if status == 302 else Trouble.REFUSED)
        if row.next_at is not None:
            pauses.append(row.next_at - before)
            assert push_due().is_nothing  # not before its time
            Delivery.objects.update(next_at=here.now())
    assert row.state == DeliveryState.DEAD
    assert all(pause >= wanted for pause, wanted in zip(pauses, PAUSES, strict=True))
    assert push_due().is_nothing
    assert system.got == []
    assert replay(partner) == 1
    assert push_due().delivered == 1
    assert [one["id"] for one in system.got] == [str(row.event_id)]


def test_a_failing_system_holds_nobody_else_up(terminal: Terminal, partner: Partner, office: Office, system: Department) -> None:
    dead_end = admitted("nobody-there", office, Ed25519PrivateKey.generate(), url="https://127.0.0.1:1/hook")
    stranger = admitted("other-authority", office, Ed25519PrivateKey.generate(), url=system.url)
    received(terminal)
    done = push_due()
    assert (done.delivered, done.failed) == (2, 4)
    assert {one.trouble for one in Delivery.objects.filter(partner=dead_end)} == {Trouble.NO_ANSWER}
    assert {one.trouble for one in Delivery.objects.filter(partner=stranger)} == {Trouble.TLS}


def test_an_event_under_way_is_not_taken_twice(terminal: Terminal, partner: Partner) -> None:
    received(terminal)
    taken: list[str] = []

    def slow(_partner: Partner, event_id: str, _body: bytes) -> push.Answered:
        taken.append(event_id)
        nested = push_due(lambda _p, other, _b: (taken.append(other), push.Answered(200))[1])
        assert nested.dead == 0
        return push.Answered(200)

    push_due(slow)
    assert len(taken) == len(set(taken)) == 2
    assert not Delivery.objects.exclude(state=DeliveryState.DELIVERED).exists()


def test_replay_sends_the_same_ids_again(terminal: Terminal, partner: Partner, system: Department) -> None:
    received(terminal)
    push_due()
    first = list(system.ids)
    assert replay(partner, since=here.now() + timedelta(hours=1)) == 0
    assert replay(partner, since=here.now() - timedelta(hours=1)) == 2
    push_due()
    assert sorted(system.ids[2:]) == sorted(first)


def test_the_filter_by_item_and_office(terminal: Terminal, office: Office, clerk: Clerk, key: Ed25519PrivateKey) -> None:
    other = Office.objects.create(code="other", kind="other", name="样例别局")
    admitted("all", office, key)
    admitted("this-item", office, key, items=[ITEM.code])
    admitted("another-item", office, key, items=["elder-card"])
    admitted("off", office, key, is_on=False)
    admitted("over", office, key, valid_until=here.today() - timedelta(days=1))
    mine, theirs = admitted("of-the-office", office, key), admitted("of-another", office, key)
    theirs.offices.add(other)
    case = received(terminal)
    accept(case, Case.objects.get(pk=case.pk).version, clerk, content(case))
    step = Step.objects.get(case=case)
    mine.offices.add(step.office)
    Event(case=case, kind=Kind.RATED).save()
    told = {code: Delivery.objects.filter(partner__code=code).count() for code in Partner.objects.values_list("code", flat=True)}
    assert told == {"all": 4, "this-item": 4, "another-item": 0, "off": 0, "over": 0, "of-the-office": 4, "of-another": 0}
    assert set(Delivery.objects.values_list("state", flat=True)) == {DeliveryState.KEPT}  # no address: to be fetched


# Fetching


def test_events_are_fetched_by_a_cursor(terminal: Terminal, office: Office, key: Ed25519PrivateKey) -> None:
    partner = admitted("puller", office, key)
    received(terminal)
    path = "/v1/departments/events"
    assert msgspec.json.decode(get(partner, path, key).content, type=EventPage).events == ()  # too fresh: a late number may still come
    long_ago()
    first = msgspec.json.decode(get(partner, f"{path}?after=0&most=1", key).content, type=EventPage)
    second = msgspec.json.decode(get(partner, f"{path}?after={first.next}&most=9", key).content, type=EventPage)
    third = msgspec.json.decode(get(partner, f"{path}?after={second.next}", key).content, type=EventPage)
    assert [one.kind for one in (*first.events, *second.events)] == [Kind.RECEIVED, Kind.COMPLETED]
    assert (third.events, third.next) == ((), second.next)
    for wrong in ("after=x", "after=-1", "most=0", "most=501", "most=9999999999999999999999", "after=99999999999999999999"):
        assert get(partner, f"{path}?{wrong}", key).status_code == 400, wrong


def test_a_case_is_fetched_with_the_rights_of_the_entry_and_every_look_is_noted(
    terminal: Terminal, office: Office, key: Ed25519PrivateKey
) -> None:
    plain, reader = admitted("plain", office, key), admitted("reader", office, key, may_read=True)
    stranger = admitted("stranger", office, key, items=["elder-card"], may_read=True)
    case = received(terminal)
    path = f"/v1/departments/cases/{case.case_number}"
    facts = msgspec.json.decode(get(plain, path, key).content, type=CaseFacts)
    assert (facts.case_number, facts.state, facts.content) == (case.case_number, "to_precheck", None)
    assert PERSON.name not in get(plain, path, key).content.decode()
    whole = msgspec.json.decode(get(reader, path, key).content, type=CaseFacts).content
    assert whole is not None
    assert (whole.applicant["name"], whole.answers["mobile"]) == (PERSON.name, ANSWERS["mobile"])
    assert get(stranger, path, key).status_code == 404
    assert get(plain, "/v1/departments/cases/999", key).status_code == 404
    assert get(plain, "/v1/departments/cases/%00", key).status_code in (404, 400)
    looks = PartnerLook.objects.order_by("pk").values_list("partner__code", "fetched")
    assert list(looks) == [("plain", Fetched.STATE), ("plain", Fetched.STATE), ("reader", Fetched.CONTENT)]
    with pytest.raises(DatabaseError), transaction.atomic():
        PartnerLook.objects.update(case_number="1")


def test_nobody_fetches_without_the_right_signature(office: Office, key: Ed25519PrivateKey, terminal: Terminal) -> None:
    partner = admitted("puller", office, key)
    path = "/v1/departments/events"
    assert Client(headers={"host": HOST}).get(path, secure=True).status_code == 401
    assert get(partner, path, Ed25519PrivateKey.generate()).status_code == 401
    assert terminal.send("GET", path).status_code == 401  # a terminal is no department
    other = admitted("other", office, Ed25519PrivateKey.generate())
    assert get(other, path, key).status_code == 401
    headers = sign_request("GET", f"https://{HOST}{path}?after=1", {}, None, RequestKey(TerminalId(partner.code), key))
    assert Client(headers={"host": HOST}).get(f"{path}?after=0", secure=True, headers=headers).status_code == 401
    assert Client(headers={"host": HOST}).post(path, secure=True).status_code == 405
    for facts in ({"is_on": False}, {"valid_until": here.today() - timedelta(days=1), "is_on": True}):
        Partner.objects.filter(pk=partner.pk).update(**facts)
        assert get(partner, path, key).status_code == 403


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(max_size=40))
def test_any_key_id_and_number_is_answered(office: Office, text: str) -> None:
    answer = Client(headers={"host": HOST}).get(
        "/v1/departments/events", {"after": text}, secure=True, headers={"signature-input": f'terminal=();keyid="{text!a}"'}
    )
    assert answer.status_code == 401


# The page


@pytest.fixture
def keeper(person: Callable[..., Person]) -> Person:
    return person(Role.ADMINISTRATOR)


def entry(office: Office, key: Ed25519PrivateKey, **changes: object) -> dict[str, object]:
    until = (here.today() + timedelta(days=90)).isoformat()
    known: dict[str, object] = {"code": "sample-system", "name": "样例系统", "owner": office.pk, "valid_until": until, "is_on": "on"}
    return known | {"key_pem": public_pem(key.public_key()).decode(), "item_codes": ITEM.code} | changes


def test_a_system_is_added_tried_and_changed(keeper: Person, office: Office, key: Ed25519PrivateKey, system: Department) -> None:
    sent = entry(office, key, url=system.url, authority=system.authority, may_read="on")
    assert keeper.post("/partners/save", "/partners", **sent).status_code == 302
    row = Partner.objects.get()
    assert (row.items, row.may_read, bytes(row.public_key)) == ([ITEM.code], True, key.public_key().public_bytes_raw())
    assert "对方收下了" in keeper.post(f"/partners/{row.pk}/do", f"/partners?partner={row.pk}", step="try").content.decode()
    assert [one["kind"] for one in system.got] == ["ping"]
    system.answers.append(503)
    assert "对方拒收" in keeper.post(f"/partners/{row.pk}/do", f"/partners?partner={row.pk}", step="try").content.decode()
    sent = entry(office, key, partner=row.pk, version=row.version, name="样例改名", key_pem="", code="other-code", item_codes="")
    assert keeper.post("/partners/save", "/partners", **sent).status_code == 302
    row.refresh_from_db()
    assert (row.name, row.code, row.items, row.may_read, row.url) == ("样例改名", "sample-system", [], False, "")
    assert bytes(row.public_key) == key.public_key().public_bytes_raw()
    assert keeper.post("/partners/save", "/partners", **sent).status_code == 409  # the version that was seen is over
    steps = list(PartnerLine.objects.order_by("pk").values_list("step", flat=True))
    assert steps == [PartnerStep.ADDED, PartnerStep.TRIED, PartnerStep.TRIED, PartnerStep.CHANGED]


@pytest.mark.parametrize(
    "changes",
    [
        {"url": "http://plain.example/"},
        {"url": "https://user:word@example.org/"},
        {"url": "https://"},
        {"url": "https://exa mple.org/"},
        {"url": "https://example.org:99999/"},
        {"url": "file:///etc/passwd"},
        {"authority": "no certificate"},
        {"key_pem": ""},
        {"key_pem": "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"},
        {"item_codes": "no-such-item"},
        {"code": "有汉字"},
        {"code": ""},
        {"valid_until": "soon"},
        {"owner": "999999"},
    ],
)
def test_what_does_not_fit_is_refused(keeper: Person, office: Office, key: Ed25519PrivateKey, changes: dict[str, object]) -> None:
    assert keeper.post("/partners/save", "/partners", **entry(office, key, **changes)).status_code == 422
    assert not Partner.objects.exists()


def test_failures_are_listed_and_sent_again(
    keeper: Person, terminal: Terminal, partner: Partner, system: Department, city_folder: CityFolder
) -> None:
    Partner.objects.filter(pk=partner.pk).update(name=NASTY)
    received(terminal)
    Delivery.objects.update(state=DeliveryState.DEAD, attempts=9, next_at=None, trouble=Trouble.REFUSED, answered=500)
    page = keeper.page(f"/partners?partner={partner.pk}")
    assert "对方拒收" in page
    assert "<script>alert" not in page
    do, at = f"/partners/{partner.pk}/do", f"/partners?partner={partner.pk}"
    one = Delivery.objects.earliest("pk")
    assert keeper.post(do, at, step="replay", delivery=one.pk).status_code == 302
    assert push_due().delivered == 1
    assert keeper.post(do, at, step="replay").status_code == 302
    assert push_due().delivered == 1
    assert keeper.post(do, at, step="replay", since="nonsense").status_code == 422
    assert keeper.post(do, at, step="explode").status_code == 404
    assert keeper.post(do, at, step="replay", since="2020-01-01T00:00").status_code == 302
    assert push_due().delivered == 2
    assert list(city_folder.public.glob("webhook-keys/*.pem"))
