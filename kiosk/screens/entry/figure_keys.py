"""Figures among letters: house numbers, and the numbers of rare characters."""

from collections.abc import Callable, Sequence

from kiosk.screens.entry.keys import DONE, FIGURE, FUNCTION, Bed, Cell, Key
from kiosk.screens.stage import Stage
from peripherals.values import dataclass

_TALL = 626  # what figures and common words have below the tabs


@dataclass(frozen=True, slots=True)
class FigureActs:
    """What the keys do. `turn` goes back to the letters, `code` to the numbers of rare characters."""

    insert: Callable[[str], None]
    delete: Callable[[], None]
    clear: Callable[[], None]
    turn: Callable[[], None]
    code: Callable[[], None]
    done: Callable[[], None]


def figure_bed(stage: Stage, acts: FigureActs, marks: Sequence[str]) -> Bed:
    """Return figures with the field's own marks at their left; the last place there leads to rare characters."""
    left = [*(_insert(stage, acts, mark, f"mark-{place}") for place, mark in enumerate(marks[1:4])), _code(stage, acts)]
    cells = [Cell(key, place, 20, 168) for place, key in enumerate(left)]
    for place, figure in enumerate("123456789"):
        cells.append(Cell(_figure(stage, acts.insert, figure), place // 3, 200 + place % 3 * 224, 212))
    cells.append(Cell(_figure(stage, acts.insert, "0"), 3, 424, 212))
    cells += [
        Cell(_insert(stage, acts, marks[0], "mark"), 3, 200, 212),
        *_functions(stage, acts, left=872, width=188),
        Cell(_turn(stage, acts), 3, 648, 212),
    ]
    return Bed(stage, cells, rows=4, row_units=(_TALL - 46 - 3 * 12) / 4)


def code_bed(stage: Stage, acts: FigureActs) -> Bed:
    """Return the sixteen figures of a character's number."""
    rows = ("123AB", "456CD", "789EF")
    cells = [
        Cell(_figure(stage, acts.insert, figure), row, 20 + place * 172, 160)
        for row, line in enumerate(rows)
        for place, figure in enumerate(line)
    ]
    cells += [Cell(_turn(stage, acts), 3, 20, 160), Cell(_figure(stage, acts.insert, "0"), 3, 192, 160)]
    cells += _functions(stage, acts, left=880, width=180)
    return Bed(stage, cells, rows=4, row_units=104)


def _functions(stage: Stage, acts: FigureActs, *, left: float, width: float) -> list[Cell]:
    say = stage.say
    delete = Key(stage, "", acts.delete, test_id="key-delete", kind=FUNCTION, icon="backspace", label=say("keyboard.delete"))
    clear = Key(stage, say("keyboard.clear"), acts.clear, test_id="key-clear", kind=FUNCTION)
    done = Key(stage, say("keyboard.done"), acts.done, test_id="key-done", kind=DONE)
    return [Cell(delete, 0, left, width), Cell(clear, 1, left, width), Cell(done, 2, left, width, rows=2)]


def _figure(stage: Stage, insert: Callable[[str], None], figure: str) -> Key:
    return Key(stage, figure, lambda: insert(figure), test_id=f"digit-{figure.lower()}", kind=FIGURE)


def _insert(stage: Stage, acts: FigureActs, mark: str, name: str) -> Key:
    return Key(stage, mark, lambda: acts.insert(mark), test_id=f"key-{name}", kind=FUNCTION)


def _code(stage: Stage, acts: FigureActs) -> Key:
    return Key(stage, stage.say("keyboard.code"), acts.code, test_id="key-code", kind=FUNCTION)


def _turn(stage: Stage, acts: FigureActs) -> Key:
    return Key(stage, stage.say("keyboard.letters"), acts.turn, test_id="key-letters", kind=FUNCTION)
