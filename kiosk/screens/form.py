"""The form: one page of questions, with keys under the one that is being filled."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from kiosk.flow.community import Community
from kiosk.flow.events import AnswerGiven, BackPressed, FieldEntered, FieldLeft, NextPressed, RowRemoved
from kiosk.flow.offering import PaperOffer, offers_on
from kiosk.flow.questions import answers_in, fields_in, page_problems, problems_in, repeating, rows_of
from kiosk.flow.rows import with_row
from kiosk.flow.state import Audio, Form, Kiosk, RowAt, Visit
from kiosk.input_method import editing
from kiosk.input_method.code_points import code_of
from kiosk.input_method.lunar import lunar_day
from kiosk.screens.components.buttons import PLAIN, Button
from kiosk.screens.components.cards import Card, KeyValue
from kiosk.screens.components.part import Column, Gap, Part
from kiosk.screens.components.shape import Look
from kiosk.screens.entry.beside import Beside
from kiosk.screens.entry.card_block import card_block
from kiosk.screens.entry.choices import ChoiceGrid, Offer
from kiosk.screens.entry.complaint import complaint, is_figures
from kiosk.screens.entry.decks import Decks, Home, has_deck
from kiosk.screens.entry.field import FieldBox, FieldLook, Filled, Question
from kiosk.screens.entry.keys import Bed
from kiosk.screens.entry.leaf import Leaf
from kiosk.screens.entry.offer import offer_strip
from kiosk.screens.entry.row_cards import RowsHead, add_button, row_card
from kiosk.screens.frame import Head, back_button, next_button, step_at
from kiosk.screens.page import Page, Sheet
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import Weight
from kiosk.screens.typeset import Span
from kiosk.screens.wording import answer_said, place_answer, service_answer
from sync.contract import address
from sync.contract.answers import AnswerProblem, FieldProblem, fields_asked, pages_asked, questions_asked
from sync.contract.formats import read_date
from sync.contract.item import Control, Field, ItemPackage

_CARD = ""  # the card's block among the questions; no field has this name


class FormPage(Page):
    """Questions are drawn once and kept; an answer changes them in place."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._token = -1
        self._page = -1
        self._group = 0
        self._focus: str | None = None
        self._tried: set[str] = set()
        self._questions: dict[str, Question] = {}
        self._made_for: object = None
        self._leaf_part: Leaf | None = None
        self._row: RowAt | None = None
        self._removing: tuple[str, int] | None = None
        self._decks = Decks(stage, self._on_value, self._update, self._done, self.set_anew)

    # What is shown

    def facts(self, kiosk: Kiosk) -> object:
        visit, view = _form(kiosk)
        rows = tuple(rows_of(visit, field.name) for field in fields_in(visit, view) if field.rows is not None)
        return (
            view.page,
            view.row,
            self._names(visit, view),
            self._deck_field(visit, view),
            self._group,
            kiosk.display,
            rows,
            self._removing,
            _offered(visit, view),
        )

    def show(self, kiosk: Kiosk) -> None:
        """Show the page; a new one begins with its first questions, a new focus is gone to."""
        visit, view = _form(kiosk)
        goal: str | None = None
        if (visit.token, view.page, view.row) != (self._token, self._page, self._row):
            self._token, self._page, self._row, self._group, self._focus = visit.token, view.page, view.row, 0, None
            self._removing = None
            self._tried = {problem.field for problem in view.problems}
            self._decks.drop()
            goal = view.problems[0].field if view.problems else None
        if view.focus != self._focus:
            self._focus = view.focus
            goal = view.focus or goal
        super().show(kiosk)
        if goal is not None and self._leaf_part is not None:
            self._leaf_part.follow(goal)
            if self._leaf_part.group != self._group:
                self._group = self._leaf_part.group
                super().show(kiosk)
        self._update()

    def sheet(self, kiosk: Kiosk) -> Sheet:
        stage = self.stage
        visit, view = _form(kiosk)
        self._make_questions(kiosk, visit, view)
        self._show_answers(visit, view)
        large = stage.theme.is_large
        field = self._deck_field(visit, view)
        parts: dict[str, Part] = {}
        if not large and view.row is None and visit.card is not None and view.page == pages_asked(visit.item, visit.answers)[0]:
            parts[_CARD] = card_block(stage, visit.card.reveal(), kiosk.now.date())
        parts.update(self._parts_with_rows(visit, view, kiosk.now.date()))
        if not large and view.row is None:
            parts.update(self._derived(visit, view))
        self._leaf_part = Leaf(
            stage, parts, group=self._group, focus=field.name if field else None, one_each=large, sunk=stage.theme.display.reach
        )
        deck: Part | None = None
        body: list[Part] = [self._leaf_part]
        if field is None:
            self._decks.drop()
        else:
            built_in = large and is_figures(field) and stage.theme.panel.is_upright
            self._decks.plan = kiosk.community.plan
            home = Home(kiosk.place.community, visit.card.reveal().address if visit.card is not None and view.row is None else None)
            value = answers_in(visit, view).get(field.name, "")
            pad = self._decks.show(field, _schema(visit.item, view, field.name), value, kiosk.now.date(), built_in=built_in, home=home)
            if built_in:
                body.append(pad)
            else:
                deck = pad
        head: Head | None = self._head(visit, view, deck=deck is not None)
        middle = self._hide_button() if deck else None
        if deck is not None and not stage.theme.panel.is_upright:
            body, head, deck = (
                [Beside(stage, Column(stage, [self._head(visit, view, deck=True), Gap(stage, 22), self._leaf_part]), deck, Bed.WIDTH)],
                None,
                None,
            )
        gaps = 0 if view.row is not None else sum(problem.row is not None for problem in page_problems(visit, view.page, kiosk.now.date()))
        back = back_button(stage)
        onward = next_button(stage, stage.say("form.fill_gaps", count=gaps) if gaps and field is None else stage.say("glass.next"))
        back.act, onward.act = self._back, self._next
        return Sheet(body, head=head, actions=[back, onward], deck=deck, middle=middle)

    def leave(self) -> None:
        """Close the engine; nothing of what was typed stays."""
        self._decks.close()

    # What the resident does

    def _enter(self, name: str) -> None:
        if name != self._focus:
            self._decks.settle(take_shown=False)
            self.stage.send(FieldEntered(name))

    def _clear(self, name: str) -> None:
        if self._field(name) is not None:
            self._decks.empty()

    def _ask_removal(self, name: str, place: int | None) -> None:
        self._removing = None if place is None else (name, place)
        self.show(self._shown())

    def _remove(self, name: str, place: int) -> None:
        self._removing = None
        self.stage.send(RowRemoved(name, place))

    def _on_value(self, name: str, value: object) -> None:
        self.stage.send(AnswerGiven(name, value))

    def _choose(self, field: Field, value: str | bool) -> None:
        if field.control is not Control.CHOICES:
            self.stage.send(AnswerGiven(field.name, value))
            return
        visit, view = _form(self._shown())
        before = tuple(answers_in(visit, view).get(field.name, ()))
        offered = (option.value for option in field.options)
        self.stage.send(AnswerGiven(field.name, tuple(one for one in offered if (one in before) != (one == value))))

    def _done(self) -> None:
        self._decks.settle(take_shown=True)
        self.stage.send(FieldLeft())

    def _hide(self) -> None:
        self._decks.settle(take_shown=False)
        self.stage.send(FieldLeft())

    def _next(self) -> None:
        """Go on to the questions that did not fit, when those in sight are answered; otherwise let the flow look at the page."""
        kiosk = self._shown()
        visit, view = _form(kiosk)
        leaf = self._leaf_part
        self._decks.settle(take_shown=False)
        visit, view = _form(self._shown())
        wrong = {problem.field for problem in problems_in(visit, view, kiosk.now.date())}
        if leaf is None or self._group >= len(leaf.groups) - 1:
            self._tried |= set(self._questions)
        else:
            so_far = {name for group in leaf.groups[: self._group + 1] for name in group}
            self._tried |= so_far
            if not wrong & so_far:
                self._turn(self._group + 1)
                return
        self.stage.send(NextPressed())

    def _back(self) -> None:
        if self._group > 0:
            self._turn(self._group - 1)
        else:
            self.stage.send(BackPressed())

    def _turn(self, group: int) -> None:
        """Show other questions of the same page, without a word to the flow."""
        self._group = group
        self._decks.drop()
        self.show(self._shown())

    # Drawing

    def _shown(self) -> Kiosk:
        if self.kiosk is None:
            raise RuntimeError("the form acts before it is shown")
        return self.kiosk

    def _names(self, visit: Visit, view: Form) -> tuple[str, ...]:
        return tuple(field.name for field in fields_in(visit, view))

    def _field(self, name: str | None) -> Field | None:
        visit, view = _form(self._shown())
        return next((field for field in fields_in(visit, view) if field.name == name), None)

    def _deck_field(self, visit: Visit, view: Form) -> Field | None:
        """Return the field that keys go to: the one with the focus, or in large type the question in sight when its pad is built in."""
        fields = {field.name: field for field in fields_in(visit, view)}
        focused = fields.get(view.focus or "")
        if self.stage.theme.is_large:
            asked = list(fields.values())
            question = asked[max(0, min(self._group, len(asked) - 1))]
            if is_figures(question) and self.stage.theme.panel.is_upright:
                return question
            return question if focused is question and has_deck(question) else None
        return focused if focused is not None and has_deck(focused) else None

    def _head(self, visit: Visit, view: Form, *, deck: bool) -> Head:
        stage, language = self.stage, self.stage.theme.language
        # Beside keys there is no room for more than the title, where the glass is low.
        step = None if deck and stage.theme.panel.is_short else step_at(visit.item, "form")
        page = visit.item.pages[view.page]
        asked = pages_asked(visit.item, visit.answers)
        fields = fields_in(visit, view)
        repeated = repeating(visit, view.row.field) if view.row is not None else None
        if stage.theme.is_large and fields:
            field = fields[max(0, min(self._group, len(fields) - 1))]
            counted = [len(questions_asked(visit.item.pages[place], visit.answers)) for place in asked]
            earlier = sum(number for place, number in zip(asked, counted, strict=True) if place < view.page)
            count = sum(counted)
            about = stage.say("form.question", place=earlier + self._group + 1, count=count)
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

    def _hide_button(self) -> Part:
        return Button(
            self.stage, self.stage.say("keyboard.hide"), self._hide, test_id="keyboard-hide", kind=PLAIN, role="caption",
            weight=Weight.MEDIUM,
            stacked=True, icon="keyboard_hide", height=104, icon_units=40, across=18,
        )  # fmt: skip

    def _make_questions(self, kiosk: Kiosk, visit: Visit, view: Form) -> None:
        made_for = (view.page, view.row, self._names(visit, view), kiosk.display, _offered(visit, view))
        if made_for != self._made_for:
            self._made_for = made_for
            fields = fields_in(visit, view)
            self._questions = {field.name: self._question(kiosk, visit, view, field) for field in fields}

    def _parts_with_rows(self, visit: Visit, view: Form, today: date) -> dict[str, Part]:
        """Return the questions, and behind each that repeats its rows and the way to one more."""
        parts: dict[str, Part] = {}
        gaps = page_problems(visit, view.page, today) if view.row is None else ()
        for name, question in self._questions.items():
            parts[name] = question
            field = self._field(name)
            if field is None or field.rows is None:
                continue
            rows = rows_of(visit, name)
            for place, row in enumerate(rows):
                wrong = [problem for problem in gaps if problem.field == name and problem.row == place]
                parts[f"{name} {place}"] = row_card(
                    self.stage,
                    field,
                    place,
                    row,
                    gaps=wrong,
                    is_removing=self._removing == (name, place),
                    ask=lambda at, name=name: self._ask_removal(name, at),  # type: ignore[misc]
                    remove=lambda at, name=name: self._remove(name, at),  # type: ignore[misc]
                )
            if len(rows) < field.rows.most:
                parts[f"{name} more"] = add_button(self.stage, field, len(rows))
        return parts

    def _derived(self, visit: Visit, view: Form) -> dict[str, Part]:
        """Return what follows from the answers of this page, as facts."""
        stage = self.stage
        shown = [field for field in fields_asked(visit.item.pages[view.page], visit.answers) if field.control is Control.DERIVED]
        return {
            field.name: Card(
                stage,
                KeyValue(
                    self.stage, field.label.said_in(self.stage.theme.language), answer_said(self.stage, field, visit.answers), column=330
                ),
                look=Look("sunk", outlined=False),
                across=28,
                down=20,
            )
            for field in shown
            if visit.answers.get(field.name)
        }

    def _question(self, kiosk: Kiosk, visit: Visit, view: Form, field: Field) -> Question:
        stage, language = self.stage, self.stage.theme.language
        large = stage.theme.is_large
        label = field.label.said_in(language)
        answer: FieldBox | ChoiceGrid | RowsHead
        if field.rows is not None:
            answer = RowsHead(stage, lambda: len(rows_of(_form(self._shown())[0], field.name)))
        elif has_deck(field) or field.control is Control.SERVICE:
            answer = FieldBox(stage, field.name, label, lambda: self._enter(field.name), lambda: self._clear(field.name))
            schema = _schema(visit.item, view, field.name)
            answer.is_name = schema.get("format") == "person-name"
            answer.is_secret = is_secret(field, schema)
        else:
            answer = ChoiceGrid(stage, field.name, _offers(stage, field), lambda value: self._choose(field, value), large=large)
        notes = [stage.say("form.optional")] if _is_optional(kiosk, visit, view, field) else []
        if field.control is Control.CHOICES:
            notes.append(stage.say("form.several"))
        help_text = field.help.said_in(language) if field.help and not large else ""
        return Question(
            stage,
            label,
            answer,
            note="\u3000".join(notes),
            help_text=help_text,
            bare=large and not notes,
            below=self._offer(visit, view, field),
        )

    def _offer(self, visit: Visit, view: Form, field: Field) -> Part | None:
        """Return what a paper says to the question, where it is shown now."""
        offer = next((offer for offer in _offered(visit, view) if offer.field == field.name), None)
        if offer is None:
            return None
        stage, value = self.stage, offer.value.reveal()
        shown = _on_glass(stage, field, _schema(visit.item, view, field.name), value, self._shown().community)
        if is_secret(field, _schema(visit.item, view, field.name)) and stage.theme.display.audio is not Audio.OFF:
            shown = answer_said(stage, field, {field.name: value})  # said aloud, it is no more than its end
        return offer_strip(stage, offer, shown)

    def _update(self) -> None:
        """Show the answers in place; what needs more or less room moves."""
        visit, view = _form(self._shown())
        if self._show_answers(visit, view) and self._leaf_part is not None and self._leaf_part.width:
            self._leaf_part.arrange()

    def _show_answers(self, visit: Visit, view: Form) -> bool:
        today = self._shown().now.date()
        wrong_now = {problem.field for problem in problems_in(visit, view, today) if problem.row is None}
        problems = {
            problem.field: problem
            for problem in view.problems
            if problem.row is None
            if problem.field in self._tried or problem.problem is not AnswerProblem.MISSING
        }
        target = self._deck_field(visit, view)
        resized = False
        for field in fields_in(visit, view):
            question = self._questions.get(field.name)
            if question is None:
                continue
            filled = self._filled(visit, field, problems.get(field.name), is_target=target is field, is_right=field.name not in wrong_now)
            if isinstance(question.answer, ChoiceGrid):
                question.answer.mark(_marked(answers_in(visit, view).get(field.name)))
            resized |= question.show(filled)
        return resized

    def _filled(self, visit: Visit, field: Field, problem: FieldProblem | None, *, is_target: bool, is_right: bool) -> Filled:
        _, view = _form(self._shown())
        stage, schema = self.stage, _schema(visit.item, view, field.name)
        given = answers_in(visit, view).get(field.name, "")
        value = address.said(given) if isinstance(given, Mapping) else given if isinstance(given, str) else ""
        composition = self._decks.composition if is_target else None
        letters = composition.letters if composition else ""
        typed = self._decks.before + composition.text if composition else ""
        shown = typed if composition else _on_glass(stage, field, schema, value, self._shown().community)
        look = FieldLook.EMPTY
        if problem is not None:
            look = FieldLook.WRONG_FOCUS if is_target else FieldLook.WRONG
        elif is_target:
            look = FieldLook.FOCUS
        elif value and is_right:
            look = FieldLook.GOOD
        message = ""
        if problem is not None:
            message = complaint(stage, problem, field, given)
        elif composition is not None and composition.candidates:
            message = stage.say("form.choose_word")
        elif is_target and (lunar := _lunar(field, value)) is not None:
            message = stage.say("form.lunar", day=lunar)
        elif missing := stage.theme.fonts.missing(shown):
            message = stage.say("form.not_in_font", codes=" ".join(map(code_of, missing)))
        hint = (
            field.hint.said_in(stage.theme.language)
            if field.hint
            else stage.say("form.tap_day" if field.control is Control.DATE else "form.tap")
        )
        return Filled(look, shown, letters, hint, message)


def _form(kiosk: Kiosk) -> tuple[Visit, Form]:
    if kiosk.application is None or not isinstance(kiosk.view, Form):
        raise TypeError("the form is shown without a form")
    return kiosk.application, kiosk.view


def is_secret(field: Field, schema: Mapping[str, Any]) -> bool:
    """Whether an answer is not said aloud where others listen."""
    return field.control is Control.ID_NUMBER or schema.get("format") in ("id-number", "bank-card")


def _offered(visit: Visit, view: Form) -> tuple[PaperOffer, ...]:
    """Return what is offered on the page now: not while the very field is being filled with something else, nor inside a row."""
    if view.row is not None:
        return ()
    return tuple(offer for offer in offers_on(visit, view.page) if not (offer.differs and offer.field == view.focus))


def _schema(item: ItemPackage, view: Form, name: str) -> Mapping[str, Any]:
    properties = item.schema.get("properties", {})
    if view.row is not None:
        properties = properties.get(view.row.field, {}).get("items", {}).get("properties", {})
    found = properties.get(name, {})
    return found if isinstance(found, dict) else {}


def _marked(value: object) -> frozenset[str | bool]:
    if isinstance(value, (list, tuple)):
        return frozenset(value)
    return frozenset() if value is None else frozenset([value]) if isinstance(value, (str, bool)) else frozenset()


def _offers(stage: Stage, field: Field) -> list[Offer]:
    if field.control is Control.YES_NO:
        return [Offer("yes", stage.say("form.yes"), value=True), Offer("no", stage.say("form.no"), value=False)]
    return [Offer(option.value, option.label.said_in(stage.theme.language), option.value) for option in field.options]


def _is_optional(kiosk: Kiosk, visit: Visit, view: Form, field: Field) -> bool:
    without = replace(visit, answers={name: value for name, value in visit.answers.items() if name != field.name})
    if view.row is not None:
        row = {name: value for name, value in answers_in(visit, view).items() if name != field.name}
        without = with_row(visit, view.row, row)
    problems = problems_in(without, view, kiosk.now.date())
    return not any(problem.field == field.name and problem.problem is AnswerProblem.MISSING for problem in problems)


def _lunar(field: Field, value: str) -> str | None:
    """Return the lunar day of a date that is being chosen."""
    day = read_date(value) if field.control is Control.DATE else None
    return None if day is None else lunar_day(day)


def _on_glass(stage: Stage, field: Field, schema: Mapping[str, Any], value: str, community: Community) -> str:
    if not value:
        return ""
    if field.control is Control.DATE:
        day = read_date(value)
        return value if day is None else stage.say("form.day", year=day.year, month=day.month, day=day.day)
    if field.control is Control.PLACE:
        return place_answer(stage, community.plan, value)
    if field.control is Control.SERVICE:
        return service_answer(stage, community.providers, value)
    if field.control is Control.MONEY:
        return stage.say("form.yuan", amount=value)
    if field.control in (Control.DIGITS, Control.ID_NUMBER):
        return editing.shown(editing.figure_kind(field.control, schema), value)
    return value
