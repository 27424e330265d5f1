"""Keys for technicians: letters with marks, and figures, each of which sends what was touched."""

from collections.abc import Callable

from kiosk.flow.setting_up import SetUpFieldOpened, SymbolErased, SymbolTyped
from kiosk.screens.components.part import Part
from kiosk.screens.entry.keys import DONE, FUNCTION, Bed, Cell, Key
from kiosk.screens.stage import Stage

_PLAIN = ("1234567890", "qwertyuiop", "asdfghjkl-", "zxcvbnm./:")
_MARKS = ("@", "_", "\\", "!", "#", "$", "%", "*", "+", "=")


def letters(stage: Stage, *, upper: bool, marks: bool, shift: Callable[[], None] | None, ends: bool = True) -> Part:
    """Return a bed of letters. `shift` changes between small ones and capitals; without `ends` no key of the bed says that all is typed."""
    rows = [row.upper() if upper else row for row in _PLAIN]
    rows += ["".join(_MARKS)] if marks else []
    cells = [
        Cell(_symbol(stage, symbol), row, 20 + place * 104.6, 94)
        for row, symbols in enumerate(rows)
        for place, symbol in enumerate(symbols)
    ]
    last = len(rows)
    if shift is not None:
        cells.append(
            Cell(
                Key(stage, stage.say("keyboard.lower" if upper else "keyboard.upper"), shift, test_id="key-part", kind=FUNCTION),
                last,
                20,
                240,
            )
        )
    cells += _functions(stage, last, ends=ends)
    return Bed(stage, cells, rows=last + 1, row_units=_row_units(stage, marks=marks, ends=ends))


def _row_units(stage: Stage, *, marks: bool, ends: bool) -> float:
    """Return how high a row is: on a low panel as high as head, field and what has to stay below leave room for."""
    panel = stage.theme.panel
    if not panel.is_short:
        return 96
    if not ends:
        return 90
    return (98 if marks else 112) if panel.is_compact else 100


def figures(stage: Stage) -> Part:
    """Return a bed of ten figures."""
    cells = [Cell(_symbol(stage, figure), place // 5, 20 + place % 5 * 208, 196) for place, figure in enumerate("1234567890")]
    cells += _functions(stage, 2, ends=True)
    return Bed(stage, cells, rows=3, row_units=104)


def _functions(stage: Stage, row: int, *, ends: bool) -> list[Cell]:
    delete = Key(
        stage,
        "",
        lambda: stage.send(SymbolErased()),
        test_id="key-delete",
        kind=FUNCTION,
        icon="backspace",
        label=stage.say("keyboard.delete"),
    )
    clear = Key(stage, stage.say("keyboard.clear"), lambda: stage.send(SymbolErased(everything=True)), test_id="key-clear", kind=FUNCTION)
    cells = [Cell(delete, row, 272, 240), Cell(clear, row, 524, 240)]
    if ends:
        done = Key(stage, stage.say("keyboard.done"), lambda: stage.send(SetUpFieldOpened(None)), test_id="key-done", kind=DONE)
        cells.append(Cell(done, row, 776, 284))
    return cells


def _symbol(stage: Stage, symbol: str) -> Key:
    return Key(stage, symbol, lambda: stage.send(SymbolTyped(symbol)), test_id=f"key-{symbol.lower()}")
