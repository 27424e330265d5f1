"""The directory of services: kinds as tiles, who does one of them, and one of those whole. Commercial ones are labelled everywhere."""

from kiosk.flow.browsing import provider_of, providers_of, shown, takes_requests
from kiosk.flow.errands import ProviderList, ProviderShown
from kiosk.flow.events.choosing import ProviderOpened, ServiceOpened
from kiosk.flow.state import Kiosk
from kiosk.screens.components.cards import Badge, IconBox, PressCard, Tint, banner
from kiosk.screens.components.lists import KeyValue
from kiosk.screens.components.marked import awaiting
from kiosk.screens.components.pages import Block, Rows
from kiosk.screens.components.part import Column, Gap, Part, Row
from kiosk.screens.components.text import Icon, Text
from kiosk.screens.frame import Head, back_button, next_button
from kiosk.screens.page import Page, Sheet
from kiosk.screens.stage import Stage
from kiosk.screens.typeset import Span
from sync.contract.directory import Family, Provider, ServiceKind

ICONS: dict[ServiceKind, tuple[str, Tint]] = {
    ServiceKind.MEALS: ("restaurant", Tint.CLAY),
    ServiceKind.HOME_CARE: ("home_health", Tint.INFO),
    ServiceKind.DAY_CARE: ("elderly", Tint.GLAZE),
    ServiceKind.CLEANING: ("cleaning_services", Tint.INFO),
    ServiceKind.REPAIR: ("handyman", Tint.GLAZE),
    ServiceKind.LOCKSMITH: ("key", Tint.CLAY),
    ServiceKind.TUTORING: ("school", Tint.PRI),
    ServiceKind.CLINIC: ("local_hospital", Tint.INFO),
    ServiceKind.ESCORT: ("accessible_forward", Tint.CLAY),
    ServiceKind.COUNSEL: ("psychology", Tint.PRI),
    ServiceKind.VOLUNTEER: ("volunteer_activism", Tint.CLAY),
    ServiceKind.JOINING: ("diversity_1", Tint.PRI),
    ServiceKind.TIME_BANK: ("hourglass_top", Tint.GLAZE),
    ServiceKind.LENDING: ("handshake", Tint.PRI),
    ServiceKind.SWAP: ("swap_horiz", Tint.INFO),
    ServiceKind.DONATION: ("redeem", Tint.CLAY),
    ServiceKind.ACTIVITY: ("groups", Tint.PRI),
    ServiceKind.CHILDCARE: ("child_care", Tint.GLAZE),
    ServiceKind.RECYCLING: ("recycling", Tint.PRI),
    ServiceKind.ERRANDS: ("directions_bus", Tint.INFO),
}
_TINTS = {Family.PUBLIC: Tint.INFO, Family.MUTUAL: Tint.OK, Family.CHARITY: Tint.CLAY, Family.COMMERCIAL: Tint.SUNK}


class ServiceListPage(Page):
    """The kinds for which there is somebody."""

    def facts(self, kiosk: Kiosk) -> object:
        return kiosk.view, shown(kiosk)

    def sheet(self, kiosk: Kiosk) -> Sheet:
        stage, providers = self.stage, shown(kiosk)
        kinds = [kind for kind in ServiceKind if any(one.kind is kind for one in providers)]
        head = Head(stage, stage.say("directory.title"), lead=stage.say("directory.lead") if kinds else None)
        if not kinds:
            return Sheet([banner(stage, Tint.PRI, "storefront", stage.say("directory.none"))], head=head, actions=[back_button(stage)])
        across = 2 if stage.theme.is_large else 4
        tiles: list[Part] = [_tile(stage, kind, sum(1 for one in providers if one.kind is kind)) for kind in kinds]
        rows: list[Block] = []
        for start in range(0, len(tiles), across):
            row = tiles[start : start + across]
            row += [Gap(stage) for _ in range(across - len(row))]
            rows.append(Row(stage, row, gap=20, even=True))
        return Sheet(rows, head=head, actions=[back_button(stage), awaiting(stage, "touch_app", stage.say("directory.touch_kind"))])


class ProviderListPage(Page):
    """Who does it."""

    def facts(self, kiosk: Kiosk) -> object:
        return kiosk.view, shown(kiosk)

    def sheet(self, kiosk: Kiosk) -> Sheet:
        if not isinstance(kiosk.view, ProviderList):
            return Sheet(())
        stage, kind = self.stage, kiosk.view.kind
        cards: list[Block] = [_card(stage, one) for one in providers_of(kiosk, kind)]
        head = Head(stage, stage.say(f"directory.kind_{kind}"))
        return Sheet(cards, head=head, actions=[back_button(stage), awaiting(stage, "touch_app", stage.say("directory.touch_one"))])


class ProviderPage(Page):
    """One service with everything that is known of it, and the way to ask for it."""

    def facts(self, kiosk: Kiosk) -> object:
        return kiosk.view, shown(kiosk), kiosk.items

    def sheet(self, kiosk: Kiosk) -> Sheet:
        stage, language = self.stage, self.stage.theme.language
        one = provider_of(kiosk, kiosk.view.provider) if isinstance(kiosk.view, ProviderShown) else None
        if one is None:
            gone = banner(stage, Tint.INFO, "info", stage.say("directory.gone"))
            return Sheet([gone], head=Head(stage, stage.say("directory.title")), actions=[back_button(stage)])
        icon, tint = ICONS[one.kind]
        words = Column(stage, [Text(stage, [Span(one.name.said_in(language))], "h1"), _family(stage, one)], gap=10, grows=True)
        title = Row(stage, [IconBox(stage, icon, tint, 112), words], gap=30, level=True)
        known = (
            ("place", one.place.said_in(language)), ("hours", one.hours.said_in(language)), ("price", one.price.said_in(language)),
            ("time", stage.say("directory.time_minutes", minutes=one.time_minutes) if one.time_minutes else ""),
            ("telephone", one.telephone), ("stairs", stage.say("directory.accessible")) if one.accessible else ("stairs", ""),
            ("updated", one.updated_on.isoformat()),
        )  # fmt: skip
        rows: list[Part] = [Text(stage, [Span(one.about.said_in(language))], "lead")]
        rows += [KeyValue(stage, stage.say(f"directory.{key}"), [Span(value)]) for key, value in known if value]
        if one.stars is not None:
            said = stage.say("directory.stars", stars=f"{one.stars / 10:.1f}", rated=one.rated)
            rows.append(KeyValue(stage, stage.say("directory.rating"), [Span(said)]))
        body: list[Block] = [title, Rows(stage, rows, ruled=False, gap=14, down=34)]
        if takes_requests(kiosk, one):
            return Sheet(body, actions=[back_button(stage), next_button(stage, stage.say("directory.request"))])
        call = awaiting(stage, "call", stage.say("directory.call", telephone=one.telephone))
        return Sheet(body, actions=[back_button(stage), call])


def _tile(stage: Stage, kind: ServiceKind, count: int) -> Part:
    icon, tint = ICONS[kind]
    name = stage.say(f"directory.kind_{kind}")
    counted = stage.say("directory.count", count=count)
    words = Column(stage, [Text(stage, name, "item", centred=True), Text(stage, counted, "caption", ink="ink2", centred=True)])
    inside = Column(stage, [IconBox(stage, icon, tint, 84 if stage.theme.panel.is_upright else 64), Gap(stage, 8), words])
    act = ServiceOpened(kind)
    return PressCard(stage, inside, act, test_id=f"service-{kind}", label=f"{name} {counted}", across=10, down=18, radius=30)


def _card(stage: Stage, one: Provider) -> Part:
    language = stage.theme.language
    icon, tint = ICONS[one.kind]
    name = one.name.said_in(language)
    words = Column(
        stage,
        [
            Text(stage, [Span(name)], "h2"),
            Text(stage, [Span(f"{one.price.said_in(language)} · {one.place.said_in(language)}")], "body", ink="ink2"),
            Gap(stage, 10),
            _family(stage, one),
        ],
        grows=True,
    )
    inside = Row(stage, [IconBox(stage, icon, tint, 100), words, Icon(stage, "chevron_right", 50)], gap=28, level=True)
    return PressCard(stage, inside, ProviderOpened(one.id), test_id=f"provider-{one.id}", label=name, down=28)


def _family(stage: Stage, one: Provider) -> Part:
    badges: list[Part] = [Badge(stage, stage.say(f"directory.family_{one.family}"), _TINTS[one.family])]
    if one.stars is not None and not stage.theme.is_large:
        badges.append(Badge(stage, f"{one.stars / 10:.1f}", Tint.GLAZE, icon="star"))
    return Row(stage, [*badges, Gap(stage, grows=True)], gap=14, level=True)
