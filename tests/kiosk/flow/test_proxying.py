"""Another proxy, typed at the menu: step by step, judged, asked once more; an engineer's alone, and a password that nobody sees."""

import pytest

from kiosk.flow.events.glass import BackPressed, NextPressed
from kiosk.flow.events.technician import DoorAnswered, ErrandOver, PlaceOpened, ProxyKept
from kiosk.flow.setting_up import SymbolErased, SymbolTyped
from kiosk.flow.technician import Errand, ProxyShown, ProxyStep, UpkeepPlace, WayShown
from kiosk.flow.technician_orders import KeepProxy
from kiosk.maintenance.machine import MachineOutcome
from kiosk.maintenance.sign_in import SignIn, SignInStatus
from peripherals.secret import Secret
from sync.contract.technicians import TechnicianRole
from tests.kiosk.flow.test_upkeep import at_home, knock, ordered, work
from tests.kiosk.flow.walk import Walk


def at_the_way(role: TechnicianRole = TechnicianRole.ENGINEER) -> Walk:
    walk = knock(at_home())
    token = work(walk).token
    walk.happen(DoorAnswered(token, SignIn(SignInStatus.SIGNED_IN, "E-02", role)), ErrandOver(token, Errand.TAKING_STOCK))
    walk.happen(PlaceOpened(UpkeepPlace.WAY), ErrandOver(token, Errand.WALKING))
    return walk


def at_proxy() -> Walk:
    walk = at_the_way()
    walk.happen(PlaceOpened(UpkeepPlace.PROXY))
    assert view(walk) == ProxyShown()
    return walk


def view(walk: Walk) -> ProxyShown:
    assert isinstance(walk.state.view, ProxyShown)
    return walk.state.view


def type_(walk: Walk, text: str) -> Walk:
    walk.happen(*(SymbolTyped(symbol) for symbol in text))
    return walk


def orders(walk: Walk) -> list[KeepProxy]:
    return [effect for effect in ordered(walk, NextPressed()) if isinstance(effect, KeepProxy)]


def test_address_and_login_are_asked_for_and_kept_once_they_are_confirmed() -> None:
    walk = at_proxy()
    assert orders(type_(walk, "proxy.example.org:3128")) == []
    assert view(walk).step is ProxyStep.USER
    assert orders(type_(walk, "kiosk")) == []
    assert orders(type_(walk, "In:vented1")) == []
    assert view(walk).step is ProxyStep.ASKED
    (order,) = orders(walk)
    assert (order.address, order.user, order.password.reveal()) == ("proxy.example.org:3128", "kiosk", "In:vented1")
    assert "In:vented1" not in repr(order) + repr(walk.state)
    assert work(walk).busy is Errand.TREATING
    assert orders(walk) == [], "not twice"
    walk.happen(ProxyKept(work(walk).token, MachineOutcome.DONE))
    assert (work(walk).busy, view(walk).outcome) == (None, MachineOutcome.DONE)
    walk.happen(NextPressed())
    assert walk.state.view == WayShown()


def test_a_proxy_that_wants_no_login() -> None:
    walk = type_(at_proxy(), "192.0.2.30:3128")
    walk.happen(NextPressed(), NextPressed())
    (order,) = orders(walk)
    assert (order.address, order.user, order.password) == ("192.0.2.30:3128", "", Secret(""))


def test_no_proxy_any_more() -> None:
    walk = at_proxy()
    walk.happen(NextPressed())
    assert view(walk).step is ProxyStep.ASKED
    (order,) = orders(walk)
    assert (order.address, order.user, order.password) == ("", "", Secret(""))


@pytest.mark.parametrize("address", ["proxy", "proxy:", ":3128", "proxy:0", "proxy:70000", "http://proxy:3128", "pro_xy:1", "u:p@proxy:1"])
def test_an_address_that_is_none_goes_no_further(address: str) -> None:
    walk = type_(at_proxy(), address)
    walk.happen(NextPressed())
    assert (view(walk).step, view(walk).is_wrong) == (ProxyStep.ADDRESS, True)
    walk.happen(SymbolErased())
    assert not view(walk).is_wrong


def test_a_user_without_a_password_goes_no_further() -> None:
    walk = type_(at_proxy(), "proxy:1")
    walk.happen(NextPressed())
    type_(walk, "kiosk").happen(NextPressed(), NextPressed())
    assert (view(walk).step, view(walk).is_wrong) == (ProxyStep.PASSWORD, True)


def test_back_leads_back_and_what_was_typed_stays() -> None:
    walk = type_(at_proxy(), "proxy:1")
    walk.happen(NextPressed(), NextPressed(), BackPressed(), BackPressed())
    assert (view(walk).step, view(walk).address) == (ProxyStep.ADDRESS, "proxy:1")
    walk.happen(BackPressed())
    assert walk.state.view == WayShown()


def test_all_of_it_can_be_erased() -> None:
    walk = type_(at_proxy(), "proxy:1")
    walk.happen(SymbolErased(everything=True))
    assert view(walk).address == ""
    assert len(view(type_(walk, "x" * 200)).address) == 64


def test_what_failed_is_told_and_may_be_tried_again() -> None:
    walk = at_proxy()
    walk.happen(NextPressed(), NextPressed(), ProxyKept(work(walk).token, MachineOutcome.NO_KEEPER))
    assert view(walk).outcome is MachineOutcome.NO_KEEPER
    assert len(orders(walk)) == 1
    assert view(walk).outcome is None


def test_an_answer_to_somebody_before_is_none() -> None:
    walk = at_proxy()
    walk.happen(NextPressed(), NextPressed(), ProxyKept(work(walk).token - 1, MachineOutcome.DONE))
    assert work(walk).busy is Errand.TREATING


@pytest.mark.parametrize("role", [TechnicianRole.OPENER, TechnicianRole.TECHNICIAN])
def test_it_is_an_engineers(role: TechnicianRole) -> None:
    walk = at_the_way(role)
    walk.happen(PlaceOpened(UpkeepPlace.PROXY))
    assert walk.state.view == WayShown()
