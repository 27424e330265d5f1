"""An application arrives at the city: once, whole, by its own terminal, and never twice."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec
import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client

from city.fleet.models import Terminal as Admitted
from city.folder import Settings
from city.here import keys
from city.onewindow.models import Case, Event, SealedBody
from city.onewindow.states import Kind, State
from sync.contract import routes
from sync.contract.application import Applicant
from sync.contract.http_signature import RequestKey, sign_request
from sync.contract.names import digest_of
from sync.contract.problem import MEDIA_TYPE, Problem, Retry
from sync.contract.receipt import PAYLOAD_TYPE, PutAnswer, Receipt, ReceiptState
from sync.contract.signed import verify_as
from sync.contract.suites import new_city_key
from tests.city.terminal import ANSWERS, HOST, INK, JPEG, PERSON, Terminal

pytestmark = pytest.mark.django_db


def answer_of(response: HttpResponse) -> PutAnswer:
    """Read the answer to a PUT."""
    assert response.status_code in (200, 201), response.content
    return msgspec.json.decode(response.content, type=PutAnswer)


def receipt_of(response: HttpResponse) -> Receipt:
    """Read and verify the city's receipt."""
    return verify_as(answer_of(response).receipt, PAYLOAD_TYPE, keys().receipts.public, Receipt)


def problem_of(response: HttpResponse) -> Problem:
    """Read a refusal."""
    assert response["Content-Type"] == MEDIA_TYPE
    problem = msgspec.json.decode(response.content, type=Problem)
    assert problem.status == response.status_code
    return problem


def test_a_new_application_is_kept_as_it_came_and_answered_with_a_signed_receipt(terminal: Terminal) -> None:
    sealed = terminal.application()
    response = terminal.put(sealed)
    assert response.status_code == 201
    receipt = receipt_of(response)
    assert (receipt.application_id, receipt.digest, receipt.state) == (sealed.header.application_id, sealed.digest, ReceiptState.RECEIVED)
    assert answer_of(response).missing == (sealed.header.attachments[0].digest,)
    case = Case.objects.get()
    assert bytes(SealedBody.objects.get(case=case).body) == sealed.body
    assert (case.state, case.case_number) == (State.ARRIVING, receipt.case_number)


def test_the_citys_time_travels_with_every_answer(terminal: Terminal) -> None:
    told = terminal.put(terminal.application())[routes.NOW_HEADER]
    assert abs((datetime.fromisoformat(told) - datetime.now(UTC)).total_seconds()) < 60


def test_no_clear_value_of_the_resident_is_in_the_database(terminal: Terminal) -> None:
    terminal.put(terminal.application())
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{table}" t')  # noqa: S608  the database's own names
            everything = " ".join(row[0] for row in cursor.fetchall())
            for value in (PERSON.name, PERSON.id_number, PERSON.address, ANSWERS["mobile"]):
                assert str(value) not in everything, table
    case = Case.objects.get()
    assert (case.masked_name, case.masked_id_number) == ("样**", "2101**********5129")


def test_the_same_bytes_again_get_the_same_receipt_and_make_no_second_case(terminal: Terminal) -> None:
    sealed = terminal.application()
    first, second = terminal.put(sealed), terminal.put(sealed)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.content == second.content
    assert Case.objects.count() == 1


def test_a_recorded_request_played_again_changes_nothing(terminal: Terminal) -> None:
    """Replay of the whole signed request, signature included: harmless by construction."""
    sealed = terminal.application()
    path = terminal.path(sealed)
    headers = sign_request(
        "PUT", f"https://{HOST}{path}", {"Content-Type": routes.SEALED_TYPE}, sealed.body, RequestKey(terminal.id, terminal.key)
    )
    answers = [terminal.deliver("PUT", path, sealed.body, dict(headers)) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 200, 200]
    assert Case.objects.count() == 1


def test_other_bytes_under_a_known_id_are_refused_and_overwrite_nothing(terminal: Terminal) -> None:
    sealed = terminal.application()
    terminal.put(sealed)
    other = terminal.application(application_id=sealed.header.application_id, header_application_id=sealed.header.application_id)
    refused = terminal.put(other)
    assert (refused.status_code, problem_of(refused).retry) == (422, "never")
    assert problem_of(refused).type.endswith("other-content")
    assert Case.objects.get().digest == sealed.digest


def test_an_application_without_photos_is_complete_at_once(terminal: Terminal) -> None:
    terminal.item = msgspec.structs.replace(terminal.item)
    sealed = terminal.application(photos=())
    refused = problem_of(terminal.put(sealed))
    assert refused.detail == "papers that are not there: contract"


@pytest.mark.parametrize("year", [1970, 2000, 2099])
def test_a_wrong_clock_is_no_reason_to_refuse(terminal: Terminal, year: int) -> None:
    wrong = datetime(year, 1, 1, tzinfo=UTC)
    response = terminal.put(terminal.application(handed_in_at=wrong, header_sealed_at=wrong))
    assert response.status_code == 201
    assert abs((receipt_of(response).received_at - datetime.now(UTC)).total_seconds()) < 60


def test_two_deliveries_of_one_application_at_the_same_moment_make_one_case(
    transactional_db: None, enrol: Callable[[str], Terminal]
) -> None:
    terminal = enrol("SY-TEST-02")
    sealed = terminal.application()
    gate = threading.Barrier(4)
    statuses: list[int] = []

    def deliver() -> None:
        gate.wait(10)
        statuses.append(terminal.put(sealed).status_code)
        connection.close()

    threads = [threading.Thread(target=deliver) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(statuses) == [200, 200, 200, 201]
    assert Case.objects.count() == 1
    assert Event.objects.filter(kind=Kind.RECEIVED).count() == 1


def test_a_terminal_restored_from_a_backup_is_noticed(terminal: Terminal) -> None:
    terminal.put(terminal.application())
    terminal.sequence = 0
    terminal.put(terminal.application())
    assert [event.detail for event in Event.objects.filter(kind=Kind.SEQUENCE_REUSED)] == [{"sequence": 1}]


# Who sends


def test_an_unsigned_request_is_refused(terminal: Terminal) -> None:
    sealed = terminal.application()
    refused = terminal.deliver("PUT", terminal.path(sealed), sealed.body, {"Content-Type": routes.SEALED_TYPE})
    assert (refused.status_code, problem_of(refused).retry) == (401, "reauth")
    assert not Case.objects.exists()


def test_a_request_signed_with_another_key_is_refused(terminal: Terminal, enrol: Callable[[str], Terminal]) -> None:
    sealed = terminal.application()
    other = enrol("SY-TEST-09").key
    assert terminal.send("PUT", terminal.path(sealed), sealed.body, routes.SEALED_TYPE, key=other).status_code == 401


def test_a_terminal_that_was_never_admitted_is_refused(terminal: Terminal) -> None:
    stranger = Terminal("SY-STRANGER", terminal.city_key)
    assert stranger.put(stranger.application()).status_code == 401


def test_a_terminal_whose_admission_was_withdrawn_is_told_so(terminal: Terminal) -> None:
    Admitted.objects.update(withdrawn_at=datetime.now(UTC))
    refused = terminal.put(terminal.application())
    assert (refused.status_code, problem_of(refused).retry) == (403, "reauth")


def test_another_terminals_path_is_refused(terminal: Terminal, enrol: Callable[[str], Terminal]) -> None:
    other = enrol("SY-TEST-09")
    sealed = other.application()
    refused = terminal.put(sealed, path=other.path(sealed))
    assert (refused.status_code, problem_of(refused).type) == (403, "urn:bianmin:problem:not-yours")


def test_another_terminals_application_under_ones_own_path_is_refused(terminal: Terminal, enrol: Callable[[str], Terminal]) -> None:
    sealed = enrol("SY-TEST-09").application()
    refused = terminal.put(sealed)
    assert (refused.status_code, problem_of(refused).retry) == (403, "never"), "its neighbours may be its own"


@pytest.mark.parametrize("what", ["body", "path", "kind", "digest"])
def test_whatever_is_changed_on_the_way_is_noticed(terminal: Terminal, what: str) -> None:
    sealed, other = terminal.application(), terminal.application()
    path, body = terminal.path(sealed), sealed.body
    headers = sign_request(
        "PUT", f"https://{HOST}{path}", {"Content-Type": routes.SEALED_TYPE}, body, RequestKey(terminal.id, terminal.key)
    )
    if what == "body":
        body = other.body
    elif what == "path":
        path = terminal.path(other)
    elif what == "kind":
        headers["Content-Type"] = routes.JSON_TYPE
    else:
        headers["Content-Digest"] = "sha-256=:AAAA:"
    refused = terminal.deliver("PUT", path, body, headers)
    assert refused.status_code == 401
    assert not Case.objects.exists()


# What is inside


def test_a_flipped_bit_in_the_envelope_is_noticed(terminal: Terminal) -> None:
    sealed = terminal.application()
    at = sealed.body.index(b'"ciphertext":"') + 40
    flipped = sealed.body[:at] + (b"A" if sealed.body[at : at + 1] != b"A" else b"B") + sealed.body[at + 1 :]
    refused = terminal.send("PUT", terminal.path(sealed), flipped, routes.SEALED_TYPE)
    assert (refused.status_code, problem_of(refused).type) == (422, "urn:bianmin:problem:cannot-open")


def test_an_envelope_for_another_citys_key_is_refused(terminal: Terminal) -> None:
    terminal.city_key = new_city_key(datetime.now(UTC)).public_key()
    refused = problem_of(terminal.put(terminal.application()))
    assert (refused.type, refused.retry) == ("urn:bianmin:problem:cannot-open", "never")


def test_a_header_on_another_envelope_is_refused(terminal: Terminal) -> None:
    refused = problem_of(terminal.put(terminal.application(header_sequence=7, number="00000000")))
    assert refused.detail == "header and content differ in number"


@pytest.mark.parametrize(
    ("changes", "detail"),
    [
        ({"answers": ANSWERS | {"mobile": "123"}}, "answers: mobile too_short"),
        ({"answers": {"mobile": "13800000000"}}, "answers: housing missing"),
        ({"answers": ANSWERS | {"extra": "1"}}, "answers: extra not_allowed"),
        ({"answers": ANSWERS | {"housing": 7}}, "answers: housing"),
        ({"applicant": Applicant("resident", name="样例人", nationality="样例")}, "the item may not read nationality"),
        ({"applicant": Applicant("social_security", name="样例人")}, "the item does not take a social security card"),
        ({"papers": ()}, "papers and attachments do not belong together"),
        ({"handed_in_at": datetime(2026, 1, 1)}, "handed_in_at must name its time zone"),  # noqa: DTZ001  that is the point
    ],
)
def test_content_that_does_not_fit_its_item_is_refused_without_repeating_it(
    terminal: Terminal, changes: dict[str, object], detail: str
) -> None:
    refused = problem_of(terminal.put(terminal.application(**changes)))
    assert (refused.status, refused.retry) == (422, "never")
    assert refused.detail is not None
    assert refused.detail.startswith(detail)
    assert "123" not in refused.detail
    assert not Case.objects.exists()


def test_an_application_without_a_card_is_taken_and_the_front_desk_decides(terminal: Terminal) -> None:
    """Handed in where no reader is, such as by `kiosk apply`: whether that will do is for a person to say."""
    assert terminal.put(terminal.application(applicant=None)).status_code == 201
    assert Case.objects.get().masked_name == ""


def test_an_unknown_item_or_version_is_refused(terminal: Terminal) -> None:
    refused = problem_of(terminal.put(terminal.application(item_version=99, header_item_version=99)))
    assert refused.detail == "the city has published no such version of this item"


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"header":1}', b"\xff\xfe", b"null", b"9" * 1000])
def test_what_is_no_application_at_all_is_malformed(terminal: Terminal, body: bytes) -> None:
    refused = terminal.send("PUT", terminal.path(terminal.application()), body, routes.SEALED_TYPE)
    assert (refused.status_code, problem_of(refused).retry) == (400, "never")


def test_a_body_over_the_limit_is_not_even_read_to_its_end(terminal: Terminal) -> None:
    refused = terminal.send("PUT", terminal.path(terminal.application()), b" " * (routes.SEALED_MAX_BYTES + 1), routes.SEALED_TYPE)
    assert refused.status_code == 413


def test_when_storage_is_short_the_terminal_is_asked_to_come_again(terminal: Terminal, settings: object) -> None:
    settings.CITY = Settings(free_space_floor_bytes=1 << 60)  # type: ignore[attr-defined]
    refused = terminal.put(terminal.application())
    assert (refused.status_code, problem_of(refused).retry) == (503, "later")
    assert not Case.objects.exists()


def test_an_address_that_is_not_there_is_a_problem_too(terminal: Terminal) -> None:
    refused = terminal.send("GET", "/v1/nothing")
    assert (refused.status_code, problem_of(refused).retry) == (404, "later")


def test_the_answer_can_be_asked_for_again(terminal: Terminal) -> None:
    sealed = terminal.application()
    put = terminal.put(sealed)
    assert terminal.send("GET", terminal.path(sealed)).content == put.content
    assert terminal.send("GET", terminal.path(terminal.application())).status_code == 404


def test_strange_characters_in_a_name_are_no_trouble(terminal: Terminal) -> None:
    for name in ("𠮷野样", "<b>甲</b>", "'; DROP TABLE--", "甲\0乙"):
        sealed = terminal.application(applicant=msgspec.structs.replace(PERSON, name=name))
        assert terminal.put(sealed).status_code == 201
    assert Case.objects.filter(masked_name__startswith="𠮷").count() == 1


def test_the_digest_in_the_receipt_is_of_the_bytes_that_were_sent(terminal: Terminal) -> None:
    sealed = terminal.application(signature=INK, photos=(JPEG, JPEG + b"2"))
    assert receipt_of(terminal.put(sealed)).digest == digest_of(sealed.body)


def test_a_host_that_the_city_does_not_know_is_no_verdict_on_an_application(terminal: Terminal) -> None:
    sealed = terminal.application()
    path = routes.application_path(terminal.id, sealed.header.application_id)
    url = f"https://renamed.test{path}"
    headers = sign_request("PUT", url, {"Content-Type": routes.SEALED_TYPE}, sealed.body, RequestKey(terminal.id, terminal.key))
    response = Client(headers={"host": "renamed.test"}).generic(
        "PUT", path, sealed.body, routes.SEALED_TYPE, secure=True, headers={k: v for k, v in headers.items() if k != "Content-Type"}
    )
    assert response.status_code == 400
    assert msgspec.json.decode(response.content, type=Problem).retry == Retry.LATER, "a terminal would set it aside for ever"


def test_answers_nested_beyond_all_use_are_refused_like_any_wrong_answer(terminal: Terminal) -> None:
    nested = msgspec.json.decode(b"[" * 400 + b"]" * 400)
    response = terminal.put(terminal.application(answers={**ANSWERS, "extra": nested}))
    assert response.status_code == 422
