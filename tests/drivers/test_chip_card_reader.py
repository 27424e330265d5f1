"""The chip-card reader over a real card service: cards come, stay, are pulled, and each is read once."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from drivers.chip_card_reader import PcscChipCardReader
from drivers.remote import RemoteChipCardReader, RemoteIdCardReader
from peripherals.card_reader import BankCardSeen, ChipReadStatus, ContactlessUid, SlotStatus, SocialSecurityCard
from peripherals.deadline import Deadline
from peripherals.id_card_reader import CardReadStatus
from tests.drivers.card_bench import BACK, FRONT, CardBench, card_bench
from tests.drivers.other_card import OtherCard
from tests.drivers.pcsc.chip import Chip
from tests.drivers.reader_bench import soon

_WORKER = """
import sys; from pathlib import Path
from drivers.chip_card_reader import PcscChipCardReader; from drivers.worker import serve
serve(PcscChipCardReader(), Path(sys.argv[1]), watchdog_grace_s=0.5)
"""


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[CardBench]:
    with card_bench(tmp_path) as bench:
        yield bench


def test_a_card_put_in_while_waiting_is_announced_and_read_whole(bench: CardBench) -> None:
    found: list[str] = []
    bench.slot()
    threading.Timer(0.2, lambda: bench.do("insert", card="zhou-guilan-1")).start()
    reading = bench.read(on_card=lambda: found.append("card"))
    assert found == ["card"]
    assert reading.status is ChipReadStatus.READ
    assert isinstance(reading.card, SocialSecurityCard)
    assert (reading.card.name.reveal(), reading.card.spec_version) == ("周桂兰", "1.00")
    assert bench.reader.slot(Deadline.after(2)) is SlotStatus.OCCUPIED
    assert not {"20", "D6", "DC", "D0"} & bench.do("state")["asked"].keys()  # no PIN was sent, and nothing was written

    again = bench.read(0.3)
    assert (again.status, again.detail) == (ChipReadStatus.NO_CARD, "a card that was already read has not been taken out")
    bench.do("remove")
    assert soon(lambda: bench.reader.slot(Deadline.after(2)) is SlotStatus.EMPTY)
    bench.do("insert", card="zhou-guilan-3")
    next_one = bench.read()
    assert isinstance(next_one.card, SocialSecurityCard)
    assert next_one.card.spec_version == "3.00"


def test_a_card_in_the_reader_is_read_in_far_less_than_a_second(bench: CardBench) -> None:
    bench.do("insert", card="zhou-guilan")
    assert soon(lambda: bench.reader.slot(Deadline.after(2)) is SlotStatus.OCCUPIED)
    began = time.monotonic()
    assert bench.read().status is ChipReadStatus.READ
    assert time.monotonic() - began < 0.4  # at 50 ms a command, for want of an acknowledgement, it would be more


def test_cards_of_other_kinds_are_told_apart(bench: CardBench) -> None:
    bench.do("insert", card="storage")
    reading = bench.read()
    assert reading.card is not None
    assert isinstance(reading.card, ContactlessUid)
    assert reading.card.uid.reveal() == "04A1B2C3D4E5F6"
    bench.do("insert", card="bank")
    reading = bench.read()
    assert (reading.status, reading.card) == (ChipReadStatus.UNSUPPORTED_CARD, BankCardSeen())
    assert bench.do("state")["asked"].get("B2") is None  # not one of its records was read


def test_a_card_pulled_while_it_is_read_leaves_nothing_and_is_read_when_put_in_again(bench: CardBench) -> None:
    bench.do("insert", card="zhou-guilan")
    bench.do("fault", fault="pulled")
    reading = bench.read()
    assert (reading.status, reading.card) == (ChipReadStatus.CARD_MOVED, None)
    assert bench.read(0.2).status is ChipReadStatus.NO_CARD
    bench.do("insert", card="zhou-guilan")
    assert bench.read().status is ChipReadStatus.READ


@pytest.mark.parametrize("pause_s", [0.0, 0.2])
def test_another_put_in_before_the_service_looks_again_is_seen(bench: CardBench, pause_s: float) -> None:
    with OtherCard(bench.ports[FRONT], Chip(), leaves_after=4):
        assert bench.read().status is ChipReadStatus.CARD_MOVED
    threading.Event().wait(pause_s)  # the service looks at this slot every 0.4 s: it never sees it empty
    with OtherCard(bench.ports[FRONT], Chip()):
        assert bench.read(20).status is ChipReadStatus.READ
        assert bench.read(0.3).status is ChipReadStatus.NO_CARD  # it was read, and lies there


def test_a_card_pulled_just_before_is_not_mistaken_for_one_that_is_there(bench: CardBench) -> None:
    bench.do("insert", card="zhou-guilan")
    assert bench.read().status is ChipReadStatus.READ
    bench.do("remove")  # the service looks at this slot every 0.4 s only
    another = PcscChipCardReader()
    assert another.read(Deadline.after(0.2)).status is ChipReadStatus.NO_CARD
    another.close()


def test_records_that_cannot_be_are_refused_and_the_card_is_read_when_put_in_again(bench: CardBench) -> None:
    bench.do("insert", card="zhou-guilan")
    bench.do("fault", fault="wrong_length")
    reading = bench.read()
    assert (reading.status, reading.card) == (ChipReadStatus.CORRUPT, None)
    bench.do("insert", card="zhou-guilan")
    assert bench.read().status is ChipReadStatus.READ


def test_a_card_that_another_program_holds_is_read_when_it_is_let_go(bench: CardBench) -> None:
    other = PcscChipCardReader()
    bench.do("insert", card="zhou-guilan")
    assert soon(lambda: other.slot(Deadline.after(2)) is SlotStatus.OCCUPIED)
    with other._service.card(f"{FRONT} 00 00"):
        reading = bench.read(0.3)
        assert reading.status is ChipReadStatus.NO_CARD
        assert "another program" in str(reading.detail)
    assert bench.read().status is ChipReadStatus.READ
    other.close()


def test_a_reader_is_found_by_a_part_of_its_name_and_no_other_takes_its_place(tmp_path: Path) -> None:
    with card_bench(tmp_path, FRONT, BACK) as bench:
        bench.slot(BACK).do("insert", card="zhou-guilan")
        assert PcscChipCardReader("kiosk back").read(Deadline.after(5)).status is ChipReadStatus.READ
        assert PcscChipCardReader("front").read(Deadline.after(0.3)).status is ChipReadStatus.NO_CARD
        missing = PcscChipCardReader("none such").read(Deadline.after(0.3))
        assert missing.status is ChipReadStatus.ABSENT
        assert f"{FRONT} 00 00" in str(missing.detail)
        answers = [_card_read("--timeout", "5"), _card_read("--reader", "Front", "--timeout", "0.3")]
    assert [answer["status"] for answer in answers] == ["read", "no_card"]
    assert answers[0]["card"] == {
        "kind": "social_security",
        "id_number": "211202194605120024",
        "name": "周桂兰",
        "sex": "female",
        "birth_date": "1946-05-12",
        "card_number": "A12345678",
        "issuing_region": "210100",
        "issuing_region_name": "辽宁省沈阳市",
        "issue_date": "2018-05-01",
        "valid_until": "2038-05-01",
        "spec_version": "2.00",
    }


def test_a_card_that_falls_silent_costs_the_worker_and_not_the_kiosk(bench: CardBench, tmp_path: Path) -> None:
    bench.do("insert", card="zhou-guilan")
    bench.do("fault", fault="mute")
    assert soon(lambda: bench.reader.slot(Deadline.after(2)) is SlotStatus.OCCUPIED)
    with _worker(tmp_path / "reader") as process:
        reader = RemoteChipCardReader(tmp_path / "reader")
        began = time.monotonic()
        status = reader.read(Deadline.after(1.5)).status
        assert time.monotonic() - began < 4
        assert status in (ChipReadStatus.SILENT, ChipReadStatus.ABSENT)  # a newer service takes the reader of a mute card away meanwhile
        if status is ChipReadStatus.SILENT:
            assert process.wait(10) != 0


def test_a_card_comes_through_the_worker_as_it_is(bench: CardBench, tmp_path: Path) -> None:
    bench.slot()
    with _worker(tmp_path / "reader"):
        found: list[str] = []
        reader = RemoteChipCardReader(tmp_path / "reader")
        assert reader.slot(Deadline.after(5)) is SlotStatus.EMPTY
        assert RemoteIdCardReader(tmp_path / "reader").read(Deadline.after(2)).status is CardReadStatus.ABSENT
        bench.do("insert", card="long-name")
        reading = reader.read(Deadline.after(5), on_card=lambda: found.append("card"))
        assert found == ["card"]
        assert isinstance(reading.card, SocialSecurityCard)
        assert reading.card.name.reveal() == "阿布都热合曼江样例买买提样例阿不都拉样例"
        assert reading.card.birth_date is not None
        assert reading.card.birth_date.reveal().isoformat() == "1946-05-12"
        bench.do("insert", card="bank")
        assert reader.read(Deadline.after(5)).card == BankCardSeen()
        waiting = threading.Thread(target=reader.read, args=(Deadline.after(60),))
        waiting.start()
        while waiting.is_alive():
            reader.give_up()
            waiting.join(0.05)
        assert reader.slot(Deadline.after(3)) is SlotStatus.OCCUPIED  # the worker does not go on waiting either


def test_waiting_for_a_card_costs_next_to_nothing(bench: CardBench) -> None:
    bench.read(0.1)
    before = sum(os.times()[:2])
    assert bench.read(1).status is ChipReadStatus.NO_CARD
    assert sum(os.times()[:2]) - before < 0.02


@contextmanager
def _worker(path: Path) -> "Iterator[subprocess.Popen[bytes]]":
    with subprocess.Popen([sys.executable, "-c", _WORKER, str(path)], stderr=subprocess.DEVNULL) as process:
        try:
            assert soon(path.exists)
            yield process
        finally:
            process.kill()


def _card_read(*words: str) -> dict[str, Any]:
    ended = subprocess.run([sys.executable, "-m", "kiosk", "card", "read", *words, "--json"], capture_output=True, text=True, check=False)
    said: dict[str, Any] = json.loads(ended.stdout)
    assert (ended.returncode == 0) == (said["status"] == "read")
    return said
