"""One question on a page of its own, before the form: for whom, and whether this may be applied for at all."""

from collections.abc import Sequence

from kiosk.flow.eligible import fitness, refusal
from kiosk.flow.events.applying import AnswerGiven
from kiosk.flow.events.choosing import ItemChosen
from kiosk.flow.state import Kiosk
from kiosk.flow.views import Eligible, Whose
from kiosk.flow.visit import Visit
from kiosk.screens.components.buttons import Button
from kiosk.screens.components.cards import Tint, banner
from kiosk.screens.components.pages import Block
from kiosk.screens.components.part import Part
from kiosk.screens.entry.choices import ChoiceGrid, Offer
from kiosk.screens.entry.field import FieldLook, Filled, Message
from kiosk.screens.frame import Head, back_button, next_button, staff_button, step_at
from kiosk.screens.page import Page, Sheet
from kiosk.screens.stage import Stage
from kiosk.screens.typeset import Span
from sync.contract.item import Control, Field, Refusal


class WhosePage(Page):
    """For whom somebody hands in."""

    def sheet(self, kiosk: Kiosk) -> Sheet:
        visit, view = kiosk.application, kiosk.view
        if visit is None or visit.item.helping is None or not isinstance(view, Whose):
            return Sheet(())
        stage, question = self.stage, visit.item.helping.question
        asked = view.asked and question.name not in visit.answers
        body: list[Block] = [_grid(stage, question, visit.answers.get(question.name), wrong=asked)]
        if asked:
            body.append(_unanswered(stage))
        body.append(banner(stage, Tint.INFO, "info", None, stage.say("guide.helper_cards")))
        head = Head(
            stage, [Span(question.label.said_in(stage.theme.language))], step=step_at(visit.item, "card"), about=_about(stage, visit)
        )
        return Sheet(body, head=head, actions=[back_button(stage), next_button(stage, stage.say("glass.next"))])


class EligiblePage(Page):
    """One question; an answer that leads no further says why, and where to go instead."""

    def facts(self, kiosk: Kiosk) -> object:
        return kiosk.view, kiosk.application, kiosk.items

    def sheet(self, kiosk: Kiosk) -> Sheet:
        visit, view = kiosk.application, kiosk.view
        if visit is None or not isinstance(view, Eligible):
            return Sheet(())
        stage, language, today = self.stage, self.stage.theme.language, kiosk.now.date()
        question = visit.item.eligibility[view.place].question
        given = fitness(visit, today).get(question.name)
        refused = refusal(visit, view.place, today)
        body: list[Block] = []
        if question.control is not Control.DERIVED:
            body.append(_grid(stage, question, given, wrong=view.asked and given is None))
            if view.asked and given is None:
                body.append(_unanswered(stage))
        if refused is not None:
            body.append(_refused(stage, refused))
        lead = [Span(question.help.said_in(language))] if question.help is not None else stage.say("eligible.lead")
        title = [Span(question.label.said_in(language))]
        if question.control is Control.DERIVED:
            title, lead = [Span(stage.say("eligible.not_yet"))], stage.say("eligible.by_card")
        head = Head(stage, title, lead=lead, step=step_at(visit.item, "card"), about=_about(stage, visit))
        return Sheet(body, head=head, actions=[back_button(stage), _onward(stage, kiosk, refused)])


def _onward(stage: Stage, kiosk: Kiosk, refused: Refusal | None) -> Part:
    """Go on; where that is not possible to the item that fits, or to a person."""
    if refused is None:
        return next_button(stage, stage.say("glass.next"))
    other = kiosk.item(refused.instead) if refused.instead is not None else None
    if other is None:
        person = staff_button(stage, height=116, role="h2", grows=True)
        person.test_id = "staff-instead"  # the same way stands in the bar as well
        return person
    name = other.name.said_in(stage.theme.language)
    small = stage.theme.panel.is_compact and stage.theme.is_large  # what is said above names it, and the bar stays low
    text = stage.say("eligible.instead_there") if small else stage.say("eligible.instead", item=name)
    return Button(stage, text, ItemChosen(other.code), test_id="instead", icon="arrow_forward", icon_after=True, grows=True)


def _refused(stage: Stage, refused: Refusal) -> Part:
    language = stage.theme.language
    where = [Span(refused.where.said_in(language))] if refused.where is not None else None
    return banner(stage, Tint.WARN, "info", refused.reason.said_in(language), where)


def _unanswered(stage: Stage) -> Part:
    """Say in words, too, what the edges of the answers say in a colour."""
    message = Message(stage)
    message.show(Filled(FieldLook.WRONG, message=stage.say("problem.missing_choice")))
    return message


def _grid(stage: Stage, question: Field, given: object, *, wrong: bool) -> Part:
    def choose(value: str | bool) -> None:
        stage.send(AnswerGiven(question.name, value))

    grid = ChoiceGrid(stage, question.name, _offers(stage, question), choose, large=True)
    grid.mark(frozenset([given]) if isinstance(given, str | bool) else frozenset())
    grid.show(Filled(FieldLook.WRONG if wrong else FieldLook.EMPTY))
    return grid


def _offers(stage: Stage, question: Field) -> Sequence[Offer]:
    if question.control is Control.YES_NO:
        return [Offer("yes", stage.say("form.yes"), value=True), Offer("no", stage.say("form.no"), value=False)]
    return [Offer(option.value, option.label.said_in(stage.theme.language), option.value) for option in question.options]


def _about(stage: Stage, visit: Visit) -> str:
    return visit.item.name.said_in(stage.theme.language)
