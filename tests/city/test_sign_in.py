"""Signing in: a password, then six digits; each digit group once, five tries, and nowhere but to our own pages."""

from datetime import timedelta

import pyotp
import pytest
from django.contrib.auth.hashers import make_password
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from city.staff.models import Clerk, Posting, SecondFactor, SignInFailure
from city.staff.roles import Role
from city.staff.second_factor import bind_unseen
from tests.city.terminal import HOST

pytestmark = pytest.mark.django_db

PASSWORD = "invented-words-only"


@pytest.fixture(scope="module")
def hashed() -> str:
    return make_password(PASSWORD)


@pytest.fixture
def clerk(hashed: str) -> Clerk:
    clerk = Clerk.objects.create(username="clerk", password=hashed, staff_number="H0001", full_name="演示员", office="样例街道")
    Posting.objects.create(clerk=clerk, role=Role.FRONT_DESK)
    return clerk


@pytest.fixture
def secret(clerk: Clerk) -> str:
    return bind_unseen(clerk)


def post(client: Client, where: str, **form: str) -> HttpResponse:
    return client.post(where, form, secure=True, headers={"host": HOST})  # type: ignore[return-value]


def halfway(client: Client, **more: str) -> None:
    answer = post(client, "/sign-in", username="clerk", password=PASSWORD, **more)
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/code")


def code_of(secret: str, offset: int = 0) -> str:
    return pyotp.TOTP(secret).at(timezone.now() + timedelta(seconds=30 * offset))


def test_a_clerk_signs_in_with_a_password_kept_as_argon2_and_the_digits_of_a_telephone(client: Client, clerk: Clerk, secret: str) -> None:
    assert clerk.password.startswith("argon2$argon2id$")
    halfway(client)
    answer = post(client, "/sign-in/code", code=code_of(secret))
    assert (answer.status_code, answer["Location"]) == (302, "/")
    cookie = answer.cookies["sessionid"]
    assert cookie["secure"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    assert client.get("/queue", secure=True, headers={"host": HOST}).status_code == 200


def test_the_password_alone_opens_nothing(client: Client, secret: str) -> None:
    halfway(client)
    assert client.get("/queue", secure=True, headers={"host": HOST}).status_code == 302


def test_the_digits_alone_open_nothing(client: Client, secret: str) -> None:
    answer = post(client, "/sign-in/code", code=code_of(secret))
    assert answer["Location"] == "/sign-in"


def test_digits_that_were_used_are_used_up(client: Client, clerk: Clerk, secret: str) -> None:
    used = code_of(secret)
    halfway(client)
    assert post(client, "/sign-in/code", code=used).status_code == 302
    other = Client()
    halfway(other)
    assert post(other, "/sign-in/code", code=used).status_code == 403


def test_a_telephone_half_a_minute_late_is_believed_and_one_of_ten_minutes_is_not(client: Client, secret: str) -> None:
    halfway(client)
    assert post(client, "/sign-in/code", code=code_of(secret, -20)).status_code == 403
    assert post(client, "/sign-in/code", code=code_of(secret, -1)).status_code == 302


@pytest.mark.parametrize("code", ["", "12345", "１２３４５６", "abcdef", "1234567", "\0\0\0\0\0\0"])
def test_what_is_no_code_is_a_wrong_code(client: Client, secret: str, code: str) -> None:
    halfway(client)
    assert post(client, "/sign-in/code", code=code).status_code == 403


def test_after_five_wrong_passwords_even_the_right_one_has_to_wait(client: Client, secret: str) -> None:
    statuses = [post(client, "/sign-in", username="clerk", password="wrong").status_code for _ in range(5)]
    assert statuses == [403] * 5
    assert post(client, "/sign-in", username="clerk", password=PASSWORD).status_code == 429
    SignInFailure.objects.update(at=timezone.now() - timedelta(minutes=16))
    halfway(client)


def test_after_five_wrong_codes_even_the_right_one_has_to_wait(client: Client, secret: str) -> None:
    halfway(client)
    assert [post(client, "/sign-in/code", code="000000").status_code for _ in range(5)] == [403] * 5
    assert post(client, "/sign-in/code", code=code_of(secret)).status_code == 429


def test_who_waits_too_long_before_the_second_step_begins_anew(client: Client, secret: str) -> None:
    halfway(client)
    session = client.session
    session["halfway"] = session["halfway"] | {"at": (timezone.now() - timedelta(minutes=6)).isoformat()}
    session.save()
    assert post(client, "/sign-in/code", code=code_of(secret))["Location"] == "/sign-in"


def test_the_first_sign_in_binds_the_telephone_and_no_later_one_shows_its_secret(client: Client, clerk: Clerk) -> None:
    halfway(client)
    shown = client.get("/sign-in/code", secure=True, headers={"host": HOST}).content.decode()
    secret = client.session["halfway"]["secret"]
    assert "<svg" in shown
    assert secret[:4] in shown
    assert post(client, "/sign-in/code", code=code_of(secret)).status_code == 302
    assert secret.encode() not in bytes(SecondFactor.objects.get().sealed_secret)
    other = Client()
    halfway(other)
    assert '<svg class="net"' in other.get("/sign-in/code", secure=True, headers={"host": HOST}).content.decode()
    assert "secret" not in other.session["halfway"]


def test_signing_in_leads_only_to_our_own_pages(client: Client, secret: str) -> None:
    halfway(client, next="https://elsewhere.example/")
    assert post(client, "/sign-in/code", code=code_of(secret))["Location"] == "/"
