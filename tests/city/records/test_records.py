"""The grid's records: sealed, masked, with source and date, by area; and what applications offer to them is looked at by a person."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from city.grid.models import Area
from city.onewindow.front_desk import accept
from city.onewindow.models import Case
from city.onewindow.papers import content_of
from city.records.details import opened
from city.records.models import GridRecord, OfferState, RecordKind, RecordLine, RecordOffer, RecordState, RecordStep, Source
from city.staff.models import AuditLine, Clerk, Looked
from city.staff.roles import Role
from tests.city.people import Person
from tests.city.terminal import ANSWERS, ITEM, PERSON, Terminal

pytestmark = pytest.mark.django_db
NASTY = "<script>alert(1)</script>'\";--"
SOMEBODY = {
    "kind": "person",
    "name": "样例人",
    "id_number": "210102199003075129",
    "telephone": "13800000000",
    "home": "样例区虚构街 1 号",
}


@pytest.fixture
def worker(person: Callable[..., Person], areas: dict[str, Area]) -> Person:
    return person(Role.GRID_WORKER, areas["here"].code)


@pytest.fixture
def elsewhere(person: Callable[..., Person], areas: dict[str, Area]) -> Person:
    return person(Role.GRID_WORKER, areas["there"].code)


@pytest.fixture
def collects(monkeypatch: pytest.MonkeyPatch) -> None:
    """This city's residence items teach the records."""
    monkeypatch.setattr(settings, "CITY", replace(settings.CITY, grid_records_from=(str(ITEM.code),)))


def save(who: Person, **sent: object) -> int:
    return who.post("/grid/records/save", "/grid/records", **sent).status_code


def entered(who: Person, grid: Area, **changes: object) -> GridRecord:
    assert save(who, grid=grid.code, source="visit", **(SOMEBODY | changes)) == 302
    return GridRecord.objects.latest("pk")


def accepted(terminal: Terminal, area: str) -> Case:
    sealed = terminal.application()
    terminal.put(sealed)
    terminal.upload(sealed)
    Case.objects.update(area=area)
    case = Case.objects.latest("pk")
    clerk = Clerk.objects.create(username="desk", staff_number="D9", full_name="演示员", office="样例")
    accept(case, case.version, clerk, content_of(case))
    return case


def test_a_person_s_record_is_sealed_and_masked_and_every_look_leaves_a_line(worker: Person, areas: dict[str, Area]) -> None:
    record = entered(worker, areas["grid"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT label, encode(sealed, 'escape') FROM records_gridrecord")
        kept = str(cursor.fetchall())
    for secret in ("样例人", "210102199003075129", "13800000000", "虚构街"):
        assert secret not in kept
    address = f"/grid/records?record={record.pk}"
    page = worker.page(address)
    assert "样**" in page
    assert "2101**********5129" in page
    for secret in ("样例人", "210102199003075129", "13800000000", "虚构街"):
        assert secret not in page
    assert AuditLine.objects.filter(looked_at=Looked.PERSON, subject=f"record {record.pk}", reason="").count() == 1
    reveal = f"/grid/records/{record.pk}/reveal"
    assert worker.post(reveal, address, reason="nonsense").status_code == 422
    assert worker.post(reveal, address, reason="other", note="短").status_code == 422
    assert not AuditLine.objects.exclude(reason="").exists()
    shown = worker.post(reveal, address, reason="compare").content.decode()
    assert "210102199003075129" in shown
    assert AuditLine.objects.filter(reason="compare", field="whole").count() == 1


def test_records_lie_within_an_area(worker: Person, elsewhere: Person, areas: dict[str, Area]) -> None:
    record = entered(worker, areas["grid"])
    assert "样**" not in elsewhere.page("/grid/records")
    assert elsewhere.get(f"/grid/records?record={record.pk}").status_code == 404
    assert elsewhere.post(f"/grid/records/{record.pk}/reveal", "/grid/records", reason="compare").status_code == 404
    assert save(elsewhere, record=record.pk, version=1, name="别的") == 404
    assert save(elsewhere, grid=areas["grid"].code, **SOMEBODY) == 404
    assert save(worker, grid=areas["here"].code, **SOMEBODY) == 404  # a community is no grid


def test_a_record_is_changed_without_uncovering_it_and_taken_out_with_a_reason(worker: Person, areas: dict[str, Area]) -> None:
    record = entered(worker, areas["grid"])
    assert save(worker, record=record.pk, version=1, telephone="13900000000") == 302
    record.refresh_from_db()
    details = opened(record.sealed)
    assert (details["name"], details["telephone"], details["id_number"]) == ("样例人", "13900000000", "210102199003075129")
    assert save(worker, record=record.pk, version=1, telephone="1") == 409  # somebody changed it meanwhile
    assert save(worker, record=record.pk, version=2, then="retire", why="短") == 422
    assert save(worker, record=record.pk, version=2, then="retire", why="已搬离本社区") == 302
    record.refresh_from_db()
    assert record.state == RecordState.RETIRED
    assert "样**" not in worker.page("/grid/records")
    assert save(worker, record=record.pk, version=3, telephone="1") == 409
    steps = list(RecordLine.objects.order_by("pk").values_list("step", flat=True))
    assert steps == [RecordStep.ENTERED, RecordStep.CHANGED, RecordStep.RETIRED]
    with pytest.raises(DatabaseError), transaction.atomic():
        RecordLine.objects.update(note="x")


def test_a_person_has_one_record_in_a_grid(worker: Person, areas: dict[str, Area]) -> None:
    entered(worker, areas["grid"])
    assert save(worker, grid=areas["grid"].code, **SOMEBODY) == 422
    assert GridRecord.objects.count() == 1


@pytest.mark.parametrize("sent", [{"kind": "person"}, {"kind": "ghost", "name": "样例"}, {"kind": "place", "note": "只有备注"}])
def test_what_says_nothing_is_refused(worker: Person, areas: dict[str, Area], sent: dict[str, str]) -> None:
    assert save(worker, grid=areas["grid"].code, **sent) == 422
    assert not GridRecord.objects.exists()


def test_places_and_organisations_are_shown_and_html_is_letters(worker: Person, areas: dict[str, Area]) -> None:
    entered(worker, areas["grid"], kind="organisation", name=NASTY, home="虚构街 2 号", id_number="")
    page = worker.page(f"/grid/records?kind=organisation&record={GridRecord.objects.get().pk}")
    assert "<script>alert" not in page
    assert "虚构街 2 号" in page
    assert "13800000000" not in page
    assert worker.page("/grid/records?kind=nonsense&grid=%00")


# What applications teach


def test_nothing_is_collected_unless_the_city_says_so(terminal: Terminal, areas: dict[str, Area]) -> None:
    accepted(terminal, areas["here"].code)
    assert not RecordOffer.objects.exists()


def test_an_accepted_application_offers_and_a_person_takes(
    collects: None, terminal: Terminal, worker: Person, elsewhere: Person, areas: dict[str, Area]
) -> None:
    case = accepted(terminal, areas["here"].code)
    offer = RecordOffer.objects.get(kind=RecordKind.PERSON)
    assert opened(offer.sealed)["telephone"] == ANSWERS["mobile"]
    assert not GridRecord.objects.exists()
    page = worker.page("/grid/offers")
    assert "样**" in page
    assert str(PERSON.id_number) not in page
    assert "样**" not in elsewhere.page("/grid/offers")
    judge = f"/grid/offers/{offer.pk}/judge"
    assert elsewhere.post(judge, "/grid/offers", verdict="take", grid=areas["grid"].code).status_code == 404
    assert worker.post(judge, "/grid/offers", verdict="take", grid=areas["here"].code).status_code == 404
    assert worker.post(judge, "/grid/offers", verdict="explode", grid=areas["grid"].code).status_code == 404
    assert worker.post(judge, "/grid/offers", verdict="take", grid=areas["grid"].code).status_code == 302
    assert worker.post(judge, "/grid/offers", verdict="take", grid=areas["grid"].code).status_code == 409
    record = GridRecord.objects.get()
    assert (record.source, record.case_number, record.area) == (Source.APPLICATION, case.case_number, areas["grid"].code)
    assert opened(record.sealed)["name"] == PERSON.name
    offer.refresh_from_db()
    assert (offer.state, offer.reviewer, opened(offer.sealed), offer.person) == (OfferState.TAKEN, worker.clerk, {}, "")


def test_an_offer_about_somebody_known_brings_the_record_up_to_date(
    collects: None, terminal: Terminal, worker: Person, areas: dict[str, Area]
) -> None:
    record = entered(worker, areas["grid"], id_number=PERSON.id_number, telephone="13900000000", relation="户主")
    accepted(terminal, areas["here"].code)
    offer = RecordOffer.objects.get(kind=RecordKind.PERSON)
    assert "已有档案" in worker.page("/grid/offers")
    assert worker.post(f"/grid/offers/{offer.pk}/judge", "/grid/offers", verdict="take", grid=areas["grid"].code).status_code == 302
    record.refresh_from_db()
    details = opened(record.sealed)
    assert (details["telephone"], details["relation"]) == (ANSWERS["mobile"], "户主")
    assert GridRecord.objects.count() == 1


def test_what_is_left_out_is_deleted(collects: None, terminal: Terminal, worker: Person, areas: dict[str, Area]) -> None:
    accepted(terminal, areas["here"].code)
    offer = RecordOffer.objects.get(kind=RecordKind.PERSON)
    assert worker.post(f"/grid/offers/{offer.pk}/judge", "/grid/offers", verdict="dismiss").status_code == 302
    offer.refresh_from_db()
    assert (offer.state, opened(offer.sealed)) == (OfferState.DISMISSED, {})
    assert worker.post(f"/grid/offers/{offer.pk}/judge", "/grid/offers", verdict="dismiss").status_code == 409
