"""Finding accounts by card, at an invented provider over real HTTP: masked, in the provider's form, and the card's number kept nowhere."""

import threading
from collections.abc import Iterator
from uuid import UUID

import msgspec
import pytest
from django.apps import apps
from django.core import serializers
from django.http import HttpResponse

from city import here
from city.utilities import payments
from city.utilities import provider as adapter
from city.utilities.provider import Held, Provider
from city.utilities.register import NAME, Registered, secret_path
from city.utilities.sandbox import SandboxProvider, accounts_under
from sync.contract import routes
from sync.contract.bills import (
    ACCOUNTS,
    ACCOUNTS_MOST,
    Accounts,
    AccountsQuestion,
    AccountsStatus,
    BillStatus,
    Utility,
    UtilityKind,
)
from sync.contract.question import REPLY_TYPE, Question, QuestionId, Reply
from sync.contract.signed import verify_as
from sync.contract.words import Words
from tests.city.terminal import Terminal

pytestmark = pytest.mark.django_db

SECRET = b"an invented secret of the tests"
WATER = Utility("water", UtilityKind.WATER, Words("样例自来水"), Words("户号"), 8, 12, by_card=True)
GAS = Utility("gas", UtilityKind.GAS, Words("样例燃气"), Words("户号"), 8, 12)
THREE, ONE, NONE = "211202194605120024", "110101199003070097", "510107199808200015"
"""Invented numbers; the sandbox looks at the symbol before the last."""


@pytest.fixture(scope="module")
def provider() -> Iterator[SandboxProvider]:
    sandbox = SandboxProvider(0, SECRET)
    threading.Thread(target=sandbox.serve_forever, daemon=True).start()
    (here.folder().root / NAME).write_bytes(msgspec.json.encode((Registered(WATER, sandbox.url), Registered(GAS, sandbox.url))))
    for one in (WATER, GAS):
        secret_path(here.folder(), one.id).write_bytes(SECRET)
    yield sandbox
    (here.folder().root / NAME).unlink()
    sandbox.shutdown()
    sandbox.server_close()


@pytest.fixture(autouse=True)
def clean(provider: SandboxProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapter, "PATIENCE_S", 2.0)
    with provider.orders.lock:
        provider.orders.faults.clear()


def ask(terminal: Terminal, utility: str, id_number: str) -> HttpResponse:
    content = msgspec.Raw(msgspec.json.encode(AccountsQuestion(utility, id_number)))
    body = msgspec.json.encode(Question(1, QuestionId(str(UUID(int=7))), terminal.id, content))
    return terminal.send("POST", routes.question_path(ACCOUNTS.name), body, routes.QUESTION_TYPE)


def answered(response: HttpResponse) -> Accounts:
    reply = verify_as(response.content, REPLY_TYPE, here.keys().receipts.public, Reply)
    return msgspec.json.decode(reply.content, type=Accounts)


def test_a_terminal_is_told_the_accounts_under_a_card_and_goes_on_with_one(terminal: Terminal) -> None:
    told = answered(ask(terminal, "water", THREE))
    assert (told.status, len(told.accounts), told.more) == (AccountsStatus.KNOWN, 3, False)
    assert [payments.bill_of("water", one.account).status for one in told.accounts] == [
        BillStatus.OWED, BillStatus.NOTHING_OWED, BillStatus.OWED,
    ]  # fmt: skip
    assert all("*" in one.place for one in told.accounts)
    assert len(answered(ask(terminal, "water", ONE)).accounts) == 1


def test_none_known_and_not_offered_are_told_apart(terminal: Terminal) -> None:
    assert answered(ask(terminal, "water", NONE)) == Accounts(AccountsStatus.NONE_KNOWN)
    assert answered(ask(terminal, "gas", THREE)) == Accounts(AccountsStatus.NOT_OFFERED)
    assert answered(ask(terminal, "gone", THREE)) == Accounts(AccountsStatus.NOT_OFFERED)


def test_a_provider_that_does_not_look_by_card_never_gets_the_number(provider: SandboxProvider, terminal: Terminal) -> None:
    provider.orders.faults.append("silent")
    ask(terminal, "gas", THREE)
    assert provider.orders.faults == ["silent"], "it was not even asked"


@pytest.mark.parametrize("fault", ["silent", "late", "forged"])
def test_an_answer_that_is_lost_or_forged_teaches_nothing(provider: SandboxProvider, terminal: Terminal, fault: str) -> None:
    provider.orders.faults.append(fault)
    assert answered(ask(terminal, "water", THREE)) == Accounts(AccountsStatus.PROVIDER_DOWN)
    assert answered(ask(terminal, "water", THREE)).status is AccountsStatus.KNOWN


@pytest.mark.parametrize("number", ["", "1", "1' OR '1'='1", "２１１２０２１９４６０５１２００２４", "2" * 21])
def test_what_is_no_cards_number_is_refused(terminal: Terminal, number: str) -> None:
    assert ask(terminal, "water", number).status_code == 400


def test_the_cards_number_is_written_into_no_row_and_shown_in_no_repr(terminal: Terminal) -> None:
    ask(terminal, "water", THREE)
    rows = "".join(serializers.serialize("json", model.objects.all()) for model in apps.get_models())
    account = accounts_under(THREE)[0]["account"]
    assert THREE not in rows
    assert account not in rows
    told = payments.accounts_of("water", THREE)
    shown = repr((AccountsQuestion("water", THREE), told, Held(account, "x")))
    assert THREE not in shown
    assert account not in shown


def test_what_has_not_the_form_of_an_account_is_left_out_and_many_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    said = [Held("1"), Held("1000234X"), Held("10002345"), Held("10002345", "again"), *(Held(f"2000000{n}") for n in range(9))]
    monkeypatch.setattr(Provider, "accounts", lambda *_: tuple(said))
    told = payments.accounts_of("water", THREE)
    assert told.accounts[0].account == "10002345"
    assert (len(told.accounts), told.more) == (ACCOUNTS_MOST, True)
    said[2:] = []
    assert payments.accounts_of("water", THREE) == Accounts(AccountsStatus.NONE_KNOWN)
