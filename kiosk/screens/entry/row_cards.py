"""The rows of a question that repeats: a card for each, what is missing on it, and the way to one more."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kiosk.flow.events.applying import RowAdded, RowOpened
from kiosk.screens.components.buttons import CLEAR, SECONDARY, SOFT, Button, Kind
from kiosk.screens.components.cards import SURFACE, Badge, Card, IconBox, Tint
from kiosk.screens.components.part import Column, Part, Row
from kiosk.screens.components.shape import Look
from kiosk.screens.components.text import Icon, Text
from kiosk.screens.entry.complaint import complaint
from kiosk.screens.entry.field import Filled
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import Weight
from kiosk.screens.typeset import Span
from kiosk.screens.wording import answer_said
from sync.contract.answers import FieldProblem, row_fields
from sync.contract.item import Control, Field, Rows

_WRONG = Look("surface", "err", 5)
_TINTS = (Tint.GLAZE, Tint.CLAY, Tint.INFO, Tint.PRI)


def row_card(
    stage: Stage,
    field: Field,
    place: int,
    row: Mapping[str, Any],
    *,
    gaps: Sequence[FieldProblem],
    is_removing: bool,
    ask: Callable[[int | None], None],
    remove: Callable[[int], None],
) -> Part:
    """Return the card of one row; deleting asks once, inside the card."""
    rows = field.rows
    if rows is None:
        raise TypeError(f"{field.name} does not repeat")
    wrong = gaps[0] if gaps else None
    words = _words(stage, rows, field, row, wrong)
    icon = IconBox(stage, "person" if rows.by_card else "list_alt", _TINTS[place % len(_TINTS)], 76)
    top: list[Part] = [icon, words]
    inside: list[Part] = []
    if is_removing:
        inside = [
            Text(stage, stage.say("form.row_remove_sure"), "body", weight=Weight.BOLD),
            Row(
                stage,
                [
                    _button(stage, "form.row_remove", lambda: remove(place), f"row-{field.name}-{place}-removed", CLEAR),
                    _button(stage, "form.row_keep", lambda: ask(None), f"row-{field.name}-{place}-kept", SECONDARY),
                ],
                gap=18,
                even=True,
            ),
        ]
    else:
        key = "form.row_fill" if wrong is not None else "form.row_change"
        change = Button(
            stage, stage.say(key), RowOpened(field.name, place), test_id=f"row-{field.name}-{place}", kind=SOFT if wrong else SECONDARY,
            icon="edit", role="toggle", height=88, icon_units=36, across=26, radius=24,
        )  # fmt: skip
        bin_button = Button(
            stage, "", lambda: ask(place), test_id=f"row-{field.name}-{place}-remove", kind=SECONDARY, icon="delete",
            role="toggle", height=88, icon_units=40, across=20, radius=24,
        )  # fmt: skip
        bin_button.label = stage.say("form.row_remove")
        buttons: list[Part] = [change, bin_button]
        if stage.theme.is_large:
            inside = [Row(stage, buttons, gap=18)]
        else:
            top += buttons
    body = [Row(stage, top, gap=22, level=True), *inside]
    return Card(stage, Column(stage, body, gap=16), look=_WRONG if wrong is not None else SURFACE, across=28, down=22, radius=30)


def add_button(stage: Stage, field: Field, count: int) -> Part:
    """Return the way to one more row."""
    one = "" if field.rows is None else field.rows.one.said_in(stage.theme.language)
    key = "form.row_first" if count == 0 else "form.row_more"
    icon = "person_add" if field.rows is not None and field.rows.by_card else "add"
    return Button(
        stage, stage.say(key, one=one), RowAdded(field.name), test_id=f"row-{field.name}-add", kind=SOFT, icon=icon, role="h2",
        weight=Weight.MEDIUM, height=116, radius=30,
    )  # fmt: skip


class RowsHead(Part):
    """How many rows there are, under the question's label; what is wrong with all of them is the question's message."""

    def __init__(self, stage: Stage, count: Callable[[], int]) -> None:
        super().__init__(stage)
        self._count = count
        self._text = Text(stage, [Span("")], "body", ink="ink2")
        self.add_widget(self._text)

    def show(self, filled: Filled) -> bool:
        del filled
        count = self._count()
        self._text.say([Span(self.stage.say("form.rows_count", count=count) if count else self.stage.say("form.rows_none"))])
        return False

    def height_for(self, width: int) -> int:
        return self._text.height_for(width)

    def arrange(self) -> None:
        self._text.place(int(self.x), int(self.y), int(self.width), int(self.height))


def _words(stage: Stage, rows: Rows, field: Field, row: Mapping[str, Any], wrong: FieldProblem | None) -> Part:
    asked = row_fields(field, row)
    title = next((inner for inner in asked if inner.name == rows.title), None)
    name = answer_said(stage, title, row) if title is not None and row.get(rows.title) else rows.one.said_in(stage.theme.language)
    choice = next((inner for inner in asked if inner.control is Control.CHOICE and row.get(inner.name)), None)
    first: list[Part] = [Text(stage, [Span(name)], "item")]
    if choice is not None:
        first.append(Badge(stage, answer_said(stage, choice, row), Tint.SUNK))
    lines: list[Part] = [Row(stage, first, gap=16, level=True)]
    others = [inner for inner in asked if inner not in (title, choice) and row.get(inner.name) not in (None, "")]
    number = next((inner for inner in others if inner.control is Control.ID_NUMBER), None)
    if number is not None:
        lines.append(Text(stage, [Span(answer_said(stage, number, row))], "caption", ink="ink2"))
    money = next((inner for inner in others if inner.control in (Control.MONEY, Control.DATE)), None)
    if money is not None:
        lines.append(Text(stage, [Span(f"{money.label.said_in(stage.theme.language)} {answer_said(stage, money, row)}")], "body"))
    if wrong is not None:
        about = next((inner for inner in asked if inner.name == wrong.part), None)
        if about is not None:
            label = about.label.said_in(stage.theme.language)
            said = complaint(stage, wrong, about, row.get(about.name, ""))
            mark = Icon(stage, "error", 34, ink="err")
            lines.append(Row(stage, [mark, Text(stage, [Span(f"{label}\u3000{said}")], "body", ink="err", grows=True)], gap=8, top=True))
    return Column(stage, lines, gap=4, grows=True)


def _button(stage: Stage, key: str, act: Callable[[], None], test_id: str, kind: Kind) -> Button:
    return Button(stage, stage.say(key), act, test_id=test_id, kind=kind, role="toggle", weight=Weight.MEDIUM, height=92)
