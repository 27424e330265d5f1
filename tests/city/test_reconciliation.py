"""Nothing that was handed in is lost unseen: gaps, the shelf, missing photos and slips are found, and a person settles each once."""

import csv
import io
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import msgspec
import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from city import here
from city.fleet.models import Heartbeat as BeatRow
from city.fleet.models import Terminal as Row
from city.onewindow.models import Case, Event
from city.onewindow.states import Kind, State
from city.reconciliation.balance import balances, by_day, by_terminal, precheck_by_day, received_by_day, summed
from city.reconciliation.causes import Cause
from city.reconciliation.differences import Difference, differences
from city.reconciliation.models import Numbered, Settled, Shelved, SlipCount
from city.reconciliation.sequences import Gap, count_numbers, gaps, tallies
from city.staff.models import AuditLine, Looked
from city.staff.roles import Role
from city.web.tables import harmless
from sync.contract import routes
from sync.contract.heartbeat import Heartbeat, SlipDay
from sync.contract.problem import ProblemCode
from tests.city.colleagues import Person, person
from tests.city.terminal import Terminal

pytestmark = pytest.mark.django_db

PAGE = "/reconciliation"


@pytest.fixture
def desk(db: None) -> Person:
    return person("前台员", Role.FRONT_DESK)


def beat(terminal: Terminal, **told: Any) -> None:  # noqa: ANN401
    facts: dict[str, Any] = {
        "format": 1,
        "terminal": terminal.id,
        "install": terminal.install,
        "sent_at": here.now(),
        "release": "1.0",
        "is_taking": True,
        "waiting": 0,
        "quarantined": 0,
        "free_bytes": 10**10,
        "last_sequence": terminal.sequence,
    }
    body = msgspec.json.encode(Heartbeat(**(facts | told)))
    assert terminal.send("PUT", routes.heartbeat_path(terminal.id), body, routes.JSON_TYPE).status_code == 204


def found() -> list[Difference]:
    seen = {one.pk: one for one in Row.objects.select_related("heartbeat")}
    return differences(seen, tallies(seen.values()), here.now())


def balance(terminal: Terminal) -> dict[str, int]:
    seen = {one.pk: one for one in Row.objects.filter(pk=terminal.id).select_related("heartbeat")}
    (one,) = balances(seen, tallies(seen.values()), here.today(), here.today(), {})
    assert one.sealed == one.received + one.on_the_way + one.shelved + one.settled + one.unknown
    return {name: getattr(one, name) for name in ("sealed", "received", "on_the_way", "shelved", "settled", "unknown")}


def whole(terminal: Terminal) -> None:
    made = terminal.application()
    terminal.put(made)
    terminal.upload(made)


def test_everything_delivered_is_even(terminal: Terminal, desk: Person) -> None:
    whole(terminal)
    whole(terminal)
    beat(terminal)
    assert balance(terminal) == {"sealed": 2, "received": 2, "on_the_way": 0, "shelved": 0, "settled": 0, "unknown": 0}
    assert found() == []
    assert "每一件都有着落" in desk.page(PAGE)


def test_what_the_terminal_says_it_still_has_is_on_its_way(terminal: Terminal) -> None:
    whole(terminal)
    terminal.application()
    terminal.application()
    beat(terminal, waiting=2, oldest_waiting_s=900.0)
    assert balance(terminal)["on_the_way"] == 2
    assert found() == []


def test_a_number_that_nobody_accounts_for_is_a_gap(terminal: Terminal) -> None:
    whole(terminal)
    terminal.sequence += 3
    whole(terminal)
    beat(terminal, last_sequence=7)
    assert balance(terminal)["unknown"] == 5
    assert [(one.cause, one.numbers, one.count) for one in found()] == [(Cause.GAP, "2–4", 3), (Cause.GAP, "6–7", 2)]
    (tally,) = tallies(Row.objects.filter(pk=terminal.id))[terminal.id]
    assert gaps(tally) == [Gap(2, 4), Gap(6, 7)]


def test_an_installation_that_is_gone_has_nothing_on_its_way(terminal: Terminal) -> None:
    whole(terminal)
    terminal.sequence += 1
    whole(terminal)
    beat(terminal, install="another", last_sequence=0, waiting=5)
    assert balance(terminal)["unknown"] == 1


def test_what_is_refused_for_good_lies_on_the_shelf_with_its_reason(terminal: Terminal, desk: Person) -> None:
    whole(terminal)
    wrong = terminal.application(answers={"mobile": "12", "housing": "own"})
    assert (terminal.put(wrong).status_code, terminal.put(wrong).status_code) == (422, 422)
    beat(terminal, quarantined=1)
    (shelved,) = Shelved.objects.all()
    assert (shelved.code, shelved.sequence, shelved.times, shelved.number) == (ProblemCode.INVALID, 2, 2, wrong.header.number)
    assert balance(terminal) == {"sealed": 2, "received": 1, "on_the_way": 0, "shelved": 1, "settled": 0, "unknown": 0}
    (one,) = found()
    assert (one.cause, one.receipt) == (Cause.SHELVED, wrong.header.number)
    text = desk.page(PAGE)
    assert "mobile too_short" in text
    assert "内容不符合该事项这一版的规则" in text


def test_a_body_that_cannot_be_read_is_shelved_by_its_address_alone(terminal: Terminal) -> None:
    made = terminal.application()
    assert terminal.send("PUT", terminal.path(made), b"{", routes.SEALED_TYPE).status_code == 400
    (shelved,) = Shelved.objects.all()
    assert (shelved.sequence, shelved.number, shelved.code) == (None, "", ProblemCode.MALFORMED)
    terminal.put(made)
    assert [one.cause for one in found()] == []  # it has come after all


def test_what_is_refused_for_a_while_is_not_shelved(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("city.onewindow.room.shutil.disk_usage", lambda _: type("Full", (), {"free": 0})())
    assert terminal.put(terminal.application()).status_code == 503
    assert not Shelved.objects.exists()


def test_set_aside_at_the_terminal_without_a_refusal_is_found(terminal: Terminal) -> None:
    terminal.application()
    beat(terminal, quarantined=1)
    assert [(one.cause, one.count) for one in found()] == [(Cause.ASIDE, 1)]


def test_photos_that_do_not_come_and_a_damaged_outbox_are_found(terminal: Terminal) -> None:
    terminal.put(terminal.application())
    beat(terminal, waiting=1, damaged_set_aside=1)
    assert [one.cause for one in found()] == [Cause.OUTBOX]
    Case.objects.update(received_at=here.now() - timedelta(days=2))
    assert [(one.cause, one.count) for one in found()] == [(Cause.OUTBOX, 1), (Cause.PHOTOS, 1)]


def test_a_number_used_twice_and_a_damaged_photo_are_found(terminal: Terminal) -> None:
    whole(terminal)
    terminal.sequence = 0
    whole(terminal)
    Event(case=Case.objects.latest("pk"), kind=Kind.PAPER_DAMAGED, detail={"place": 0}).save()
    assert [one.cause for one in found()] == [Cause.REUSED, Cause.DAMAGED]


def test_what_is_counted_at_night_and_what_came_since_make_the_same_sum(terminal: Terminal) -> None:
    whole(terminal)
    terminal.sequence += 2
    whole(terminal)
    beat(terminal)
    before = balance(terminal)
    Case.objects.update(received_at=here.now() - timedelta(days=1))
    assert count_numbers() == 1
    assert Numbered.objects.get().received == 2
    assert balance(terminal) == before
    whole(terminal)
    beat(terminal)
    assert balance(terminal) == {"sealed": 5, "received": 3, "on_the_way": 0, "shelved": 0, "settled": 0, "unknown": 2}
    assert [(one.cause, one.numbers) for one in found()] == [(Cause.GAP, "2–3")]


def test_a_number_used_again_after_the_count_counts_once(terminal: Terminal) -> None:
    whole(terminal)
    whole(terminal)
    Case.objects.update(received_at=here.now() - timedelta(days=1))
    count_numbers()
    terminal.sequence = 1
    whole(terminal)  # number 2 again
    beat(terminal, last_sequence=3)
    assert balance(terminal)["received"] == 2
    assert balance(terminal)["unknown"] == 1


def test_a_number_that_closes_a_gap_after_the_count_is_seen_at_once(terminal: Terminal) -> None:
    terminal.sequence = 1
    whole(terminal)  # 2
    beat(terminal)
    Case.objects.update(received_at=here.now() - timedelta(days=1))
    count_numbers()
    assert balance(terminal)["unknown"] == 1
    terminal.sequence = 0
    whole(terminal)  # 1, late
    beat(terminal, last_sequence=2)
    assert balance(terminal)["unknown"] == 0
    assert found() == []


def test_what_is_still_arriving_is_left_to_the_next_night(terminal: Terminal) -> None:
    whole(terminal)
    assert count_numbers() == 0
    beat(terminal)
    assert balance(terminal)["received"] == 1


def test_slips_that_did_not_come_out_are_found_the_day_after(terminal: Terminal) -> None:
    today = here.today()
    yesterday = today - timedelta(days=1)
    beat(terminal, slips=(SlipDay(yesterday, 5, 4), SlipDay(today, 3, 2)))
    beat(terminal, slips=(SlipDay(yesterday, 5, 3), SlipDay(today, 4, 2)))
    assert SlipCount.objects.count() == 2
    assert [(one.cause, one.count) for one in found()] == [(Cause.SLIPS, 2)]


def test_a_count_that_cannot_be_one_is_passed_over(terminal: Terminal) -> None:
    beat(terminal, slips=(SlipDay(here.today(), 1, 2), SlipDay(here.today(), -1, -1), SlipDay(here.today(), 10**12, 0)))
    assert not SlipCount.objects.exists()


# Settling


def lost(terminal: Terminal) -> Difference:
    whole(terminal)
    terminal.sequence += 1
    whole(terminal)
    return found()[0]


def test_a_difference_is_settled_once_with_a_reason_and_stays_on_record(terminal: Terminal, desk: Person) -> None:
    key = lost(terminal).key
    assert desk.send(f"{PAGE}/settle", PAGE, key=key, reason="短")[2].startswith(f"{PAGE}?unsaid=1")
    assert not Settled.objects.exists()
    assert desk.send(f"{PAGE}/settle", PAGE, key=key, reason="终端上查到，已请居民重办")[0] == 302
    assert found() == []
    assert balance(terminal) == {"sealed": 3, "received": 2, "on_the_way": 0, "shelved": 0, "settled": 1, "unknown": 0}
    assert desk.send(f"{PAGE}/settle", PAGE, key=key, reason="再来一次")[2].startswith(f"{PAGE}?overtaken=1")
    assert Settled.objects.count() == 1
    assert "终端上查到，已请居民重办" in desk.page(PAGE)


def test_a_key_that_is_made_up_settles_nothing(terminal: Terminal, desk: Person) -> None:
    lost(terminal)
    for key in ("", "gap:SY-TEST-01:x:1-99", "' OR 1=1 --", "<script>", "x" * 5000):
        assert desk.send(f"{PAGE}/settle", PAGE, key=key, reason="随便写的理由")[0] == 302
    assert not Settled.objects.exists()


def test_what_was_settled_is_never_changed(terminal: Terminal, desk: Person) -> None:
    desk.send(f"{PAGE}/settle", PAGE, key=lost(terminal).key, reason="<b>原因</b>写明")
    for verb in ("UPDATE reconciliation_settled SET reason = 'x'", "DELETE FROM reconciliation_settled"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(verb)
    assert "<b>原因</b>" not in desk.page(PAGE)


def test_somebody_of_another_area_sees_none_of_it(terminal: Terminal, areas: dict[str, Any]) -> None:
    Row.objects.update(area="990101001001")
    difference = lost(terminal)
    elsewhere = person("别处", Role.FRONT_DESK, area="990101001002")
    assert "SY-TEST-01" not in elsewhere.page(PAGE)
    elsewhere.send(f"{PAGE}/settle", PAGE, key=difference.key, reason="不该我来处理")
    assert not Settled.objects.exists()
    assert "SY-TEST-01" in person("本处", Role.FRONT_DESK, area="990101001").page(PAGE)


# The export, and the page's cost


def test_the_export_has_days_and_terminals_no_person_and_leaves_a_line(terminal: Terminal, desk: Person) -> None:
    whole(terminal)
    beat(terminal, slips=(SlipDay(here.today(), 1, 1),))
    Row.objects.update(place="=HYPERLINK(1)")
    answer = desk.client.get(f"{PAGE}/export.csv?period=week", secure=True)
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    heads, row = list(csv.reader(io.StringIO(text)))
    assert row[:6] == [here.today().isoformat(), "SY-TEST-01", "'=HYPERLINK(1)", "1", "1", "1"]
    assert len(heads) == len(row)
    case = Case.objects.get()
    assert not {case.case_number, case.number, case.masked_name} & set(row)
    assert AuditLine.objects.filter(looked_at=Looked.EXPORT, subject="reconciliation").count() == 1
    assert harmless(-5) == -5


@pytest.mark.parametrize(
    "asked",
    [
        "?from=x&to=y",
        "?from=2026-13-01&to=2026-01-01",
        "?from=2026-02-01&to=2026-01-01",
        "?from=0001-01-01&to=9999-12-31",
        "?period=decade",
    ],
)
def test_days_that_are_none_are_told_above_a_week_and_give_no_file(desk: Person, terminal: Terminal, asked: str) -> None:
    shown = desk.page(PAGE + asked)
    assert '<a href="?period=week" class="on"' in shown
    assert "没法显示" in shown
    assert desk.client.get(f"{PAGE}/export.csv{asked}", secure=True).status_code == 400


def test_a_page_that_is_none_is_the_first(desk: Person, terminal: Terminal) -> None:
    shown = desk.page(f"{PAGE}?page=x")
    assert '<a href="?period=week" class="on"' in shown
    assert "没法显示" not in shown


@pytest.mark.parametrize(("first", "last"), [(0, 0), (1, 1), (6, 0), (7, 2), (0, -1), (9, 9)])
def test_the_days_that_were_read_once_say_what_a_count_of_their_own_says(
    terminal: Terminal, enrol: Callable[[str], Terminal], first: int, last: int
) -> None:
    for sender in (terminal, enrol("SY-TEST-02")):
        for _ in range(5):
            whole(sender)
    midnight = datetime.combine(here.today(), time(), here.CITY_TIME)
    states = (State.RECEIVED, State.ACCEPTED, State.TO_CORRECT, State.NOT_ACCEPTED, State.ARRIVING)
    for place, case in enumerate(Case.objects.order_by("pk")):
        at = midnight - timedelta(days=place) + timedelta(seconds=(-1, 0, 1)[place % 3])
        state = states[place % len(states)]
        Case.objects.filter(pk=case.pk).update(received_at=at, state=state, accepted_at=at if state == State.ACCEPTED else None)
    seen, today = {one.pk: one for one in Row.objects.all()}, here.today()
    start, end, known_from = today - timedelta(days=first), today - timedelta(days=last), today - timedelta(days=7)
    known = by_day(seen, known_from, today)
    of_its_own = by_terminal(seen, start, end, {}, end + timedelta(days=1))
    assert by_terminal(seen, start, end, known, known_from) == of_its_own
    assert (
        sum(one.received for one in of_its_own.values())
        == Case.objects.filter(
            received_at__gte=midnight - timedelta(days=first), received_at__lt=midnight - timedelta(days=last - 1)
        ).count()
    )
    assert summed(known, "received") == received_by_day(seen, known_from, today)
    assert +summed(known, "precheck") == precheck_by_day(seen, known_from, today)


def test_the_number_of_queries_does_not_grow_with_the_terminals(desk: Person, terminal: Terminal, enrol: Callable[[str], Terminal]) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            desk.page(PAGE)
        return len(queries)

    whole(terminal)
    beat(terminal)
    few = asked()
    for number in range(2, 8):
        other = enrol(f"SY-TEST-{number:02d}")
        whole(other)
        beat(other)
    assert BeatRow.objects.count() == 7
    assert asked() == few
