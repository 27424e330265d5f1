"""The proof of a paid bill once more: card, code or figures; the bills that were found; or plainly why there is no proof to print."""

from kiosk.flow.errands import FindPaid, FindStage, PaidAgain, PaidCodeEntry, PaidMissing, PaidShown, ProofPaper
from kiosk.flow.events.applying import AnswerGiven, ReprintPressed
from kiosk.flow.events.choosing import NumberPreferred, PaidChosen
from kiosk.flow.paid_again import may_ask_again
from kiosk.flow.social_card import is_in_vain
from kiosk.flow.state import Kiosk
from kiosk.input_method.editing import FigureKind
from kiosk.screens.bills import ICONS, yuan
from kiosk.screens.components.buttons import SECONDARY, Button
from kiosk.screens.components.cards import Card, IconBox, PressCard, Tint, banner
from kiosk.screens.components.lists import KeyValue
from kiosk.screens.components.marked import awaiting
from kiosk.screens.components.pages import Block, Rows
from kiosk.screens.components.part import Column, Gap, Part, Row
from kiosk.screens.components.shape import Look
from kiosk.screens.components.spinner import Spinner
from kiosk.screens.components.text import Icon, Text
from kiosk.screens.entry.beside import Beside
from kiosk.screens.entry.field import FieldBox, FieldLook, Filled, Question
from kiosk.screens.entry.figures import FigurePad
from kiosk.screens.entry.keys import Bed
from kiosk.screens.frame import Head, back_button, next_button
from kiosk.screens.lay_card import beside, put_in_vain, refusal
from kiosk.screens.page import Page, Sheet
from kiosk.screens.picture import Picture
from kiosk.screens.services import spaced
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import CARD_LIFT
from kiosk.screens.typeset import Span
from kiosk.screens.wording import grouped
from peripherals.id_card_reader import CardReadStatus
from sync.contract.paid_bills import CODE_FIGURES, PaidBill, PaidStatus


class FindPaidPage(Page):
    """Lay the card, show the receipt, or type its code; then a moment of asking."""

    def facts(self, kiosk: Kiosk) -> object:
        return super().facts(kiosk), is_in_vain(kiosk)

    def sheet(self, kiosk: Kiosk) -> Sheet:
        stage, view = self.stage, kiosk.view
        if not isinstance(view, FindPaid):
            return Sheet(())
        ways = "both" if view.by_card and kiosk.place.scans else "card" if view.by_card else "scan"
        head = Head(stage, stage.say("bills.again_title"), lead=stage.say(f"bills.again_lead_{ways}"))
        is_lying = view.by_card and view.stage in (FindStage.READING, FindStage.ASKING)
        in_vain = view.stage is not FindStage.READING and is_in_vain(kiosk)
        body: list[Part] = [put_in_vain(stage) if in_vain else _finding(stage, kiosk, view, ways)]
        actions: list[Part] = [back_button(stage)]
        match view.stage:
            case FindStage.NO_LINE | FindStage.DECLINED:
                actions.append(next_button(stage, stage.say("bills.again"), icon="refresh"))
            case FindStage.READING:
                actions.append(awaiting(stage, "pan_tool", stage.say("card.hold")))
            case FindStage.ASKING:
                return Sheet(body, head=head, actions=[awaiting(stage, "hourglass_top", stage.say("bills.asking_wait"))], finish=False)
            case FindStage.WAITING | FindStage.REFUSED | FindStage.NOT_OURS:
                actions.append(code_button(stage, grows=True))
        plain = bool(stage.theme.palette.outline) or not view.by_card
        icon = "badge" if view.by_card else "qr_code_2"
        shown: Part = Icon(stage, icon, 420, ink="pri") if plain else Picture(stage, "card-lies" if is_lying else "lay-card", grows=True)
        place = Card(stage, shown, look=Look("surface", lift=CARD_LIFT), across=0, down=20, grows=True)
        return Sheet(beside(stage, place, body), head=head, actions=actions)


def _finding(stage: Stage, kiosk: Kiosk, view: FindPaid, ways: str) -> Part:
    match view.stage:
        case FindStage.WAITING if view.status is None:
            return banner(stage, Tint.PRI, Spinner(stage), stage.say(f"bills.again_waiting_{ways}"), stage.say("card.waiting_more"))
        case FindStage.WAITING | FindStage.REFUSED:
            return refusal(stage, view.status or CardReadStatus.CARD_MOVED)
        case FindStage.READING:
            return banner(stage, Tint.PRI, Spinner(stage), stage.say("card.reading"), stage.say("card.reading_more"))
        case FindStage.NOT_OURS:
            return banner(stage, Tint.WARN, "qr_code_2", stage.say("bills.again_not_ours"), stage.say("bills.again_not_ours_more"))
        case FindStage.ASKING:
            return banner(stage, Tint.PRI, Spinner(stage), stage.say("bills.again_asking"))
        case FindStage.NO_LINE:
            return banner(stage, Tint.WARN, "cloud_off", stage.say("bills.accounts_no_line"), stage.say("bills.offline_more"))
        case FindStage.DECLINED:
            staff = spaced(stage, kiosk.place.staff)
            return banner(stage, Tint.WARN, "info", stage.say("bills.again_declined"), stage.say("bills.again_declined_more", staff=staff))


class PaidCodePage(Page):
    """The receipt's code, with the pad under it."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._question: Question | None = None

    def facts(self, kiosk: Kiosk) -> object:
        return isinstance(kiosk.view, PaidCodeEntry), kiosk.display

    def show(self, kiosk: Kiosk) -> None:
        """Show the page; figures change in place."""
        super().show(kiosk)
        if self._question is None or not isinstance(kiosk.visit, PaidAgain):
            return
        wrong = isinstance(kiosk.view, PaidCodeEntry) and kiosk.view.asked
        said = self.stage.say("bills.again_code_wrong", count=CODE_FIGURES) if wrong else ""
        look = FieldLook.WRONG_FOCUS if wrong else FieldLook.FOCUS
        shown = Filled(look, grouped(kiosk.visit.typed.reveal(), 4), "", self.stage.say("form.tap"), said)
        if self._question.show(shown) and self.body is not None:
            self.body.arrange()  # the keys below make room for the line that says what is wrong

    def sheet(self, kiosk: Kiosk) -> Sheet:
        stage, errand = self.stage, kiosk.visit
        if not isinstance(errand, PaidAgain):
            return Sheet(())
        label = stage.say("bills.again_code")
        pad = FigurePad(stage, FigureKind.DIGITS, CODE_FIGURES, lambda value: stage.send(AnswerGiven("code", value)), None)
        pad.begin(errand.typed.reveal())
        self._question = Question(stage, label, FieldBox(stage, "code", label, lambda: None, pad.empty))
        head = Head(stage, stage.say("bills.again_title"), lead=stage.say("bills.again_code_lead"))
        actions: list[Part] = [back_button(stage), next_button(stage, stage.say("bills.look"), icon="search")]
        if stage.theme.panel.is_upright:
            return Sheet([self._question, pad], head=head, actions=actions)
        return Sheet([Beside(stage, Column(stage, [head, Gap(stage, 22), self._question]), pad, Bed.WIDTH * 0.8)], actions=actions)


class PaidMissingPage(Page):
    """Why there is no proof to print, and what leads on."""

    def sheet(self, kiosk: Kiosk) -> Sheet:
        stage, view = self.stage, kiosk.view
        if not isinstance(view, PaidMissing):
            return Sheet(())
        key = f"bills.again_{view.status}"
        if view.status is PaidStatus.NOT_FOUND:
            key += "_card" if view.was_card else "_code"
        day = view.paid_on.isoformat() if view.paid_on is not None else ""
        more = stage.say(f"{key}_more", day=day, days=view.days) if view.status is PaidStatus.TOO_OLD else stage.say(f"{key}_more")
        can_wait = may_ask_again(view)
        said = banner(stage, Tint.WARN if can_wait else Tint.INFO, "cloud_off" if can_wait else "search_off", stage.say(key), more)
        actions: list[Part] = [back_button(stage)]
        if can_wait:
            actions.append(next_button(stage, stage.say("bills.again"), icon="refresh"))
        elif view.status is PaidStatus.NOT_FOUND:
            actions.append(code_button(stage, grows=True))
        else:
            actions.append(next_button(stage, stage.say("bills.end"), icon="check"))
        return Sheet([said], head=Head(stage, stage.say("bills.again_title")), actions=actions)


class PaidListPage(Page):
    """Which of the paid bills."""

    def facts(self, kiosk: Kiosk) -> object:
        return kiosk.view, kiosk.visit

    def sheet(self, kiosk: Kiosk) -> Sheet:
        stage, errand = self.stage, kiosk.visit
        if not isinstance(errand, PaidAgain):
            return Sheet(())
        cards: list[Block] = [_paid(stage, kiosk, place, one) for place, one in enumerate(errand.bills)]
        if errand.is_partial:
            cards.append(banner(stage, Tint.INFO, "info", stage.say("bills.again_partial"), stage.say("bills.again_partial_more")))
        head = Head(stage, stage.say("bills.again_title"), lead=stage.say("bills.again_choose"))
        return Sheet(cards, head=head, actions=[back_button(stage), awaiting(stage, "touch_app", stage.say("bills.touch_one"))])


class PaidPage(Page):
    """One paid bill, and its proof on the way."""

    def facts(self, kiosk: Kiosk) -> object:
        return kiosk.view, kiosk.visit

    def sheet(self, kiosk: Kiosk) -> Sheet:
        stage, errand, view = self.stage, kiosk.visit, kiosk.view
        if not isinstance(errand, PaidAgain) or not isinstance(view, PaidShown):
            return Sheet(())
        one = errand.bills[view.place]
        head = Head(stage, [Span(one.provider.said_in(stage.theme.language))], lead=stage.say("bills.pay_paid_more"))
        rows: list[Part] = [Text(stage, [Span(stage.say("form.yuan", amount=yuan(one.amount_fen)))], "number")]
        known = (("account", f"**** {one.account_end}"), ("period", one.period), ("again_day", day_of(one)), ("number", one.number))
        rows += [KeyValue(stage, stage.say(f"bills.{key}"), [Span(value)]) for key, value in known if value]
        body: list[Block] = [Rows(stage, rows, ruled=False, gap=12, down=34)]
        back, end = back_button(stage), next_button(stage, stage.say("bills.end"), icon="check")
        match view.paper:
            case None:
                return Sheet(body, head=head, actions=[back, next_button(stage, stage.say("bills.again_print"), icon="print")])
            case ProofPaper.PRINTING:
                body.append(banner(stage, Tint.PRI, Spinner(stage), stage.say("bills.printing")))
                return Sheet(body, head=head, actions=[awaiting(stage, "print", stage.say("bills.printing"))], finish=False)
            case ProofPaper.PRINTED | ProofPaper.NOT_PRINTED:
                printed = view.paper is ProofPaper.PRINTED
                said = stage.say("bills.printed" if printed else "bills.not_printed")
                body.append(banner(stage, Tint.OK if printed else Tint.WARN, "receipt_long", said))
                words = stage.say("bills.print_again")
                again = Button(stage, words, ReprintPressed(), test_id="reprint", kind=SECONDARY, icon="print", across=32)
                return Sheet(body, head=head, actions=[again, end])


def code_button(stage: Stage, *, grows: bool = False) -> Button:
    """Return the way without card and scanner: the receipt's code is typed."""
    words = stage.say("bills.again_by_code")
    return Button(stage, words, NumberPreferred(), test_id="by-code", kind=SECONDARY, icon="dialpad", across=32, grows=grows)


def day_of(one: PaidBill) -> str:
    """Return the day on which it was paid, where this terminal stands."""
    return one.paid_at.astimezone().date().isoformat()


def _paid(stage: Stage, kiosk: Kiosk, place: int, one: PaidBill) -> Part:
    kind = next((known.kind for known in kiosk.community.utilities if known.id == one.utility), None)
    icon, tint = ICONS[kind] if kind is not None else ("receipt_long", Tint.SUNK)
    name = one.provider.said_in(stage.theme.language)
    amount = stage.say("form.yuan", amount=yuan(one.amount_fen))
    lines: list[Part] = [
        Text(stage, [Span(f"{name}　{amount}")], "h2"),
        Text(stage, [Span(f"{day_of(one)}　**** {one.account_end}")], "body", ink="ink2"),
    ]
    words = Column(stage, lines, gap=4, grows=True)
    inside = Row(stage, [IconBox(stage, icon, tint, 92), words, Icon(stage, "chevron_right", 50)], gap=26, level=True)
    heard = f"{name} {amount} {day_of(one)}"
    return PressCard(stage, inside, PaidChosen(place), test_id=f"paid-{place}", label=heard, down=20)
