"""The proxy on the way to the city, changed at the menu: address, login, and once more whether it is meant; then the machine restarts."""

from dataclasses import replace
from typing import Final

from kiosk.flow.events import Event
from kiosk.flow.events.glass import BackPressed, NextPressed
from kiosk.flow.events.technician import ProxyKept
from kiosk.flow.setting_up import SymbolErased, SymbolTyped
from kiosk.flow.state import Kiosk
from kiosk.flow.step import Step, show, stay
from kiosk.flow.technician import Errand, ProxyShown, ProxyStep, Staff, Upkeep, WayShown
from kiosk.flow.technician_orders import KeepProxy
from kiosk.machine.network import Network, NetworkField
from kiosk.maintenance.machine import MachineOutcome
from peripherals.secret import Secret

LONGEST: Final = 64
_WRONG: Final = {
    ProxyStep.ADDRESS: NetworkField.PROXY,
    ProxyStep.USER: NetworkField.PROXY_USER,
    ProxyStep.PASSWORD: NetworkField.PROXY_PASSWORD,
}


def open_proxy(state: Kiosk, work: Upkeep) -> Step:
    """Begin with the address; what is in force is not shown, for its login is nobody's business."""
    return replace(state, visit=work, view=ProxyShown()), ()


def on_proxy(state: Kiosk, work: Upkeep, staff: Staff, view: ProxyShown, event: Event) -> Step:
    """Take one touch."""
    match event:
        case ProxyKept(token, outcome) if token == work.token:
            return replace(state, visit=replace(work, busy=None), view=replace(view, outcome=outcome)), ()
        case _ if work.busy is not None:
            return stay(state)
        case BackPressed():
            return show(state, _before(view))
        case SymbolTyped(symbol) if len(symbol) == 1 and " " < symbol < "\x7f" and len(typed_of(view)) < LONGEST:
            return show(state, _typed(view, typed_of(view) + symbol))
        case SymbolErased(everything):
            return show(state, _typed(view, "" if everything else typed_of(view)[:-1]))
        case NextPressed() if view.outcome is MachineOutcome.DONE:
            return show(state, WayShown())
        case NextPressed() if view.step is ProxyStep.ASKED:
            return (
                replace(state, visit=replace(work, busy=Errand.TREATING), view=replace(view, outcome=None)),
                (KeepProxy(work.token, staff, view.address, view.user, view.password),),
            )
        case NextPressed():
            return show(state, _after(view))
        case _:
            return stay(state)


def typed_of(view: ProxyShown) -> str:
    """Return what stands in the field that is shown."""
    match view.step:
        case ProxyStep.ADDRESS:
            return view.address
        case ProxyStep.USER:
            return view.user
        case ProxyStep.PASSWORD:
            return view.password.reveal()
        case ProxyStep.ASKED:
            return ""


def _typed(view: ProxyShown, text: str) -> ProxyShown:
    match view.step:
        case ProxyStep.ADDRESS:
            return replace(view, address=text, is_wrong=False)
        case ProxyStep.USER:
            return replace(view, user=text, is_wrong=False)
        case ProxyStep.PASSWORD:
            return replace(view, password=Secret(text), is_wrong=False)
        case ProxyStep.ASKED:
            return view


def _after(view: ProxyShown) -> ProxyShown:
    """Return the next step, unless what was typed cannot be used; an empty address means no proxy, an empty user no login."""
    if not view.address:
        return ProxyShown(ProxyStep.ASKED)
    password = view.password.reveal() if view.step is ProxyStep.PASSWORD else "x"
    network = Network(has_proxy=True, proxy=view.address, proxy_user=view.user, proxy_password=password if view.user else "")
    if _WRONG[view.step] in network.wrong():
        return replace(view, is_wrong=True)
    if view.step is ProxyStep.USER and not view.user:
        return replace(view, step=ProxyStep.ASKED, password=Secret(""))
    return replace(view, step=list(ProxyStep)[list(ProxyStep).index(view.step) + 1])


def _before(view: ProxyShown) -> ProxyShown | WayShown:
    if view.step is ProxyStep.ADDRESS or view.outcome is MachineOutcome.DONE:
        return WayShown()
    if view.step is ProxyStep.ASKED and not view.user:
        return replace(view, step=ProxyStep.USER if view.address else ProxyStep.ADDRESS, outcome=None)
    return replace(view, step=list(ProxyStep)[list(ProxyStep).index(view.step) - 1], is_wrong=False, outcome=None)
