"""A notice from its first word to the terminals: two people, an area, a time, and no way around either."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from city import here
from city.community.models import NoticeLine, NoticeRow, NoticeState
from city.community.notices import Refusal, board_for, publish, remarks, send_back, withdraw
from city.fleet.models import Terminal as Row
from city.grid.models import Area, Level
from city.staff.models import RecordError
from city.staff.roles import Role
from sync.contract import routes
from sync.contract.feed import PAYLOAD_TYPE, Issue
from sync.contract.notices import Noticeboard
from sync.contract.signed import verify_as
from tests.city.people import Person
from tests.city.terminal import Terminal

pytestmark = pytest.mark.django_db

NASTY = "<script>alert(1)</script>'\";--"


def words(**changes: object) -> dict[str, object]:
    now = here.now().astimezone(here.CITY_TIME)
    moment = "%Y-%m-%dT%H:%M"
    known: dict[str, object] = {
        "title": "停电通知", "kind": "power", "short": "周三上午检修。", "text": "周三 8:30 检修。\n电梯停运。",
        "publisher": "样例社区居委会", "area": "990101001001",
        "valid_from": (now - timedelta(hours=1)).strftime(moment), "valid_until": (now + timedelta(days=2)).strftime(moment),
    }  # fmt: skip
    return known | changes


@pytest.fixture
def editor(person: Callable[..., Person], areas: dict[str, Area]) -> Person:
    return person(Role.CONTENT_EDITOR, areas["street"].code)


@pytest.fixture
def reviewer(person: Callable[..., Person], areas: dict[str, Area]) -> Person:
    return person(Role.REVIEWER, areas["street"].code)


@pytest.fixture
def sent(editor: Person) -> NoticeRow:
    editor.post("/community/notices/save", "/community/notices/new", **words(then="send"))
    return NoticeRow.objects.get()


def judge(who: Person, row: NoticeRow, verdict: str, comment: str = "", version: int | None = None) -> int:
    seen = row.version if version is None else version
    facts = {"notice": row.pk, "version": seen, "verdict": verdict, "comment": comment}
    return who.post("/community/notices/judge", f"/community/notices?notice={row.pk}", **facts).status_code


def test_what_one_wrote_and_another_let_through_reaches_the_terminals_of_its_area(sent: NoticeRow, reviewer: Person) -> None:
    assert sent.state == NoticeState.IN_REVIEW
    assert board_for("990101001001").notices == ()
    assert judge(reviewer, sent, "publish") == 302
    (shown,) = board_for("990101001001").notices
    assert (shown.title.zh, shown.kind, shown.title.en) == ("停电通知", "power", None)
    assert shown.text.zh == "周三 8:30 检修。\n电梯停运。"
    assert board_for("990101001002").notices == ()
    assert [line.step for line in NoticeLine.objects.order_by("id")] == ["written", "sent", "published"]


def test_a_notice_of_a_street_or_of_the_city_reaches_all_below(editor: Person, reviewer: Person, person: Callable[..., Person]) -> None:
    editor.post("/community/notices/save", "/community/notices/new", **words(then="send", area="990101001"))
    person(Role.CONTENT_EDITOR).post("/community/notices/save", "/community/notices/new", **words(then="send", area="", title="全市"))
    for row in NoticeRow.objects.all():
        assert publish(row, row.version, reviewer.clerk) is None
    assert {notice.title.zh for notice in board_for("99010100100101").notices} == {"停电通知", "全市"}
    assert {notice.title.zh for notice in board_for("880101").notices} == {"全市"}


def test_the_writer_cannot_let_it_through_even_as_a_reviewer(editor: Person, sent: NoticeRow) -> None:
    editor.clerk.postings.create(role=Role.REVIEWER, area="990101")
    assert judge(editor, sent, "publish") == 409
    sent.refresh_from_db()
    assert sent.state == NoticeState.IN_REVIEW
    assert publish(sent, sent.version, editor.clerk) is Refusal.OWN_NOTICE
    assert send_back(sent, sent.version, editor.clerk, "自己退自己") is Refusal.OWN_NOTICE
    with pytest.raises(IntegrityError), transaction.atomic():
        NoticeRow.objects.update(state=NoticeState.PUBLISHED, reviewer=editor.clerk)


def test_the_database_itself_lets_nothing_through_unreviewed(sent: NoticeRow) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        NoticeRow.objects.filter(pk=sent.pk).update(state=NoticeState.PUBLISHED)


def test_it_comes_back_with_a_reason_and_is_sent_again(editor: Person, reviewer: Person, sent: NoticeRow) -> None:
    assert judge(reviewer, sent, "return", "短") == 422
    assert judge(reviewer, sent, "return", "请写明几点恢复") == 302
    sent.refresh_from_db()
    assert "请写明几点恢复" in editor.page(f"/community/notices?notice={sent.pk}")
    again = words(notice=sent.pk, version=sent.version, then="send", short="周三上午检修，11:30 恢复。")
    assert editor.post("/community/notices/save", "/community/notices", **again).status_code == 302
    sent.refresh_from_db()
    assert (sent.state, sent.short) == (NoticeState.IN_REVIEW, "周三上午检修，11:30 恢复。")


def test_two_people_cannot_both_decide(person: Callable[..., Person], reviewer: Person, sent: NoticeRow) -> None:
    seen = sent.version
    assert publish(sent, seen, reviewer.clerk) is None
    assert send_back(sent, seen, person(Role.REVIEWER).clerk, "晚了一步") is Refusal.OVERTAKEN
    assert judge(reviewer, sent, "publish", version=seen) == 409


def test_what_is_published_is_not_changed_but_withdrawn(editor: Person, reviewer: Person, sent: NoticeRow) -> None:
    judge(reviewer, sent, "publish")
    sent.refresh_from_db()
    change = words(notice=sent.pk, version=sent.version, then="keep", title="改过的")
    assert editor.post("/community/notices/save", "/community/notices/new", **change).status_code == 409
    assert judge(reviewer, sent, "withdraw", "检修取消了") == 302
    assert board_for("990101001001").notices == ()
    assert withdraw(sent, sent.version, reviewer.clerk, "再撤一次") is Refusal.OVERTAKEN


def test_terminals_get_what_will_be_valid_and_nothing_that_is_over(sent: NoticeRow, reviewer: Person) -> None:
    publish(sent, sent.version, reviewer.clerk)
    assert len(board_for("990101001001", sent.valid_from - timedelta(days=1)).notices) == 1
    assert board_for("990101001001", sent.valid_until).notices == ()


@pytest.mark.parametrize(
    "wrong",
    [{"title": ""}, {"title": "长" * 17}, {"short": ""}, {"text": "长" * 401}, {"kind": "party"}, {"area": "990101002"}, {"area": ""},
     {"valid_until": "2020-01-01T00:00"}, {"valid_from": "2999-01-01T00:00"}, {"valid_from": "tomorrow"}],
)  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_is_kept(editor: Person, wrong: dict[str, str]) -> None:
    answer = editor.post("/community/notices/save", "/community/notices/new", **words(then="send", **wrong))
    assert answer.status_code == 422
    assert "还不能保存" in answer.content.decode()
    assert not NoticeRow.objects.exists()


def test_another_street_neither_sees_nor_touches_it(person: Callable[..., Person], sent: NoticeRow) -> None:
    other = person(Role.REVIEWER, "990102")
    assert "停电通知" not in other.page("/community/notices")
    assert other.get(f"/community/notices?notice={sent.pk}").status_code == 404
    facts = {"notice": sent.pk, "version": sent.version, "verdict": "publish"}
    insider = person(Role.REVIEWER, "990101")
    token_page = f"/community/notices?notice={sent.pk}"
    assert insider.post("/community/notices/judge", token_page, **facts).status_code == 302
    editor = person(Role.CONTENT_EDITOR, "990102")
    assert editor.post("/community/notices/save", "/community/notices/new", **words(notice=sent.pk, version=9)).status_code == 404


def test_marks_in_every_field_stay_words(editor: Person, reviewer: Person) -> None:
    row = words(then="send", title=NASTY[:16], short=NASTY, text=NASTY, publisher=NASTY[:30])
    editor.post("/community/notices/save", "/community/notices/new", **row)
    text = reviewer.page("/community/notices")
    assert "<script>alert" not in text
    assert "&lt;script&gt;" in text


def test_the_checks_see_advertising_and_sentences_nobody_can_hear(sent: NoticeRow) -> None:
    assert [one.is_fine for one in remarks(sent)] == [True, True, False]
    sent.text = "今天特价" + "很长" * 30
    assert [one.is_fine for one in remarks(sent)] == [False, False, False]


def test_the_list_asks_the_database_as_often_for_ten_as_for_one(sent: NoticeRow, reviewer: Person, django_assert_num_queries: Any) -> None:  # noqa: ANN401
    with CaptureQueriesContext(connection) as few:
        reviewer.page("/community/notices")
    for _ in range(9):
        sent.pk, sent.uid = None, uuid4()
        sent.save(force_insert=True)
    with django_assert_num_queries(len(few)):
        reviewer.page("/community/notices")


def test_history_only_grows(sent: NoticeRow) -> None:
    line = sent.lines.first()
    assert line is not None
    with pytest.raises(RecordError):
        line.save()
    with pytest.raises(RecordError):
        line.delete()


@pytest.mark.parametrize(
    ("level", "code", "inside", "field"),
    [
        (Level.STREET, "880101001", "district", "code"),
        (Level.GRID, "99010100100102", "street", "parent"),
        (Level.DISTRICT, "9902", "district", "parent"),
    ],
)
def test_an_area_lies_in_its_parent(areas: dict[str, Area], level: Level, code: str, inside: str, field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Area(code=code, level=level, name="样例", parent=areas[inside]).clean()
    assert field in refused.value.message_dict


def test_a_terminal_fetches_the_notices_of_its_area_signed(
    sent: NoticeRow, reviewer: Person, terminal: Terminal, areas: dict[str, Area]
) -> None:
    publish(sent, sent.version, reviewer.clerk)
    Row.objects.filter(pk=terminal.id).update(area=areas["here"].code)
    issue = verify_as(terminal.send("GET", routes.feed_path("notices")).content, PAYLOAD_TYPE, here.keys().receipts.public, Issue)
    board = msgspec.json.decode(issue.content, type=Noticeboard)
    assert [notice.title.zh for notice in board.notices] == ["停电通知"]
    assert issue.expires_at is not None, "a withdrawal cannot reach a terminal without a line"
    Row.objects.filter(pk=terminal.id).update(area=areas["there"].code)
    other = verify_as(terminal.send("GET", routes.feed_path("notices")).content, PAYLOAD_TYPE, here.keys().receipts.public, Issue)
    assert msgspec.json.decode(other.content, type=Noticeboard).notices == ()
