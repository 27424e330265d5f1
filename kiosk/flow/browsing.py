"""Looking for a service: the kinds, who does one of them, and one of those whole; from there a request begins, where one is taken."""

from dataclasses import replace
from types import MappingProxyType

from kiosk.flow.display import Display, Scale
from kiosk.flow.errands import Browsing, ProviderList, ProviderShown, ServiceList
from kiosk.flow.events import Event
from kiosk.flow.events.choosing import ProviderOpened, ServiceOpened
from kiosk.flow.events.glass import BackPressed, NextPressed
from kiosk.flow.state import Kiosk
from kiosk.flow.step import Step, back_home, show, stay, with_visit
from kiosk.flow.views import Guide
from kiosk.flow.visit import Visit
from sync.contract.directory import Provider, ServiceKind, offered
from sync.contract.item import Door, ItemPackage

SERVICE = "service"
"""The answer that names the provider; every item behind the directory's door asks for it."""


def begin(token: int) -> tuple[Browsing, ServiceList]:
    """Open the list of kinds."""
    return Browsing(token), ServiceList()


def on_browsing(state: Kiosk, event: Event) -> Step:
    """Nothing of a person is held until a request begins; that is an application like any other."""
    match state.view, event:
        case ServiceList(), ServiceOpened(kind) if providers_of(state, kind):
            return show(state, ProviderList(kind))
        case ServiceList(), BackPressed():
            return back_home(state)
        case ProviderList(kind), ProviderOpened(provider) if any(one.id == provider for one in providers_of(state, kind)):
            return show(state, ProviderShown(provider))
        case ProviderList(), BackPressed():
            return show(state, ServiceList())
        case ProviderShown(provider), BackPressed():
            found = provider_of(state, provider)
            return show(state, ServiceList() if found is None else ProviderList(found.kind))
        case ProviderShown(provider), NextPressed():
            return _request(state, provider)
        case _:
            return stay(state)


def shown(state: Kiosk) -> tuple[Provider, ...]:
    """Return the services that may be shown: in elder mode no commercial ones."""
    return offered(state.community.providers, state.now.date(), with_commercial=_is_usual(state.display))


def _is_usual(display: Display) -> bool:
    return display.scale is Scale.NORMAL and not display.elder


def providers_of(state: Kiosk, kind: ServiceKind) -> tuple[Provider, ...]:
    """Return who does this; what residents found good stands first, and nothing else decides."""
    return tuple(sorted((one for one in shown(state) if one.kind is kind), key=lambda one: (-(one.stars or 0), one.name.zh)))


def provider_of(state: Kiosk, provider: str) -> Provider | None:
    """Return the provider with this id, if it may be shown."""
    return next((one for one in shown(state) if one.id == provider), None)


def takes_requests(state: Kiosk, provider: Provider) -> bool:
    """Tell whether a request can be handed in here."""
    return provider.takes_requests and _item_for(state, provider.kind) is not None


def _item_for(state: Kiosk, kind: ServiceKind) -> ItemPackage | None:
    """Return the item with this kind's own questions, else the one for all kinds."""
    behind = [item for item in state.items if item.door is Door.DIRECTORY]
    return next((item for item in behind if kind in item.serves), next((item for item in behind if not item.serves), None))


def _request(state: Kiosk, provider: str) -> Step:
    found = provider_of(state, provider)
    item = _item_for(state, found.kind) if found is not None else None
    if found is None or item is None or not found.takes_requests:
        return stay(state)
    visit = Visit(state.visits + 1, item, answers=MappingProxyType({SERVICE: found.id}))
    return with_visit(replace(state, visits=visit.token), visit, Guide())
