"""The virtual scanner: what comes out of its port is what a scanner set up like it sends."""

from pathlib import Path

import pytest
import serial

from peripherals.virtual.control import OrderRefusedError
from tests.drivers.scanner_bench import ScannerBench, scanner_bench


def heard(bench: ScannerBench, order: str, size: int, **details: object) -> bytes:
    with serial.Serial(str(bench.port), 115200, timeout=2) as line:
        bench.do(order, **details)
        answer: bytes = line.read(size)
        line.timeout = 0.05
        answer += line.read(100)
        return answer


@pytest.mark.parametrize(
    ("options", "sent"),
    [
        ([], b"BM1\r"),
        (["--ending", "crlf", "--prefix", "SC>"], b"SC>BM1\r\n"),
        (["--ending", "etx", "--aim", "]Q1"], b"\x02]Q1BM1\x03"),
        (["--ending", "etx-cr"], b"\x02BM1\x03\r"),
        (["--ending", "none"], b"BM1"),
    ],
)
def test_a_code_is_sent_as_the_scanner_is_set_up(options: list[str], sent: bytes, tmp_path: Path) -> None:
    with scanner_bench(tmp_path, *options) as bench:
        assert heard(bench, "scan", len(sent), text="BM1") == sent
        assert bench.do("state") == {"plugged": True, "codes": 1}


def test_encodings_and_bare_bytes(tmp_path: Path) -> None:
    with scanner_bench(tmp_path, "--encoding", "gb18030") as bench:
        assert heard(bench, "scan", 5, text="沈阳") == "沈阳\r".encode("gb18030")
        assert heard(bench, "send", 3, hex="02 00 ff") == b"\x02\x00\xff"
        assert len(heard(bench, "garbage", 80, bytes=80)) == 80


def test_what_nobody_reads_is_lost_and_holds_nobody_up(tmp_path: Path) -> None:
    with scanner_bench(tmp_path) as bench:
        bench.do("scan", text="A" * 12_000)
        assert bench.do("state")["plugged"]


def test_pulling_the_plug_takes_the_port_away(tmp_path: Path) -> None:
    with scanner_bench(tmp_path) as bench:
        assert bench.do("unplug")["plugged"] is False
        assert not bench.port.is_symlink()
        with pytest.raises(OrderRefusedError, match="unplugged"):
            bench.do("scan", text="BM1")
        assert bench.do("plug")["plugged"] is True
        assert heard(bench, "scan", 4, text="BM1") == b"BM1\r"


@pytest.mark.parametrize(
    ("order", "details", "complaint"),
    [
        ("scan", {}, "known orders"),
        ("eat", {}, "known orders"),
        ("send", {"hex": "0g"}, "hexadecimal"),
        ("scan", {"text": "A", "gap_ms": -1}, "gap_ms"),
        ("garbage", {"bytes": True}, "bytes"),
    ],
)
def test_orders_that_make_no_sense_are_refused(order: str, details: dict[str, object], complaint: str, tmp_path: Path) -> None:
    with scanner_bench(tmp_path) as bench, pytest.raises(OrderRefusedError, match=complaint):
        bench.do(order, **details)
