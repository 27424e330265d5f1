"""The routes by which one terminal delivers what another gave out to a stick: what is taken, for whom, and what is not."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

import msgspec
import pytest
from django.http import HttpResponse

from city.fleet.models import CarriedList
from city.fleet.models import Terminal as Row
from city.keyring import read_keys
from city.onewindow.models import Case
from sync.contract import routes
from sync.contract.export import PAYLOAD_TYPE, Carried, Manifest
from sync.contract.names import ApplicationId, Digest, TerminalId, digest_of
from sync.contract.receipt import PAYLOAD_TYPE as RECEIPT
from sync.contract.receipt import PutAnswer, Receipt, ReceiptState
from sync.contract.signed import sign, verify_as
from sync.contract.signing_keys import key_id_of
from sync.contract.suites import Sealed
from tests.city.conftest import FOLDER
from tests.city.terminal import JPEG, Terminal

pytestmark = pytest.mark.django_db


@pytest.fixture
def carrier(enrol: Callable[[str], Terminal]) -> Terminal:
    """Another admitted terminal, whose line is up."""
    return enrol("SY-TEST-02")


def listed(giver: Terminal, *applications: Sealed, terminal: str | None = None, signer: Terminal | None = None) -> bytes:
    """The list that `giver` signs."""
    named = tuple(
        Carried(one.header.application_id, one.digest, tuple(photo.digest for photo in one.header.attachments)) for one in applications
    )
    manifest = Manifest(1, TerminalId(terminal or giver.id), datetime.now(UTC), named)
    key = (signer or giver).key
    return sign(msgspec.json.encode(manifest), PAYLOAD_TYPE, key_id_of(key.public_key()), key)


def bring(carrier: Terminal, statement: bytes) -> HttpResponse:
    return carrier.send("PUT", routes.carried_path(digest_of(statement)), statement, routes.STATEMENT_TYPE)


def put(carrier: Terminal, statement: bytes, sealed: Sealed, body: bytes | None = None) -> HttpResponse:
    path = routes.carried_application_path(digest_of(statement), sealed.header.application_id)
    return carrier.send("PUT", path, sealed.body if body is None else body, routes.SEALED_TYPE)


def patch(carrier: Terminal, statement: bytes, photo: Digest, content: bytes) -> HttpResponse:
    headers = {routes.OFFSET_HEADER: "0", routes.LENGTH_HEADER: str(len(content))}
    return carrier.send("PATCH", routes.carried_blob_path(digest_of(statement), photo), content, routes.PIECE_TYPE, headers)


def receipt_in(response: HttpResponse) -> Receipt:
    answer = msgspec.json.decode(response.content, type=PutAnswer)
    return verify_as(answer.receipt, RECEIPT, read_keys(FOLDER).receipts.public, Receipt)


def test_it_is_taken_in_for_the_terminal_that_gave_it_out(terminal: Terminal, carrier: Terminal) -> None:
    sealed = terminal.application()
    statement = listed(terminal, sealed)
    assert bring(carrier, statement).status_code == 204
    assert bring(carrier, statement).status_code == 204, "again, it changes nothing"
    taken = put(carrier, statement, sealed)
    assert taken.status_code == 201, taken.content
    receipt = receipt_in(taken)
    assert (receipt.terminal, receipt.digest, receipt.state) == (terminal.id, sealed.digest, ReceiptState.RECEIVED)
    (photo,) = sealed.header.attachments
    path = routes.carried_blob_path(digest_of(statement), photo.digest)
    assert carrier.send("HEAD", path).status_code == 404
    assert patch(carrier, statement, photo.digest, sealed.attachments[0]).status_code == 204
    assert carrier.send("HEAD", path)[routes.OFFSET_HEADER] == str(photo.size_bytes)
    again = carrier.send("GET", routes.carried_application_path(digest_of(statement), sealed.header.application_id))
    assert receipt_in(again).state is ReceiptState.COMPLETE
    case = Case.objects.get()
    assert (case.terminal_id, case.is_complete) == (terminal.id, True)
    assert CarriedList.objects.get().carrier_id == carrier.id


def test_delivered_by_both_it_is_there_once_with_the_same_receipt(terminal: Terminal, carrier: Terminal) -> None:
    sealed = terminal.application()
    statement = listed(terminal, sealed)
    bring(carrier, statement)
    first, second, own = put(carrier, statement, sealed), put(carrier, statement, sealed), terminal.put(sealed)
    assert [one.status_code for one in (first, second, own)] == [201, 200, 200]
    assert first.content == second.content == own.content
    assert Case.objects.count() == 1


def test_without_its_list_nothing_is_taken(terminal: Terminal, carrier: Terminal) -> None:
    sealed = terminal.application(photos=())
    assert put(carrier, listed(terminal, sealed), sealed).status_code == 404
    assert put(carrier, b"", sealed).status_code == 404
    assert Case.objects.count() == 0


def test_what_the_list_does_not_name_is_not_taken(terminal: Terminal, carrier: Terminal) -> None:
    named, other = terminal.application(), terminal.application()
    statement = listed(terminal, named)
    bring(carrier, statement)
    assert put(carrier, statement, other).status_code == 422
    assert put(carrier, statement, named, other.body).status_code == 422, "another body under the name of one that is listed"
    assert put(carrier, statement, named, named.body + b" ").status_code == 422
    terminal.put(other)
    assert patch(carrier, statement, other.header.attachments[0].digest, other.attachments[0]).status_code == 422
    unlisted = routes.carried_application_path(digest_of(statement), other.header.application_id)
    assert carrier.send("GET", unlisted).status_code == 422, "nor can a carrier ask how another application stands"
    assert Case.objects.count() == 1


def test_a_list_is_believed_for_the_signature_of_whom_it_names(terminal: Terminal, carrier: Terminal) -> None:
    sealed = terminal.application(photos=())
    for statement in (
        listed(terminal, sealed, signer=carrier),
        listed(terminal, sealed, terminal=carrier.id),
        listed(terminal, sealed, terminal="SY-NO-01"),
        listed(terminal, sealed)[:-9],
        b"{}",
    ):
        assert bring(carrier, statement).status_code == 422, statement
    good = listed(terminal, sealed)
    assert carrier.send("PUT", routes.carried_path(digest_of(b"other")), good, routes.STATEMENT_TYPE).status_code == 422
    assert carrier.send("PUT", routes.carried_path(digest_of(good)), good, routes.JSON_TYPE).status_code == 400
    assert CarriedList.objects.count() == 0


def test_a_list_of_ones_own_carries_nothing_of_anothers(terminal: Terminal, carrier: Terminal) -> None:
    sealed = terminal.application(photos=())
    statement = listed(carrier, sealed)
    assert bring(carrier, statement).status_code == 204
    assert put(carrier, statement, sealed).status_code in (403, 422), "its header names the terminal that sealed it"
    assert Case.objects.count() == 0


@pytest.mark.parametrize("who", ["giver", "carrier"])
def test_a_terminal_that_was_withdrawn_gives_and_carries_nothing(terminal: Terminal, carrier: Terminal, who: str) -> None:
    sealed = terminal.application(photos=())
    statement = listed(terminal, sealed)
    bring(carrier, statement)
    Row.objects.filter(pk=terminal.id if who == "giver" else carrier.id).update(withdrawn_at=datetime.now(UTC))
    assert put(carrier, statement, sealed).status_code == (422 if who == "giver" else 403)
    assert bring(carrier, listed(terminal, sealed, terminal=terminal.id)).status_code == (422 if who == "giver" else 403)
    assert Case.objects.count() == 0


def test_nobody_unknown_carries(terminal: Terminal) -> None:
    sealed = terminal.application(photos=())
    (city_key,) = read_keys(FOLDER).opening.values()
    stranger = Terminal("SY-NO-02", city_key.public_key())
    statement = listed(terminal, sealed)
    assert bring(stranger, statement).status_code == 401
    assert put(stranger, statement, sealed).status_code == 401


def test_a_carrier_reads_nothing_of_anothers_on_the_usual_routes(terminal: Terminal, carrier: Terminal) -> None:
    sealed = terminal.application()
    statement = listed(terminal, sealed)
    bring(carrier, statement)
    put(carrier, statement, sealed)
    assert carrier.send("GET", terminal.path(sealed)).status_code == 403
    assert carrier.send("HEAD", routes.blob_path(sealed.header.attachments[0].digest)).status_code == 404
    assert JPEG not in sealed.attachments[0]
    assert put(carrier, statement, sealed).status_code == 200
    unknown = routes.carried_application_path(digest_of(statement), ApplicationId(str(uuid4())))
    assert carrier.send("GET", unknown).status_code == 422
