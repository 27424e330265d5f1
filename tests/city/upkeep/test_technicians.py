"""Technicians: issued and withdrawn at the city, told to terminals, and what terminals tell of them in one unbroken chain."""

from datetime import UTC, datetime
from uuid import uuid4

import msgspec
import pyotp
import pytest
from django.http import HttpResponse

from city.here import keys
from city.upkeep.models import Act, StaffCard
from sync.contract import routes
from sync.contract.feed import PAYLOAD_TYPE, Issue
from sync.contract.question import REPLY_TYPE, Question, QuestionId, Reply
from sync.contract.signed import verify_as
from sync.contract.technicians import (
    ACTS,
    NOTHING_BEFORE,
    TECHNICIANS,
    ActKind,
    ActRecord,
    ActsKept,
    ActsTold,
    Pin,
    Technicians,
    card_digest,
)
from tests.city.terminal import Terminal

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def issue_card(number: str = "T-07", uid: str = "04A1B2C3D4") -> StaffCard:
    pin = Pin.of("493817")
    return StaffCard.objects.create(number=number, role="technician", card=card_digest(uid), pin_salt=pin.salt, pin_key=pin.key)


def told(terminal: Terminal) -> Technicians:
    answer = terminal.send("GET", routes.feed_path(TECHNICIANS.name))
    said = verify_as(answer.content, PAYLOAD_TYPE, keys().receipts.public, Issue)
    return msgspec.json.decode(said.content, type=Technicians)


def chain(*acts: ActKind) -> tuple[ActRecord, ...]:
    records: list[ActRecord] = []
    for number, act in enumerate(acts, 1):
        records.append(ActRecord(number, NOW, "T-07", act, "", records[-1].digest if records else NOTHING_BEFORE))
    return tuple(records)


def tell(terminal: Terminal, *records: ActRecord) -> HttpResponse:
    question = Question(1, QuestionId(str(uuid4())), terminal.id, msgspec.Raw(msgspec.json.encode(ActsTold(records))))
    body = msgspec.json.encode(question)
    return terminal.send("POST", routes.question_path(ACTS.name), body, routes.QUESTION_TYPE)


def kept(answer: HttpResponse) -> int:
    reply = verify_as(answer.content, REPLY_TYPE, keys().receipts.public, Reply)
    return msgspec.json.decode(reply.content, type=ActsKept).last


def test_a_terminal_is_told_who_may_open_it(terminal: Terminal) -> None:
    issue_card()
    (technician,) = told(terminal).technicians
    assert technician.number == "T-07"
    assert technician.card == card_digest("04a1b2c3d4")
    assert technician.pin.is_of("493817")


def test_whoever_was_withdrawn_is_told_of_no_more(terminal: Terminal) -> None:
    StaffCard.objects.filter(pk=issue_card().pk).update(withdrawn_at=NOW)
    assert told(terminal).technicians == ()


def test_each_terminal_has_one_time_codes_of_its_own(terminal: Terminal, enrol: object) -> None:
    other = enrol("SY-TEST-02")  # type: ignore[operator]
    assert told(terminal).one_time_secret != told(other).one_time_secret
    assert pyotp.TOTP(told(terminal).one_time_secret).verify(pyotp.TOTP(told(terminal).one_time_secret).now())


def test_acts_are_kept_once_in_order(terminal: Terminal) -> None:
    first, second, third = chain(ActKind.SIGNED_IN, ActKind.TESTED, ActKind.SIGNED_OUT)
    assert kept(tell(terminal, first, second)) == 2
    assert kept(tell(terminal, first, second)) == 2, "told again, as after a lost answer"
    assert kept(tell(terminal, second, third)) == 3
    assert list(Act.objects.order_by("number").values_list("act", flat=True)) == ["signed_in", "tested", "signed_out"]


def test_a_chain_with_a_hole_is_refused_whole(terminal: Terminal) -> None:
    first, _, third = chain(ActKind.SIGNED_IN, ActKind.TESTED, ActKind.SIGNED_OUT)
    assert tell(terminal, first, third).status_code == 422
    assert not Act.objects.exists()


def test_a_chain_that_was_written_anew_is_refused(terminal: Terminal) -> None:
    kept(tell(terminal, *chain(ActKind.REFUSED, ActKind.SIGNED_IN)))
    anew = chain(ActKind.SIGNED_IN, ActKind.SIGNED_IN, ActKind.SIGNED_OUT)
    assert tell(terminal, *anew).status_code == 422
    assert Act.objects.count() == 2


def anew(about: str) -> tuple[ActRecord, ...]:
    first = ActRecord(1, NOW, "-", ActKind.BEGAN_ANEW, about, NOTHING_BEFORE)
    return first, ActRecord(2, NOW, "T-07", ActKind.SIGNED_IN, "", first.digest)


def test_a_chain_that_names_a_damaged_one_is_kept_beside_it(terminal: Terminal) -> None:
    kept(tell(terminal, *chain(ActKind.REFUSED, ActKind.SIGNED_IN)))
    first, second = anew("a" * 40)
    assert kept(tell(terminal, first)) == 1
    assert kept(tell(terminal, first, second)) == 2, "told again, it is not a third"
    assert list(Act.objects.order_by("chain", "number").values_list("chain", "act")) == [
        (1, "refused"),
        (1, "signed_in"),
        (2, "began_anew"),
        (2, "signed_in"),
    ]
    assert kept(tell(terminal, *anew("b" * 40))) == 2
    assert Act.objects.filter(chain=3).count() == 2


def test_only_a_first_record_begins_a_chain_anew(terminal: Terminal) -> None:
    first, second, *_ = chain(ActKind.REFUSED, ActKind.SIGNED_IN)
    kept(tell(terminal, first, second))
    later = ActRecord(3, NOW, "-", ActKind.BEGAN_ANEW, "a" * 40, NOTHING_BEFORE)
    assert tell(terminal, later).status_code == 422
    assert Act.objects.count() == 2


def test_words_longer_than_any_of_ours_are_refused(terminal: Terminal) -> None:
    record = ActRecord(1, NOW, "T-07", ActKind.TESTED, "x" * 41, NOTHING_BEFORE)
    assert tell(terminal, record).status_code == 422
