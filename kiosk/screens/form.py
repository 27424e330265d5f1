"""The form: one page of questions, with keys under the one that is being filled."""

from datetime import date

from kiosk.flow.display import Audio
from kiosk.flow.events.applying import AnswerGiven, FieldEntered, FieldLeft, RowRemoved
from kiosk.flow.events.glass import BackPressed, NextPressed
from kiosk.flow.questions import answers_in, fields_in, page_problems, problems_in, rows_of
from kiosk.flow.state import Kiosk
from kiosk.flow.views import Form, RowAt
from kiosk.flow.visit import Visit
from kiosk.screens.components.buttons import PLAIN, Button
from kiosk.screens.components.part import Column, Gap, Part
from kiosk.screens.entry.beside import Beside
from kiosk.screens.entry.card_block import card_block
from kiosk.screens.entry.choices import ChoiceGrid
from kiosk.screens.entry.complaint import is_figures
from kiosk.screens.entry.decks import Decks, Home, has_deck
from kiosk.screens.entry.field import FieldBox, Question
from kiosk.screens.entry.keys import Bed
from kiosk.screens.entry.leaf import Leaf
from kiosk.screens.entry.offer import offer_strip
from kiosk.screens.entry.row_cards import RowsHead, add_button, row_card
from kiosk.screens.form_answers import filled, form_of, is_optional, is_secret, marked, offered, offers_of, on_glass, schema_of
from kiosk.screens.form_head import derived_facts, form_head
from kiosk.screens.frame import Head, back_button, next_button
from kiosk.screens.page import Page, Sheet
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import Weight
from kiosk.screens.wording import answer_said
from sync.contract.answers import AnswerProblem, pages_asked
from sync.contract.item import Control, Field

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
        visit, view = form_of(kiosk)
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
            offered(visit, view),
        )

    def show(self, kiosk: Kiosk) -> None:
        """Show the page; a new one begins with its first questions, a new focus is gone to."""
        visit, view = form_of(kiosk)
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
        visit, view = form_of(kiosk)
        self._make_questions(kiosk, visit, view)
        self._show_answers(visit, view)
        large = stage.theme.is_large
        field = self._deck_field(visit, view)
        parts: dict[str, Part] = {}
        if not large and view.row is None and visit.card is not None and view.page == pages_asked(visit.item, visit.answers)[0]:
            parts[_CARD] = card_block(stage, visit.card.reveal(), kiosk.now.date())
        parts.update(self._parts_with_rows(visit, view, kiosk.now.date()))
        if not large and view.row is None:
            parts.update(derived_facts(stage, visit, view))
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
            pad = self._decks.show(field, schema_of(visit.item, view, field.name), value, kiosk.now.date(), built_in=built_in, home=home)
            if built_in:
                body.append(pad)
            else:
                deck = pad
        head: Head | None = form_head(stage, visit, view, group=self._group, deck=deck is not None)
        middle = self._hide_button() if deck else None
        if deck is not None and not stage.theme.panel.is_upright:
            body, head, deck = (
                [
                    Beside(
                        stage,
                        Column(stage, [form_head(stage, visit, view, group=self._group, deck=True), Gap(stage, 22), self._leaf_part]),
                        deck,
                        Bed.WIDTH,
                    )
                ],
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
        visit, view = form_of(self._shown())
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
        visit, view = form_of(kiosk)
        leaf = self._leaf_part
        self._decks.settle(take_shown=False)
        visit, view = form_of(self._shown())
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
        visit, view = form_of(self._shown())
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

    def _hide_button(self) -> Part:
        return Button(
            self.stage, self.stage.say("keyboard.hide"), self._hide, test_id="keyboard-hide", kind=PLAIN, role="caption",
            weight=Weight.MEDIUM,
            stacked=True, icon="keyboard_hide", height=104, icon_units=40, across=18,
        )  # fmt: skip

    def _make_questions(self, kiosk: Kiosk, visit: Visit, view: Form) -> None:
        made_for = (view.page, view.row, self._names(visit, view), kiosk.display, offered(visit, view))
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

    def _question(self, kiosk: Kiosk, visit: Visit, view: Form, field: Field) -> Question:
        stage, language = self.stage, self.stage.theme.language
        large = stage.theme.is_large
        label = field.label.said_in(language)
        answer: FieldBox | ChoiceGrid | RowsHead
        if field.rows is not None:
            answer = RowsHead(stage, lambda: len(rows_of(form_of(self._shown())[0], field.name)))
        elif has_deck(field) or field.control is Control.SERVICE:
            answer = FieldBox(stage, field.name, label, lambda: self._enter(field.name), lambda: self._clear(field.name))
            schema = schema_of(visit.item, view, field.name)
            answer.is_name = schema.get("format") == "person-name"
            answer.is_secret = is_secret(field, schema)
        else:
            answer = ChoiceGrid(stage, field.name, offers_of(stage, field), lambda value: self._choose(field, value), large=large)
        notes = [stage.say("form.optional")] if is_optional(kiosk, visit, view, field) else []
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
        offer = next((offer for offer in offered(visit, view) if offer.field == field.name), None)
        if offer is None:
            return None
        stage, value = self.stage, offer.value.reveal()
        shown = on_glass(stage, field, schema_of(visit.item, view, field.name), value, self._shown().community)
        if is_secret(field, schema_of(visit.item, view, field.name)) and stage.theme.display.audio is not Audio.OFF:
            shown = answer_said(stage, field, {field.name: value})  # said aloud, it is no more than its end
        return offer_strip(stage, offer, shown)

    def _update(self) -> None:
        """Show the answers in place; what needs more or less room moves."""
        visit, view = form_of(self._shown())
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
            keys = self._decks if target is field else None
            look = filled(self.stage, self._shown(), field, problems.get(field.name), keys=keys, is_right=field.name not in wrong_now)
            if isinstance(question.answer, ChoiceGrid):
                question.answer.mark(marked(answers_in(visit, view).get(field.name)))
            resized |= question.show(look)
        return resized
