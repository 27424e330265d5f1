"""Out of service from afar: a visit is finished, then the terminal rests with operations' own words; and it comes back by itself."""

from kiosk.flow.events.terminal import PlaceTold, ServiceResumed, ServiceSuspended, StorageFailed, StorageMended
from kiosk.flow.views import Fault, Form, Home, Idle, OutOfOrder
from sync.contract.words import Words
from tests.kiosk.flow.walk import Walk

TEXT = Words("正在换新机器", "Being replaced")


def test_where_nobody_stands_it_rests_at_once_and_comes_back() -> None:
    walk = Walk().at_home()
    walk.happen(ServiceSuspended(TEXT))
    assert walk.state.view == OutOfOrder(Fault.SUSPENDED)
    assert walk.state.suspended == TEXT
    walk.happen(ServiceResumed())
    assert isinstance(walk.state.view, Idle | Home)
    assert walk.state.suspended is None


def test_a_visit_under_way_is_finished_first() -> None:
    walk = Walk().at_form()
    walk.happen(ServiceSuspended(TEXT))
    assert isinstance(walk.state.view, Form)
    assert Fault.SUSPENDED in walk.state.faults


def test_a_broken_disk_is_the_worse_news() -> None:
    walk = Walk().at_home()
    walk.happen(ServiceSuspended(TEXT), StorageFailed())
    assert walk.state.view == OutOfOrder(Fault.STORAGE)
    walk.happen(StorageMended())
    assert walk.state.view == OutOfOrder(Fault.SUSPENDED)


def test_where_help_is_found_can_be_told_from_afar_and_taken_back() -> None:
    walk = Walk().at_home()
    own = walk.state.place
    walk.happen(PlaceTold("024-12345", None))
    assert (walk.state.place.hotline, walk.state.place.staff) == ("024-12345", own.staff)
    walk.happen(PlaceTold(None, "9 号窗口"))
    assert (walk.state.place.hotline, walk.state.place.staff) == (own.hotline, "9 号窗口")
    walk.happen(PlaceTold(None, None))
    assert walk.state.place == own
