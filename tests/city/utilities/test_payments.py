"""Paying against an invented provider over real HTTP: never charged twice, never paid before the provider says so, whatever gets lost."""

import argparse
import threading
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import msgspec
import pytest
import requests
from django.http import HttpResponse
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from city import here
from city.commands import reconcile_bills
from city.fleet.models import Terminal as Row
from city.folder import FolderError
from city.shared_secret import SIGNATURE, signature
from city.utilities import payments
from city.utilities import provider as adapter
from city.utilities.machine import Word, after, given_up
from city.utilities.models import KnownState, PaymentRow
from city.utilities.provider import Notified, Told
from city.utilities.register import NAME, Registered, registered, secret_path
from city.utilities.sandbox import SandboxProvider, bill_name
from sync.contract import routes
from sync.contract.bills import BILL, Bill, BillQuestion, BillStatus, PaymentId, PaymentState, PayQuestion, Utility, UtilityKind
from sync.contract.question import REPLY_TYPE, Question, QuestionId, Reply
from sync.contract.signed import verify_as
from sync.contract.words import Words
from tests.city.terminal import HOST, Terminal

pytestmark = pytest.mark.django_db

SECRET = b"an invented secret of the tests"
WATER = "water"
ACCOUNT = "10002345"
UTILITY = Utility(WATER, UtilityKind.WATER, Words("样例自来水"), Words("户号"))


@pytest.fixture(scope="module")
def water() -> Iterator[SandboxProvider]:
    provider = SandboxProvider(0, SECRET)
    thread = threading.Thread(target=provider.serve_forever, daemon=True)
    thread.start()
    (here.folder().root / NAME).write_bytes(msgspec.json.encode((Registered(UTILITY, provider.url),)))
    secret_path(here.folder(), WATER).write_bytes(SECRET)
    yield provider
    (here.folder().root / NAME).unlink()
    provider.shutdown()
    provider.server_close()


@pytest.fixture(autouse=True)
def clean(water: SandboxProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapter, "PATIENCE_S", 2.0)
    with water.orders.lock:
        for book in (water.books.payments, water.books.paid_bills, water.books.charged, water.orders.faults):
            book.clear()


@pytest.fixture
def here_row(terminal: Terminal) -> Row:
    return Row.objects.get(pk=terminal.id)


def wanted(number: int = 1) -> PayQuestion:
    bill = payments.bill_of(WATER, ACCOUNT)
    return PayQuestion(PaymentId(str(UUID(int=number))), WATER, ACCOUNT, bill.bill, bill.amount_fen)


def state_of(number: int = 1) -> str:
    return PaymentRow.objects.get(payment_id=UUID(int=number)).state


@pytest.mark.parametrize(
    ("account", "status"), [(ACCOUNT, BillStatus.OWED), ("10002341", BillStatus.NOTHING_OWED), ("10002340", BillStatus.NO_ACCOUNT)]
)
def test_what_is_owed_is_what_the_provider_says(account: str, status: BillStatus) -> None:
    assert payments.bill_of(WATER, account).status is status


def test_a_bill_is_shown_paid_watched_and_known_to_be_paid(water: SandboxProvider, here_row: Row) -> None:
    question = wanted()
    began = payments.pay(here_row, question)
    assert (began.state, began.code.startswith("https://pay.example.invalid/")) == (PaymentState.AWAITING, True)
    assert payments.look(here_row, question.payment, give_up=False).state is PaymentState.AWAITING
    assert water.books.pay(question.payment)
    paid = payments.look(here_row, question.payment, give_up=False)
    assert (paid.state, paid.number) == (PaymentState.PAID, "S00000001")
    assert payments.bill_of(WATER, ACCOUNT).status is BillStatus.NOTHING_OWED


def test_the_same_question_again_is_the_same_payment(water: SandboxProvider, here_row: Row) -> None:
    question = wanted()
    assert payments.pay(here_row, question) == payments.pay(here_row, question)
    assert len(water.books.payments) == 1


def test_a_bill_that_is_being_paid_is_not_paid_by_another(water: SandboxProvider, here_row: Row) -> None:
    first, second = wanted(1), wanted(2)
    payments.pay(here_row, first)
    assert payments.pay(here_row, second).state is PaymentState.ELSEWHERE
    assert list(water.books.payments) == [first.payment]
    payments.look(here_row, first.payment, give_up=True)
    assert payments.pay(here_row, second).state is PaymentState.AWAITING


def test_another_terminal_learns_nothing_of_a_payment(here_row: Row) -> None:
    payments.pay(here_row, wanted())
    other = Row.objects.create(id="SY-TEST-09", public_key=bytes(32))
    assert payments.pay(other, wanted()).state is PaymentState.ELSEWHERE
    assert payments.look(other, wanted().payment, give_up=True).state is PaymentState.CLOSED
    assert state_of() == KnownState.AWAITING, "and it cannot close it"


@pytest.mark.parametrize("change", ["amount_fen", "bill"])
def test_a_bill_that_is_not_what_was_shown_is_not_paid(here_row: Row, change: str) -> None:
    changed = msgspec.structs.replace(wanted(), **{change: 5 if change == "amount_fen" else "other"})
    assert payments.pay(here_row, changed).state is PaymentState.CHANGED
    assert not PaymentRow.objects.exists()


@pytest.mark.parametrize("fault", ["silent", "late", "forged"])
def test_an_answer_that_is_lost_or_forged_teaches_nothing_and_is_asked_for_again(water: SandboxProvider, here_row: Row, fault: str) -> None:
    question = wanted()
    water.orders.faults.extend(["", fault])  # the bill is asked for first
    assert payments.pay(here_row, question).state is PaymentState.STARTING
    assert payments.pay(here_row, question).state is PaymentState.AWAITING
    assert len(water.books.payments) == 1
    water.books.pay(question.payment)
    water.orders.faults.append(fault)
    assert payments.look(here_row, question.payment, give_up=False).state is PaymentState.AWAITING
    assert payments.look(here_row, question.payment, give_up=False).state is PaymentState.PAID


def test_paid_in_the_moment_of_giving_up_is_paid(water: SandboxProvider, here_row: Row) -> None:
    question = wanted()
    payments.pay(here_row, question)
    water.books.pay(question.payment)
    assert payments.look(here_row, question.payment, give_up=True).state is PaymentState.PAID


def test_given_up_is_closed_only_when_the_provider_says_so(water: SandboxProvider, here_row: Row) -> None:
    question = wanted()
    payments.pay(here_row, question)
    water.orders.faults.append("silent")
    assert payments.look(here_row, question.payment, give_up=True).state is PaymentState.CLOSING
    assert payments.pay(here_row, wanted(2)).state is PaymentState.ELSEWHERE, "until then the bill is held"
    assert payments.look(here_row, question.payment, give_up=True).state is PaymentState.CLOSED
    assert not water.books.pay(question.payment)


def notify(water: SandboxProvider, notified: Notified, secret: bytes = SECRET, said: str | None = None) -> int:
    path, body = f"/v1/utilities/{WATER}/paid", msgspec.json.encode(notified)
    headers = {SIGNATURE: signature(secret, "POST", path, body) if said is None else said, "host": HOST}
    return Client().post(path, body, content_type="application/json", secure=True, headers=headers).status_code


def test_a_callback_is_believed_when_the_provider_signed_it(water: SandboxProvider, here_row: Row) -> None:
    payments.pay(here_row, wanted())
    told = Notified(wanted().payment, Told(Word.PAID, number="S1"))
    assert notify(water, told, b"a stranger") == 401
    assert [notify(water, told, said=said) for said in ("", "x", "caf\xe9")] == [401, 401, 401]
    assert state_of() == KnownState.AWAITING
    assert (notify(water, told), notify(water, told)) == (204, 204)
    assert state_of() == KnownState.PAID
    assert notify(water, Notified(str(UUID(int=9)), Told(Word.PAID))) == 404


def test_reconciliation_finds_what_nobody_noticed_and_closes_what_was_left(
    water: SandboxProvider, here_row: Row, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = wanted()
    payments.pay(here_row, question)
    water.books.pay(question.payment)
    day = here.today()
    days = {day, day - timedelta(days=1), day + timedelta(days=1)}
    found = [one.what for each in sorted(days) for one in payments.reconcile(each)]
    assert found == ["paid_unnoticed"]
    assert state_of() == KnownState.PAID
    assert [one.what for one in payments.reconcile(day)] == []
    water.books.payments["not-ours"] = {"state": "paid", "amount_fen": 5, "number": "S9", "paid_at": f"{day.isoformat()}T01:00:00+00:00"}
    assert [one.what for one in payments.reconcile(day)] == ["unknown_here"]
    water.orders.faults.append("silent")
    assert [one.what for one in payments.reconcile(day)] == ["no_settlement"]
    monkeypatch.setattr(reconcile_bills, "use", lambda _folder: None)  # it is in use here already
    water.orders.faults.append("silent")
    told = reconcile_bills.run(argparse.Namespace(data=here.folder().root, day=day))
    assert (told.done, told.body["status"]) == (False, "partly")
    assert "ask again later" in told.text


def test_the_sandbox_takes_no_unsigned_word(water: SandboxProvider) -> None:
    assert requests.post(f"{water.url}/query", json={"account": ACCOUNT}, timeout=5).status_code == 403


@pytest.mark.parametrize("text", [b"{}", b"[{}]", b"not json"])
def test_a_malformed_register_says_where(water: SandboxProvider, text: bytes) -> None:
    path = here.folder().root / NAME
    kept = path.read_bytes()
    path.write_bytes(text)
    with pytest.raises(FolderError, match=NAME):
        registered(here.folder())
    path.write_bytes(msgspec.json.encode((Registered(UTILITY, "http://elsewhere.example"),)))
    with pytest.raises(FolderError, match="https"):
        registered(here.folder())
    path.write_bytes(kept)


ACTIONS = ["pay", "look", "give_up", "resident", "silent", "late", "forged", "callback"]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from(ACTIONS), st.integers(1, 3)), max_size=14))
def test_no_order_of_things_charges_a_bill_twice_or_says_paid_too_early(
    water: SandboxProvider, here_row: Row, steps: list[tuple[str, int]]
) -> None:
    account = "10009998"
    with water.orders.lock:
        for book in (water.books.payments, water.books.paid_bills, water.books.charged, water.orders.faults):
            book.clear()
    run = here.now().timestamp()
    names = {number: PaymentId(str(UUID(int=int(run * 1e6) * 10 + number))) for number in (1, 2, 3)}
    bill = bill_name(account)
    PaymentRow.objects.filter(bill=bill).update(bill=f"old-{run}"[:64])
    amount = 1000 + 9998 % 9000
    for action, number in steps:
        name = names[number]
        match action:
            case "pay":
                answer = payments.pay(here_row, PayQuestion(name, WATER, account, bill, amount))
                assert answer.state is not PaymentState.PAID or name in water.books.charged
            case "look" | "give_up":
                answer = payments.look(here_row, name, give_up=action == "give_up")
                assert answer.state is not PaymentState.PAID or name in water.books.charged
            case "resident":
                water.books.pay(name)
            case "callback" if name in water.books.charged:
                notify(water, Notified(name, Told(Word.PAID, number="S")))
            case "callback":
                notify(water, Notified(name, Told(Word.PAID, number="S")), b"a stranger")
            case fault:
                water.orders.faults.append(fault)
    assert len(water.books.charged) <= 1, "one bill, one charge"
    for row in PaymentRow.objects.filter(bill=bill):
        assert row.state != KnownState.PAID or str(row.payment_id) in water.books.charged
        assert row.state != KnownState.CLOSED or str(row.payment_id) not in water.books.charged


@settings(deadline=None)
@given(st.lists(st.sampled_from([*Word, "give up"])))
def test_the_machine_ends_paid_exactly_when_the_provider_ever_said_so(words: list[Word | str]) -> None:
    state = PaymentState.STARTING
    for word in words:
        state = after(state, word) if isinstance(word, Word) else given_up(state)
    assert (state is PaymentState.PAID) == (Word.PAID in words)
    assert state is not PaymentState.CLOSED or Word.CLOSED in words


def test_a_terminal_asks_and_what_is_no_account_is_refused(terminal: Terminal) -> None:
    def ask(account: str) -> HttpResponse:
        content = msgspec.Raw(msgspec.json.encode(BillQuestion(WATER, account)))
        body = msgspec.json.encode(Question(1, QuestionId(str(UUID(int=7))), terminal.id, content))
        return terminal.send("POST", routes.question_path(BILL.name), body, routes.QUESTION_TYPE)

    reply = verify_as(ask(ACCOUNT).content, REPLY_TYPE, here.keys().receipts.public, Reply)
    assert msgspec.json.decode(reply.content, type=Bill).amount_fen == 1000 + 2345
    assert ask("1' OR '1'='1").status_code == 400
