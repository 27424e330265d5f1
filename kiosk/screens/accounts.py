"""The accounts that a card found: which is meant, told by the end of its number and a masked place; or plainly why there is none."""

from kiosk.flow.errands import AccountList, AccountsStage, Paying
from kiosk.flow.events.choosing import AccountChosen, NumberPreferred
from kiosk.flow.paying import utility_of
from kiosk.flow.state import Kiosk
from kiosk.screens.bills import ICONS
from kiosk.screens.components.buttons import SECONDARY, Button
from kiosk.screens.components.cards import IconBox, PressCard, Tint, banner
from kiosk.screens.components.marked import awaiting
from kiosk.screens.components.pages import Block
from kiosk.screens.components.part import Column, Gap, Part, Row
from kiosk.screens.components.spinner import Spinner
from kiosk.screens.components.text import Icon, Text
from kiosk.screens.frame import Head, back_button, next_button
from kiosk.screens.page import Page, Sheet
from kiosk.screens.stage import Stage
from kiosk.screens.typeset import Span
from sync.contract.bills import HeldAccount, Utility


class AccountListPage(Page):
    """Which account."""

    def facts(self, kiosk: Kiosk) -> object:
        return kiosk.view, kiosk.visit

    def sheet(self, kiosk: Kiosk) -> Sheet:
        stage, errand, view = self.stage, kiosk.visit, kiosk.view
        utility = utility_of(kiosk, errand) if isinstance(errand, Paying) else None
        if not isinstance(errand, Paying) or not isinstance(view, AccountList):
            return Sheet(())
        if utility is None:
            return Sheet([banner(stage, Tint.INFO, "info", stage.say("bills.gone"))], actions=[back_button(stage)])
        name = [Span(utility.name.said_in(stage.theme.language))]
        said, back = stage.say(f"bills.accounts_{view.stage}"), back_button(stage)
        if view.stage is AccountsStage.CHOOSE:
            cards = _paired(stage, [_account(stage, utility, place, one) for place, one in enumerate(errand.held)])
            if errand.more:
                cards.append(banner(stage, Tint.INFO, "info", stage.say("bills.accounts_cut", count=len(errand.held))))
            return Sheet(cards, head=Head(stage, name, lead=said), actions=[back, number_button(stage)])
        more = stage.say(f"bills.accounts_{view.stage}_more")
        match view.stage:
            case AccountsStage.ASKING:
                wait = awaiting(stage, "hourglass_top", stage.say("bills.asking_wait"))
                return Sheet([banner(stage, Tint.PRI, Spinner(stage), said, more)], head=Head(stage, name), actions=[wait], finish=False)
            case AccountsStage.NONE_KNOWN | AccountsStage.NOT_OFFERED:
                none = banner(stage, Tint.INFO, "search_off", said, more)
                by_number = next_button(stage, stage.say("bills.by_number"), icon="dialpad")
                return Sheet([none], head=Head(stage, name), actions=[back, by_number])
            case AccountsStage.DOWN | AccountsStage.NO_LINE:
                again = next_button(stage, stage.say("bills.again"), icon="refresh")
                down = banner(stage, Tint.WARN, "cloud_off", said, more)
                return Sheet([down], head=Head(stage, name), actions=[back, again])


def number_button(stage: Stage, *, grows: bool = False) -> Button:
    """Return the other way: the account's number is typed."""
    words = stage.say("bills.by_number")
    return Button(stage, words, NumberPreferred(), test_id="by-number", kind=SECONDARY, icon="dialpad", across=32, grows=grows)


def _paired(stage: Stage, cards: list[Part]) -> list[Block]:
    """Return two beside each other where the panel is wide, for it is not high."""
    if stage.theme.panel.is_upright or stage.theme.is_large:
        return [*cards]
    pairs = [cards[place : place + 2] for place in range(0, len(cards), 2)]
    return [Row(stage, pair if len(pair) > 1 else [*pair, Gap(stage)], gap=20, even=True) for pair in pairs]


def _account(stage: Stage, utility: Utility, place: int, one: HeldAccount) -> Part:
    icon, tint = ICONS[utility.kind]
    number = f"**** {one.account[-4:]}"
    label = utility.account_label.said_in(stage.theme.language)
    lines: list[Part] = [Text(stage, [Span(f"{label} {number}")], "h2")]
    if one.place:
        lines.append(Text(stage, [Span(one.place)], "body", ink="ink2"))
    words = Column(stage, lines, gap=4, grows=True)
    inside = Row(stage, [IconBox(stage, icon, tint, 92), words, Icon(stage, "chevron_right", 50)], gap=26, level=True)
    heard = f"{label} {one.account[-4:]} {one.place}".strip()
    return PressCard(stage, inside, AccountChosen(place), test_id=f"account-{place}", label=heard, down=20)
