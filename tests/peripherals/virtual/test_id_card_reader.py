"""The virtual reader: what comes out of its port is the real protocol, at the real pace, spoilt only when ordered."""

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import serial

from peripherals.virtual.cards import BadCardError, text_block
from peripherals.virtual.control import OrderRefusedError
from tests.drivers.reader_bench import ReaderBench, reader_bench, soon
from tests.drivers.sam import vectors

RESIDENT = {
    "name": "测试员",
    "sex": "2",
    "ethnic_code": "01",
    "birth_date": "19900307",
    "address": "北京市东城区样例胡同12号院3单元402室",
    "id_number": "110101199003078670",
    "issuer": "北京市公安局东城分局",
    "valid_from": "20200101",
    "valid_until": "20400101",
}


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[ReaderBench]:
    with reader_bench(tmp_path) as bench:
        yield bench


class Host:
    """A host that knows only the vectors."""

    def __init__(self, bench: ReaderBench) -> None:
        self.line = serial.Serial(str(bench.port), 115200, timeout=2)

    def ask(self, name: str, size: int) -> bytes:
        self.line.write(bytes.fromhex(vectors.REQUESTS[name]))
        answer: bytes = self.line.read(size)
        return answer


def test_every_short_answer_is_the_published_one(bench: ReaderBench) -> None:
    host = Host(bench)
    assert host.ask("STATUS", 11) == vectors.plain_reply("90", "94")
    assert host.ask("MODULE_ID", 27) == vectors.MODULE_ID
    assert host.ask("FIND", 11) == vectors.NO_CARD
    bench.do("lay", card={**RESIDENT, "newest_address": "上海市黄浦区样例新村8号101室"})
    assert host.ask("NEWEST_ADDRESS", 11) == vectors.plain_reply("41", "45")
    assert host.ask("READ", 11) == vectors.plain_reply("23", "27")
    assert host.ask("FIND", 15) == vectors.FIND_OK
    assert host.ask("SELECT", 19) == vectors.SELECT_OK
    assert host.ask("SELECT", 11) == vectors.plain_reply("81", "85")
    assert len(host.ask("READ", 1295)) == 1295
    assert host.ask("NEWEST_ADDRESS", 81) == vectors.ADDRESS_OK
    assert host.ask("CHIP_NUMBER", 11) == vectors.plain_reply("21", "25")
    assert host.ask("RESET", 11) == vectors.plain_reply("90", "94")


@pytest.mark.parametrize(
    ("card", "command", "size", "digest"),
    [
        (RESIDENT, "READ", 1295, "3bd8922e1053c248"),
        (RESIDENT, "READ_WITH_FINGERPRINT", 2321, "5d22f7e384ebe13e"),
        ({"text_hex": vectors.fields(*vectors.LONG_TERM).hex()}, "READ", 1295, "0e499e8767d6e5a2"),
        ({"text_hex": vectors.fields(*vectors.LONG_TERM).hex()}, "READ_WITH_FINGERPRINT", 2321, "d344be3f335fd40d"),
    ],
)
def test_a_whole_card_is_the_published_frame(bench: ReaderBench, card: dict[str, str], command: str, size: int, digest: str) -> None:
    host = Host(bench)
    bench.do("lay", card=card)
    host.ask("FIND", 15)
    host.ask("SELECT", 19)
    assert hashlib.sha256(host.ask(command, size)).hexdigest()[:16] == digest


@pytest.mark.parametrize(("finger_bytes", "size"), [(0, 1297), (512, 1809)])
def test_a_card_may_hold_less_fingerprint(bench: ReaderBench, finger_bytes: int, size: int) -> None:
    host = Host(bench)
    bench.do("lay", card={**RESIDENT, "fingerprint_bytes": finger_bytes})
    host.ask("FIND", 15)
    host.ask("SELECT", 19)
    frame = host.ask("READ_WITH_FINGERPRINT", size)
    assert (len(frame), int.from_bytes(frame[14:16], "big")) == (size, finger_bytes)


def test_bytes_come_at_the_pace_of_the_line(tmp_path: Path) -> None:
    with reader_bench(tmp_path, "--baud", "9600") as bench:
        host = Host(bench)
        begin = time.monotonic()
        host.ask("MODULE_ID", 27)
        assert time.monotonic() - begin >= (10 + 27) * 10 / 9600


def test_a_request_with_a_wrong_check_byte_or_length_is_refused(bench: ReaderBench) -> None:
    host = Host(bench)
    request = bytearray.fromhex(vectors.REQUESTS["FIND"])
    request[-1] ^= 1
    host.line.write(b"\x00\xaa" + request)
    assert host.line.read(11) == vectors.plain_reply("10", "14")
    request[6] = 4
    host.line.write(request)
    assert host.line.read(11) == vectors.plain_reply("11", "15")


def test_unplug_takes_the_port_away_and_plug_brings_it_back(bench: ReaderBench) -> None:
    host = Host(bench)
    bench.do("unplug")
    assert not os.path.lexists(bench.port)
    assert bench.do("state")["plugged"] is False
    with pytest.raises((serial.SerialException, OSError)):
        host.ask("STATUS", 11)
    bench.do("unplug")
    bench.do("plug")
    bench.do("plug")
    assert Host(bench).ask("STATUS", 11) == vectors.plain_reply("90", "94")


@pytest.mark.parametrize(
    ("order", "details"),
    [
        ("dance", {}),
        ("lay", {}),
        ("lay", {"card": "nobody"}),
        ("lay", {"card": {"nickname": "样"}}),
        ("lay", {"card": {"name": "样" * 16}}),
        ("lay", {"card": {"kind": "fish"}}),
        ("lay", {"card": {"sex": 2}}),
        ("lay", {"card": {"text_hex": "00"}}),
        ("lay", {"card": {"text_hex": 5}}),
        ("lay", {"card": {"fingerprint_bytes": 7}}),
        ("fault", {}),
        ("fault", {"fault": "thunder"}),
        ("fault", {"fault": "mute", "times": "often"}),
        ("fault", {"fault": "mute", "on": "sunday"}),
        ("left_card", {"looks": "82"}),
    ],
)
def test_an_order_that_makes_no_sense_is_refused_and_changes_nothing(bench: ReaderBench, order: str, details: dict[str, object]) -> None:
    before = bench.do("state")
    with pytest.raises(OrderRefusedError):
        bench.do(order, **details)
    assert bench.do("state") == before


def test_at_the_end_neither_link_nor_socket_is_left(tmp_path: Path) -> None:
    with reader_bench(tmp_path) as bench:
        bench.process.terminate()
        assert bench.process.wait(10) == 0
    assert [*tmp_path.iterdir()] == []


def test_it_ends_with_the_program_that_started_it(tmp_path: Path) -> None:
    words = ["peripherals.virtual.id_card_reader", "--link", str(tmp_path / "reader"), "--control", str(tmp_path / "control")]
    parent = f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-m', *{words!r}]); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.kill()
        assert soon(lambda: not os.path.lexists(tmp_path / "reader"))


def test_a_card_is_written_field_beside_field() -> None:
    assert text_block("resident", RESIDENT) == vectors.RESIDENT_TEXT
    with pytest.raises(BadCardError, match="no field letter"):
        text_block("resident", {"letter": "I"})
