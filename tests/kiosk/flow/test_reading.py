"""Reading the community's notices: what is valid, in which order, and the ways home."""

from datetime import timedelta

import pytest

from kiosk.flow.community import Community
from kiosk.flow.display import Display
from kiosk.flow.errands import ErrandKind, NoticeList, NoticeShown, Reading
from kiosk.flow.events.choosing import ErrandChosen, ItemChosen, NoticeOpened
from kiosk.flow.events.devices import PlateSeen
from kiosk.flow.events.glass import BackPressed, FinishPressed, LanguageChosen, NextPressed, StaffWanted
from kiosk.flow.events.terminal import CommunityLoaded, MinutePassed, Timer, TimerFired
from kiosk.flow.reading import shown
from kiosk.flow.views import CallStage, CardLeft, Home, Idle, StaffCalled, StillThere
from peripherals.id_card_reader import PlateStatus
from sync.contract.words import Language
from tests.kiosk.flow.walk import CODE, COMMUNITY, NOW, Walk, notice


def at_list() -> Walk:
    return Walk().at_home().happen(CommunityLoaded(COMMUNITY), ErrandChosen(ErrandKind.NOTICES))


def test_a_notice_is_opened_and_the_list_comes_back() -> None:
    walk = at_list()
    assert walk.state.visit == Reading(1)
    walk.happen(NoticeOpened("n2"))
    assert walk.state.view == NoticeShown("n2")
    walk.happen(BackPressed())
    assert walk.state.view == NoticeList()
    walk.happen(BackPressed())
    assert walk.state.view == Home()
    assert walk.state.visit is None


def test_what_is_not_there_is_not_opened() -> None:
    walk = at_list().happen(NoticeOpened("n9"), NextPressed(), ItemChosen(CODE))
    assert walk.state.view == NoticeList()


def test_urgent_ones_come_first_then_the_newest() -> None:
    old = notice("old", since=timedelta(days=9))
    urgent = notice("urgent", since=timedelta(days=20), urgent=True)
    walk = at_list().happen(CommunityLoaded(Community(notices=(old, notice("new"), urgent))))
    assert [one.id for one in shown(walk.state)] == ["urgent", "new", "old"]


@pytest.mark.parametrize(("moved", "there"), [(timedelta(0), True), (timedelta(days=1), False), (timedelta(days=-2), False)])
def test_a_notice_is_shown_while_it_is_valid(moved: timedelta, *, there: bool) -> None:
    walk = at_list().happen(MinutePassed(NOW + moved))
    assert bool(shown(walk.state)) == there


def test_a_notice_that_ends_while_it_is_read_stays_until_the_reader_goes_on() -> None:
    walk = at_list().happen(NoticeOpened("n1"), MinutePassed(NOW + timedelta(days=1)))
    assert walk.state.view == NoticeShown("n1")
    walk.happen(BackPressed(), NoticeOpened("n1"))
    assert walk.state.view == NoticeList()


def test_finishing_asks_nothing_for_there_is_nothing_to_lose() -> None:
    walk = at_list().happen(NoticeOpened("n1"), FinishPressed())
    assert walk.state.view == Home()
    assert walk.state.overlay is None


def test_who_went_away_is_asked_and_then_home_is_shown_in_the_default_language() -> None:
    walk = at_list().happen(LanguageChosen(Language.KO), TimerFired(Timer.IDLE))
    assert isinstance(walk.state.overlay, StillThere)
    for _ in range(30):
        walk.happen(TimerFired(Timer.COUNTDOWN))
    assert (walk.state.view, walk.state.visit, walk.state.display) == (Home(), None, Display())
    walk.happen(TimerFired(Timer.IDLE))
    assert walk.state.view == Idle()


def test_staff_can_be_called_from_the_list() -> None:
    assert at_list().happen(StaffWanted()).state.overlay == StaffCalled(CallStage.NO_LINE)


def test_nothing_begins_while_an_earlier_card_lies_there() -> None:
    walk = Walk().at_home().happen(PlateSeen(PlateStatus.OCCUPIED), ErrandChosen(ErrandKind.NOTICES))
    assert walk.state.visit is None
    assert walk.state.overlay == CardLeft()
