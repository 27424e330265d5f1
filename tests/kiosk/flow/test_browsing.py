"""Looking for a service: commercial ones only where they may be shown, and a request only where one is taken."""

from datetime import date

import pytest
from msgspec.structs import replace

from kiosk.flow.browsing import providers_of, shown
from kiosk.flow.community import Community
from kiosk.flow.display import Scale
from kiosk.flow.errands import Browsing, ErrandKind, ProviderList, ProviderShown, ServiceList
from kiosk.flow.events.choosing import ErrandChosen, ProviderOpened, ServiceOpened
from kiosk.flow.events.glass import BackPressed, FinishPressed, GlassTouched, NextPressed, ScaleChosen
from kiosk.flow.events.terminal import CommunityLoaded, ItemsLoaded
from kiosk.flow.views import Guide, Home
from sync.contract.directory import Family, Provider, ServiceKind
from sync.contract.names import ItemCode
from sync.contract.words import Words
from tests.kiosk.flow.walk import Walk, item

WORDS = Words("样例")


def provider(
    name: str, *, family: Family = Family.PUBLIC, takes: bool = True, until: date = date(2027, 1, 1), stars: int | None = None
) -> Provider:
    return Provider(
        name,
        ServiceKind.REPAIR,
        family,
        Words(name),
        WORDS,
        WORDS,
        WORDS,
        WORDS,
        "024-0000-0000",
        date(2026, 11, 1),
        until,
        takes,
        stars=stars,
    )


def browsing(*providers: Provider) -> Walk:
    community = Community(providers=providers)
    walk = Walk().happen(ItemsLoaded((item(), item("service-request"))), GlassTouched(), CommunityLoaded(community))
    return walk.happen(ErrandChosen(ErrandKind.SERVICES))


def test_from_the_kinds_to_one_service_and_back() -> None:
    walk = browsing(provider("a"), provider("b"))
    assert (walk.state.visit, walk.state.view) == (Browsing(1), ServiceList())
    walk.happen(ServiceOpened(ServiceKind.REPAIR), ProviderOpened("b"))
    assert walk.state.view == ProviderShown("b")
    assert walk.happen(BackPressed()).state.view == ProviderList(ServiceKind.REPAIR)
    assert walk.happen(BackPressed(), BackPressed()).state.view == Home()


def test_a_request_begins_an_application_that_names_the_service() -> None:
    walk = browsing(provider("a")).happen(ServiceOpened(ServiceKind.REPAIR), ProviderOpened("a"), NextPressed())
    assert isinstance(walk.state.view, Guide)
    assert walk.state.application is not None
    assert dict(walk.state.application.answers) == {"service": "a"}
    assert walk.state.application.token == 2
    assert walk.happen(FinishPressed()).state.visit is None


def test_where_no_request_is_taken_none_begins() -> None:
    walk = browsing(provider("a", takes=False)).happen(ServiceOpened(ServiceKind.REPAIR), ProviderOpened("a"), NextPressed())
    assert walk.state.view == ProviderShown("a")


@pytest.mark.parametrize("event", [ServiceOpened(ServiceKind.MEALS), ProviderOpened("a"), NextPressed()])
def test_what_is_not_there_is_not_opened(event: ServiceOpened | ProviderOpened | NextPressed) -> None:
    assert browsing(provider("a")).happen(event).state.view == ServiceList()


def test_elders_see_no_commercial_service_and_nobody_sees_one_whose_papers_are_over() -> None:
    walk = browsing(provider("a"), provider("shop", family=Family.COMMERCIAL), provider("old", until=date(2026, 11, 22)))
    assert {one.id for one in shown(walk.state)} == {"a", "shop"}
    assert {one.id for one in shown(walk.happen(ScaleChosen(Scale.LARGE)).state)} == {"a"}


def test_only_what_residents_found_good_stands_earlier() -> None:
    walk = browsing(provider("a"), provider("b", stars=49), provider("c", stars=31))
    assert [one.id for one in providers_of(walk.state, ServiceKind.REPAIR)] == ["b", "c", "a"]


def test_a_kind_with_questions_of_its_own_is_asked_those_and_every_other_kind_the_general_ones() -> None:
    walk = browsing(provider("a"), replace(provider("b"), kind=ServiceKind.MEALS))
    general = item("service-request")
    repairs = replace(general, code=ItemCode("service-repair"), serves=(ServiceKind.REPAIR, ServiceKind.LOCKSMITH))
    walk.happen(ItemsLoaded((general, repairs)))
    walk.happen(ServiceOpened(ServiceKind.REPAIR), ProviderOpened("a"), NextPressed())
    assert walk.state.application is not None
    assert walk.state.application.item.code == "service-repair"
    other = browsing(replace(provider("b"), kind=ServiceKind.MEALS))
    other.happen(ItemsLoaded((repairs, general)), ServiceOpened(ServiceKind.MEALS), ProviderOpened("b"), NextPressed())
    assert other.state.application is not None
    assert other.state.application.item.code == "service-request"


def test_where_only_another_kind_is_asked_for_no_request_is_taken() -> None:
    walk = browsing(provider("a"))
    meals = replace(item("service-request"), code=ItemCode("service-meals"), serves=(ServiceKind.MEALS,))
    walk.happen(ItemsLoaded((meals,)), ServiceOpened(ServiceKind.REPAIR), ProviderOpened("a"), NextPressed())
    assert walk.state.view == ProviderShown("a")
    assert walk.state.application is None
