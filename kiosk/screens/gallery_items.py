"""What the gallery shows of the larger items: for whom, may it be applied for, family members, an address in steps; nobody exists."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from kiosk.flow.desk_errands import HolderCard, LayStage
from kiosk.flow.errands import FitList, FitQuestion, Fitting, Searching, SearchShown
from kiosk.flow.questions import row_problems, with_derived
from kiosk.flow.state import Kiosk
from kiosk.flow.views import CardOf, CardStage, Eligible, Form, Guide, LayCard, Review, RowAt, Sign, Whose
from kiosk.flow.visit import Ink, Visit
from sync.contract.item import ItemPackage
from sync.contract.names import ItemCode

SON: Mapping[str, Any] = MappingProxyType(
    {
        "m_name": "宋示例", "m_id": "110101201203070016", "m_relation": "son", "m_health": "well", "m_work": "student", "m_income": "0",
        "m_agreed": True,
    }
)  # fmt: skip
MOTHER: Mapping[str, Any] = MappingProxyType(
    {"m_name": "吴样例", "m_id": "21010219600101002X", "m_relation": "mother", "m_health": "chronic"}
)


def item_states(home: Kiosk, visit: Visit) -> Iterator[tuple[str, Kiosk]]:
    """Yield the states that need more than the residence registration asks."""
    living, allowance = home.item(ItemCode("minimum-living")), home.item(ItemCode("elder-allowance"))
    if living is None or allowance is None:
        return
    start = replace(visit, item=living, papers=(), ink=Ink(), answers=MappingProxyType({}), fitness=MappingProxyType({}))
    yield from _before_the_form(home, start, allowance)
    yield from _rows(home, start)
    yield from _addresses(home, replace(start, item=allowance))
    yield from _found(home)
    helped = replace(start, answers=MappingProxyType({"apply_as": "family", "applicant_present": True}), helper=visit.card)
    yield "11-sign-helped", replace(home, view=Sign(), visit=helped)
    yield "11-sign-helper", replace(home, view=Sign(helper=True), visit=helped)
    family = replace(start, answers=MappingProxyType({"household": (MOTHER,)}), agreed_at=home.now)
    yield "11-sign-member", replace(home, view=Sign(member=0), visit=family)
    yield "11-sign-witness", replace(home, view=LayCard(whose=CardOf.WITNESS), visit=family)
    own = LayCard(CardStage.REFUSED, whose=CardOf.WITNESS, is_own=True)
    yield "11-sign-witness-own", replace(home, view=own, visit=family)
    yield "12-review-family", replace(home, view=Review(), visit=replace(family, ink=visit.ink, family_inks=()))


def _found(home: Kiosk) -> Iterator[tuple[str, Kiosk]]:
    """What fits, and what was searched for."""
    old = {"age": ("80-89",), "sex": ("f",), "register": ("local",), "work": ("retired",), "body": ("ok",), "hardship": ("normal",)}
    errand = Fitting(1, MappingProxyType(old))
    yield "20-fits-question", replace(home, view=FitQuestion(1), visit=errand)
    by_card = replace(errand, by_card=frozenset({"who", "age", "sex"}))
    yield "20-fits-card", replace(home, view=HolderCard(LayStage.READING), visit=Fitting(1))
    yield "20-fits-by-card", replace(home, view=FitQuestion(3), visit=by_card)
    yield "20-fits-several", replace(home, view=FitQuestion(7), visit=Fitting(1, MappingProxyType({"family": ("alone", "one_child")})))
    yield "20-fits-list", replace(home, view=FitList(), visit=errand)
    young = {"age": ("16-34",), "register": ("local",), "work": ("job",), "hardship": ("normal",), "body": ("ok",)}
    nothing = {
        **young,
        "home": ("own",),
        "army": ("no",),
        "today": ("none",),
        "family": ("none",),
        "recent": ("none",),
        "insured": ("med_emp",),
    }
    yield "20-fits-nothing", replace(home, view=FitList(), visit=Fitting(1, MappingProxyType(nothing)))
    yield "21-search", replace(home, view=SearchShown(), visit=Searching(1))
    yield "21-search-found", replace(home, view=SearchShown(), visit=Searching(1, "老人"))
    yield "21-search-nothing", replace(home, view=SearchShown(), visit=Searching(1, "飞机票"))


def _before_the_form(home: Kiosk, start: Visit, allowance: ItemPackage) -> Iterator[tuple[str, Kiosk]]:
    yield "03-guide-living", replace(home, view=Guide(agreed=True), visit=replace(start, card=None))
    yield "03-whose", replace(home, view=Whose(), visit=replace(start, card=None))
    yield "03-whose-asked", replace(home, view=Whose(asked=True), visit=replace(start, card=None))
    helped = replace(start, card=None, answers=MappingProxyType({"apply_as": "child"}))
    yield "04-lay-card-for", replace(home, view=LayCard(), visit=helped)
    yield "04-lay-card-helper", replace(home, view=LayCard(whose=CardOf.HELPER), visit=helped)
    row = RowAt("household", 0)
    yield "04-lay-card-member", replace(home, view=LayCard(whose=CardOf.MEMBER, page=1, row=row), visit=start)
    yield "04-eligible", replace(home, view=Eligible(1), visit=start)
    above = replace(start, fitness=MappingProxyType({"income_low": "above"}))
    yield "04-eligible-asked", replace(home, view=Eligible(1, asked=True), visit=start)
    yield "04-eligible-refused", replace(home, view=Eligible(1), visit=above)
    unwilling = replace(start, fitness=MappingProxyType({"may_check": False}))
    yield "04-eligible-refused-desk", replace(home, view=Eligible(3), visit=unwilling)
    yield "04-eligible-by-card", replace(home, view=Eligible(0), visit=replace(start, item=allowance))


def _rows(home: Kiosk, start: Visit) -> Iterator[tuple[str, Kiosk]]:
    page = next(place for place, one in enumerate(start.item.pages) if any(field.name == "household" for field in one.fields))
    yield "08-household-none", replace(home, view=Form(page), visit=start)
    two = replace(start, answers=MappingProxyType({"household": (SON, MOTHER)}))
    yield "08-household", replace(home, view=Form(page), visit=two)
    row = RowAt("household", 1)
    yield "08-household-row", replace(home, view=Form(page, row=row), visit=two)
    wrong = row_problems(two, row, home.now.date())
    yield "08-household-row-gap", replace(home, view=Form(page, wrong[0].field if wrong else None, wrong, row), visit=two)
    money = next(place for place, one in enumerate(start.item.pages) if any(field.name == "incomes" for field in one.fields))
    wage = {"i_who": "吴样例", "i_kind": "pension", "i_month": "1480", "i_months": "12"}
    earning = with_derived(replace(start, answers=MappingProxyType({"incomes": (wage,)})), home.now.date())
    yield "08-incomes", replace(home, view=Form(money), visit=earning)


def _addresses(home: Kiosk, start: Visit) -> Iterator[tuple[str, Kiosk]]:
    name = "registered_address"

    def at(**address: str) -> Kiosk:
        return replace(home, view=Form(0, name), visit=replace(start, answers=MappingProxyType({name: address} if address else {})))

    yield "09-address", at()
    yield "09-address-street", at(district="和平区")
    yield "09-address-community", at(district="和平区", street="晴岚街道")
    yield "09-address-road", at(district="和平区", street="晴岚街道", community="晴岚社区")
    yield "09-address-road-written", at(district="和平区", street="南湖街道")
    yield "09-address-door", at(district="和平区", street="晴岚街道", community="晴岚社区", road="晴岚街", door="18号3-")
    yield "09-address-far-county", at(province="云南省", city="楚雄彝族自治州")
    yield "09-address-far-district", at(province="河北省", city="石家庄市")
    yield "09-address-far-line", at(province="辽宁省", city="大连市", county="中山区", line="样例路")
    yield "09-address-written", at(written="辽宁省大连市中山区样例路 8 号")
