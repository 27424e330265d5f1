"""An item from its first word to the terminals: two people, an owner, versions, withdrawal, and no way around any of them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from django.db import IntegrityError, transaction

from city import here
from city.catalogue import SUFFIX, WITHDRAWN_SUFFIX
from city.folder import CityFolder
from city.packages import life
from city.packages.life import Refusal
from city.packages.models import DraftState, DraftStep, ItemDraft, ItemHome, ItemLine
from city.staff.models import Office, Posting
from city.staff.roles import Role
from sync.contract.batch import CatalogueAnswer
from sync.contract.checking import check_source
from sync.contract.item import PAYLOAD_TYPE, ItemPackage
from sync.contract.names import ItemCode
from sync.contract.signed import verify_as
from tests.city.people import Person
from tests.city.terminal import ITEM, Terminal

pytestmark = pytest.mark.django_db

NASTY = "<script>alert(1)</script>'\";--"
RELIEF = Path(__file__).parents[3] / "city" / "items" / "temporary-relief" / "item.json"


@pytest.fixture(autouse=True)
def nothing_stays(city_folder: CityFolder) -> Iterator[None]:
    """What a test signs or withdraws goes with it: the folder is shared."""
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


@pytest.fixture
def relief(offer: Callable[[ItemPackage], None]) -> ItemPackage:
    package = check_source(RELIEF).package
    assert package is not None
    offer(package)
    return package


def begun(editor: Person, code: str = "sample-item", name: str = "样例事项") -> ItemDraft:
    assert editor.post("/items/begin", "/items", code=code, name=name).status_code == 302
    return ItemDraft.objects.get(code=code)


def change(who: Person, draft: ItemDraft, **sent: object) -> int:
    draft.refresh_from_db()
    page = f"/items/drafts/{draft.pk}"
    status = who.post(f"{page}/change", "/items", version=draft.version, **sent).status_code
    draft.refresh_from_db()
    return status


def do(who: Person, draft: ItemDraft, step: str, comment: str = "", version: int | None = None) -> int:
    draft.refresh_from_db()
    seen = draft.version if version is None else version
    status = who.post(f"/items/drafts/{draft.pk}/do", "/items", step=step, version=seen, comment=comment).status_code
    draft.refresh_from_db()
    return status


def codes(terminal: Terminal) -> set[str]:
    """The items that a terminal is given."""
    statements = msgspec.json.decode(terminal.send("GET", "/v1/catalogue").content, type=CatalogueAnswer).items
    keys = here.keys().catalogue.public
    return {verify_as(statement, PAYLOAD_TYPE, keys, ItemPackage).code for statement in statements}


def test_an_item_is_written_by_one_and_signed_by_another(editor: Person, reviewer: Person, terminal: Terminal) -> None:
    draft = begun(editor)
    assert "样例事项" in editor.page(f"/items/drafts/{draft.pk}")
    assert change(editor, draft, part="form", at="p0", then="add:field", title_zh="怎么联系您") == 302
    assert draft.source["pages"][0]["fields"][1]["label"] == {"zh": "新问题"}
    assert draft.code not in codes(terminal)
    assert do(editor, draft, "send") == 302
    assert do(editor, draft, "sign") == 403
    assert do(reviewer, draft, "sign") == 302
    assert (draft.state, draft.reviewer, len(draft.digest)) == (DraftState.PUBLISHED, reviewer.clerk, 64)
    assert draft.code in codes(terminal)
    steps = ItemLine.objects.filter(code=draft.code).order_by("pk").values_list("step", flat=True)
    assert list(steps) == [DraftStep.BEGUN, DraftStep.SENT, DraftStep.PUBLISHED]
    assert "已签发的不能改" in reviewer.page(f"/items/drafts/{draft.pk}")


def test_nobody_signs_what_they_wrote_whatever_their_postings(editor: Person) -> None:
    Posting.objects.create(clerk=editor.clerk, role=Role.REVIEWER)
    draft = begun(editor)
    assert do(editor, draft, "send") == 302
    assert do(editor, draft, "sign") == 409
    assert do(editor, draft, "return", "请改一下") == 409
    assert draft.state == DraftState.IN_REVIEW
    assert here.catalogue().versions(ItemCode("sample-item")) == ()
    with pytest.raises(IntegrityError), transaction.atomic():
        ItemDraft.objects.filter(pk=draft.pk).update(reviewer=editor.clerk)


def test_what_the_check_refuses_is_neither_sent_nor_signed(editor: Person, reviewer: Person) -> None:
    draft = begun(editor)
    assert change(editor, draft, part="basic", name_zh="一个远远超过十四个字的事项名称啊", category="relief", icon="description") == 302
    page = editor.page(f"/items/drafts/{draft.pk}")
    assert "最多 14 字" in page
    assert do(editor, draft, "send") == 422
    ItemDraft.objects.filter(pk=draft.pk).update(state=DraftState.IN_REVIEW)
    assert do(reviewer, draft, "sign") == 422
    assert draft.state == DraftState.IN_REVIEW


def test_the_reviewer_sends_it_back_with_a_reason_and_gets_it_again(editor: Person, reviewer: Person) -> None:
    draft = begun(editor)
    do(editor, draft, "send")
    assert change(editor, draft, part="basic", name_zh="别的") == 409
    assert do(reviewer, draft, "return", "短") == 422
    assert do(reviewer, draft, "return", "名称请写全") == 302
    assert "名称请写全" in editor.page(f"/items/drafts/{draft.pk}")
    assert do(editor, draft, "send") == 302
    assert draft.state == DraftState.IN_REVIEW


def test_two_people_do_not_overwrite_each_other(editor: Person, person: Callable[..., Person], reviewer: Person) -> None:
    other, draft = person(Role.CONTENT_EDITOR), begun(editor)
    seen = draft.version
    assert change(editor, draft, part="form", at="p0", title_zh="一") == 302
    answer = other.post(f"/items/drafts/{draft.pk}/change", "/items", version=seen, part="form", at="p0", title_zh="二")
    assert answer.status_code == 409
    assert "别人刚改过" in answer.content.decode()
    draft.refresh_from_db()
    assert draft.source["pages"][0]["title"]["zh"] == "一"
    assert do(editor, draft, "send", version=seen) == 409
    do(editor, draft, "send")
    assert do(reviewer, draft, "sign", version=1) == 409


def test_a_next_version_shows_what_it_changes_and_takes_the_place_of_the_old(
    editor: Person, reviewer: Person, terminal: Terminal, relief: ItemPackage
) -> None:
    assert editor.post("/items/begin", "/items", code=relief.code, next="1").status_code == 302
    assert editor.post("/items/begin", "/items", code=relief.code, next="1").status_code == 422  # one is under way
    draft = ItemDraft.objects.get(code=relief.code)
    assert draft.number == relief.version + 1
    assert change(editor, draft, part="form", at="p0f1", label_zh="因为什么事", control="choice", name="event_kind", required="on") == 302
    assert do(editor, draft, "send") == 422  # the options were sent away with the form
    options = "illness | 生病 | Illness | 질병\nother | 其他 | Other | 기타"
    sent = {"label_zh": "因为什么事", "control": "choice", "name": "event_kind", "required": "on", "options": options}
    assert change(editor, draft, part="form", at="p0f1", **sent) == 302
    do(editor, draft, "send")
    page = reviewer.page(f"/items/drafts/{draft.pk}")
    assert "题目：因为什么事" in page
    assert do(reviewer, draft, "sign") == 302
    assert [one.version for one in here.catalogue().versions(relief.code)] == [relief.version + 1, relief.version]
    assert here.catalogue().kept(relief.code, relief.version) == relief  # for the cases that were taken for it
    assert relief.code in codes(terminal)


def test_a_withdrawn_item_leaves_the_terminals_and_stays_for_its_cases(
    reviewer: Person, editor: Person, terminal: Terminal, relief: ItemPackage, city_folder: CityFolder
) -> None:
    assert relief.code in codes(terminal)
    assert reviewer.post("/items/withdraw", "/items", code=relief.code, comment="短").status_code == 422
    assert editor.client.post("/items/withdraw", {"code": relief.code, "comment": "写错了"}, secure=True).status_code == 403
    assert reviewer.post("/items/withdraw", "/items", code=relief.code, comment="政策停办").status_code == 302
    assert reviewer.post("/items/withdraw", "/items", code=relief.code, comment="政策停办").status_code == 409
    assert reviewer.post("/items/withdraw", "/items", code="../../etc", comment="政策停办").status_code == 409
    assert relief.code not in codes(terminal)
    assert ITEM.code in codes(terminal)
    assert here.catalogue().kept(relief.code, relief.version) == relief
    assert (city_folder.catalogue / f"{relief.code}.{relief.version}{WITHDRAWN_SUFFIX}").exists()
    assert "政策停办" in [line.comment for line in ItemLine.objects.filter(step=DraftStep.WITHDRAWN)]
    # A newer version brings it back
    editor.post("/items/begin", "/items", code=relief.code, next="1")
    draft = ItemDraft.objects.get(code=relief.code)
    do(editor, draft, "send")
    assert do(reviewer, draft, "sign") == 302
    assert relief.code in codes(terminal)


def test_an_owner_s_item_is_written_by_the_owner_s_editors(editor: Person, person: Callable[..., Person]) -> None:
    office = Office.objects.create(code="a", kind="street", name="样例甲科")
    other_office = Office.objects.create(code="b", kind="street", name="样例乙科")
    other = person(Role.CONTENT_EDITOR)
    Posting.objects.filter(clerk=other.clerk).update(office=other_office)
    draft = begun(editor)
    assert change(editor, draft, part="admission", owner=office.pk, valid_from="2026-01-01", valid_until="2027-01-01", by_card="on") == 302
    assert ItemHome.objects.get(code=draft.code).owner == office
    assert change(other, draft, part="basic", name_zh="别的") == 403
    assert do(other, draft, "send") == 403
    assert do(other, draft, "drop") == 403
    assert "样例事项" in other.page(f"/items/drafts/{draft.pk}")  # may be read
    assert life.begin_next(other.clerk, draft.code) is Refusal.NOT_YOUR_OFFICE
    mine = begun(other, "other-item")
    assert ItemHome.objects.get(code=mine.code).owner == other_office


def test_an_item_cannot_be_begun_twice_nor_under_a_bad_name(editor: Person, relief: ItemPackage) -> None:
    for sent in (
        {"code": relief.code, "name": "重复"},
        {"code": "Bad Code", "name": "样例"},
        {"code": "../up", "name": "样例"},
        {"code": "a" * 65, "name": "样例"},
        {"code": "no-name", "name": " "},
        {"code": "never-published", "next": "1"},
    ):
        assert editor.post("/items/begin", "/items", **sent).status_code == 422, sent
    assert not ItemDraft.objects.exists()


def test_a_dropped_draft_makes_room(editor: Person) -> None:
    draft = begun(editor)
    assert do(editor, draft, "drop") == 302
    assert do(editor, draft, "drop") == 409
    assert editor.post("/items/begin", "/items", code="sample-item", name="样例事项").status_code == 302


def test_html_sql_and_nonsense_are_shown_as_they_are_or_refused(editor: Person) -> None:
    draft = begun(editor)
    assert change(editor, draft, part="form", at="p0f0", label_zh=NASTY, control="text", name="mobile", most="60") == 302
    page = editor.page(f"/items/drafts/{draft.pk}?part=form&at=p0f0")
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
    assert change(editor, draft, part="form", at="p77", title_zh="x") == 409
    assert change(editor, draft, part="nowhere", at="p0") == 404
    assert change(editor, draft, part="form", at="p0f0", label_zh="大" * 3_000, control="nonsense", options="x" * 9) == 302
    assert do(editor, draft, "explode") == 403
    assert editor.page(f"/items/drafts/{draft.pk}?part=zzz&at=%00&look=zzz&words=zzz")


def test_a_huge_item_is_not_kept(editor: Person) -> None:
    draft = begun(editor)
    source = {**draft.source, "bring": [{"zh": "大" * 2_000}] * 120}
    assert life.keep(draft, draft.version, source) is Refusal.TOO_LARGE


def test_a_version_published_by_the_command_meanwhile_is_not_overwritten(
    editor: Person, reviewer: Person, offer: Callable[[ItemPackage], None], city_folder: CityFolder
) -> None:
    draft = begun(editor)
    do(editor, draft, "send")
    offer(msgspec.structs.replace(ITEM, code=ItemCode("sample-item"), version=1))
    assert do(reviewer, draft, "sign") == 409
    assert draft.state == DraftState.IN_REVIEW
    assert len(list(city_folder.catalogue.glob(f"sample-item.*{SUFFIX}"))) == 1


def test_the_list_says_owner_expiry_and_what_is_being_written(editor: Person, reviewer: Person, relief: ItemPackage) -> None:
    begun(editor)
    assert "样例事项" in editor.page("/items?view=drafts")
    assert relief.name.zh in editor.page("/items")
    assert "2030-12-31" in editor.page("/items")
    assert "样例事项" not in reviewer.page("/items?view=review")
    do(editor, ItemDraft.objects.get(), "send")
    assert "样例事项" in reviewer.page("/items?view=review")
    assert "样例事项" not in editor.page("/items?view=review")
    assert editor.page("/items?view=nonsense")
