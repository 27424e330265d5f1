"""Whole pages, followed until they lie in the tray: on a virtual printer, and through CUPS itself."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.document_printer import IppDocumentPrinter, PrintQueue
from drivers.escpos.raster import CUT, START
from drivers.ipp.messages import Attribute, Operation, Tag
from drivers.ipp_client import Queue, QueueAddress, QueueAddressError
from drivers.queued_receipt_printer import QueuedReceiptPrinter, receipt_printer_at
from drivers.receipt_printer import EscposReceiptPrinter
from peripherals.deadline import Deadline
from peripherals.document_printer import DocumentPrinterStatus as Status
from peripherals.document_printer import JobEnd, PrintedDocument
from peripherals.receipt_printer import PrinterStatus, Printing
from peripherals.secret import Secret
from tests.drivers.document_printer_bench import DocumentPrinterBench, cups, document_printer_bench, pdf
from tests.drivers.printer_bench import picture, soon


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[DocumentPrinterBench]:
    with document_printer_bench(tmp_path) as running:
        yield running


def printed(bench: DocumentPrinterBench, pages: int = 1, within_s: float = 20.0) -> PrintedDocument:
    return bench.printer.print_document(Secret(pdf(pages)), Deadline.after(within_s))


def test_a_document_is_printed_when_its_job_says_so_byte_for_byte(bench: DocumentPrinterBench) -> None:
    assert printed(bench, 3) == PrintedDocument(JobEnd.PRINTED, Status.READY, sheets=3)
    assert (bench.out / "document-001.pdf").read_bytes() == pdf(3)


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ("paper_out", Status.PAPER_OUT),
        ("paper_jam", Status.JAMMED),
        ("cover_open", Status.COVER_OPEN),
        ("toner_out", Status.TONER_OUT),
        ("tray_full", Status.TRAY_FULL),
        ("overheated", Status.OVERHEATED),
        ("paused", Status.PAUSED),
        ("unplugged", Status.OFFLINE),
        ("not_accepting", Status.PAUSED),
        ("power_off", Status.ABSENT),
        ("mute", Status.SILENT),
        ("half_an_answer", Status.SILENT),
        ("nonsense", Status.SILENT),
    ],
)
def test_a_printer_in_trouble_gets_no_document(bench: DocumentPrinterBench, fault: str, status: Status) -> None:
    bench.fault(fault)
    assert bench.printer.status(Deadline.after(0.6)) is status
    assert bench.printer.print_document(Secret(pdf()), Deadline.after(1)) == PrintedDocument(JobEnd.NOT_BEGUN, status)
    bench.fault("none")
    assert bench.jobs == []
    assert printed(bench).end is JobEnd.PRINTED


@pytest.mark.parametrize(("fault", "status"), [("paper_low", Status.PAPER_LOW), ("toner_low", Status.TONER_LOW)])
def test_what_will_soon_be_wanting_stops_nothing(bench: DocumentPrinterBench, fault: str, status: Status) -> None:
    bench.fault(fault)
    assert printed(bench) == PrintedDocument(JobEnd.PRINTED, status, sheets=1)


def test_paper_that_ends_in_the_middle_is_waited_for(bench: DocumentPrinterBench) -> None:
    bench.fault("paper_out_mid_print")
    outcomes: list[PrintedDocument] = []
    deadline = Deadline.after(30)
    printing = threading.Thread(target=lambda: outcomes.append(bench.printer.print_document(Secret(pdf(2)), deadline)))
    printing.start()
    assert soon(lambda: bench.printer.status(Deadline.after(1)) is Status.PAPER_OUT)
    bench.fault("none")
    printing.join()
    assert outcomes == [PrintedDocument(JobEnd.PRINTED, Status.READY, sheets=2)]


def test_what_is_not_done_at_the_deadline_is_taken_back_so_that_nobody_else_gets_it(bench: DocumentPrinterBench) -> None:
    bench.fault("paper_out_mid_print")
    began_s = time.monotonic()
    outcome = printed(bench, 2, within_s=3.0)
    assert time.monotonic() - began_s < 3.0 + 1.5
    assert (outcome.end, outcome.status) == (JobEnd.CANCELED, Status.PAPER_OUT)
    bench.fault("none")
    assert [job["state"] for job in bench.jobs] == [7]
    assert printed(bench).end is JobEnd.PRINTED
    assert bench.documents == ["document-002.pdf"]


@pytest.mark.parametrize(("fault", "end"), [("abort_mid_print", JobEnd.ABORTED), ("cancel_mid_print", JobEnd.CANCELED)])
def test_a_job_that_ends_otherwise_is_not_printed(bench: DocumentPrinterBench, fault: str, end: JobEnd) -> None:
    bench.fault(fault)
    outcome = printed(bench, 2)
    assert (outcome.end, outcome.status) == (end, Status.READY)
    assert outcome.detail


def test_a_document_that_the_printer_does_not_take_is_refused_with_its_reason(bench: DocumentPrinterBench) -> None:
    bench.fault("refuse")
    assert printed(bench) == PrintedDocument(JobEnd.REFUSED, Status.READY, detail="0x040a")


def test_what_a_process_before_left_on_the_printer_is_taken_back_and_nobody_else_s_is(bench: DocumentPrinterBench) -> None:
    queue, stranger = PrintQueue(bench.url), Queue(bench.url)
    queue.begin(pdf(400), "application/pdf", Deadline.after(5))
    name = Attribute(Tag.NAME, "requesting-user-name", ("somebody",))
    stranger.ask(Operation.PRINT_JOB, Deadline.after(5), name, document=pdf(1))
    assert bench.printer.look(Deadline.after(5)).is_fit
    assert soon(lambda: [job["state"] for job in bench.jobs] == [7, 9])
    assert bench.documents == ["document-002.pdf"]


def test_a_job_that_nobody_knows_any_more_was_not_said_to_be_printed(bench: DocumentPrinterBench) -> None:
    bench.fault("forgetful")
    assert printed(bench).end is JobEnd.UNKNOWN


def test_a_printer_whose_plug_is_pulled_in_the_middle_is_not_believed(bench: DocumentPrinterBench) -> None:
    pulling = threading.Timer(0.3, lambda: bench.fault("power_off"))
    pulling.start()
    outcome = printed(bench, 400, within_s=8.0)
    assert (outcome.end, outcome.status) == (JobEnd.UNKNOWN, Status.ABSENT)


@pytest.mark.parametrize("url", ["cups://", "ipp://", "lp0", "http://127.0.0.1/", "cups://a b", "cups://h:99999/q", "cups://h/a/b"])
def test_a_url_that_names_no_queue_is_refused(url: str) -> None:
    with pytest.raises(QueueAddressError, match=r"cups|ipp|[Pp]ort"):
        IppDocumentPrinter(url)


def test_a_queue_is_looked_for_where_cups_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CUPS_SERVER", "printhost:8631")
    assert QueueAddress.of("cups://slips") == QueueAddress("/printers/slips", "printhost", 8631)
    monkeypatch.setenv("CUPS_SERVER", str(tmp_path / "cups.sock"))
    assert QueueAddress.of("cups://Slips").at_socket == tmp_path / "cups.sock"
    assert IppDocumentPrinter("cups://slips").status(Deadline.after(1)) is Status.ABSENT
    assert QueueAddress.of("cups://printhost/小票").path == "/printers/%E5%B0%8F%E7%A5%A8"


def test_through_cups_itself_the_job_is_followed_to_its_end(bench: DocumentPrinterBench) -> None:
    with cups(bench.url) as url:
        printer = IppDocumentPrinter(url)
        outcome = printer.print_document(Secret(pdf(2)), Deadline.after(60))
        assert (outcome.end, outcome.status) == (JobEnd.PRINTED, Status.READY)
        assert (bench.out / "document-001.pdf").read_bytes() == pdf(2)
        assert IppDocumentPrinter(f"{url}-none").status(Deadline.after(5)) is Status.ABSENT
        bench.fault("power_off")
        assert printer.print_document(Secret(pdf(2)), Deadline.after(6)).end in {JobEnd.CANCELED, JobEnd.ABORTED, JobEnd.NOT_BEGUN}
        bench.fault("none")
        assert bench.documents == ["document-001.pdf"]


def test_a_slip_goes_through_cups_raw(bench: DocumentPrinterBench) -> None:
    with cups(bench.url) as url:
        printer = receipt_printer_at(url)
        assert isinstance(printer, QueuedReceiptPrinter)
        assert printer.print(picture(), Deadline.after(60)) == Printing(printed=True, status=PrinterStatus.READY)
        slip = (bench.out / "document-001.raw").read_bytes()
        assert slip.startswith(START + CUT)
        assert slip.endswith(CUT)
        assert printer.print(picture(), Deadline.after(60)).printed
        assert not (bench.out / "document-002.raw").read_bytes().startswith(START + CUT)


@pytest.mark.parametrize(("fault", "status"), [("paper_out", PrinterStatus.PAPER_OUT), ("power_off", PrinterStatus.ABSENT)])
def test_a_slip_for_a_queue_in_trouble_is_not_printed(bench: DocumentPrinterBench, fault: str, status: PrinterStatus) -> None:
    bench.fault(fault)
    assert receipt_printer_at(bench.url).print(picture(), Deadline.after(3)) == Printing(printed=False, status=status)


def test_a_slip_that_the_queue_gave_up_is_not_printed(bench: DocumentPrinterBench) -> None:
    bench.fault("abort_mid_print")
    printing = receipt_printer_at(bench.url).print(picture(), Deadline.after(5))
    assert printing == Printing(printed=False, status=PrinterStatus.SILENT)


def test_a_printer_with_a_line_of_its_own_is_asked_itself() -> None:
    assert isinstance(receipt_printer_at("tcp://127.0.0.1:9100"), EscposReceiptPrinter)
