"""Proofs of paid bills again, against invented providers over real HTTP: by code, by card, and never for what is not known to be paid."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import msgspec
import pytest
from django.apps import apps
from django.core import serializers
from django.http import HttpResponse

from city import here
from city.fleet.models import Terminal as Row
from city.utilities import paid, payments
from city.utilities import provider as adapter
from city.utilities.models import KnownState, PaymentRow
from city.utilities.register import NAME, Registered, secret_path
from city.utilities.sandbox import SandboxProvider, accounts_under
from sync.contract import routes
from sync.contract.bills import PaymentId, PayQuestion, Utility, UtilityKind
from sync.contract.paid_bills import PAID, PAID_MOST, PaidBills, PaidQuestion, PaidStatus, ProofCode, code_of
from sync.contract.question import REPLY_TYPE, Question, QuestionId, Reply
from sync.contract.signed import verify_as
from sync.contract.words import Words
from tests.city.terminal import Terminal

pytestmark = pytest.mark.django_db

SECRET = b"an invented secret of the tests"
WATER = Utility("water", UtilityKind.WATER, Words("样例自来水"), Words("户号"), 8, 12, by_card=True)
HEAT = Utility("heat", UtilityKind.HEATING, Words("样例供热"), Words("户号"), 8, 12, by_card=True)
GAS = Utility("gas", UtilityKind.GAS, Words("样例燃气"), Words("户号"), 8, 12)
THREE, NONE = "211202194605120024", "510107199808200015"
"""Invented numbers; the sandbox looks at the symbol before the last."""

ACCOUNT = accounts_under(THREE)[0]["account"]


@pytest.fixture(scope="module")
def sandboxes() -> Iterator[dict[str, SandboxProvider]]:
    running = {one.id: SandboxProvider(0, SECRET) for one in (WATER, HEAT, GAS)}
    for provider in running.values():
        threading.Thread(target=provider.serve_forever, daemon=True).start()
    register(running)
    yield running
    (here.folder().root / NAME).unlink()
    for provider in running.values():
        provider.shutdown()
        provider.server_close()


def register(running: dict[str, SandboxProvider], *utilities: Utility) -> None:
    (here.folder().root / NAME).write_bytes(
        msgspec.json.encode(tuple(Registered(one, running[one.id].url) for one in utilities or (WATER, HEAT, GAS)))
    )
    for name in running:
        secret_path(here.folder(), name).write_bytes(SECRET)


@pytest.fixture(autouse=True)
def clean(sandboxes: dict[str, SandboxProvider], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapter, "PATIENCE_S", 2.0)
    for provider in sandboxes.values():
        with provider.orders.lock:
            for book in (provider.books.payments, provider.books.paid_bills, provider.books.charged, provider.orders.faults):
                book.clear()


@pytest.fixture
def here_row(terminal: Terminal) -> Row:
    return Row.objects.get(pk=terminal.id)


def begin(row: Row, number: int = 1, utility: str = "water", account: str = ACCOUNT) -> PaymentId:
    bill, payment = payments.bill_of(utility, account), PaymentId(str(UUID(int=number)))
    payments.pay(row, PayQuestion(payment, utility, account, bill.bill, bill.amount_fen))
    return payment


def ask(terminal: Terminal, question: PaidQuestion) -> HttpResponse:
    body = msgspec.json.encode(Question(1, QuestionId(str(UUID(int=7))), terminal.id, msgspec.Raw(msgspec.json.encode(question))))
    return terminal.send("POST", routes.question_path(PAID.name), body, routes.QUESTION_TYPE)


def answered(terminal: Terminal, question: PaidQuestion) -> PaidBills:
    reply = verify_as(ask(terminal, question).content, REPLY_TYPE, here.keys().receipts.public, Reply)
    return msgspec.json.decode(reply.content, type=PaidBills)


def test_a_paid_bill_is_found_by_its_code_at_any_terminal(sandboxes: dict[str, SandboxProvider], terminal: Terminal, here_row: Row) -> None:
    other = Row.objects.create(id="SY-TEST-09", public_key=bytes(32))
    payment = begin(other)
    assert sandboxes["water"].books.pay(payment)
    payments.look(other, payment, give_up=False)
    told = answered(terminal, PaidQuestion(code=code_of(payment)))
    assert told.status is PaidStatus.FOUND
    (bill,) = told.bills
    assert (bill.provider, bill.account_end, bill.number) == (WATER.name, ACCOUNT[-4:], "S00000001")
    assert (bill.period, bill.code) == ("2026 年 11 月", code_of(payment))


def test_what_nobody_noticed_is_asked_for_and_paid_only_on_the_providers_word(sandboxes: dict[str, SandboxProvider], here_row: Row) -> None:
    payment = begin(here_row)
    assert paid.by_code(code_of(payment)) == PaidBills(PaidStatus.UNSURE), "its code can still be paid"
    sandboxes["water"].books.pay(payment)
    sandboxes["water"].orders.faults.append("forged")
    assert paid.by_code(code_of(payment)) == PaidBills(PaidStatus.UNSURE)
    assert paid.by_code(code_of(payment)).status is PaidStatus.FOUND
    assert PaymentRow.objects.get(payment_id=payment).state == KnownState.PAID


def test_not_found_not_paid_and_too_old_are_told_apart(sandboxes: dict[str, SandboxProvider], terminal: Terminal, here_row: Row) -> None:
    assert answered(terminal, PaidQuestion(code=code_of(PaymentId("never")))) == PaidBills(PaidStatus.NOT_FOUND)
    closed = begin(here_row, 1)
    payments.look(here_row, closed, give_up=True)
    assert answered(terminal, PaidQuestion(code=code_of(closed))) == PaidBills(PaidStatus.NOT_PAID)
    old = begin(here_row, 2)
    sandboxes["water"].books.pay(old)
    payments.look(here_row, old, give_up=False)
    then = here.now() - paid.GIVEN_OUT_FOR - timedelta(days=1)
    PaymentRow.objects.filter(payment_id=old).update(paid_at=then)
    told = answered(terminal, PaidQuestion(code=code_of(old)))
    assert (told.status, told.paid_on, told.days, told.bills) == (PaidStatus.TOO_OLD, here.day_of(then), paid.GIVEN_OUT_FOR.days, ())
    assert paid.by_card(THREE).status is PaidStatus.TOO_OLD


def test_by_card_the_holder_has_what_was_paid_for_their_accounts_whoever_paid(
    sandboxes: dict[str, SandboxProvider], terminal: Terminal, here_row: Row
) -> None:
    assert answered(terminal, PaidQuestion(id_number=THREE)) == PaidBills(PaidStatus.NOT_FOUND)
    for number, utility, account in ((1, "water", ACCOUNT), (2, "heat", ACCOUNT), (3, "water", "10002345"), (4, "gas", ACCOUNT)):
        payment = begin(here_row, number, utility, account)
        sandboxes[utility].books.pay(payment)
        payments.look(here_row, payment, give_up=False)
    told = answered(terminal, PaidQuestion(id_number=THREE))
    assert [bill.utility for bill in told.bills] == ["heat", "water"], "the newest first, and nobody else's"
    assert not told.is_partial
    assert answered(terminal, PaidQuestion(id_number=NONE)) == PaidBills(PaidStatus.NOT_FOUND)


def test_a_silent_provider_makes_it_partial_and_nothing_found_is_then_not_said_to_be_nothing(
    sandboxes: dict[str, SandboxProvider], here_row: Row
) -> None:
    sandboxes["heat"].orders.faults.append("silent")
    assert paid.by_card(THREE) == PaidBills(PaidStatus.PROVIDER_DOWN)
    payment = begin(here_row)
    sandboxes["water"].books.pay(payment)
    payments.look(here_row, payment, give_up=False)
    sandboxes["heat"].orders.faults.append("silent")
    told = paid.by_card(THREE)
    assert (told.status, len(told.bills), told.is_partial) == (PaidStatus.FOUND, 1, True)


def test_no_more_than_fit_are_told(here_row: Row) -> None:
    for number in range(PAID_MOST + 2):
        PaymentRow.objects.create(
            payment_id=UUID(int=100 + number), terminal=here_row, utility="water", bill=f"B{number}", account_end="2345", amount_fen=1,
            state=KnownState.PAID, began_at=here.now(), paid_at=here.now(), proof=code_of(PaymentId(str(UUID(int=100 + number)))),
            account=payments.account_digest("water", ACCOUNT),
        )  # fmt: skip
    assert len(paid.by_card(THREE).bills) == PAID_MOST


def test_a_provider_that_is_here_no_more_keeps_its_name_on_the_proof(sandboxes: dict[str, SandboxProvider], here_row: Row) -> None:
    payment = begin(here_row, utility="gas")
    sandboxes["gas"].books.pay(payment)
    payments.look(here_row, payment, give_up=False)
    register(sandboxes, WATER)
    try:
        assert paid.by_code(code_of(payment)).bills[0].provider == Words("样例燃气")
    finally:
        register(sandboxes)


def test_neither_card_nor_account_can_be_read_from_the_rows(sandboxes: dict[str, SandboxProvider], here_row: Row) -> None:
    payment = begin(here_row)
    sandboxes["water"].books.pay(payment)
    payments.look(here_row, payment, give_up=False)
    paid.by_card(THREE)
    rows = "".join(serializers.serialize("json", model.objects.all()) for model in apps.get_models())
    assert THREE not in rows
    assert ACCOUNT not in rows
    assert payments.account_digest("water", ACCOUNT) != payments.account_digest("heat", ACCOUNT), "one home's are not seen to be one's"


@pytest.mark.parametrize(
    "question",
    [
        PaidQuestion(),
        PaidQuestion(code=code_of(PaymentId("x")), id_number=THREE),
        PaidQuestion(code=ProofCode("1234")),
        PaidQuestion(id_number="1' OR '1'='1"),
    ],
)
def test_what_is_neither_one_code_nor_one_card_is_refused(terminal: Terminal, question: PaidQuestion) -> None:
    assert ask(terminal, question).status_code == 400
