"""The administrator's page: people come in by a link that opens once, get postings, lose a telephone, are locked; and what is refused."""

import re
from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest
from django.db import DatabaseError, connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from city.staff.accounts import Unfit
from city.staff.models import Clerk, Invitation, Office, OidcIdentity, Posting, SecondFactor, SignInFailure, StaffLine
from city.staff.pages import SAID
from city.staff.roles import Role
from city.staff.second_factor import bind_unseen
from tests.city.people import Person
from tests.city.terminal import HOST

pytestmark = pytest.mark.django_db

GOOD = "paper-lantern-north-27"
Make = Callable[..., Person]


@pytest.fixture
def boss(person: Make) -> Person:
    return person(Role.ADMINISTRATOR)


@pytest.fixture
def new(boss: Person) -> Clerk:
    """Somebody who was just entered."""
    facts = {"full_name": "新来样例", "staff_number": "N-900", "username": "newcomer", "office": "样例街道"}
    assert boss.post("/staff/save", "/staff?new", **facts).status_code == 302
    return Clerk.objects.get(username="newcomer")


def do(boss: Person, clerk: Clerk, step: str, **more: object) -> HttpResponse:
    return boss.post(f"/staff/{clerk.pk}/do", f"/staff?person={clerk.pk}", step=step, **more)


def link(boss: Person, clerk: Clerk) -> str:
    found = re.search(r'value="https://city.test(/set-up/[^"]+)"', do(boss, clerk, "invite").content.decode())
    assert found is not None
    return found.group(1)


def refused(answer: HttpResponse, why: Unfit) -> bool:
    return answer.status_code == 409 and SAID[why] in answer.content.decode()


def outside(client: Client, where: str, **form: str) -> HttpResponse:
    if form:
        return client.post(where, form, secure=True, headers={"host": HOST})  # type: ignore[return-value]
    return client.get(where, secure=True, headers={"host": HOST})  # type: ignore[return-value]


def code(secret: str) -> str:
    return pyotp.TOTP(secret).at(timezone.now())


def test_somebody_new_comes_in_by_a_link_and_binds_a_telephone(boss: Person, new: Clerk, client: Client) -> None:
    desk = Office.objects.create(code="desk", kind="desk", name="样例中心")
    assert do(boss, new, "post", role=Role.FRONT_DESK, office=desk.pk).status_code == 302
    where = link(boss, new)
    assert "新来样例" in outside(client, where).content.decode()
    assert outside(client, where, password=GOOD, again=GOOD)["Location"] == "/sign-in?set-up"
    assert outside(client, "/sign-in", username="newcomer", password=GOOD)["Location"] == "/sign-in/code"
    secret = re.search(r'class="mono secret">([^<]+)<', outside(client, "/sign-in/code").content.decode())
    assert secret is not None
    assert outside(client, "/sign-in/code", code=code(secret.group(1).replace(" ", ""))).status_code == 302
    assert outside(client, "/queue").status_code == 200
    page = boss.page(f"/staff?person={new.pk}")
    for said in ("新建账号", "给了岗位：前台受理 · 样例中心", "发了设置链接", "本人设了密码", "绑定了手机"):
        assert said in page


def test_a_link_opens_once_and_only_the_newest(boss: Person, new: Clerk, client: Client) -> None:
    first, second = link(boss, new), link(boss, new)
    assert outside(client, first).status_code == 410
    outside(client, second, password=GOOD, again=GOOD)
    for form in ({}, {"password": "another-good-one-31", "again": "another-good-one-31"}):
        assert outside(client, second, **form).status_code == 410
    new.refresh_from_db()
    assert new.check_password(GOOD)


def test_a_link_ends_by_itself_and_by_a_lock(boss: Person, new: Clerk, client: Client) -> None:
    where = link(boss, new)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert outside(client, where).status_code == 410
    where = link(boss, new)
    do(boss, new, "lock")
    do(boss, new, "unlock")
    assert outside(client, where).status_code == 410


def test_the_secret_of_a_link_is_not_in_the_database(boss: Person, new: Clerk) -> None:
    secret = link(boss, new).rpartition("/")[2]
    assert Invitation.objects.get().digest != secret
    assert not any(secret in line.note for line in StaffLine.objects.all())


@pytest.mark.parametrize(
    ("first", "again"),
    [
        (GOOD, GOOD + "x"),
        ("short-one", "short-one"),
        ("202611270000", "202611270000"),
        ("newcomer1234", "newcomer1234"),
        ("q1w2e3r4t5y6", "q1w2e3r4t5y6"),
    ],
)
def test_a_password_that_is_not_good_is_refused(boss: Person, new: Clerk, client: Client, first: str, again: str) -> None:
    where = link(boss, new)
    answer = outside(client, where, password=first, again=again)
    assert answer.status_code == 422
    assert 'class="note danger"' in answer.content.decode()
    assert outside(client, where).status_code == 200  # the link is still good
    new.refresh_from_db()
    assert not new.has_usable_password()


def test_a_lost_telephone_is_unbound_with_somebody_standing_by(boss: Person, new: Clerk, person: Make) -> None:
    bind_unseen(new)
    witness = person(Role.FRONT_DESK).clerk
    secret = bind_unseen(witness)
    assert do(boss, new, "unbind", witness=witness.staff_number, code=code(secret)).status_code == 302
    assert not SecondFactor.objects.filter(clerk=new).exists()
    line = StaffLine.objects.get(step="unbound")
    assert (line.by, line.witness) == (boss.clerk, witness)


def test_nobody_unbinds_alone(boss: Person, new: Clerk, person: Make) -> None:
    own, theirs = bind_unseen(boss.clerk), bind_unseen(new)
    outsider = Clerk.objects.create(username="o", staff_number="O1", full_name="无岗", office="样例")
    unposted = bind_unseen(outsider)
    for who, secret in ((boss.clerk, own), (new, theirs), (outsider, unposted)):
        assert refused(do(boss, new, "unbind", witness=who.staff_number, code=code(secret)), Unfit.NO_WITNESS)
    assert SecondFactor.objects.filter(clerk=new).exists()


def test_the_witness_s_digits_must_be_right_and_fresh(boss: Person, new: Clerk, person: Make) -> None:
    bind_unseen(new)
    witness = person(Role.FRONT_DESK).clerk
    secret = bind_unseen(witness)
    right = code(secret)
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    for _ in range(5):
        assert refused(do(boss, new, "unbind", witness=witness.staff_number, code=wrong), Unfit.WRONG_CODE)
    assert refused(do(boss, new, "unbind", witness=witness.staff_number, code=code(secret)), Unfit.WRONG_CODE)  # five wrong ones bar it
    SignInFailure.objects.all().delete()
    assert do(boss, new, "unbind", witness=witness.staff_number, code=code(secret)).status_code == 302
    assert refused(do(boss, new, "unbind", witness=witness.staff_number, code=code(secret)), Unfit.NOT_BOUND)


def test_a_locked_person_is_out_with_the_next_click(boss: Person, person: Make) -> None:
    victim = person(Role.FRONT_DESK)
    assert victim.get("/queue").status_code == 200
    assert do(boss, victim.clerk, "lock").status_code == 302
    assert victim.get("/queue").status_code == 302
    do(boss, victim.clerk, "unlock")
    assert Clerk.objects.get(pk=victim.clerk.pk).is_active


def test_an_unlock_forgets_failed_sign_ins(boss: Person, new: Clerk) -> None:
    for _ in range(5):
        SignInFailure.objects.create(username="newcomer")
    assert "连错 5 次" in boss.page(f"/staff?person={new.pk}")
    do(boss, new, "unlock")
    assert "连错 5 次" not in boss.page(f"/staff?person={new.pk}")


def test_nobody_locks_or_posts_themselves(boss: Person, person: Make) -> None:
    person(Role.ADMINISTRATOR)
    assert refused(do(boss, boss.clerk, "lock"), Unfit.OWN)
    assert refused(do(boss, boss.clerk, "post", role=Role.AUDITOR), Unfit.OWN)
    assert set(boss.clerk.postings.values_list("role", flat=True)) == {Role.ADMINISTRATOR}


def test_the_last_administrator_stays(boss: Person, person: Make) -> None:
    own = Posting.objects.get(clerk=boss.clerk)
    assert refused(do(boss, boss.clerk, "unpost", posting=own.pk), Unfit.LAST_ADMINISTRATOR)
    second = person(Role.ADMINISTRATOR)
    assert do(boss, second.clerk, "lock").status_code == 302  # one is left
    assert refused(do(boss, boss.clerk, "unpost", posting=own.pk), Unfit.LAST_ADMINISTRATOR)  # a locked one does not count
    do(boss, second.clerk, "unlock")
    assert do(boss, boss.clerk, "unpost", posting=own.pk).status_code == 302
    assert boss.get("/staff").status_code == 403


def test_a_posting_is_given_once_and_for_an_area_that_there_is(boss: Person, new: Clerk, areas: dict[str, object]) -> None:
    assert do(boss, new, "post", role=Role.GRID_WORKER, area="990101001001").status_code == 302
    assert refused(do(boss, new, "post", role=Role.GRID_WORKER, area="990101001001"), Unfit.POSTED)
    assert refused(do(boss, new, "post", role=Role.GRID_WORKER, area="12345"), Unfit.NO_AREA)
    assert do(boss, new, "post", role="king").status_code == 404
    assert do(boss, new, "unpost", posting=Posting.objects.get(clerk=boss.clerk).pk).status_code == 404  # not theirs
    assert new.postings.count() == 1


def test_what_the_provider_says_is_not_changed_here(boss: Person, new: Clerk) -> None:
    OidcIdentity.objects.create(clerk=new, issuer="https://id.test", subject="1")
    posting = Posting.objects.create(clerk=new, role=Role.FRONT_DESK)
    for step, more in (("invite", {}), ("post", {"role": Role.AUDITOR}), ("unpost", {"posting": posting.pk})):
        assert refused(do(boss, new, step, **more), Unfit.PROVIDERS)
    answer = boss.post("/staff/save", "/staff?new", person=new.pk, full_name="x", staff_number="y", username="z", office="o")
    assert refused(answer, Unfit.PROVIDERS)


def test_two_people_have_two_numbers_and_names(boss: Person, new: Clerk) -> None:
    facts = {"full_name": "另一样例", "staff_number": "N-900", "username": "newcomer", "office": "样例"}
    assert boss.post("/staff/save", "/staff?new", **facts).status_code == 422
    assert boss.post("/staff/save", "/staff?new", **facts | {"staff_number": "<b>", "username": "other"}).status_code == 422
    assert Clerk.objects.count() == 2


def test_the_list_is_narrowed(boss: Person, new: Clerk, person: Make) -> None:
    person(Role.AUDITOR)
    assert "新来样例" in boss.page("/staff?q=newcomer")
    assert "新来样例" not in boss.page("/staff?role=auditor")
    assert "新来样例" in boss.page("/staff?state=unbound")
    link(boss, new)
    assert "新来样例" in boss.page("/staff?state=invited")
    do(boss, new, "lock")
    assert "新来样例" in boss.page("/staff?state=locked")
    assert "新来样例" not in boss.page("/staff?state=active")


def test_the_history_of_accounts_only_grows_and_the_auditor_reads_it(boss: Person, new: Clerk, person: Make) -> None:
    page = person(Role.AUDITOR).page("/audit/accounts")
    assert "新来样例" in page
    assert "新建账号" in page
    for statement in ("UPDATE staff_staffline SET note = 'x'", "DELETE FROM staff_staffline"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_every_refusal_has_its_words() -> None:
    assert set(SAID) == set(Unfit)
