"""Signing many: each by the rules of a single signature, stopped anywhere and gone on, seen and driven only by whoever began it."""

from collections.abc import Callable, Iterator

import pytest

from city.catalogue import SUFFIX
from city.folder import CityFolder
from city.packages import life, run_pages, runs
from city.packages.life import Refusal
from city.packages.models import DraftState, DraftStep, ItemDraft, ItemLine, RunState, SigningRun
from city.staff.models import Posting
from city.staff.roles import Role
from tests.city.people import Person

pytestmark = pytest.mark.django_db

MANY = 5
PAGE = "/items?view=review"


@pytest.fixture(autouse=True)
def nothing_stays(city_folder: CityFolder) -> Iterator[None]:
    before = set(city_folder.catalogue.iterdir())
    yield
    for path in set(city_folder.catalogue.iterdir()) - before:
        path.unlink()


@pytest.fixture
def editor(person: Callable[..., Person]) -> Person:
    return person(Role.CONTENT_EDITOR)


@pytest.fixture
def reviewer(person: Callable[..., Person]) -> Person:
    return person(Role.REVIEWER)


def sent_in(writer: Person, many: int = MANY) -> list[ItemDraft]:
    """So many drafts, up for review."""
    found = []
    for place in range(many):
        draft = life.begin(writer.clerk, f"sample-many-{place}", f"样例事项{place}")
        assert isinstance(draft, ItemDraft)
        assert life.send(draft, draft.version, writer.clerk) is None
        draft.refresh_from_db()
        found.append(draft)
    return found


def ticked(drafts: list[ItemDraft]) -> list[str]:
    return [f"{draft.pk}:{draft.version}" for draft in drafts]


def begin(who: Person, rows: list[str]) -> str:
    """Send what was ticked, and return the page it leads to."""
    answer = who.post("/items/sign", PAGE, row=rows)
    assert answer.status_code == 302
    return answer["Location"]


def states(drafts: list[ItemDraft]) -> list[str]:
    return [ItemDraft.objects.get(pk=draft.pk).state for draft in drafts]


def signed_files(folder: CityFolder) -> int:
    return len(list(folder.catalogue.glob(f"sample-many-*{SUFFIX}")))


def test_all_that_was_ticked_is_signed_and_the_page_says_how_far(editor: Person, reviewer: Person, city_folder: CityFolder) -> None:
    drafts = sent_in(editor)
    page = begin(reviewer, ticked(drafts))
    assert "0 / 5" in reviewer.page(page)
    assert states(drafts) == [DraftState.IN_REVIEW] * MANY  # beginning signs nothing
    while "接着签" in reviewer.page(page):
        assert reviewer.post(f"{page}/on", page).status_code == 302
    assert "5 / 5" in reviewer.page(page)
    assert states(drafts) == [DraftState.PUBLISHED] * MANY
    assert signed_files(city_folder) == MANY
    lines = ItemLine.objects.filter(code__startswith="sample-many", step=DraftStep.PUBLISHED)
    assert [line.clerk_id for line in lines] == [reviewer.clerk.pk] * MANY  # each in the item's own record


def test_a_slow_one_ends_the_request_and_not_the_run(editor: Person, reviewer: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_pages, "AT_ONCE_S", 0.0)
    page = begin(reviewer, ticked(sent_in(editor)))
    for done in range(1, MANY + 1):
        assert reviewer.post(f"{page}/on", page if done == 1 else PAGE).status_code == 302
        assert f"{done} / 5" in reviewer.page(page)


def test_a_run_that_stopped_goes_on_where_it_stopped(editor: Person, reviewer: Person, city_folder: CityFolder) -> None:
    drafts = sent_in(editor)
    run = runs.begin(reviewer.clerk, {draft.pk: draft.version for draft in drafts})
    assert run is not None
    going = runs.go_on(run)
    next(going)
    next(going)
    going.close()  # the process is gone between two lines
    assert signed_files(city_folder) == 2
    assert f"/items/runs/{run.pk}" in reviewer.page(PAGE)
    assert [line.state for line in runs.go_on(run)] == [RunState.DONE] * (MANY - 2)
    assert ItemLine.objects.filter(step=DraftStep.PUBLISHED, code__startswith="sample-many").count() == MANY  # none twice
    assert f"/items/runs/{run.pk}" not in reviewer.page(PAGE)


def test_a_run_that_broke_within_a_line_left_nothing_of_it(editor: Person, reviewer: Person, city_folder: CityFolder) -> None:
    drafts = sent_in(editor)
    run = runs.begin(reviewer.clerk, {draft.pk: draft.version for draft in drafts})
    assert run is not None
    in_the_way = city_folder.catalogue / f"sample-many-1.1{SUFFIX}"
    in_the_way.mkdir()  # the file cannot be read or written: the disk's trouble, not an expected refusal
    with pytest.raises(OSError, match="directory"):
        list(runs.go_on(run))
    in_the_way.rmdir()
    assert states(drafts) == [DraftState.PUBLISHED] + [DraftState.IN_REVIEW] * (MANY - 1)
    assert run.lines.filter(state=RunState.WAITING).count() == MANY - 1
    assert [line.state for line in runs.go_on(run)] == [RunState.DONE] * (MANY - 1)
    assert signed_files(city_folder) == MANY


def test_one_that_may_not_be_signed_says_why_and_holds_up_no_other(editor: Person, reviewer: Person, person: Callable[..., Person]) -> None:
    Posting.objects.create(clerk=reviewer.clerk, role=Role.CONTENT_EDITOR)
    drafts = sent_in(editor, 3)
    own = life.begin(reviewer.clerk, "sample-own", "自己的样例")
    assert isinstance(own, ItemDraft)
    assert life.send(own, own.version, reviewer.clerk) is None
    own.refresh_from_db()
    page = begin(reviewer, ticked([*drafts, own]))
    assert life.send_back(drafts[1], drafts[1].version, person(Role.REVIEWER).clerk, "请再改一改") is None  # after it was ticked
    reviewer.post(f"{page}/on", page)
    shown = reviewer.page(page)
    assert "4 / 4" in shown
    assert run_pages.WHY[Refusal.OWN_ITEM] in shown
    assert run_pages.WHY[Refusal.OVERTAKEN] in shown
    assert states(drafts) == [DraftState.PUBLISHED, DraftState.RETURNED, DraftState.PUBLISHED]
    assert ItemDraft.objects.get(pk=own.pk).state == DraftState.IN_REVIEW


def test_a_run_is_its_beginner_s(editor: Person, reviewer: Person, person: Callable[..., Person]) -> None:
    drafts = sent_in(editor, 1)
    page = begin(reviewer, ticked(drafts))
    other = person(Role.REVIEWER)
    assert other.get(page).status_code == 404
    assert other.post(f"{page}/on", PAGE).status_code == 404
    assert editor.post("/items/sign", "/items", row=ticked(drafts)).status_code == 403
    assert states(drafts) == [DraftState.IN_REVIEW]


def test_whoever_lost_the_right_signs_nothing_more(editor: Person, reviewer: Person) -> None:
    drafts = sent_in(editor, 1)
    page = begin(reviewer, ticked(drafts))
    Posting.objects.filter(clerk=reviewer.clerk).update(role=Role.CONTENT_EDITOR)
    assert reviewer.post(f"{page}/on", "/items").status_code == 403
    assert states(drafts) == [DraftState.IN_REVIEW]


@pytest.mark.parametrize("rows", [[], ["x"], ["1"], ["１:１"], ["99999999999:1"], ["7:-1"], ["123456:1"]])
def test_nonsense_begins_nothing(editor: Person, reviewer: Person, rows: list[str]) -> None:
    sent_in(editor, 1)
    assert begin(reviewer, rows) == PAGE
    assert not SigningRun.objects.exists()
