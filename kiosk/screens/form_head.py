"""What stands above the questions of a page, and the facts that follow from their answers."""

from kiosk.flow.questions import fields_in, repeating
from kiosk.flow.views import Form
from kiosk.flow.visit import Visit
from kiosk.screens.components.cards import Card
from kiosk.screens.components.lists import KeyValue
from kiosk.screens.components.part import Part
from kiosk.screens.components.shape import Look
from kiosk.screens.frame import Head, step_at
from kiosk.screens.stage import Stage
from kiosk.screens.typeset import Span
from kiosk.screens.wording import answer_said
from sync.contract.answers import fields_asked, pages_asked, questions_asked
from sync.contract.item import Control


def form_head(stage: Stage, visit: Visit, view: Form, *, group: int, deck: bool) -> Head:
    """Return the top of a page of questions: its title, or in large type the one question; `deck` says that keys take the room below."""
    language = stage.theme.language
    # Beside keys there is no room for more than the title, where the glass is low.
    step = None if deck and stage.theme.panel.is_short else step_at(visit.item, "form")
    page = visit.item.pages[view.page]
    asked = pages_asked(visit.item, visit.answers)
    fields = fields_in(visit, view)
    repeated = repeating(visit, view.row.field) if view.row is not None else None
    if stage.theme.is_large and fields:
        field = fields[max(0, min(group, len(fields) - 1))]
        counted = [len(questions_asked(visit.item.pages[place], visit.answers)) for place in asked]
        earlier = sum(number for place, number in zip(asked, counted, strict=True) if place < view.page)
        count = sum(counted)
        about = stage.say("form.question", place=earlier + group + 1, count=count)
        if repeated is not None and repeated.rows is not None and view.row is not None:
            about = f"{repeated.rows.one.said_in(language)} {view.row.place + 1}"
        lead = [Span(field.help.said_in(language))] if field.help and not deck else None
        return Head(stage, [Span(field.label.said_in(language))], lead=lead, step=step, about=about)
    if repeated is not None and repeated.rows is not None and view.row is not None:
        one = repeated.rows.one.said_in(language)
        title = stage.say("form.row_title", one=one, place=view.row.place + 1)
        return Head(stage, title, step=step, about=visit.item.name.said_in(language))
    aside = stage.say("form.few", count=len(fields))
    if len(asked) > 1 and view.page in asked:
        aside = stage.say("form.page", place=asked.index(view.page) + 1, count=len(asked))
    lead = [Span(page.help.said_in(language))] if page.help and not deck else None
    return Head(
        stage,
        [Span(page.title.said_in(language))],
        lead=lead,
        step=step,
        about=visit.item.name.said_in(language),
        aside="" if deck else aside,
    )


def derived_facts(stage: Stage, visit: Visit, view: Form) -> dict[str, Part]:
    """Return what follows from the answers of this page, as facts."""
    shown = [field for field in fields_asked(visit.item.pages[view.page], visit.answers) if field.control is Control.DERIVED]
    return {
        field.name: Card(
            stage,
            KeyValue(stage, field.label.said_in(stage.theme.language), answer_said(stage, field, visit.answers), column=330),
            look=Look("sunk", outlined=False),
            across=28,
            down=20,
        )
        for field in shown
        if visit.answers.get(field.name)
    }
