"""The scanners against a virtual one in a process of its own, and against cameras: one code after another, or why not."""

import os
import threading
import time
import tty
from pathlib import Path

import numpy as np
import pytest

from drivers.code_scanner import CameraCodeScanner, SerialCodeScanner, scanner_at
from peripherals.code_scanner import CodeKind, Scan, ScanStatus
from peripherals.deadline import Deadline
from tests.drivers.scanner_bench import SLIP, camera_showing, on_desk, qr, scanner_bench


@pytest.mark.parametrize("ending", ["cr", "lf", "crlf", "etx", "etx-cr", "none"])
def test_a_slip_is_read_however_the_scanner_ends_it(tmp_path: Path, ending: str) -> None:
    with scanner_bench(tmp_path, "--ending", ending) as bench:
        bench.opened().do("scan", text=SLIP)
        assert bench.text() == SLIP


def test_prefix_and_aim_identifier_are_taken_off(tmp_path: Path) -> None:
    with scanner_bench(tmp_path, "--prefix", "SC>", "--aim", "]Q1") as bench:
        bench.scanner = SerialCodeScanner(str(bench.port), prefix=b"SC>")
        bench.opened().do("scan", text=SLIP)
        scan = bench.scan()
        assert scan.code is not None
        assert (scan.code.text.reveal(), scan.code.kind) == (SLIP, CodeKind.QR)


def test_a_scanner_that_sends_gb18030_is_understood(tmp_path: Path) -> None:
    with scanner_bench(tmp_path, "--encoding", "gb18030") as bench:
        bench.opened().do("scan", text="虚构区样例路 8 号")
        assert bench.text() == "虚构区样例路 8 号"


def test_a_code_in_pieces_is_one_code(tmp_path: Path) -> None:
    with scanner_bench(tmp_path, "--ending", "none") as bench:
        bench.opened().do("scan", text=SLIP, piece_bytes=5, gap_ms=15)
        assert bench.text() == SLIP


def test_codes_in_one_go_come_one_by_one(tmp_path: Path) -> None:
    with scanner_bench(tmp_path) as bench:
        bench.opened().do("send", hex=b"ONE\r\nTWO\r".hex())
        assert [bench.text(), bench.text()] == ["ONE", "TWO"]
        assert bench.scan(0.2) == Scan(ScanStatus.NO_CODE)


def test_the_largest_code_comes_whole_and_a_larger_one_not_at_all(tmp_path: Path) -> None:
    with scanner_bench(tmp_path) as bench:
        bench.opened()
        for length, status in ((7089, ScanStatus.SCANNED), (10_000, ScanStatus.UNREADABLE)):
            ordered = threading.Thread(target=bench.do, args=["scan"], kwargs={"text": "7" * length})
            ordered.start()
            assert bench.scan(20).status is status
            ordered.join()
        bench.do("scan", text=SLIP)
        assert bench.text() == SLIP


def test_garbage_is_never_a_slip_and_does_no_harm(tmp_path: Path) -> None:
    with scanner_bench(tmp_path) as bench:
        bench.opened().do("garbage", bytes=500)
        seen = set()
        while (scan := bench.scan(0.4)).status is not ScanStatus.NO_CODE:
            seen.add(scan.status)
        assert seen <= {ScanStatus.SCANNED, ScanStatus.UNREADABLE}
        assert seen
        bench.do("scan", text=SLIP)
        assert bench.text() == SLIP


def test_what_was_scanned_before_anybody_asked_is_forgotten(tmp_path: Path) -> None:
    with scanner_bench(tmp_path) as bench:
        bench.do("scan", text="LAST ONE'S")
        bench.opened()
        assert bench.scan(0.2).status is ScanStatus.NO_CODE
        bench.do("send", hex=b"LAST\rONE'S\rAND HA".hex())
        assert bench.text() == "LAST"
        bench.opened().do("scan", text=SLIP)
        assert bench.text() == SLIP


def test_nothing_shown_is_known_at_the_deadline(tmp_path: Path) -> None:
    with scanner_bench(tmp_path) as bench:
        begin_s = time.monotonic()
        assert bench.opened().scan(0.3) == Scan(ScanStatus.NO_CODE)
        assert 0.3 <= time.monotonic() - begin_s < 1


def test_a_code_that_has_begun_is_waited_for_a_moment(tmp_path: Path) -> None:
    with scanner_bench(tmp_path) as bench:
        bench.opened().do("send", hex=SLIP[:20].encode().hex())
        rest = threading.Timer(0.03, bench.do, ["send"], {"hex": f"{SLIP[20:]}\r".encode().hex()})
        rest.start()
        assert bench.text(0.0) == SLIP
        rest.join()


def test_one_that_never_ends_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    with scanner_bench(tmp_path, "--ending", "none") as bench:
        bench.opened()
        ordered = threading.Thread(target=bench.do, args=["scan"], kwargs={"text": "A" * 80, "piece_bytes": 1, "gap_ms": 20})
        ordered.start()
        begin_s = time.monotonic()
        assert bench.scan(0.3).status is ScanStatus.NO_CODE
        assert time.monotonic() - begin_s < 1.2
        ordered.join()


def test_unplugged_it_is_absent_and_plugged_in_again_it_works(tmp_path: Path) -> None:
    with scanner_bench(tmp_path) as bench:
        bench.opened()
        pulled = threading.Timer(0.2, bench.do, ["unplug"])
        pulled.start()
        assert bench.scan().status is ScanStatus.ABSENT
        pulled.join()
        assert bench.scan().status is ScanStatus.ABSENT
        assert bench.scanner.open(Deadline.after(1)) is ScanStatus.ABSENT
        bench.do("plug")
        bench.opened().do("scan", text=SLIP)
        assert bench.text() == SLIP


def test_half_a_code_and_then_the_plug_is_no_code(tmp_path: Path) -> None:
    with scanner_bench(tmp_path) as bench:
        bench.opened().do("send", hex=SLIP[:20].encode().hex())
        bench.do("unplug")
        assert bench.scan().status is ScanStatus.ABSENT


def test_a_port_that_is_not_there_is_not_hammered() -> None:
    scanner = SerialCodeScanner("/dev/ttyNOWHERE")
    begin_s = time.monotonic()
    for _ in range(4):
        scan = scanner.scan(Deadline.after(5))
        assert (scan.status, scan.detail) == (ScanStatus.ABSENT, "No such file or directory")
    assert 0.7 < time.monotonic() - begin_s < 2
    scanner.close()


def test_a_program_of_another_make_is_understood() -> None:
    """A bare pseudo-terminal: nothing of ours at its other end."""
    master, slave = os.openpty()
    tty.setraw(slave)
    scanner = scanner_at(f"serial://{os.ttyname(slave)}?baud=115200&prefix=%5E")
    assert scanner.open(Deadline.after(5)) is ScanStatus.NO_CODE
    os.write(master, b"^]Q1" + "便民".encode() + b"\r\n")
    scan = scanner.scan(Deadline.after(5))
    assert scan.code is not None
    assert scan.code.text.reveal() == "便民"
    scanner.close()
    os.close(master)
    os.close(slave)


def test_a_camera_reads_a_slip_in_its_picture() -> None:
    with camera_showing(on_desk(qr(SLIP))) as url:
        scanner = scanner_at(url)
        assert isinstance(scanner, CameraCodeScanner)
        assert scanner.open(Deadline.after(10)) is ScanStatus.NO_CODE
        scan = scanner.scan(Deadline.after(10))
        assert scan.code is not None
        assert (scan.code.text.reveal(), scan.code.kind) == (SLIP, CodeKind.QR)
        scanner.close()


def test_a_camera_that_sees_no_code_says_so_at_the_deadline() -> None:
    with camera_showing(on_desk(np.full((200, 200), 255, np.uint8))) as url:
        scanner = CameraCodeScanner(url)
        begin_s = time.monotonic()
        assert scanner.scan(Deadline.after(0.6)) == Scan(ScanStatus.NO_CODE)
        assert time.monotonic() - begin_s < 1.5
        scanner.close()


def test_a_frozen_picture_is_not_believed_though_there_is_a_slip_in_it() -> None:
    with camera_showing(on_desk(qr(SLIP)), frozen=True) as url:
        scanner = CameraCodeScanner(url)
        assert scanner.scan(Deadline.after(10)).status is ScanStatus.STALLED
        assert scanner.open(Deadline.after(10)) is ScanStatus.STALLED
        scanner.close()


def test_a_camera_that_breaks_off_is_absent_and_is_looked_for_again() -> None:
    with camera_showing(on_desk(np.full((200, 200), 255, np.uint8)), cut_off=True) as url:
        scanner = CameraCodeScanner(url)
        for _ in range(2):
            assert scanner.scan(Deadline.after(10)).status is ScanStatus.ABSENT
        scanner.close()


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/camera.mjpg", "/dev/video97", "97", "/dev/ttyNOWHERE", "serial:///dev/ttyNOWHERE"])
def test_where_there_is_nothing_it_is_absent(address: str) -> None:
    scanner = scanner_at(address)
    assert scanner.open(Deadline.after(2)) is ScanStatus.ABSENT
    assert scanner.scan(Deadline.after(2)).status is ScanStatus.ABSENT
    scanner.close()
    scanner.close()


@pytest.mark.parametrize("baud", ["0", "-9600", "fast", "12345", "٩٦٠٠"])
def test_a_baud_rate_that_does_not_exist_is_refused(baud: str) -> None:
    with pytest.raises(ValueError, match="baud rate"):
        scanner_at(f"serial:///dev/ttyS1?baud={baud}")


def test_a_slow_camera_is_no_stalled_one() -> None:
    with camera_showing(on_desk(np.full((200, 200), 255, np.uint8)), period_s=1.7) as url:
        scanner = CameraCodeScanner(url)
        assert scanner.open(Deadline.after(20)) is ScanStatus.NO_CODE
        assert scanner.scan(Deadline.after(9)).status is ScanStatus.NO_CODE
        scanner.close()


def test_closing_a_camera_leaves_no_thread_behind() -> None:
    with camera_showing(on_desk(qr(SLIP))) as url:
        scanner = CameraCodeScanner(url)
        assert scanner.scan(Deadline.after(10)).status is ScanStatus.SCANNED
        scanner.close()
        deadline = Deadline.after(5)
        while (names := [one.name for one in threading.enumerate()]).count("fresh-frames") and not deadline.is_past:
            time.sleep(0.01)
        assert "fresh-frames" not in names
