"""Tables that are taken away as CSV: sent row by row, so that a year takes no more memory than a day."""

import csv
from collections.abc import Iterable, Iterator, Sequence

from django.http import StreamingHttpResponse

Cell = str | int | float | None

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would run as a formula if a cell began with it."""
_BYTE_ORDER_MARK = "\ufeff"  # by it spreadsheets know that the file is UTF-8


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, value: str) -> str:
        """Return the value."""
        return value


def csv_answer(name: str, heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> StreamingHttpResponse:
    """Answer with a CSV file; `name` is in ASCII, without its ending."""
    return StreamingHttpResponse(
        _lines(heads, rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"', "X-Accel-Buffering": "no"},
    )


def _lines(heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield _BYTE_ORDER_MARK + writer.writerow(heads)
    for row in rows:
        yield writer.writerow([harmless(cell) for cell in row])


def harmless(cell: Cell) -> Cell:
    """Return the cell so that no spreadsheet takes it for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
