"""What fits me: one question a page, then one list across departments, the surest first. Never a promise, always why."""

from kiosk.fits import Fit, Question, questions
from kiosk.flow.errands import FitQuestion, Fitting
from kiosk.flow.events.applying import AnswerGiven
from kiosk.flow.events.choosing import ItemChosen
from kiosk.flow.fitting import open_places, result
from kiosk.flow.state import Kiosk
from kiosk.screens.components.buttons import Button
from kiosk.screens.components.cards import SURFACE, Badge, IconBox, PressCard, Tint, banner
from kiosk.screens.components.pages import Block
from kiosk.screens.components.part import Column, Part, Row
from kiosk.screens.components.shape import Look
from kiosk.screens.components.text import Icon, Text
from kiosk.screens.entry.choices import ChoiceGrid, Offer
from kiosk.screens.frame import Head, back_button, next_button, staff_button
from kiosk.screens.page import Page, Sheet
from kiosk.screens.services import ICONS, limit_said
from kiosk.screens.stage import Stage
from kiosk.screens.typeset import Span

_FIRST = Look("surface", "pri", 5)


class FitQuestionPage(Page):
    """One question; one answer leads on by itself, several wait for the button."""

    def sheet(self, kiosk: Kiosk) -> Sheet:
        view, errand = kiosk.view, kiosk.visit
        if not isinstance(view, FitQuestion) or not isinstance(errand, Fitting):
            return Sheet(())
        stage, language = self.stage, self.stage.theme.language
        question = questions()[view.place]
        put = open_places(errand)
        about = stage.say("fitting.place", place=put.index(view.place) + 1, count=len(put))
        if errand.by_card and view.place == put[0]:
            about = stage.say("fitting.from_card")
        lead = question.help.said_in(language) if question.help else stage.say("fitting.several" if question.many else "fitting.lead")
        head = Head(stage, [Span(question.label.said_in(language))], lead=[Span(f"{about}\u3000{lead}")])
        given = errand.answers.get(question.name, ())
        text = stage.say("glass.next" if given else "fitting.skip")
        return Sheet([_grid(stage, question, given)], head=head, actions=[back_button(stage), next_button(stage, text)])


class FitListPage(Page):
    """What may fit, why, and what is asked next; one touch leads into the item."""

    def facts(self, kiosk: Kiosk) -> object:
        return kiosk.view, kiosk.visit, kiosk.items

    def sheet(self, kiosk: Kiosk) -> Sheet:
        errand = kiosk.visit
        if not isinstance(errand, Fitting):
            return Sheet(())
        stage, language = self.stage, self.stage.theme.language
        came = result(kiosk, errand)
        count = len(came.likely) + len(came.possible)
        if count == 0:
            body: list[Block] = [banner(stage, Tint.INFO, "info", stage.say("fitting.nothing"), stage.say("fitting.nothing_more"))]
            person = staff_button(stage, height=116, role="h2", grows=True)
            person.test_id = "staff-instead"  # the same way stands in the bar as well
            return Sheet(body, head=Head(stage, stage.say("fitting.title_none")), actions=[back_button(stage), person])
        body = []
        for key, fits in (("fitting.likely", came.likely), ("fitting.possible", came.possible)):
            cards = [_card(stage, kiosk, fit, is_first=fit is (came.likely or came.possible)[0]) for fit in fits]
            if cards:  # the heading stays with what it is about
                cards[0] = Column(stage, [Text(stage, stage.say(key), "h2"), cards[0]], gap=16)
            body += cards
        if came.left_out:
            body.append(banner(stage, Tint.INFO, "info", None, stage.say("fitting.left_out", count=came.left_out)))
        first = kiosk.item((came.likely or came.possible)[0].item)
        head = Head(stage, stage.say("fitting.title", count=count), lead=stage.say("fitting.promise"))
        actions: list[Part] = [back_button(stage)]
        if first is not None:
            small = stage.theme.panel.is_compact and stage.theme.is_large  # a name would make the bar higher than the list
            text = stage.say("fitting.start_first") if small else stage.say("fitting.start", item=first.name.said_in(language))
            actions.append(Button(stage, text, ItemChosen(first.code), test_id="start", icon="arrow_forward", icon_after=True, grows=True))
        return Sheet(body, head=head, actions=actions)


def _card(stage: Stage, kiosk: Kiosk, fit: Fit, *, is_first: bool) -> Part:
    item = kiosk.item(fit.item)
    if item is None:
        raise LookupError(f"{fit.item} is not offered here")
    language = stage.theme.language
    _, tint = ICONS[item.category]
    name = item.name.said_in(language)
    badge = Badge(stage, limit_said(stage, item.limit), Tint.SUNK)
    title: list[Part] = [Text(stage, [Span(name)], "item")]
    if not stage.theme.is_large:
        title.append(badge)
    words = Column(
        stage,
        [
            Row(stage, title, gap=18, level=True),
            Text(stage, [Span(fit.why.said_in(language))], "body", ink="ink2"),
            Text(stage, [Span(fit.ask.said_in(language))], "caption", ink="ink2"),
        ],
        gap=2,
        grows=True,
    )
    inside = Row(stage, [IconBox(stage, item.icon, tint, 88), words, Icon(stage, "chevron_right", 46)], gap=26, level=True)
    return PressCard(
        stage, inside, ItemChosen(item.code), test_id=f"item-{item.code}", label=name, look=_FIRST if is_first else SURFACE, down=22
    )


def _grid(stage: Stage, question: Question, given: tuple[str, ...]) -> Part:
    def choose(value: str | bool) -> None:
        stage.send(AnswerGiven(question.name, value))

    offers = [Offer(option.value, option.label.said_in(stage.theme.language), option.value) for option in question.options]
    grid = ChoiceGrid(stage, question.name, offers, choose, large=len(offers) <= 6)
    grid.mark(frozenset(given))
    return grid
