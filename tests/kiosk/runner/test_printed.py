"""Papers are read one after another behind the visit, and what nobody waits for any more is not said."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from kiosk.flow.events.devices import PrintRead
from kiosk.runner.printed import PrintedDesk
from peripherals.deadline import Deadline
from peripherals.paper_reader import PaperText, PaperTextStatus, PrintedLine
from peripherals.secret import Secret
from tests.kiosk.runner.said import Said

LINES = (PrintedLine(Secret("出租方（甲方）：王样例"), 0.99, 0.5, 0.1),)
PAGE = Secret(b"page")


class Reader:
    """Reads each page when it is told to go on."""

    def __init__(self, outcome: PaperText) -> None:
        self.outcome = outcome
        self.began = threading.Semaphore(0)
        self.go_on = threading.Semaphore(0)
        self.read_pages: list[Secret[bytes]] = []
        self.was_wanted = True

    def read(self, jpeg: Secret[bytes], deadline: Deadline, is_wanted: Callable[[], bool] = lambda: True) -> PaperText:
        self.read_pages.append(jpeg)
        self.began.release()
        assert self.go_on.acquire(timeout=min(30.0, deadline.remaining_s))
        self.was_wanted = is_wanted()
        return self.outcome


@contextmanager
def desk_with(reader: Reader | None) -> Iterator[tuple[PrintedDesk, Said]]:
    said = Said()
    desk = PrintedDesk(reader, said.post, said.fail)
    try:
        yield desk, said
    finally:
        desk.close()


def test_what_was_read_is_said_with_the_page_that_it_stands_on() -> None:
    reader = Reader(PaperText(PaperTextStatus.READ, LINES))
    with desk_with(reader) as (desk, said):
        reader.go_on.release()
        desk.read(7, PAGE)
        assert said.next(PrintRead) == PrintRead(7, PAGE, LINES)
        assert reader.was_wanted


def test_what_a_visit_left_behind_is_neither_read_nor_said() -> None:
    reader = Reader(PaperText(PaperTextStatus.READ, LINES))
    with desk_with(reader) as (desk, said):
        desk.read(7, PAGE)
        desk.read(7, Secret(b"next page"))
        assert reader.began.acquire(timeout=10)
        desk.forget()
        desk.read(8, Secret(b"page of the next visit"))
        for _ in range(2):
            reader.go_on.release()
        assert said.next(PrintRead) == PrintRead(8, Secret(b"page of the next visit"), LINES)
        assert said.heard == [PrintRead(8, Secret(b"page of the next visit"), LINES)]
        assert [page.reveal() for page in reader.read_pages] == [b"page", b"page of the next visit"]


def test_a_reader_that_is_not_installed_is_asked_once() -> None:
    reader = Reader(PaperText(PaperTextStatus.NOT_INSTALLED))
    with desk_with(reader) as (desk, said):
        for _ in range(2):
            reader.go_on.release()
        desk.read(7, PAGE)
        assert reader.began.acquire(timeout=10)
        desk.read(7, PAGE)
        assert said.is_silent()
        assert len(reader.read_pages) == 1


def test_without_a_reader_nothing_is_said() -> None:
    with desk_with(None) as (desk, said):
        desk.read(7, PAGE)
        assert said.is_silent()
