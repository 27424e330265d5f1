"""`kiosk card`: what a technician and a script get to see."""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kiosk.commands.answer import Answer
from kiosk.commands.card import card_body, register
from peripherals.card_reader import BankCardSeen, SocialSecurityCard
from peripherals.secret import Secret
from tests.drivers.card_bench import card_bench

KEYS = [
    "kind", "id_number", "name", "sex", "birth_date", "card_number", "issuing_region", "issue_date", "valid_until", "spec_version",
    "issuing_region_name",
]  # fmt: skip


def kiosk(*words: str) -> Answer:
    parser = argparse.ArgumentParser()
    register(parser.add_subparsers())
    asked = parser.parse_args(["card", *words, "--json"])
    answer: Answer = asked.run(asked)
    return answer


def body(answer: Answer) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(json.dumps(answer.body))
    return said


def test_every_card_has_its_answer(tmp_path: Path) -> None:
    with card_bench(tmp_path) as bench:
        none = kiosk("read", "--timeout", "0.2")
        bench.do("insert", card="zhou-guilan")
        read = kiosk("read", "--timeout", "5")
        bench.do("insert", card="pin")
        pin = kiosk("read", "--timeout", "5")
        bench.do("insert", card="bank")
        bank = kiosk("read", "--timeout", "5")
        bench.do("insert", card="zhou-guilan")
        bench.do("fault", fault="pulled")
        pulled = kiosk("read", "--timeout", "5")
        other = kiosk("read", "--reader", "none such", "--timeout", "0.2")
    assert body(none) == {"status": "no_card", "detail": "no card was put in"}
    assert (read.done, body(read)["status"], list(body(read)["card"])) == (True, "read", KEYS)
    assert (body(read)["card"]["issuing_region"], body(read)["card"]["issuing_region_name"]) == ("210100", "辽宁省沈阳市")
    assert "周桂兰" in read.text
    assert [body(answer)["status"] for answer in (pin, bank, pulled, other)] == ["needs_pin", "unsupported_card", "card_moved", "absent"]
    assert body(bank)["kind"] == "bank"
    assert not any(answer.done or body(answer).get("card") for answer in (none, pin, bank, pulled, other))
    assert "周桂兰" not in json.dumps([body(answer) for answer in (none, pin, bank, pulled, other)], ensure_ascii=False)


def test_what_a_card_does_not_have_is_null() -> None:
    said = card_body(SocialSecurityCard(Secret("211202194605120024"), Secret("周桂兰"), None, None, None, None, None, None, None))
    assert list(said) == KEYS
    assert {name for name, value in said.items() if value is None} == set(KEYS) - {"kind", "id_number", "name"}
    assert card_body(BankCardSeen()) == {"kind": "bank"}


@pytest.mark.parametrize(("code", "name"), [("110000", "北京市"), ("210122", "辽宁省沈阳市辽中县"), ("999999", None)])
def test_the_region_has_its_name_beside_its_code_even_when_withdrawn(code: str, name: str | None) -> None:
    said = card_body(SocialSecurityCard(Secret("211202194605120024"), Secret("周桂兰"), None, None, None, code, None, None, None))
    assert (said["issuing_region"], said["issuing_region_name"]) == (code, name)


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf", "soon"])
def test_a_time_that_is_none_is_wrong_usage(seconds: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        kiosk("read", f"--timeout={seconds}")
    assert ended.value.code == 2
    assert "seconds" in capsys.readouterr().err


def test_the_command_is_there_and_says_how_it_is_used() -> None:
    ended = subprocess.run([sys.executable, "-m", "kiosk", "card", "read", "--help"], capture_output=True, text=True, check=True)
    assert "kiosk card read --timeout 20 --json" in ended.stdout
