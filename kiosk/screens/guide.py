"""The guide of an item: what it is, how long, what it costs, what to bring, what happens to one's data, and consent."""

from kiosk.flow.events.applying import ConsentTicked, HelperWanted
from kiosk.flow.state import Kiosk
from kiosk.flow.views import Guide
from kiosk.screens.components.cards import CHOSEN, SURFACE, Card, CheckBox, PressCard, Tint
from kiosk.screens.components.lists import ListLine
from kiosk.screens.components.pages import Block, Rows
from kiosk.screens.components.part import Column, Part, Row
from kiosk.screens.components.shape import Look
from kiosk.screens.components.text import Icon, Text
from kiosk.screens.frame import Head, back_button, next_button, step_at
from kiosk.screens.home import fee_said
from kiosk.screens.page import Page, Sheet
from kiosk.screens.services import limit_said
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import Weight
from kiosk.screens.typeset import Span
from kiosk.voice.spot import Role
from sync.contract.item import ItemPackage

_PAPER_ICONS = (
    ("身份证", "badge"),
    ("户口", "menu_book"),
    ("银行卡", "credit_card"),
    ("合同", "contract"),
    ("房", "home_work"),
    ("照片", "photo_camera"),
)


_MISSING = Look("surface", "glazebd", 5)


class GuidePage(Page):
    """Two thoughts, two leaves: what to bring, then what happens to one's data. Going on without consent leads to the second."""

    def facts(self, kiosk: Kiosk) -> object:
        return kiosk.view, kiosk.application.item if kiosk.application else None

    def sheet(self, kiosk: Kiosk) -> Sheet:
        if kiosk.application is None or not isinstance(kiosk.view, Guide):
            return Sheet(())
        stage, item, view = self.stage, kiosk.application.item, kiosk.view
        language = stage.theme.language
        if view.asked or view.agreed:
            self.leaf = 10**6  # the last one: there consent is
        head = Head(
            stage,
            [Span(item.name.said_in(language))],
            lead=[Span(item.purpose.said_in(language))],
            step=step_at(item, "read"),
            about=item.department.said_in(language),
        )
        body: list[Block] = [*_facts(stage, item), *([_bring(stage, item)] if item.bring else [])]
        body += [_notice(stage, item), _consent(stage, view)]
        if item.helping is not None:
            body.append(_for_somebody(stage))
        text = stage.say("guide.agree_next" if view.agreed else "glass.next")
        return Sheet(body, head=head, actions=[back_button(stage), next_button(stage, text)])


def _facts(stage: Stage, item: ItemPackage) -> list[Block]:
    free = item.fee_fen == 0
    facts = [
        _fact(stage, "hourglass_top", stage.say("guide.how_long"), limit_said(stage, item.limit), more=stage.say("guide.after_acceptance")),
        _fact(
            stage,
            "payments",
            stage.say("guide.cost"),
            fee_said(stage, item),
            more=stage.say("guide.all_free" if free else "guide.pay_desk"),
        ),
        _fact(stage, "pin_drop", stage.say("guide.who"), item.short.said_in(stage.theme.language), more=None),
    ]
    if _is_one_card(stage):
        return [Rows(stage, facts, gap=8)]
    cards: list[Part] = [Card(stage, fact, across=28, down=20) for fact in facts]
    return [Row(stage, cards, gap=20, even=True)] if not stage.theme.is_large else [*cards]


def _is_one_card(stage: Stage) -> bool:
    """Where a page has two columns: facts on a card each leave no room there for what to bring."""
    return not (stage.theme.panel.is_upright or stage.theme.panel.is_compact or stage.theme.is_large)


def _fact(stage: Stage, icon: str, key: str, value: str, *, more: str | None) -> Part:
    name, said = Text(stage, key, "note", ink="ink2", grows=True), Text(stage, [Span(value)], "item")
    rest = [Text(stage, more, "caption", ink="ink2")] if more else []
    if _is_one_card(stage):
        return Row(stage, [Icon(stage, icon, 48, ink="pri"), Column(stage, [name, said], grows=True), *rest], gap=22, level=True)
    title = Row(stage, [Icon(stage, icon, 36, ink="ink2"), name], gap=12, level=True)
    return Column(stage, [title, said, *rest], gap=4)


def _bring(stage: Stage, item: ItemPackage) -> Block:
    head = Text(stage, stage.say("guide.bring"), "h2")
    rows = [
        ListLine(stage, icon=_paper_icon(words.zh), tint=Tint.PRI, title=[Span(words.said_in(stage.theme.language))], height=104)
        for words in item.bring
    ]
    if item.result is not None:
        rows.append(
            ListLine(
                stage,
                icon="assignment_turned_in",
                tint=Tint.GLAZE,
                title=stage.say("guide.result"),
                text=[Span(item.result.said_in(stage.theme.language))],
                height=112,
                text_role="body",
            )
        )
    return Rows(stage, rows, head=head, down=26)


def _paper_icon(name: str) -> str:
    return next((icon for word, icon in _PAPER_ICONS if word in name), "description")


def _notice(stage: Stage, item: ItemPackage) -> Block:
    points = [
        Row(
            stage,
            [Icon(stage, "check_small", 48, ink="pri"), Text(stage, [Span(point.said_in(stage.theme.language))], "body", grows=True)],
            gap=14,
            top=True,
        )
        for point in item.notice.points
    ]
    head = Row(
        stage, [Icon(stage, "shield_lock", 48, ink="pri"), Text(stage, stage.say("guide.data"), "h2", grows=True)], gap=16, level=True
    )
    return Rows(stage, points, head=head, gap=10, ruled=False, down=28, whole=True)


def _for_somebody(stage: Stage) -> Part:
    """The way for who hands in for a child, a family member or a neighbour."""
    words = Column(
        stage, [Text(stage, stage.say("guide.helper"), "item"), Text(stage, stage.say("guide.helper_more"), "body", ink="ink2")], grows=True
    )
    inside = Row(stage, [Icon(stage, "group", 48, ink="pri"), words, Icon(stage, "chevron_right", 48)], gap=24, level=True)
    return PressCard(stage, inside, HelperWanted(), test_id="helper", label=stage.say("guide.helper"), look=SURFACE, down=22)


def _consent(stage: Stage, view: Guide) -> Part:
    wrong = view.asked and not view.agreed
    words = Column(
        stage,
        [
            Text(stage, stage.say("guide.consent"), "item"),
            Text(
                stage,
                stage.say("guide.consent_undo" if view.agreed else "guide.consent_missing" if wrong else "guide.consent_more"),
                "body",
                ink="warn" if wrong else "ink2",
                weight=Weight.MEDIUM if wrong else Weight.REGULAR,
            ),
        ],
        grows=True,
    )
    look = CHOSEN if view.agreed else _MISSING if wrong else SURFACE
    card = PressCard(
        stage,
        Row(stage, [CheckBox(stage, on=view.agreed), words], gap=28, level=True),
        ConsentTicked(not view.agreed),
        test_id="consent",
        label=stage.say("guide.consent"),
        look=look,
        down=26,
    )
    card.spoken, card.is_on = Role.CHECK, view.agreed
    return card
