"""`kiosk id-card`: what a technician and a script get to see."""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.commands.answer import Answer
from kiosk.commands.id_card import register
from peripherals.virtual.cards import DEMO_CARDS, chip_card
from tests.drivers.other_module import OtherModule
from tests.drivers.reader_bench import ReaderBench, reader_bench
from tests.drivers.sam import vectors

MODULE = "05.03-20161212-0001234567-2345678901"
KEYS = [
    "kind", "name", "name_latin", "sex", "ethnic_code", "ethnic_group", "birth_date", "address", "newest_address", "id_number", "issuer",
    "valid_from", "valid_until", "nationality", "travel_permit_number", "times_issued", "earlier_number", "has_photo", "region",
]  # fmt: skip


def kiosk(*words: str) -> Answer:
    parser = argparse.ArgumentParser()
    register(parser.add_subparsers())
    asked = parser.parse_args(["id-card", *words, "--json"])
    answer: Answer = asked.run(asked)
    return answer


def body(answer: Answer) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(json.dumps(answer.body))
    return said


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[ReaderBench]:
    with reader_bench(tmp_path) as bench:
        yield bench


def test_a_card_is_shown_under_its_stable_names(bench: ReaderBench) -> None:
    bench.do("lay", card="zhou-guilan")
    answer = kiosk("read", "--port", str(bench.port), "--newest-address")
    assert answer.done
    assert body(answer)["status"] == "read"
    card = body(answer)["card"]
    assert list(card) == KEYS
    assert (card["kind"], card["name"], card["sex"], card["ethnic_group"]) == ("resident", "周桂兰", "female", "汉")
    assert (card["birth_date"], card["valid_from"], card["valid_until"]) == ("1946-05-12", "2012-03-01", "long_term")
    assert card["newest_address"] == "辽宁省沈阳市和平区样例街5号1单元102室"
    assert (card["name_latin"], card["nationality"], card["has_photo"]) == (None, None, True)
    assert card["region"] == "辽宁省铁岭市银州区"
    assert "周桂兰" in answer.text


def test_a_module_that_does_not_know_the_newest_address_still_gives_the_card() -> None:
    card = vectors.finger_reply(vectors.RESIDENT_TEXT)
    script = {"2001": [vectors.FIND_OK], "2002": [vectors.SELECT_OK], "3001": [vectors.reply(0x21)], "3010": [card], "3003": [b""]}
    with OtherModule(script) as module:
        answer = kiosk("read", "--port", module.port, "--newest-address")
    assert answer.done
    told = body(answer)
    assert (told["status"], told["card"]["newest_address"]) == ("read", None)
    assert told["detail"].startswith("newest address: ")
    assert "newest address: " in answer.text


def test_a_foreigner_without_a_chinese_name_has_none(bench: ReaderBench) -> None:
    bench.do("lay", card="foreigner-2023")
    card = body(kiosk("read", "--port", str(bench.port)))["card"]
    assert (card["kind"], card["name"], card["name_latin"]) == ("foreigner", None, "SAMPLE, BARTHOLOMEW MAXIMILIAN TEST PERSON")
    assert (card["nationality"], card["address"], card["issuer"], card["ethnic_code"]) == ("DEU", None, None, None)
    assert card["region"] is None


@pytest.mark.parametrize(
    ("number", "region"),
    [("110103194605120028", "北京市崇文区"), ("990101194605120024", None)],  # withdrawn in 2010; never given out
)
def test_a_dump_names_the_region_of_its_number_even_when_withdrawn(tmp_path: Path, number: str, region: str | None) -> None:
    seventeen = sum(pow(2, 17 - place, 11) * int(digit) for place, digit in enumerate(number[:17]))
    card = {**DEMO_CARDS["zhou-guilan"], "id_number": number[:17] + "10X98765432"[seventeen % 11]}
    dump = tmp_path / "card.hex"
    dump.write_text(chip_card(card).text.hex())
    answer = kiosk("fields", "--hex", str(dump))
    assert answer.done
    assert body(answer)["card"]["region"] == region


@pytest.mark.parametrize(
    ("fault", "status"), [("not_genuine", "not_genuine"), ("card_moves", "card_moved"), ("module_fault", "module_fault")]
)
def test_a_failure_has_a_status_and_a_line_for_staff(bench: ReaderBench, fault: str, status: str) -> None:
    bench.do("lay", card="zhou-guilan")
    bench.do("fault", fault=fault)
    answer = kiosk("read", "--port", str(bench.port), "--timeout", "3")
    assert not answer.done
    assert body(answer)["status"] == status
    assert body(answer)["detail"]


def test_no_card_no_answer_and_no_reader_are_told_apart(bench: ReaderBench, tmp_path: Path) -> None:
    assert body(kiosk("read", "--port", str(bench.port), "--timeout", "0.3"))["status"] == "no_card"
    bench.do("fault", fault="mute", times=-1)
    assert body(kiosk("read", "--port", str(bench.port), "--timeout", "0.7"))["status"] == "silent"
    assert body(kiosk("read", "--port", str(tmp_path / "none")))["status"] == "absent"
    assert body(kiosk("module", "--port", str(tmp_path / "none")))["status"] == "absent"


def test_the_module_says_its_number(bench: ReaderBench) -> None:
    answer = kiosk("module", "--port", str(bench.port))
    assert body(answer) == {"status": "read", "module_id": MODULE}


def test_a_module_that_is_well_says_so_and_is_well_after_a_reset(bench: ReaderBench) -> None:
    assert body(kiosk("status", "--port", str(bench.port))) == {"status": "ready"}
    bench.do("lay", card="zhou-guilan")
    assert kiosk("read", "--port", str(bench.port)).done
    answer = kiosk("reset", "--port", str(bench.port))
    assert (answer.done, body(answer)) == (True, {"status": "ready", "module_id": MODULE})
    assert kiosk("read", "--port", str(bench.port)).done  # it has forgotten that it read the card


@pytest.mark.parametrize("command", ["status", "module", "reset", "baud"])
def test_a_module_that_is_not_well_is_told_by_its_status(bench: ReaderBench, tmp_path: Path, command: str) -> None:
    words = (command, *(("--to", "9600") if command == "baud" else ()), "--timeout", "4")
    bench.do("fault", fault="module_fault", times=-1)
    answer = kiosk(*words, "--port", str(bench.port))
    assert (answer.done, body(answer)["status"]) == (False, "module_fault")
    assert body(answer)["detail"]
    bench.do("fault", fault="mute", times=-1)
    assert body(kiosk(*words, "--port", str(bench.port)))["status"] == "silent"
    bench.do("unplug")
    assert body(kiosk(*words, "--port", str(bench.port)))["status"] == "absent"
    assert body(kiosk(*words, "--port", str(tmp_path / "none"), "--baud", "auto"))["status"] == "absent"


def test_the_rate_is_changed_and_found_again_by_trying_them_all(bench: ReaderBench) -> None:
    port = str(bench.port)
    assert body(kiosk("baud", "--port", port, "--to", "19200")) == {"status": "ready", "module_id": MODULE, "baud": 19200}
    assert bench.do("state")["baud"] == 19200
    assert body(kiosk("status", "--port", port, "--timeout", "2"))["status"] == "silent"  # at the rate that it has left
    assert body(kiosk("module", "--port", port, "--baud", "19200"))["module_id"] == MODULE
    bench.do("lay", card="zhou-guilan")
    assert kiosk("read", "--port", port, "--baud", "auto").done
    assert kiosk("baud", "--port", port, "--baud", "auto", "--to", "115200").done
    assert body(kiosk("status", "--port", port)) == {"status": "ready"}


def test_at_no_rate_is_silent(bench: ReaderBench) -> None:
    bench.do("fault", fault="mute", times=-1)
    answer = kiosk("module", "--port", str(bench.port), "--baud", "auto", "--timeout", "1.2")
    assert body(answer) == {"status": "silent", "detail": "no security module answers there at any rate"}


@pytest.mark.parametrize(
    "words",
    [
        "read",
        "read --port x --timeout 0",
        "read --port x --timeout nan",
        "read --port x --timeout soon",
        "module --port x --baud 4800",
        "module --port x --baud ²",
        "baud --port x",
        "baud --port x --to 4800",
        "baud --port x --to auto",
        "reset",
        "status --port x --timeout 0",
        "fields",
    ],
)
def test_wrong_usage_ends_with_two(words: str) -> None:
    with pytest.raises(SystemExit) as ended:
        kiosk(*words.split())
    assert ended.value.code == 2


@pytest.mark.parametrize(
    "dump",
    [
        vectors.RESIDENT_TEXT.hex(),
        vectors.read_reply(vectors.RESIDENT_TEXT).hex(" ").upper(),
        vectors.finger_reply(vectors.RESIDENT_TEXT).hex("\n", 16),
        vectors.read_reply(vectors.RESIDENT_TEXT)[10:-1].hex(":"),
        (vectors.FIND_OK + b"\xaa" + vectors.SELECT_OK + vectors.read_reply(vectors.RESIDENT_TEXT)).hex(),
        ", ".join(f"0x{byte:02X}" for byte in vectors.RESIDENT_TEXT),
    ],
    ids=["text", "answer", "with fingerprint", "data", "recorded line", "as C"],
)
def test_a_dump_is_decoded_however_it_was_taken(tmp_path: Path, dump: str) -> None:
    file = tmp_path / "dump.hex"
    file.write_text(dump, encoding="ascii")
    answer = kiosk("fields", "--hex", str(file))
    assert body(answer)["card"]["id_number"] == "110101199003078670"


@pytest.mark.parametrize(
    ("dump", "reason"),
    [
        (b"", "holds no card"),
        (b"4B6", "not hexadecimal"),
        ("样例".encode(), "not hexadecimal"),
        (vectors.BAD_CHECK.hex().encode(), "wrong_checksum"),
        (chip_card({**DEMO_CARDS["expired"], "birth_date": "19900230"}).text.hex().encode(), "birth_date: not a day of the calendar"),
    ],
)
def test_a_dump_that_is_none_is_refused_with_the_reason(tmp_path: Path, dump: bytes, reason: str) -> None:
    file = tmp_path / "dump.hex"
    file.write_bytes(dump)
    answer = kiosk("fields", "--hex", str(file))
    assert not answer.done
    assert body(answer)["status"] == "corrupt"
    assert reason in body(answer)["detail"]
    assert "no such file" in body(kiosk("fields", "--hex", str(tmp_path / "none")))["detail"].lower()
