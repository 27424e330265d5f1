"""Looking for an item: keys below, what is found above, most used first."""

from kiosk.flow.errands import Searching
from kiosk.flow.events.applying import AnswerGiven
from kiosk.flow.events.choosing import ItemChosen
from kiosk.flow.searching import LONGEST, TEXT
from kiosk.flow.state import Kiosk
from kiosk.input_method.finding import found
from kiosk.screens.components.cards import Badge, Card, Tint, banner
from kiosk.screens.components.lists import ListLine, PressLine, listing
from kiosk.screens.components.part import Column, Gap, Part
from kiosk.screens.components.shape import Look
from kiosk.screens.components.text import Text
from kiosk.screens.entry.beside import Beside
from kiosk.screens.entry.decks import Decks
from kiosk.screens.entry.field import FieldBox, FieldLook, Filled
from kiosk.screens.entry.keys import Bed
from kiosk.screens.frame import Head, back_button
from kiosk.screens.page import Page, Sheet
from kiosk.screens.services import ICONS, limit_said, listed
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import Weight
from kiosk.screens.typeset import Span
from sync.contract.item import Control, Field, ItemPackage
from sync.contract.words import Words

_FIELD = Field(TEXT, Control.TEXT, Words("找什么", "What", "무엇을"))
_MOST_UPRIGHT, _MOST_BESIDE, _MOST_LARGE, _MOST_SHORT, _MOST_COMPACT = 5, 4, 3, 3, 2


class SearchPage(Page):
    """What is typed, by pinyin, handwriting or words; every letter narrows the list."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._decks = Decks(stage, lambda _, __: None, self._typed, self._done)

    def facts(self, kiosk: Kiosk) -> object:
        return kiosk.view, kiosk.visit, kiosk.items, kiosk.display

    def sheet(self, kiosk: Kiosk) -> Sheet:
        stage = self.stage
        text = kiosk.visit.text if isinstance(kiosk.visit, Searching) else ""
        deck = self._decks.show(_FIELD, {"maxLength": LONGEST}, text, kiosk.now.date())
        box = FieldBox(stage, TEXT, stage.say("search.field"), lambda: None, self._decks.empty, icon="search")
        composition = self._decks.composition
        shown = composition.text if composition is not None else text
        letters = composition.letters if composition is not None else ""
        box.show(Filled(FieldLook.FOCUS, shown, letters, stage.say("search.hint")))
        head = Head(
            stage, stage.say("search.title"), lead=None if stage.theme.is_large or stage.theme.panel.is_short else stage.say("search.lead")
        )
        results = self._results(kiosk, text)
        if stage.theme.panel.is_upright:
            return Sheet([box, *results], head=head, deck=deck)
        left = Column(stage, [head, Gap(stage, 16), box, Gap(stage, 16), *results])
        return Sheet([Beside(stage, left, deck, Bed.WIDTH)], actions=[back_button(stage)])

    def leave(self) -> None:
        """Close the engines; nothing of what was typed stays."""
        self._decks.close()

    def _results(self, kiosk: Kiosk, text: str) -> list[Part]:
        stage = self.stage
        ordered = listed(kiosk.items)
        fits = found(ordered, text) if text.strip() else tuple(ordered)
        if not fits:
            return [_nothing(stage)]
        panel = stage.theme.panel
        most = _MOST_LARGE if stage.theme.is_large else _MOST_UPRIGHT if panel.is_upright else _MOST_BESIDE
        if panel.is_short:
            most = _MOST_COMPACT if panel.is_compact else _MOST_SHORT
        lines = [_line(stage, item) for item in fits[:most]]
        if panel.is_upright and (stage.theme.is_large or stage.theme.display.reach):
            return lines  # each for itself, so that they can go over leaves above the keys
        return [listing(stage, lines)]

    def _typed(self) -> None:
        composition = self._decks.composition
        if composition is not None:
            self.stage.send(AnswerGiven(TEXT, composition.text + composition.letters))

    def _done(self) -> None:
        """The first that is found; without one nothing happens."""
        if self.kiosk is None or not isinstance(self.kiosk.visit, Searching):
            return
        fits = found(listed(self.kiosk.items), self.kiosk.visit.text)
        if fits:
            self.stage.send(ItemChosen(fits[0].code))


def _nothing(stage: Stage) -> Part:
    """Say that nothing was found; beside the keys of a small panel the words have all of the narrow card."""
    if not stage.theme.panel.is_compact:
        return banner(stage, Tint.WARN, "search_off", stage.say("search.nothing"), stage.say("search.nothing_more"))
    said = [
        Text(stage, stage.say("search.nothing"), "body", ink=Tint.WARN.ink, weight=Weight.BOLD),
        Text(stage, stage.say("search.nothing_more"), "body", ink=Tint.WARN.ink),
    ]
    return Card(stage, Column(stage, said), look=Look(Tint.WARN.fill), across=22, down=16, radius=28)


def _line(stage: Stage, item: ItemPackage) -> Part:
    language = stage.theme.language
    _, tint = ICONS[item.category]
    beside = not stage.theme.panel.is_upright  # the keys
    end: list[Part] = [] if stage.theme.is_large or beside else [Badge(stage, limit_said(stage, item.limit), Tint.SUNK)]
    name = item.name.said_in(language)
    short = None if beside else [Span(item.short.said_in(language))]
    height, box = (92, 52) if stage.theme.panel.is_short else (112, 76)
    line = ListLine(stage, icon=item.icon, tint=tint, title=[Span(name)], text=short, end=end, height=height, box=box)
    return PressLine(stage, line, ItemChosen(item.code), test_id=f"item-{item.code}", label=name)
