"""Documents at the page printer: over the real protocol to a virtual one, and honestly where there is none."""

from pathlib import Path

import pytest

from kiosk.flow.events.devices import PagesAnswered
from kiosk.runner.pages import PagesDesk
from peripherals.document_printer import DocumentPrinter, DocumentPrinterStatus, JobEnd, PrintedDocument
from peripherals.secret import Secret
from tests.drivers.document_printer_bench import document_printer_bench, pdf
from tests.kiosk.runner.said import Said

WITHIN_S = 60.0


def printed(printer: DocumentPrinter | None, said: Said) -> PrintedDocument:
    desk = PagesDesk(printer, said.post, said.fail)
    try:
        desk.print(7, Secret(pdf(2)))
        answer = said.next(PagesAnswered, WITHIN_S)
    finally:
        desk.close()
    assert answer.token == 7
    return answer.printed


def test_a_document_is_said_to_be_printed_when_its_job_is(tmp_path: Path, said: Said) -> None:
    with document_printer_bench(tmp_path) as bench:
        assert printed(bench.printer, said) == PrintedDocument(JobEnd.PRINTED, DocumentPrinterStatus.READY, sheets=2)
        assert len(bench.documents) == 1


@pytest.mark.parametrize(("fault", "status"), [("paper_out", DocumentPrinterStatus.PAPER_OUT), ("power_off", DocumentPrinterStatus.ABSENT)])
def test_a_printer_in_trouble_is_said_to_be(tmp_path: Path, said: Said, fault: str, status: DocumentPrinterStatus) -> None:
    with document_printer_bench(tmp_path) as bench:
        bench.fault(fault)
        answer = printed(bench.printer, said)
        assert (answer.end, answer.status) == (JobEnd.NOT_BEGUN, status)


def test_a_terminal_without_one_says_so(said: Said) -> None:
    assert printed(None, said) == PrintedDocument(JobEnd.NOT_BEGUN, DocumentPrinterStatus.ABSENT)
