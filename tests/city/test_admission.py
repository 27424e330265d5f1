"""Admission: exactly the machine that stands there gets in; guessed, stolen, copied and withdrawn ones get nothing."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import ExtendedKeyUsageOID
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError
from django.db import DatabaseError, transaction
from django.http import HttpResponse

from city import here
from city.certificates import authority
from city.fleet import admission as desk
from city.fleet.admission import AdmissionError, Opened, agree, open_admission
from city.fleet.certificates import REVOKED, write_revoked
from city.fleet.models import Act, Admission, AdmissionState, FleetLine
from city.fleet.models import Terminal as Row
from city.folder import CityFolder
from city.staff.models import Clerk
from sync.contract import routes
from sync.contract.enrolment import CertificateAnswer, CertificateState, EnrolAnswer, EnrolRequest, EnrolState
from sync.contract.names import TerminalId
from sync.contract.problem import Problem
from tests.city.terminal import Terminal

pytestmark = pytest.mark.django_db

ID = "SY-NEW-06"


class Clock:
    """The city's clock, moved by hand."""

    def __init__(self) -> None:
        self.at = here.now()

    def __call__(self) -> Any:  # noqa: ANN401
        return self.at

    def pass_(self, **time: float) -> None:
        self.at += timedelta(**time)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(here, "now", clock)
    return clock


@pytest.fixture
def machine() -> Terminal:
    """A machine with a key of its own that the city has never met."""
    return Terminal(ID, None)  # type: ignore[arg-type]


def opened() -> Opened:
    return open_admission(ID, "松风社区", "二楼电梯口", "竖屏 21.5")


def shows(machine: Terminal, code: str, *, key: Ed25519PrivateKey | None = None) -> HttpResponse:
    """Let a machine show a code."""
    body = msgspec.json.encode(EnrolRequest(machine.id, code, machine.key.public_key().public_bytes_raw()))
    return machine.send("POST", routes.ENROLMENT_PATH, body, routes.JSON_TYPE, key=key)


def read(response: HttpResponse) -> EnrolAnswer:
    assert response.status_code == 200, response.content
    return msgspec.json.decode(response.content, type=EnrolAnswer)


def refusal(response: HttpResponse) -> str:
    return msgspec.json.decode(response.content, type=Problem).type.rsplit(":", 1)[-1]


def asks(machine: Terminal) -> HttpResponse:
    """Ask for the catalogue, as any admitted terminal may."""
    return machine.send("GET", routes.CATALOGUE_PATH)


def certificate(machine: Terminal) -> HttpResponse:
    return machine.send("POST", routes.CERTIFICATE_PATH, b"{}", routes.JSON_TYPE)


def admitted(machine: Terminal) -> Opened:
    one = opened()
    read(shows(machine, one.code))
    agree(one.admission.pk, None)
    return one


def clerk(name: str) -> Clerk:
    return Clerk.objects.create_user(name, password="x" * 20, staff_number=name, full_name=name, office="样例")


def state() -> str:
    return Admission.objects.latest("pk").state


def test_a_code_the_same_words_and_two_people_let_a_machine_in(machine: Terminal) -> None:
    one = opened()
    assert read(shows(machine, one.code)).state is EnrolState.COMPARE
    assert len(Admission.objects.get().words.split()) == 6
    assert asks(machine).status_code == 401, "the code alone gives nothing"
    first, second = clerk("ops"), clerk("community")
    agree(one.admission.pk, first)
    assert asks(machine).status_code == 401, "nor does one signature"
    agree(one.admission.pk, second)
    answer = read(shows(machine, one.code))
    assert answer.state is EnrolState.ADMITTED
    assert asks(machine).status_code == 200
    assert Row.objects.get(pk=ID).spot == "二楼电梯口"
    assert [line.act for line in FleetLine.objects.order_by("pk")] == [
        Act.OPENED,
        Act.CONNECTED,
        Act.WORDS_AGREED,
        Act.WORDS_AGREED,
        Act.ADMITTED,
    ]


def test_the_certificate_names_the_terminal_for_ninety_days_and_can_serve_or_sign_nothing(machine: Terminal) -> None:
    one = admitted(machine)
    pem = read(shows(machine, one.code)).certificate
    assert pem is not None
    made = x509.load_pem_x509_certificate(pem.encode())
    issuer = authority(here.folder())[0]
    made.verify_directly_issued_by(issuer)
    assert made.public_key() == machine.key.public_key()
    assert (made.not_valid_after_utc - here.now()).days in (89, 90)
    assert list(made.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    assert not made.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    server = PolicyBuilder().store(Store([issuer])).build_server_verifier(x509.DNSName("localhost"))
    with pytest.raises(VerificationError):
        server.verify(made, [])


def test_one_person_cannot_sign_twice(machine: Terminal) -> None:
    one = opened()
    read(shows(machine, one.code))
    first = clerk("ops")
    agree(one.admission.pk, first)
    with pytest.raises(AdmissionError, match="another person"):
        agree(one.admission.pk, first)
    assert asks(machine).status_code == 401


def test_nobody_agrees_before_a_machine_has_come(machine: Terminal) -> None:
    with pytest.raises(AdmissionError, match="no machine"):
        agree(opened().admission.pk, None)


def test_a_machine_that_does_not_hold_the_key_it_brings_gets_nothing(machine: Terminal) -> None:
    assert shows(machine, opened().code, key=Ed25519PrivateKey.generate()).status_code == 401
    assert state() == AdmissionState.WAITING


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[" * 5000, b'{"terminal":"X","code":1,"public_key":""}', b'{"terminal":"X","code":"","public_key":"AAAA"}']
)
def test_noise_is_refused_in_words(machine: Terminal, body: bytes) -> None:
    response = machine.send("POST", routes.ENROLMENT_PATH, body, routes.JSON_TYPE)
    assert response.status_code in (400, 413)
    assert refusal(response) in ("malformed", "too-large")


def test_wrong_old_used_and_unknown_codes_are_told_the_same(machine: Terminal, clock: Clock) -> None:
    answers = [shows(machine, "K7QM3D9XWV4F").content]
    one = opened()
    answers.append(shows(machine, "K7QM3D9XWV4F").content)
    clock.pass_(minutes=31)
    answers.append(shows(machine, one.code).content)
    two = opened()
    desk.void(two.admission.pk, "不装了", None)
    answers.append(shows(machine, two.code).content)
    assert len(set(answers)) == 1
    assert b"not-admitted" in answers[0]


def test_five_wrong_codes_end_the_admission_also_for_the_right_one(machine: Terminal) -> None:
    one = opened()
    for _ in range(5):
        assert refusal(shows(machine, "K7QM3D9XWV4F")) == "not-admitted"
    assert state() == AdmissionState.VOID
    assert refusal(shows(machine, one.code)) == "not-admitted"


def test_a_code_is_over_after_half_an_hour(machine: Terminal, clock: Clock) -> None:
    one = opened()
    clock.pass_(minutes=30)
    assert refusal(shows(machine, one.code)) == "not-admitted"
    assert state() == AdmissionState.EXPIRED


def test_words_that_nobody_compares_for_a_day_are_void(machine: Terminal, clock: Clock) -> None:
    one = opened()
    read(shows(machine, one.code))
    clock.pass_(hours=25)
    with pytest.raises(AdmissionError, match="已过期"):
        agree(one.admission.pk, None)
    assert refusal(shows(machine, one.code)) == "not-admitted"


def test_a_second_machine_with_the_same_code_ends_it_for_both(machine: Terminal) -> None:
    """Somebody photographed the screen."""
    one = opened()
    read(shows(machine, one.code))
    assert refusal(shows(Terminal(ID, None), one.code)) == "not-admitted"  # type: ignore[arg-type]
    assert state() == AdmissionState.VOID
    with pytest.raises(AdmissionError):
        agree(one.admission.pk, None)
    assert refusal(shows(machine, one.code)) == "not-admitted"


def test_a_code_that_was_used_admits_no_second_machine_later(machine: Terminal) -> None:
    one = admitted(machine)
    other = Terminal(ID, None)  # type: ignore[arg-type]
    assert refusal(shows(other, one.code)) == "not-admitted"
    assert asks(other).status_code == 401
    assert asks(machine).status_code == 200, "and does no harm to the first"


def test_a_copied_disk_cannot_be_admitted_under_another_name(machine: Terminal) -> None:
    admitted(machine)
    copy = Terminal("SY-NEW-07", None)  # type: ignore[arg-type]
    copy.key = machine.key
    one = open_admission("SY-NEW-07", "松风社区")
    assert refusal(shows(copy, one.code)) == "not-admitted"
    assert "copied disk" in Admission.objects.latest("pk").why


def test_a_working_terminal_is_not_opened_again(machine: Terminal) -> None:
    admitted(machine)
    with pytest.raises(AdmissionError, match="withdraw it first"):
        opened()


def test_a_newer_code_ends_the_older_one(machine: Terminal) -> None:
    old, new = opened(), opened()
    assert refusal(shows(machine, old.code)) == "not-admitted"
    assert read(shows(machine, new.code)).state is EnrolState.COMPARE


def test_a_machine_in_between_shows_other_words(machine: Terminal) -> None:
    """It takes the technician's code and brings its own key: the city's words are not those on the glass."""
    from sync.contract.enrolment import six_words
    from sync.enrolment import authority_der

    one = opened()
    thief = Terminal(ID, None)  # type: ignore[arg-type]
    read(shows(thief, one.code))
    on_the_glass = six_words(one.code, machine.key.public_key().public_bytes_raw(), authority_der(here.folder().public / "ca.pem"))
    assert Admission.objects.get().words != " ".join(on_the_glass)


def test_a_withdrawn_terminal_gets_nothing_from_that_moment(machine: Terminal, city_folder: CityFolder) -> None:
    one = admitted(machine)
    desk.withdraw(ID, "被盗", None)
    for response in (asks(machine), certificate(machine), shows(machine, one.code)):
        assert refusal(response) == "not-admitted"
    revoked = x509.load_pem_x509_crl((city_folder.public / REVOKED).read_bytes())
    assert revoked.is_signature_valid(authority(city_folder)[0].public_key())  # type: ignore[arg-type]
    assert len(list(revoked)) == 1
    with pytest.raises(AdmissionError):
        desk.withdraw(ID, "再一次", None)


def test_a_withdrawn_terminal_comes_back_only_with_a_new_code_and_key(machine: Terminal) -> None:
    admitted(machine)
    desk.withdraw(ID, "换主板", None)
    one = opened()
    again = Terminal(ID, None)  # type: ignore[arg-type]
    read(shows(again, one.code))
    agree(one.admission.pk, None)
    assert asks(again).status_code == 200
    assert asks(machine).status_code == 401


def test_a_withdrawn_key_is_not_admitted_again(machine: Terminal) -> None:
    admitted(machine)
    desk.withdraw(ID, "被盗", None)
    one = opened()
    assert refusal(shows(machine, one.code)) == "not-admitted"


def answer(machine: Terminal) -> CertificateAnswer:
    response = certificate(machine)
    assert response.status_code == 200, response.content
    return msgspec.json.decode(response.content, type=CertificateAnswer)


def test_a_certificate_is_renewed_at_two_thirds_and_not_before(machine: Terminal, clock: Clock) -> None:
    admitted(machine)
    first = answer(machine).certificate
    clock.pass_(days=59)
    assert answer(machine).certificate == first
    clock.pass_(days=2)
    second = answer(machine).certificate
    assert second is not None
    assert second != first
    clock.pass_(days=60)
    assert asks(machine).status_code == 200


def test_a_certificate_that_is_over_closes_everything_until_a_person_agrees(machine: Terminal, clock: Clock) -> None:
    admitted(machine)
    clock.pass_(days=91)
    assert refusal(asks(machine)) == "certificate-over"
    assert answer(machine).state is CertificateState.AWAITING_APPROVAL
    assert refusal(asks(machine)) == "certificate-over"
    desk.agree_to_renewal(ID, None)
    assert answer(machine).state is CertificateState.VALID
    assert asks(machine).status_code == 200
    clock.pass_(days=91)
    assert answer(machine).state is CertificateState.AWAITING_APPROVAL, "one agreement is for one certificate"


def test_nobody_agrees_to_what_was_not_asked(machine: Terminal) -> None:
    admitted(machine)
    with pytest.raises(AdmissionError, match="has not asked"):
        desk.agree_to_renewal(ID, None)


def test_a_terminal_admitted_by_its_key_at_hand_gets_its_first_certificate_by_asking(terminal: Terminal) -> None:
    assert answer(terminal).state is CertificateState.VALID
    assert Row.objects.get(pk=terminal.id).certificate_until is not None


def test_an_unknown_terminal_gets_no_certificate(db: None) -> None:
    assert certificate(Terminal("SY-NOBODY", None)).status_code == 401  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["", "sy-lower", "../x", "A" * 33, "SY HP"])
def test_a_bad_name_is_refused(name: str) -> None:
    with pytest.raises(AdmissionError):
        open_admission(name, "松风社区")


def test_the_record_is_never_changed(machine: Terminal) -> None:
    opened()
    with pytest.raises(DatabaseError), transaction.atomic():
        FleetLine.objects.update(note="nothing happened")


def test_an_empty_list_of_revoked_certificates_is_valid_too(city_folder: CityFolder) -> None:
    write_revoked(city_folder, here.now())
    assert list(x509.load_pem_x509_crl((city_folder.public / REVOKED).read_bytes())) == []


def test_a_terminal_id_is_part_of_what_is_asked(machine: Terminal) -> None:
    """The code of one terminal opens nothing for another."""
    one = opened()
    other = Terminal("SY-NEW-99", None)  # type: ignore[arg-type]
    assert other.id == TerminalId("SY-NEW-99")
    assert refusal(shows(other, one.code)) == "not-admitted"
    assert state() == AdmissionState.WAITING
