"""A device in its own process: what the kiosk sees when that process dies, hangs, or comes back."""

import contextlib
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from drivers.remote import RemoteDocumentCamera, RemoteIdCardReader, RemoteReceiptPrinter
from peripherals.deadline import Deadline
from peripherals.document_camera import PaperHint, PaperView
from peripherals.id_card_reader import CardReading, CardReadStatus, ModuleReport, PlateStatus
from peripherals.receipt_printer import PrinterStatus, Printing
from tests.drivers.printer_bench import picture, printer_bench, soon
from tests.drivers.worker_program import A_CARD

GRACE_S = 1.5  # what a loaded machine may add


@contextmanager
def worker(path: Path, *device: str) -> "Iterator[subprocess.Popen[str]]":
    command = [sys.executable, "-m", "tests.drivers.worker_program", str(path), *device]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert soon(path.exists)
            yield process
        finally:
            process.kill()


def test_the_socket_is_its_owner_s_alone(tmp_path: Path) -> None:
    with worker(tmp_path / "reader", "reader"):
        assert stat.S_IMODE((tmp_path / "reader").stat().st_mode) == 0o600


def test_a_card_comes_through_whole_and_is_announced_before(tmp_path: Path) -> None:
    found: list[str] = []
    with worker(tmp_path / "reader", "reader"):
        reading = RemoteIdCardReader(tmp_path / "reader").read(Deadline.after(5), newest_address=True, on_card=lambda: found.append("card"))
    assert reading == CardReading(CardReadStatus.READ, A_CARD)
    assert found == ["card"]
    assert "测试" not in repr(reading)


def test_the_deadline_travels(tmp_path: Path) -> None:
    with worker(tmp_path / "reader", "reader"):
        reader = RemoteIdCardReader(tmp_path / "reader")
        assert reader.plate(Deadline.after(5)) is PlateStatus.EMPTY
        began = time.monotonic()
        assert reader.read(Deadline.after(0.3)).status is CardReadStatus.NO_CARD
        assert 0.3 <= time.monotonic() - began < 0.3 + GRACE_S


def test_the_module_behind_a_worker_is_asked_and_reset(tmp_path: Path) -> None:
    with worker(tmp_path / "reader", "reader"):
        reader = RemoteIdCardReader(tmp_path / "reader")
        assert reader.module(Deadline.after(5)).module_id == "000000.00000000"
        assert reader.reset(Deadline.after(5)).module_id == "111111.11111111"
    assert reader.reset(Deadline.after(1)) == ModuleReport(CardReadStatus.ABSENT)


def test_a_reading_given_up_frees_the_reader_for_the_next_one(tmp_path: Path) -> None:
    with worker(tmp_path / "reader", "reader"):
        reader = RemoteIdCardReader(tmp_path / "reader")
        assert reader.plate(Deadline.after(5)) is PlateStatus.EMPTY
        readings: list[CardReading] = []
        waiting = threading.Thread(target=lambda: readings.append(reader.read(Deadline.after(60))))
        waiting.start()
        while waiting.is_alive():
            reader.give_up()
            waiting.join(0.05)
        assert readings == [CardReading(CardReadStatus.NO_CARD)]
        assert reader.plate(Deadline.after(3)) is PlateStatus.EMPTY


def test_a_worker_killed_in_the_middle_is_absent_at_once_and_works_when_it_is_back(tmp_path: Path) -> None:
    path = tmp_path / "reader"
    reader = RemoteIdCardReader(path)
    with worker(path, "reader") as process:
        assert reader.plate(Deadline.after(5)) is PlateStatus.EMPTY
        killing = threading.Timer(0.2, process.kill)
        killing.start()
        began = time.monotonic()
        assert reader.read(Deadline.after(30)).status is CardReadStatus.ABSENT
        assert time.monotonic() - began < 0.2 + GRACE_S
    assert reader.plate(Deadline.after(0.2)) is PlateStatus.ABSENT
    path.unlink()
    with worker(path, "reader"):
        assert reader.plate(Deadline.after(5)) is PlateStatus.EMPTY


def test_a_worker_that_was_stopped_is_silent_and_its_late_answer_is_nobody_s(tmp_path: Path) -> None:
    path = tmp_path / "camera"
    camera = RemoteDocumentCamera(path)
    with worker(path, "camera") as process:
        assert camera.open(Deadline.after(5)) is PaperHint.GOOD
        os.kill(process.pid, signal.SIGSTOP)
        began = time.monotonic()
        assert camera.open(Deadline.after(0.3)) is PaperHint.CAMERA_STALLED
        assert camera.capture(Deadline.after(0.3)).view == PaperView(PaperHint.CAMERA_STALLED)
        assert camera.preview(Deadline.after(0.3)) is None
        assert time.monotonic() - began < 3 * 0.8 + GRACE_S
        os.kill(process.pid, signal.SIGCONT)
        preview = camera.preview(Deadline.after(5))
        assert preview is not None
        assert preview.number == 1  # the preview that nobody waited for was not made


def test_no_receipt_comes_out_after_the_kiosk_said_that_none_did(tmp_path: Path) -> None:
    with printer_bench(tmp_path, "--speed", "0") as bench, worker(tmp_path / "printer", "printer", bench.url) as process:
        printer = RemoteReceiptPrinter(tmp_path / "printer", bench.url)
        assert printer.status(Deadline.after(5)) is PrinterStatus.READY
        os.kill(process.pid, signal.SIGSTOP)
        assert printer.print(picture(), Deadline.after(0.3)) == Printing(printed=False, status=PrinterStatus.SILENT)
        os.kill(process.pid, signal.SIGCONT)
        assert printer.status(Deadline.after(5)) is PrinterStatus.READY
        assert bench.tickets == []
        assert printer.print(picture(), Deadline.after(5)).printed
        assert len(bench.tickets) == 1


def test_a_library_that_hangs_for_ever_costs_one_process_and_no_more(tmp_path: Path) -> None:
    with worker(tmp_path / "printer", "hanging") as process:
        assert RemoteReceiptPrinter(tmp_path / "printer", "usb://04b8:0e15").status(Deadline.after(0.2)) is PrinterStatus.SILENT
        process.wait(timeout=10)
        assert process.stderr is not None
        assert "Timeout" in process.stderr.read()


def test_what_the_library_raises_ends_the_worker_and_not_the_kiosk(tmp_path: Path) -> None:
    with worker(tmp_path / "printer", "hanging") as process:
        printer = RemoteReceiptPrinter(tmp_path / "printer", "usb://04b8:0e15")
        assert printer.print(picture(), Deadline.after(5)) == Printing(printed=False, status=PrinterStatus.ABSENT)
        assert process.wait(timeout=10) == 1


def test_a_worker_that_is_only_coming_up_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "reader"
    statuses: list[PlateStatus] = []
    asking = threading.Thread(target=lambda: statuses.append(RemoteIdCardReader(path).plate(Deadline.after(5))))
    asking.start()
    with worker(path, "reader"):
        asking.join()
    assert statuses == [PlateStatus.EMPTY]


def test_a_camera_asked_of_a_reader_s_worker_is_absent(tmp_path: Path) -> None:
    with worker(tmp_path / "reader", "reader"):
        assert RemoteDocumentCamera(tmp_path / "reader").open(Deadline.after(5)) is PaperHint.CAMERA_ABSENT
        assert RemoteIdCardReader(tmp_path / "reader").plate(Deadline.after(5)) is PlateStatus.EMPTY


@pytest.mark.parametrize("nonsense", [b"GET / HTTP/1.1\r\n\r\n", b"\xff\xff\xff\xff\x01", b"\0\0\0\x01\x01\xc1", b"\0\0\0\x03\x03abc", b""])
def test_nonsense_on_the_socket_disturbs_nobody(tmp_path: Path, nonsense: bytes) -> None:
    with worker(tmp_path / "reader", "reader") as process, socket.socket(socket.AF_UNIX) as stranger:
        stranger.connect(str(tmp_path / "reader"))
        stranger.sendall(nonsense)
        stranger.shutdown(socket.SHUT_WR)
        with contextlib.suppress(ConnectionResetError):
            assert stranger.recv(1) == b""
        assert RemoteIdCardReader(tmp_path / "reader").plate(Deadline.after(5)) is PlateStatus.EMPTY
        assert process.poll() is None


def test_forty_kilobytes_fifteen_times_a_second_is_nothing(tmp_path: Path) -> None:
    with worker(tmp_path / "camera", "camera"):
        camera = RemoteDocumentCamera(tmp_path / "camera")
        assert camera.open(Deadline.after(5)) is PaperHint.GOOD
        began = time.monotonic()
        previews = [camera.preview(Deadline.after(5)) for _ in range(150)]
        assert [preview.number for preview in previews if preview is not None] == list(range(1, 151))
        assert time.monotonic() - began < 5  # ten seconds' worth of frames
        picture_taken = camera.capture(Deadline.after(5))
        assert picture_taken.jpeg is not None
        assert len(picture_taken.jpeg.reveal()) == 3_000_000
        camera.close()
