"""Bills: providers, the account with its pad, what is owed, and the provider's code while it is watched."""

from kiosk.flow.errands import AccountEntry, BillShown, BillStage, PayCode, Paying, PayStage, ProofPaper
from kiosk.flow.events.applying import AnswerGiven, ReprintPressed
from kiosk.flow.events.choosing import ProofAgainWanted, UtilityChosen
from kiosk.flow.paying import is_over, may_pay, utility_of
from kiosk.flow.state import Kiosk
from kiosk.input_method.editing import FigureKind
from kiosk.screens.code import Code
from kiosk.screens.components.buttons import SECONDARY, Button
from kiosk.screens.components.cards import RAISED, Badge, Card, IconBox, PressCard, Tint, banner
from kiosk.screens.components.lists import KeyValue
from kiosk.screens.components.marked import awaiting
from kiosk.screens.components.pages import Block, Rows
from kiosk.screens.components.part import Column, Gap, Part, Row
from kiosk.screens.components.spinner import Spinner
from kiosk.screens.components.text import Icon, Text
from kiosk.screens.entry.beside import Beside
from kiosk.screens.entry.field import FieldBox, FieldLook, Filled, Question
from kiosk.screens.entry.figures import FigurePad
from kiosk.screens.entry.keys import Bed
from kiosk.screens.frame import Head, back_button, next_button
from kiosk.screens.page import Page, Sheet
from kiosk.screens.stage import Stage
from kiosk.screens.typeset import Span
from kiosk.screens.wording import grouped
from sync.contract.bills import Bill, BillStatus, Utility, UtilityKind
from sync.contract.paid_bills import code_of

ICONS: dict[UtilityKind, tuple[str, Tint]] = {
    UtilityKind.WATER: ("water_drop", Tint.INFO),
    UtilityKind.POWER: ("bolt", Tint.GLAZE),
    UtilityKind.GAS: ("local_fire_department", Tint.CLAY),
    UtilityKind.HEATING: ("heat", Tint.CLAY),
    UtilityKind.MEDICAL: ("health_and_safety", Tint.INFO),
    UtilityKind.PENSION: ("elderly", Tint.GLAZE),
}


class UtilityListPage(Page):
    """Which provider."""

    def facts(self, kiosk: Kiosk) -> object:
        return kiosk.view, kiosk.community.utilities, kiosk.line_up

    def sheet(self, kiosk: Kiosk) -> Sheet:
        stage = self.stage
        cards: list[Block] = [*(_utility(stage, one) for one in kiosk.community.utilities), _proof_again(stage)]
        if not kiosk.line_up:
            cards.insert(0, banner(stage, Tint.WARN, "cloud_off", stage.say("bills.offline"), stage.say("bills.offline_more")))
        touch = awaiting(stage, "touch_app", stage.say("bills.touch_one"))
        return Sheet(cards, head=Head(stage, stage.say("bills.title"), lead=stage.say("bills.lead")), actions=[back_button(stage), touch])


class AccountPage(Page):
    """The account's figures, with the pad under them."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._question: Question | None = None

    def facts(self, kiosk: Kiosk) -> object:
        return isinstance(kiosk.view, AccountEntry), kiosk.visit.utility if isinstance(kiosk.visit, Paying) else "", kiosk.display

    def show(self, kiosk: Kiosk) -> None:
        """Show the page; figures change in place."""
        super().show(kiosk)
        utility = utility_of(kiosk, kiosk.visit) if isinstance(kiosk.visit, Paying) else None
        if self._question is None or utility is None or not isinstance(kiosk.visit, Paying):
            return
        account = kiosk.visit.account.reveal()
        wrong = isinstance(kiosk.view, AccountEntry) and kiosk.view.asked
        said = self.stage.say("bills.account_wrong", least=utility.digits_least, most=utility.digits_most) if wrong else ""
        look = FieldLook.WRONG_FOCUS if wrong else FieldLook.FOCUS
        if self._question.show(Filled(look, grouped(account, 4), "", self.stage.say("form.tap"), said)) and self.body is not None:
            self.body.arrange()  # the keys below make room for the line that says what is wrong

    def sheet(self, kiosk: Kiosk) -> Sheet:
        stage, errand = self.stage, kiosk.visit
        utility = utility_of(kiosk, errand) if isinstance(errand, Paying) else None
        if utility is None or not isinstance(errand, Paying):
            return Sheet([banner(stage, Tint.INFO, "info", stage.say("bills.gone"))], actions=[back_button(stage)])
        language = stage.theme.language
        label = utility.account_label.said_in(language)
        pad = FigurePad(stage, FigureKind.DIGITS, utility.digits_most, lambda value: stage.send(AnswerGiven("account", value)), None)
        pad.begin(errand.account.reveal())
        self._question = Question(stage, label, FieldBox(stage, "account", label, lambda: None, pad.empty))
        head = Head(stage, [Span(utility.name.said_in(language))], lead=stage.say("bills.account_lead"))
        actions: list[Part] = [back_button(stage), next_button(stage, stage.say("bills.look"), icon="search")]
        if stage.theme.panel.is_upright:
            return Sheet([self._question, pad], head=head, actions=actions)
        return Sheet([Beside(stage, Column(stage, [head, Gap(stage, 22), self._question]), pad, Bed.WIDTH * 0.8)], actions=actions)


class BillPage(Page):
    """What the provider says is owed."""

    def sheet(self, kiosk: Kiosk) -> Sheet:
        stage, errand, view = self.stage, kiosk.visit, kiosk.view
        if not isinstance(errand, Paying) or not isinstance(view, BillShown):
            return Sheet(())
        utility, bill = utility_of(kiosk, errand), errand.bill
        head = Head(stage, [Span(utility.name.said_in(stage.theme.language))] if utility else stage.say("bills.title"))
        back = back_button(stage)
        if view.stage is BillStage.ASKING:
            asking = banner(stage, Tint.PRI, Spinner(stage), stage.say("bills.asking"))
            return Sheet([asking], head=head, actions=[awaiting(stage, "hourglass_top", stage.say("bills.asking_wait"))], finish=False)
        again = next_button(stage, stage.say("bills.again"), icon="refresh")
        if view.stage is BillStage.NO_LINE or bill is None or utility is None:
            no_line = banner(stage, Tint.WARN, "cloud_off", stage.say("bills.no_line"), stage.say("bills.no_line_more"))
            return Sheet([no_line], head=head, actions=[back, again])
        if bill.status is BillStatus.PROVIDER_DOWN:
            down = banner(stage, Tint.WARN, "cloud_off", stage.say("bills.down"), stage.say("bills.down_more"))
            return Sheet([down], head=head, actions=[back, again])
        if bill.status is BillStatus.NO_ACCOUNT:
            none = banner(stage, Tint.WARN, "search", stage.say("bills.no_account"), stage.say("bills.no_account_more"))
            return Sheet([none], head=head, actions=[back])
        body: list[Block] = [_bill(stage, errand, bill)]
        if may_pay(utility, bill):
            body.append(banner(stage, Tint.INFO, "qr_code_2", stage.say("bills.how"), stage.say("bills.how_more")))
            return Sheet(body, head=head, actions=[back, next_button(stage, stage.say("bills.pay"), icon="qr_code_2")])
        return Sheet(body, head=head, actions=[back])


class PayPage(Page):
    """The code while it can be paid; afterwards what is known, and nothing more."""

    def facts(self, kiosk: Kiosk) -> object:
        return kiosk.view, kiosk.visit

    def sheet(self, kiosk: Kiosk) -> Sheet:
        stage, errand, view = self.stage, kiosk.visit, kiosk.view
        if not isinstance(errand, Paying) or not isinstance(view, PayCode) or errand.bill is None:
            return Sheet(())
        amount = stage.say("form.yuan", amount=yuan(errand.bill.amount_fen))
        head = Head(stage, stage.say(f"bills.pay_{view.stage}"), lead=stage.say(f"bills.pay_{view.stage}_more"))
        match view.stage:
            case PayStage.STARTING | PayStage.CLOSING:
                wait = banner(stage, Tint.PRI, Spinner(stage), stage.say("bills.asking_wait"))
                return Sheet([wait], head=head, actions=[awaiting(stage, "hourglass_top", stage.say("bills.asking_wait"))], finish=False)
            case PayStage.WATCHING:
                stop = back_button(stage, text=stage.say("bills.stop"))
                return Sheet(
                    _to_scan(stage, view, amount),
                    head=head,
                    actions=[stop, awaiting(stage, "hourglass_top", stage.say("bills.watching"))],
                    finish=False,
                )
            case PayStage.UNSURE:
                staff = banner(
                    stage,
                    Tint.WARN,
                    "support_agent",
                    stage.say("bills.unsure"),
                    stage.say("bills.unsure_more", number=grouped(code_of(errand.payment), 4) if errand.payment else ""),
                )
                return Sheet([staff], head=head, actions=[next_button(stage, stage.say("bills.ask_again"), icon="refresh")])
            case PayStage.PAID | PayStage.CLOSED | PayStage.ELSEWHERE | PayStage.CHANGED:
                return self._over(head, view, amount)

    def _over(self, head: Head, view: PayCode, amount: str) -> Sheet:
        stage = self.stage
        end = next_button(stage, stage.say("bills.end"), icon="check")
        if view.stage is not PayStage.PAID:
            return Sheet([banner(stage, Tint.INFO, "info", stage.say("bills.nothing_paid"))], head=head, actions=[end])
        rows: list[Part] = [
            Text(stage, [Span(amount)], "number"),
            KeyValue(stage, stage.say("bills.number"), [Span(view.number)]),
        ]
        body: list[Block] = [Rows(stage, rows, ruled=False, gap=12, down=34)]
        if view.paper is ProofPaper.PRINTING:
            body.append(banner(stage, Tint.PRI, Spinner(stage), stage.say("bills.printing")))
            return Sheet(body, head=head, actions=[awaiting(stage, "print", stage.say("bills.printing"))], finish=False)
        printed = view.paper is ProofPaper.PRINTED
        body.append(
            banner(stage, Tint.OK if printed else Tint.WARN, "receipt_long", stage.say("bills.printed" if printed else "bills.not_printed"))
        )
        again = Button(stage, stage.say("bills.print_again"), ReprintPressed(), test_id="reprint", kind=SECONDARY, icon="print", across=32)
        return Sheet(body, head=head, actions=[again, end] if is_over(view) else [end])


_CODE, _CODE_ACROSS, _CODE_COMPACT = 520, 360, 330
"""Units of the code's side, on upright, wide and small panels."""


def _to_scan(stage: Stage, view: PayCode, amount: str) -> list[Block]:
    """Return amount and code, and that the line is down; on a small panel beside each other, for a code is not cut between two leaves."""
    blind: list[Part] = (
        [banner(stage, Tint.WARN, "cloud_off", stage.say("bills.blind"), stage.say("bills.blind_more"))] if view.blind else []
    )
    words = Text(stage, [Span(amount)], "number", centred=True)
    if stage.theme.panel.is_compact:
        left = Column(stage, [Gap(stage, grows=True), words, *blind, Gap(stage, grows=True)], gap=22, grows=True)
        card = Card(stage, Code(stage, view.code, _CODE_COMPACT), look=RAISED, across=18, down=18)
        return [Row(stage, [left, card], gap=28, grows=True)]
    code = Code(stage, view.code, _CODE if stage.theme.panel.is_upright else _CODE_ACROSS)
    inside = Column(stage, [words, Gap(stage, 10), code], middle=True)
    return [Card(stage, Row(stage, [Gap(stage, grows=True), inside, Gap(stage, grows=True)]), look=RAISED), *blind]


def yuan(fen: int) -> str:
    """Return an amount in yuan with two places."""
    return f"{fen // 100}.{fen % 100:02d}"


def _utility(stage: Stage, one: Utility) -> Part:
    icon, tint = ICONS[one.kind]
    name = one.name.said_in(stage.theme.language)
    does = stage.say("bills.does_pay" if one.pays else "bills.does_look")
    words = Column(stage, [Text(stage, [Span(name)], "h2"), Text(stage, does, "body", ink="ink2")], grows=True)
    end: list[Part] = [Badge(stage, stage.say("bills.sample"), Tint.SUNK)] if one.sample and not stage.theme.is_large else []
    inside = Row(stage, [IconBox(stage, icon, tint, 92), words, *end, Icon(stage, "chevron_right", 50)], gap=26, level=True)
    return PressCard(stage, inside, UtilityChosen(one.id), test_id=f"utility-{one.id}", label=name, down=20)


def _proof_again(stage: Stage) -> Part:
    name = stage.say("bills.again_title")
    words = Column(stage, [Text(stage, name, "h2"), Text(stage, stage.say("bills.again_about"), "body", ink="ink2")], grows=True)
    inside = Row(stage, [IconBox(stage, "receipt_long", Tint.SUNK, 92), words, Icon(stage, "chevron_right", 50)], gap=26, level=True)
    return PressCard(stage, inside, ProofAgainWanted(), test_id="proof-again", label=name, down=20)


def _bill(stage: Stage, errand: Paying, bill: Bill) -> Block:
    account = errand.account.reveal()
    rows: list[Part] = [Text(stage, [Span(stage.say("form.yuan", amount=yuan(bill.amount_fen)))], "number")]
    if bill.status is BillStatus.NOTHING_OWED:
        rows = [Text(stage, stage.say("bills.nothing_owed"), "h1")]
    known = (
        ("holder", bill.holder),
        ("account", f"**** {account[-4:]}"),
        ("place", next((one.place for one in errand.held if one.account == account), "")),
        ("period", bill.period),
        ("due", bill.due_on.isoformat() if bill.due_on else ""),
    )
    rows += [KeyValue(stage, stage.say(f"bills.{key}"), [Span(value)]) for key, value in known if value]
    return Rows(stage, rows, ruled=False, gap=12, down=34)
