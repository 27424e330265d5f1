"""`kiosk doctor` on a terminal that nobody runs, with its devices there and without: it says what is wrong and ends with 1 only then."""

from typing import Any

from kiosk.bench import Bench
from kiosk.config import load, places
from kiosk.sandbox import Sandbox
from tests.kiosk.commands.conftest import Run

DEVICES = ("id_card_reader", "receipt_printer", "document_camera")


def found(body: Any, check: str) -> Any:  # noqa: ANN401 - JSON
    return next(one for one in body["findings"] if one["check"] == check)


def test_with_its_devices_there_is_nothing_that_turns_residents_away(sandbox: Sandbox, kiosk: Run) -> None:
    with Bench(load(sandbox.config)):
        ended = kiosk("doctor", "--config", sandbox.config, "--json")
    assert ended.code == 0
    assert [found(ended.body, name)["verdict"] for name in DEVICES] == ["good"] * 3
    assert found(ended.body, "id_card_reader")["facts"]["module"].startswith("05.")


def test_without_devices_every_one_is_missed_and_nothing_is_raised(sandbox: Sandbox, kiosk: Run) -> None:
    ended = kiosk("doctor", "--config", sandbox.config, "--json")
    assert (ended.code, ended.body["status"]) == (1, "fault")
    assert [found(ended.body, name)["verdict"] for name in DEVICES] == ["fault"] * 3
    assert (found(ended.body, "items")["verdict"], found(ended.body, "queue")["verdict"]) == ("good", "good")
    assert found(ended.body, "id_card_reader")["remedies"]


def test_the_way_ends_where_nobody_listens(sandbox: Sandbox, kiosk: Run) -> None:
    ended = kiosk("doctor", "--config", sandbox.config, "--language", "en", "--json")
    ends = next(one for one in ended.body["way"] if one["outcome"] == "failed")
    assert ends["step"] == "connection"
    assert "port" in ends["remedy"]
    assert ended.body["way"][-1]["outcome"] == "not_tried"


def test_a_person_reads_verdict_part_and_what_to_do(sandbox: Sandbox, kiosk: Run) -> None:
    ended = kiosk("doctor", "--config", sandbox.config)
    assert "✗ 故障  小票打印机: 没有找到" in ended.err
    assert "1. 检查电源和数据线" in ended.err
    assert "6 连接: 不通" in ended.err


def test_what_runs_out_is_told_as_at_the_menu(sandbox: Sandbox, kiosk: Run) -> None:
    counts = places(load(sandbox.config)).counts / "receipt_printer.json"
    counts.parent.mkdir(parents=True, exist_ok=True)
    counts.write_text('{"paper_mm": 75000, "errors": 2}')
    try:
        body = kiosk("doctor", "--config", sandbox.config, "--json").body
        said = kiosk("doctor", "--config", sandbox.config, "--language", "en").err
    finally:
        counts.unlink()
    assert (body["supplies"]["roll_left_mm"], body["supplies"]["errors"]["receipt_printer"]) == (5000, 2)
    assert "! Left on the roll, about 5 m of 80 m" in said
    assert "receipt_printer: 2 faults" in said
