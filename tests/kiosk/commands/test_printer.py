"""`kiosk printer` and `kiosk document-printer` as a script uses them."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.drivers.document_printer_bench import DocumentPrinterBench, document_printer_bench, pdf
from tests.drivers.printer_bench import PrinterBench, printer_bench
from tests.kiosk.commands.conftest import Run


@pytest.fixture
def slips(tmp_path: Path) -> Iterator[PrinterBench]:
    (tmp_path / "slips").mkdir()
    with printer_bench(tmp_path / "slips", "--speed", "0") as bench:
        yield bench


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[DocumentPrinterBench]:
    (tmp_path / "pages").mkdir()
    with document_printer_bench(tmp_path / "pages") as bench:
        yield bench


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ("none", "ready"),
        ("paper_low", "paper_low"),
        ("paper_out", "paper_out"),
        ("cover_open", "cover_open"),
        ("cutter_error", "cutter_error"),
        ("overheated", "overheated"),
        ("mute", "silent"),
    ],
)
def test_each_status_is_said_and_decides_the_exit_code(slips: PrinterBench, kiosk: Run, fault: str, status: str) -> None:
    slips.fault(fault)
    asked = kiosk("printer", "status", "--device", slips.url, "--json")
    can_print = status in {"ready", "paper_low"}
    assert (asked.code, asked.body) == (0 if can_print else 1, {"status": status, "can_print": can_print})


@pytest.mark.parametrize("width_dots", [384, 512, 576])
def test_a_test_slip_comes_out_once_on_each_width_of_paper(slips: PrinterBench, kiosk: Run, width_dots: int) -> None:
    tested = kiosk("printer", "test", "--device", slips.url, "--width-dots", width_dots, "--json")
    assert (tested.code, tested.body) == (0, {"status": "ready", "printed": True})
    assert len(slips.tickets) == 1


def test_no_paper_prints_nothing_and_says_what_to_do(slips: PrinterBench, kiosk: Run) -> None:
    slips.fault("paper_out")
    tested = kiosk("printer", "test", "--device", slips.url)
    assert tested.code == 1
    assert "put in a new roll" in tested.err
    assert slips.tickets == []


def test_nobody_there_is_absent(kiosk: Run) -> None:
    for url in ("tcp://127.0.0.1:9", "serial:///dev/none", "usb://04b8:0e15", "ipp://127.0.0.1:9/ipp/print"):
        assert kiosk("printer", "status", "--device", url, "--json").body == {"status": "absent", "can_print": False}


@pytest.mark.parametrize("url", ["", "127.0.0.1", "lpt://1", "usb://printer", "serial://", "cups://", "tcp://h:99999"])
def test_an_address_that_is_none_is_wrong_usage(kiosk: Run, url: str) -> None:
    assert kiosk("printer", "status", "--device", url).code == 2


def test_a_slip_through_a_queue(pages: DocumentPrinterBench, kiosk: Run) -> None:
    assert kiosk("printer", "test", "--device", pages.url, "--json").body == {"status": "ready", "printed": True}
    assert pages.documents == ["document-001.raw"]
    pages.fault("paper_jam")
    assert kiosk("printer", "status", "--device", pages.url, "--json").body["status"] == "cutter_error"


def test_a_document_is_followed_to_its_end(pages: DocumentPrinterBench, kiosk: Run, tmp_path: Path) -> None:
    (tmp_path / "notice.pdf").write_bytes(pdf(3))
    done = kiosk("document-printer", "print", "--device", pages.url, "--pdf", tmp_path / "notice.pdf", "--json")
    assert (done.code, done.body) == (0, {"status": "ready", "end": "printed", "sheets": 3, "detail": None})
    assert (pages.out / "document-001.pdf").read_bytes() == pdf(3)


def test_a_test_page_is_one_a4_page(pages: DocumentPrinterBench, kiosk: Run) -> None:
    assert kiosk("document-printer", "print", "--device", pages.url).out == "printed\n"
    page = (pages.out / "document-001.pdf").read_bytes()
    box = re.search(rb"/MediaBox \[ ?0 0 ([\d.]+) ([\d.]+)", page)
    assert box is not None
    assert abs(float(box[1]) - 595) < 10  # points


def test_a_document_that_ends_badly_fails_with_its_end(pages: DocumentPrinterBench, kiosk: Run) -> None:
    pages.fault("abort_mid_print")
    done = kiosk("document-printer", "print", "--device", pages.url, "--json")
    assert (done.code, done.body["end"]) == (1, "aborted")
    pages.fault("cover_open")
    asked = kiosk("document-printer", "status", "--device", pages.url)
    assert (asked.code, asked.err) == (1, "a cover is open; press it shut\n")


def test_a_file_that_is_no_pdf_is_not_sent(pages: DocumentPrinterBench, kiosk: Run, tmp_path: Path) -> None:
    (tmp_path / "letter.doc").write_text("no PDF")
    for path in (tmp_path / "letter.doc", tmp_path / "none.pdf"):
        done = kiosk("document-printer", "print", "--device", pages.url, "--pdf", path, "--json")
        assert (done.code, done.body["status"], done.body["end"]) == (1, "unusable_file", "not_begun")
    assert pages.jobs == []
    assert kiosk("document-printer", "status", "--device", "tcp://127.0.0.1:9100").code == 2


def test_a_test_slip_in_the_printer_s_own_letters(slips: PrinterBench, kiosk: Run) -> None:
    tested = kiosk("printer", "test", "--device", slips.url, "--text", "gb18030", "--json")
    assert (tested.code, tested.body) == (0, {"status": "ready", "printed": True})
    assert "打印测试" in "".join(slips.order("state")["texts"])
    assert kiosk("printer", "test", "--device", slips.url, "--text", "latin1").code == 2
