"""The larger forms by finger: an address from district to door, family members added, changed and removed, totals, fitness, search."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from tests.kiosk.screens.desk import Desk, item  # isort: skip  it sets Kivy up before anything imports it

from kiosk.flow.events.applying import CardSkipped
from kiosk.flow.questions import page_problems
from kiosk.flow.views import CardOf, Eligible, Form, LayCard, RowAt, Whose
from kiosk.screens.form import FormPage
from kiosk.screens.lay_card import LayCardPage
from kiosk.screens.one_question import EligiblePage, WhosePage
from kiosk.screens.page import Page
from kiosk.screens.stage import Stage
from sync.contract import address
from tests.kiosk.screens.fitting import texts

LIVING = "minimum-living"
UNANSWERED = "这里还没选，点一个。"
ROW = {"m_name": "吴样例", "m_id": "21010219600101002X", "m_relation": "mother"}
Opener = Callable[..., Desk]


def words_on(glass: Desk) -> list[str]:
    return [text.plain for text in texts(glass.page)]


@pytest.fixture
def desk() -> Iterator[Opener]:
    opened: list[Desk] = []

    def begin(page: Callable[[Stage], Page], view: Any, **options: Any) -> Desk:  # noqa: ANN401  what a desk takes
        opened.append(Desk(page, view, **options))
        return opened[-1]

    yield begin
    for one in opened:
        one.close()


def page_with(name: str) -> int:
    return next(place for place, page in enumerate(item(LIVING).pages) if any(field.name == name for field in page.fields))


def test_an_address_is_picked_from_district_to_door(desk: Opener) -> None:
    glass = desk(FormPage, Form(0), code="elder-allowance")
    glass.press("field-registered_address", "address-和平区", "address-晴岚街道", "address-晴岚社区", "address-晴岚街")
    glass.press("door-1", "door-8", "door-号", "door-3", "door--", "door-5")
    expected = {"district": "和平区", "street": "晴岚街道", "community": "晴岚社区", "road": "晴岚街", "door": "18号3-5"}
    assert glass.answers["registered_address"] == expected
    glass.press("key-delete", "key-delete", "key-delete", "key-delete")
    assert glass.answers["registered_address"]["door"] == "18", "the word for number goes at one press"


def test_going_back_to_a_step_takes_back_what_depends_on_it(desk: Opener) -> None:
    chosen = {"district": "和平区", "street": "晴岚街道", "community": "晴岚社区", "road": "晴岚街", "door": "18号"}
    glass = desk(FormPage, Form(0), code="elder-allowance", answers={"registered_address": chosen})
    glass.press("field-registered_address", "address-step-district", "address-沈河区")
    assert glass.answers["registered_address"] == {"district": "沈河区"}
    assert "address-step-community" in glass.names


def test_who_lives_here_or_as_the_card_says_picks_at_once(desk: Opener) -> None:
    glass = desk(FormPage, Form(0), code="elder-allowance")
    glass.press("field-registered_address", "address-here")
    assert glass.answers["registered_address"] == {"district": "和平区", "street": "晴岚街道", "community": "晴岚社区"}
    glass.press("clear-registered_address", "address-card")
    assert set(glass.answers["registered_address"]) == {"written"}


def test_an_address_outside_the_town_is_picked_down_to_the_county_and_its_rest_is_written(desk: Opener) -> None:
    glass = desk(FormPage, Form(0), code="elder-allowance")
    glass.press("field-registered_address", "address-far", "address-leaf-1", "address-辽宁省", "address-大连市")
    assert glass.answers["registered_address"] == {"province": "辽宁省", "city": "大连市"}
    assert not is_right(glass), "nobody finds a house by its town alone"
    glass.press("address-中山区", "tab-figures", "digit-1", "digit-8", "key-mark-0")
    expected = {"province": "辽宁省", "city": "大连市", "county": "中山区", "line": "18号"}
    assert glass.answers["registered_address"] == expected
    assert is_right(glass)
    glass.press("address-step-province", "address-leaf-0", "address-北京市")
    assert glass.answers["registered_address"] == {"province": "北京市"}
    glass.press("address-leaf-0", "address-东城区")
    assert "address-step-county" not in glass.names, "a municipality has no counties below its districts"


def test_from_an_address_outside_the_town_there_is_a_way_back_and_one_to_write_it_whole(desk: Opener) -> None:
    glass = desk(FormPage, Form(0), code="elder-allowance")
    glass.press("field-registered_address", "address-far", "address-leaf-1", "address-辽宁省", "address-pick")
    assert "registered_address" not in glass.answers
    assert "address-和平区" in glass.names
    glass.press("address-far", "address-none", "tab-figures", "digit-7")
    assert glass.answers["registered_address"] == {"written": "7"}


def test_where_an_older_package_knows_the_town_only_an_address_outside_it_is_written(desk: Opener) -> None:
    older = item("elder-allowance")
    of_the_town = {**older.schema["properties"], "registered_address": address.SCHEMAS[1]}
    glass = desk(FormPage, Form(0), code="elder-allowance")
    package = msgspec.structs.replace(older, schema={**older.schema, "properties": of_the_town})
    glass.show(visit=replace(glass.state.visit, item=package))
    glass.press("field-registered_address")
    assert "address-far" not in glass.names
    assert "address-none" in glass.names


def is_right(glass: Desk) -> bool:
    visit = glass.state.application
    assert visit is not None
    return all(problem.field != "registered_address" for problem in page_problems(visit, 0, glass.state.now.date()))


def test_a_road_that_is_in_no_list_is_written_and_leads_to_the_door(desk: Opener) -> None:
    glass = desk(FormPage, Form(0), code="elder-allowance")
    glass.press("field-registered_address", "address-和平区", "address-南湖街道")
    assert "address-step-community" not in glass.names, "the data have no communities there"
    glass.press("tab-figures", "digit-7", "key-done")
    assert glass.answers["registered_address"]["road"] == "7"
    assert "door-号" in glass.names


def test_a_member_is_added_by_card_or_by_hand(desk: Opener) -> None:
    glass = desk(FormPage, Form(page_with("household")), code=LIVING)
    glass.press("row-household-add")
    assert isinstance(glass.state.view, LayCard)
    assert glass.state.view.whose is CardOf.MEMBER


def test_a_card_that_is_not_here_is_said_with_one_press(desk: Opener) -> None:
    view = LayCard(whose=CardOf.MEMBER, page=page_with("household"), row=RowAt("household", 0))
    glass = desk(LayCardPage, view, code=LIVING)
    glass.press("card-skip")
    assert glass.events == [CardSkipped()]
    assert glass.state.view == Form(page_with("household"), row=RowAt("household", 0))


def test_nobody_skips_their_own_card(desk: Opener) -> None:
    assert "card-skip" not in desk(LayCardPage, LayCard(), code=LIVING).names


def test_a_row_with_a_gap_is_opened_by_the_one_button_and_filled(desk: Opener) -> None:
    glass = desk(FormPage, Form(page_with("household")), code=LIVING, answers={"household": (ROW,)})
    glass.press("next")
    assert isinstance(glass.state.view, Form)
    assert glass.state.view.row == RowAt("household", 0)
    assert glass.state.view.focus == "m_health"


def test_removing_a_row_asks_once_inside_its_card(desk: Opener) -> None:
    glass = desk(FormPage, Form(page_with("household")), code=LIVING, answers={"household": (ROW,)})
    glass.press("row-household-0-remove", "row-household-0-kept")
    assert glass.answers["household"] == (ROW,)
    glass.press("row-household-0-remove", "row-household-0-removed")
    assert "household" not in glass.answers
    assert "row-household-0" not in glass.names


def test_a_refusal_offers_the_item_that_fits_or_a_person(desk: Opener) -> None:
    glass = desk(EligiblePage, Eligible(1), code=LIVING)
    glass.press("option-income_low-above")
    assert "staff-instead" in glass.names, "the other item is not offered at this terminal"
    glass.press("option-income_low-below")
    assert "staff-instead" not in glass.names
    glass.press("next")
    assert glass.state.view == Eligible(2)


def test_for_whom_is_one_press(desk: Opener) -> None:
    glass = desk(WhosePage, Whose(), code=LIVING)
    glass.press("next")
    assert glass.state.view == Whose(asked=True)
    assert UNANSWERED in words_on(glass), "in words, not in red alone"
    glass.press("option-apply_as-family")
    assert glass.answers == {"apply_as": "family"}
    assert UNANSWERED not in words_on(glass)


def test_going_on_without_an_answer_before_the_form_is_told_in_words(desk: Opener) -> None:
    glass = desk(EligiblePage, Eligible(1), code=LIVING)
    assert UNANSWERED not in words_on(glass)
    glass.press("next")
    assert glass.state.view == Eligible(1, asked=True)
    assert UNANSWERED in words_on(glass)
