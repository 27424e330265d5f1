"""The page of what does not get through: seen with its reason and the next step, tried again, or seen to by a person."""

import re

import pytest
from django.db import DatabaseError, connection, transaction

from city.bridge.carry import turn
from city.bridge.example import Example
from city.bridge.models import BridgeLine, HandedOver, LastTurn, Trouble
from city.bridge.troubles import NEXT, note_turn
from city.onewindow.models import Case
from city.partners.models import Delivery, DeliveryState, Partner
from city.partners.models import Trouble as PushTrouble
from city.staff.models import Office
from city.staff.roles import Role
from tests.city.bridge.test_bridge import THEIRS, TOKEN, received, standin, url  # noqa: F401  fixtures
from tests.city.colleagues import Person, person
from tests.city.terminal import ITEM, Terminal

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(db: None) -> Person:
    return person("boss", Role.ADMINISTRATOR)


@pytest.fixture
def unwilling(terminal: Terminal, url: str) -> Case:  # noqa: F811
    """A case under a code that the platform does not know."""
    case = received(terminal)
    assert turn(Example(url, TOKEN, {str(ITEM.code): "999999-XX"})).troubles == 1
    return case


def do(boss: Person, step: str, *keys: str, view: str = "bridge", **more: str) -> str:
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', boss.page(f"/troubles?view={view}"))
    assert token is not None
    form = {"step": step, "key": list(keys), "csrfmiddlewaretoken": token.group(1), **more}
    answer = boss.client.post("/troubles/do", form, secure=True, headers={"referer": "https://city.test/"})
    return f"{answer.status_code} {answer.get('Location', '')}"


def test_a_case_that_the_platform_will_not_take_is_shown_and_handed_over_again(boss: Person, unwilling: Case, url: str) -> None:  # noqa: F811
    page = boss.page("/troubles")
    assert "现有平台不收" in page
    assert NEXT[Trouble.UNWILLING] in page
    row = HandedOver.objects.get()
    assert do(boss, "again", f"b{row.pk}").endswith("said=again")
    assert turn(Example(url, TOKEN, {str(ITEM.code): THEIRS})).handed_over == 1
    assert "都送到了" in boss.page("/troubles?view=bridge")
    assert (BridgeLine.objects.get().step, BridgeLine.objects.get().clerk) == ("again", boss.clerk)


def test_two_who_try_again_at_once_do_it_once(boss: Person, unwilling: Case) -> None:
    key = f"b{HandedOver.objects.get().pk}"
    assert do(boss, "again", key).endswith("said=again")
    assert do(boss, "again", key).endswith("said=gone")
    assert BridgeLine.objects.count() == 1


def test_what_a_person_did_by_hand_is_noted_with_a_reason_and_left_alone(boss: Person, unwilling: Case, url: str) -> None:  # noqa: F811
    key = f"b{HandedOver.objects.get().pk}"
    assert do(boss, "by_hand", key, note="好").endswith("said=unsaid")
    assert HandedOver.objects.get().trouble == Trouble.UNWILLING
    assert do(boss, "by_hand", key, note="样例：已在对方平台手工建件").endswith("said=kept")
    assert turn(Example(url, TOKEN, {str(ITEM.code): THEIRS})).handed_over == 0
    assert "样例：已在对方平台手工建件" in boss.page("/troubles?view=bridge")
    assert do(boss, "by_hand", key, note="再来一次也没有用").endswith("said=gone")


def test_what_was_at_the_platform_is_not_handed_over_twice(boss: Person, unwilling: Case) -> None:
    HandedOver.objects.update(number="P-1", trouble=Trouble.UNKNOWN_WORD)
    assert do(boss, "again", f"b{HandedOver.objects.get().pk}").endswith("said=gone")
    assert HandedOver.objects.count() == 1


def test_since_when_the_platform_is_away_is_said(boss: Person) -> None:
    note_turn("example", "no line")
    first = LastTurn.objects.get().failing_since
    note_turn("example", "no line")
    assert LastTurn.objects.get().failing_since == first
    assert "起连不上" in boss.page("/troubles")
    note_turn("example", "")
    assert LastTurn.objects.get().failing_since is None
    assert "起连不上" not in boss.page("/troubles")


@pytest.fixture
def dead(db: None) -> Delivery:
    office = Office.objects.create(code="o", kind="o", name="样例科")
    facts = {"owner": office, "public_key": b"\0" * 32, "url": "https://d.test/", "valid_until": "2099-01-01"}
    partner = Partner.objects.create(code="d", name="样例部门", **facts)
    facts = {"body": {"kind": "accepted"}, "state": DeliveryState.DEAD, "trouble": PushTrouble.TLS, "attempts": 9}
    event = "00000000-0000-0000-0000-000000000001"
    return Delivery.objects.create(partner=partner, event_id=event, case_number="2101112900001", **facts)


def test_an_event_that_was_given_up_is_pushed_again_and_the_partner_s_history_says_by_whom(boss: Person, dead: Delivery) -> None:
    page = boss.page("/troubles")  # the direction that has any is shown first
    assert "样例部门" in page
    assert NEXT[PushTrouble.TLS] in page
    assert do(boss, "again", f"p{dead.pk}", view="push").endswith("said=again")
    dead.refresh_from_db()
    assert (dead.state, dead.attempts) == (DeliveryState.WAITING, 0)
    assert dead.partner.lines.get().clerk == boss.clerk
    assert do(boss, "by_hand", f"p{dead.pk}", view="push", note="样例说明").endswith("said=gone")


@pytest.mark.parametrize("key", ["", "x1", "b", "b1;DROP TABLE", "p99999999999999999999"])
def test_a_made_up_key_is_refused(boss: Person, dead: Delivery, key: str) -> None:
    assert do(boss, "again", key).startswith("404")


def test_every_reason_has_its_next_step() -> None:
    assert set(NEXT) == {*Trouble, *PushTrouble}


def test_the_record_only_grows(boss: Person, unwilling: Case) -> None:
    do(boss, "again", f"b{HandedOver.objects.get().pk}")
    for statement in ("UPDATE bridge_bridgeline SET note = 'x'", "DELETE FROM bridge_bridgeline"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
