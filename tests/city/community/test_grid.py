"""A report from a terminal to its end: kept, dispatched, handled, checked; never by the wrong person, never twice, never lost."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from city import here
from city.fleet.models import Terminal as Row
from city.grid import events
from city.grid.events import Asked, do, redrawn
from city.grid.life import LIMITS, OVER, WAYS, EventKind, EventLevel, EventState, EventStep, Refusal, due_at, escalated_to, level_of
from city.grid.models import Area, EventLine, GridEvent
from city.onewindow.models import Case
from city.onewindow.states import State
from city.samples import make_sample_town, sample_map
from city.staff.models import AuditLine, RecordError
from city.staff.roles import Role
from sync.contract.item import ItemPackage
from sync.contract.places import Place
from tests.city.items.test_items import ITEMS
from tests.city.people import Person
from tests.city.terminal import Terminal

pytestmark = pytest.mark.django_db

REPORT = msgspec.json.decode((ITEMS / "grid-report" / "item.json").read_bytes(), type=ItemPackage)
COMMUNITY = "990101001004"
GRID = f"{COMMUNITY}06"
ANSWERS: dict[str, Any] = {
    "place": f"{GRID}@393,300", "spot": "市场北门外", "kind": "rubbish", "danger": False, "text": "堆了三天", "wants_reply": True,
    "name": "样例甲", "mobile": "13800000000",
}  # fmt: skip


@pytest.fixture
def town(db: None, offer: Callable[[ItemPackage], None]) -> None:
    make_sample_town()
    offer(REPORT)


@pytest.fixture
def reported(town: None, terminal: Terminal) -> GridEvent:
    Row.objects.filter(pk=terminal.id).update(area=COMMUNITY)
    return report(terminal)


def report(terminal: Terminal, **changes: object) -> GridEvent:
    terminal.item = REPORT
    sealed = terminal.application((), answers=ANSWERS | changes, applicant=None, signature=None)
    answer = terminal.put(sealed)
    assert answer.status_code == 201, answer.content
    return GridEvent.objects.latest("pk")


@pytest.fixture
def head(person: Callable[..., Person], town: None) -> Person:
    return person(Role.OFFICE_HEAD, COMMUNITY)


@pytest.fixture
def worker(person: Callable[..., Person], town: None) -> Person:
    return person(Role.GRID_WORKER, COMMUNITY)


def step(event: GridEvent, who: Person, verb: EventStep, **more: Any) -> Refusal | None:  # noqa: ANN401
    event.refresh_from_db()
    return do(event, Asked(verb, event.version, who.clerk, **more))


def through(event: GridEvent, head: Person, worker: Person) -> None:
    assert step(event, head, EventStep.DISPATCH, handler=worker.clerk, words="请先围挡") is None
    assert step(event, worker, EventStep.TAKE) is None
    assert step(event, worker, EventStep.HANDLE, words="已经清走了") is None
    assert step(event, head, EventStep.CLOSE) is None


def test_a_report_of_a_terminal_is_an_event_and_no_case_of_the_front_desk(reported: GridEvent, person: Callable[..., Person]) -> None:
    assert (reported.kind, reported.level, reported.area, reported.state) == ("rubbish", "yellow", GRID, "reported")
    assert reported.due_at == reported.reported_at + LIMITS[EventLevel.YELLOW].dispatch
    desk = person(Role.FRONT_DESK, COMMUNITY)
    assert reported.case is not None
    assert reported.case.case_number[-5:] not in desk.page("/queue")
    assert desk.get(f"/cases/{reported.case.case_number}").status_code == 404


def test_what_was_written_stays_sealed_and_each_look_leaves_a_line(reported: GridEvent, head: Person) -> None:
    kept = {field.name: str(getattr(reported, field.name)) for field in GridEvent._meta.fields}
    assert not [name for name, value in kept.items() if "三天" in value or "13800000000" in value or "样例甲" in value]
    text = head.page(f"/grid/events/{reported.pk}")
    assert "堆了三天" in text
    assert "13800000000" not in text, "masked until a reason is given at the case"
    assert AuditLine.objects.filter(subject=reported.number, looked_at="event").count() == 1


def test_it_goes_from_the_report_to_its_end_and_the_case_says_the_same(reported: GridEvent, head: Person, worker: Person) -> None:
    through(reported, head, worker)
    reported.refresh_from_db()
    assert (reported.state, reported.due_at, reported.over_at is not None) == (EventState.CLOSED, None, True)
    assert [line.step for line in EventLine.objects.order_by("id")] == ["report", "dispatch", "take", "handle", "close"]
    assert Case.objects.get(pk=reported.case_id).state == State.CLOSED


def test_the_pages_lead_the_same_way(reported: GridEvent, head: Person, worker: Person) -> None:
    page = f"/grid/events/{reported.pk}"
    assert "垃圾堆积" in head.page("/grid")
    facts: dict[str, object] = {"step": "dispatch", "version": reported.version, "handler": worker.clerk.pk}
    assert head.post(f"{page}/do", page, **facts).status_code == 302
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "#808080").save(picture, "PNG")
    reported.refresh_from_db()
    assert worker.post(f"{page}/do", page, step="take", version=reported.version).status_code == 302
    picture.seek(0)
    picture.name = "after.png"
    reported.refresh_from_db()
    done = worker.post(f"{page}/do", page, step="handle", version=reported.version, words="已经清走了", photo=picture)
    assert done.status_code == 302
    photo = reported.photos.get()
    assert worker.get(f"{page}/after/{photo.pk}.jpg").content.startswith(b"\xff\xd8")
    assert "处置后照片" in head.page(page)


@pytest.mark.parametrize("verb", [EventStep.UNTRUE, EventStep.PASS_ON])
def test_what_is_not_for_the_grid_ends_with_a_reason(reported: GridEvent, head: Person, verb: EventStep) -> None:
    assert step(reported, head, verb) is Refusal.NO_WORDS
    assert step(reported, head, verb, words="现场没有看到") is None
    reported.refresh_from_db()
    assert reported.state == WAYS[verb].after
    assert Case.objects.get(pk=reported.case_id).state == State.NOT_ACCEPTED


def test_two_reports_of_one_thing_are_put_together(reported: GridEvent, terminal: Terminal, head: Person) -> None:
    again = report(terminal, place=f"{GRID}@400,310")
    elsewhere = report(terminal, place=f"{COMMUNITY}01@60,60")
    assert list(events.same_place(again)) == [reported]
    assert step(again, head, EventStep.DUPLICATE) is Refusal.NO_OTHER
    assert step(again, head, EventStep.DUPLICATE, same_as=again) is Refusal.NO_OTHER
    assert step(again, head, EventStep.DUPLICATE, same_as=reported) is None
    assert reported.repeats.count() == 1
    assert list(events.same_place(elsewhere)) == []


def test_a_worker_does_not_dispatch_and_a_handler_does_not_close_their_own(reported: GridEvent, head: Person, worker: Person) -> None:
    assert step(reported, worker, EventStep.DISPATCH, handler=worker.clerk) is Refusal.NOT_YOURS
    assert step(reported, head, EventStep.DISPATCH) is Refusal.NO_HANDLER
    assert step(reported, head, EventStep.DISPATCH, handler=head.clerk) is None
    assert step(reported, worker, EventStep.TAKE) is Refusal.NOT_YOURS
    assert step(reported, head, EventStep.TAKE) is None
    assert step(reported, head, EventStep.HANDLE) is Refusal.NO_WORDS
    assert step(reported, head, EventStep.HANDLE, words="我自己办了") is None
    assert step(reported, head, EventStep.CLOSE) is Refusal.NOT_YOURS


def test_two_people_cannot_both_do_it(reported: GridEvent, head: Person, worker: Person) -> None:
    seen = reported.version
    assert do(reported, Asked(EventStep.DISPATCH, seen, head.clerk, handler=worker.clerk)) is None
    assert do(reported, Asked(EventStep.UNTRUE, seen, head.clerk, "现场没有看到")) is Refusal.OVERTAKEN
    page = f"/grid/events/{reported.pk}"
    assert head.post(f"{page}/do", page, step="untrue", version=seen, words="现场没有看到").status_code == 409
    assert head.post(f"{page}/do", page, step="explode", version=seen).status_code == 409


def test_another_community_neither_sees_nor_touches_it(reported: GridEvent, person: Callable[..., Person]) -> None:
    other = person(Role.OFFICE_HEAD, "990101001005")
    assert reported.number not in other.page("/grid")
    for address in ("", "/report/0.jpg", "/after/1.jpg"):
        assert other.get(f"/grid/events/{reported.pk}{address}").status_code == 404


def test_a_place_outside_of_the_terminal_s_area_is_counted_where_the_terminal_stands(reported: GridEvent, terminal: Terminal) -> None:
    assert report(terminal, place="880101@1,2").area == COMMUNITY


def test_a_worker_enters_what_they_saw(worker: Person) -> None:
    spot = sample_map().spots[0]
    facts = {"spot": spot.id, "kind": "lamp", "words": "两盏灯都不亮"}
    assert worker.post("/grid/events/new", "/grid/events/new", **(facts | {"words": "灯"})).status_code == 422
    assert worker.post("/grid/events/new", "/grid/events/new", **(facts | {"spot": "nowhere"})).status_code == 422
    assert worker.post("/grid/events/new", "/grid/events/new", **facts).status_code == 302
    event = GridEvent.objects.get()
    assert (event.area, event.spot, event.reporter) == (spot.grid, spot.name.zh, worker.clerk)


@pytest.mark.parametrize(
    "upload", [b"", b"<svg onload=alert(1)>", b"\xff\xd8\xff\xe0 not a picture", b"GIF89a", b"x" * (8 * 1024 * 1024 + 1)]
)
def test_what_is_no_picture_is_refused(reported: GridEvent, head: Person, upload: bytes) -> None:
    assert redrawn(upload) is None
    page, file = f"/grid/events/{reported.pk}", io.BytesIO(upload)
    file.name = "photo.jpg"
    if upload:
        answer = head.post(f"{page}/do", page, step="untrue", version=reported.version, words="现场没有看到", photo=file)
        assert answer.status_code in (413, 422)
    reported.refresh_from_db()
    assert reported.state == EventState.REPORTED


def test_a_picture_keeps_nothing_but_its_pixels() -> None:
    file = io.BytesIO()
    picture = Image.new("RGB", (3000, 100), "#808080")
    exif = picture.getexif()
    exif[0x9286] = "where I live"
    picture.save(file, "JPEG", exif=exif)
    assert b"where I live" in file.getvalue()
    clean = redrawn(file.getvalue())
    assert clean is not None
    assert b"where I live" not in clean
    assert Image.open(io.BytesIO(clean)).width == 1600


@pytest.mark.parametrize(
    ("kind", "answers", "level"),
    [("rubbish", {}, "yellow"), ("noise", {}, "blue"), ("lift", {}, "orange"), ("lift", {"trapped": True}, "red"),
     ("fire", {"gas_smell": True}, "red"),
     ("parking", {"fire_lane": True}, "orange"), ("sewer", {"cover_missing": True}, "red"), ("elder", {"no_answer": True}, "red"),
     ("lamp", {"danger": True}, "red"), ("new-kind", {}, "yellow")],
)  # fmt: skip
def test_how_urgent_it_is_follows_from_kind_and_answers(kind: str, answers: dict[str, bool], level: str) -> None:
    assert level_of(kind, answers) == level


def test_the_later_it_gets_the_higher_it_is_told() -> None:
    at, finish = here.now(), LIMITS[EventLevel.YELLOW].finish
    told = [escalated_to(EventLevel.YELLOW, EventState.HANDLING, at, at + finish * part) for part in (0.4, 0.6, 1.1, 2.1)]
    assert told == ["", "社区书记", "街道", "区"]
    assert escalated_to(EventLevel.RED, EventState.CLOSED, at, at + timedelta(days=9)) == ""
    assert due_at(EventLevel.RED, EventState.CLOSED, at) is None


def test_every_kind_of_the_item_has_its_words_icon_and_english() -> None:
    (kinds,) = [field.options for page in REPORT.pages for field in page.fields if field.name == "kind"]
    assert {option.value for option in kinds} == set(EventKind.values)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from(list(EventStep)), st.booleans(), st.sampled_from(["", "写清楚了"])), max_size=12))
def test_no_order_of_steps_loses_history_or_reaches_an_unknown_state(
    head: Person, worker: Person, steps: list[tuple[EventStep, bool, str]]
) -> None:
    event = events.enter(GRID, Place(GRID, (393, 300)), "rubbish", {}, by=worker.clerk, words="样例样例")
    taken = 1
    for verb, by_head, words in steps:
        event.refresh_from_db()
        before = EventState(event.state)
        refused = step(event, head if by_head else worker, verb, words=words, handler=worker.clerk)
        event.refresh_from_db()
        if refused is None:
            taken += 1
            assert before in WAYS[verb].before
            assert event.state == WAYS[verb].after
        else:
            assert event.state == before
        assert (event.over_at is not None) == (event.state in OVER)
    assert event.lines.count() == taken
    with pytest.raises(RecordError):
        event.lines.first().delete()  # type: ignore[union-attr]


def test_the_map_asks_the_database_as_often_for_ten_as_for_one(
    reported: GridEvent,
    head: Person,
    django_assert_max_num_queries: Any,  # noqa: ANN401
) -> None:
    for place in range(9):
        events.enter(GRID, Place(GRID, (380 + place, 300)), "lamp", {}, by=head.clerk, words="样例样例")
    with django_assert_max_num_queries(16):
        head.page("/grid")
    assert Area.objects.filter(code=GRID).exists()
