"""The bench's panel: one key, one thing done; keys typed ahead count; without a keyboard the hardware runs on."""

import argparse
import os
import pty
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.fittings import LineFittings
from drivers.id_card_reader import SamIdCardReader
from drivers.line_chip import Wire
from kiosk.bench import CAMERA, CHIP, FITTINGS, LINE, PAD, PAGES, PRINTER, READER, SCANNER, Bench
from kiosk.bench_actions import A_SLIP, PAGES_OF_KEYS
from kiosk.bench_panel import Panel, _keys
from kiosk.commands.sandbox import register
from kiosk.config import load
from kiosk.sandbox import free_port, write_config
from kiosk.scanning import SlipCode, judged
from peripherals.deadline import Deadline
from peripherals.fittings import FittingsStatus, Light
from peripherals.id_card_reader import CardKind, CardReadStatus
from peripherals.secret import Secret
from peripherals.virtual import document_camera, document_printer, fittings, receipt_printer
from peripherals.virtual.chip_cards import CARD_FAULTS
from peripherals.virtual.control import OrderRefusedError
from peripherals.virtual.id_card_reader import LINE_FAULTS
from peripherals.virtual.sam_module import MODULE_FAULTS
from peripherals.virtual.social_security_card import SLOT_FAULTS
from tests.drivers.printer_bench import soon

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    file = write_config(tmp_path_factory.mktemp("panel") / "terminal", f"https://127.0.0.1:{free_port()}")
    with Bench(load(file), line_to=9) as running:
        yield running


def test_every_key_is_one_key_on_its_page_and_its_device_knows_the_order(bench: Bench) -> None:
    panel = Panel(bench, "bench")
    shown = [actions for actions in PAGES_OF_KEYS.values() if any(bench.has(action.device) for action in actions)]
    for actions in shown:
        assert len({action.key for action in actions}) == len(actions)
        for action in actions:
            is_slow = action.device == SCANNER or action.order == "sign"  # nobody reads that line here
            if bench.has(action.device) and not is_slow:
                assert panel._do(action.key).plain == f"✓ {action.says}"
        panel._do(" ")
    assert panel._page == 0, "after the last page comes the first"
    assert {action.device for actions in shown for action in actions} == {READER, PRINTER, CAMERA, LINE, PAGES, SCANNER, PAD, FITTINGS}


def test_every_fault_of_every_device_has_a_key() -> None:
    keyed = {(action.device, action.facts.get("fault")) for actions in PAGES_OF_KEYS.values() for action in actions}
    for device, faults in (
        (READER, {*MODULE_FAULTS, *LINE_FAULTS}),
        (PRINTER, receipt_printer.FAULTS),
        (PAGES, document_printer.FAULTS),
        (FITTINGS, fittings.FAULTS),
        (CAMERA, document_camera.FAULTS),
        (CHIP, CARD_FAULTS | SLOT_FAULTS),
    ):
        assert [fault for fault in faults if (device, fault) not in keyed] == [], device


def key_of(device: str, fault: str | None) -> str:
    """Return what to press, on whichever page, for a fault, or for the end of all of them."""
    return next(
        action.key
        for name, actions in PAGES_OF_KEYS.items()
        for action in actions
        if name != "常用 common" and action.device == device and (action.facts.get("fault") == fault if fault else action.order == "clear")
    )


@pytest.mark.parametrize(
    ("fault", "looks", "statuses"),
    [
        ("mute", {"silent"}, {"silent"}),
        ("half_frame", {"ready"}, {"silent", "corrupt"}),
        ("wrong_checksum", {"ready"}, {"silent", "corrupt"}),
        ("wrong_length", {"ready"}, {"silent", "corrupt"}),
        ("corrupt_date", {"ready"}, {"corrupt"}),
        ("not_genuine", {"ready"}, {"not_genuine"}),
        ("module_fault", {"module_fault"}, {"module_fault"}),
    ],
)
def test_a_fault_of_the_id_reader_holds_until_all_is_right_again(bench: Bench, fault: str, looks: set[str], statuses: set[str]) -> None:
    panel = Panel(bench, "bench")
    panel._page = list(PAGES_OF_KEYS).index("身份证阅读器 ID reader")
    reader = SamIdCardReader(str(bench.folder / "id-card-reader"))
    bench.do(READER, "plug")
    assert panel._do(key_of(READER, "noise")).plain.startswith("✓")
    assert panel._do(key_of(READER, fault)).plain.startswith("✓"), "and the noise is over"
    assert bench.do(READER, "state")["faults"] == {fault: -1}
    for _ in range(2):
        bench.do(READER, "lift")
        reader.plate(Deadline.after(3))
        bench.do(READER, "lay", card="zhou-guilan")
        assert reader.look(Deadline.after(3)).status in looks
        assert reader.read(Deadline.after(6)).status in statuses
    assert panel._do(key_of(READER, None)).plain.startswith("✓")
    bench.do(READER, "lift")
    reader.plate(Deadline.after(3))
    bench.do(READER, "lay", card="zhou-guilan")
    assert reader.read(Deadline.after(20)).status is CardReadStatus.READ
    reader.close()


@pytest.mark.parametrize(
    ("says", "kind", "has_photo"),
    [
        ("foreigner, 2017 (I)", CardKind.FOREIGNER, True),
        ("foreigner, 2023 (Y)", CardKind.FOREIGNER, True),
        ("no fingerprint", CardKind.RESIDENT, True),
        ("512 bytes", CardKind.RESIDENT, True),
        ("no photo", CardKind.RESIDENT, False),
    ],
)
def test_every_make_of_identity_card_can_be_laid(bench: Bench, says: str, kind: CardKind, has_photo: bool) -> None:
    panel, name = Panel(bench, "bench"), "身份证阅读器 ID reader"
    panel._page = list(PAGES_OF_KEYS).index(name)
    reader = SamIdCardReader(str(bench.folder / "id-card-reader"))
    for order in ("plug", "clear", "lift"):
        bench.do(READER, order)
    reader.plate(Deadline.after(3))
    assert panel._do(next(action.key for action in PAGES_OF_KEYS[name] if says in action.says)).plain.startswith("✓")
    reading = reader.read(Deadline.after(20))
    assert reading.card is not None, reading.status
    assert (reading.card.kind, reading.card.has_photo) == (kind, has_photo)
    reader.close()


def test_a_sandbox_with_a_slot_for_chip_cards_has_their_page(tmp_path: Path) -> None:
    config = load(write_config(tmp_path / "with", "https://127.0.0.1:9", vpcd="127.0.0.1:35963"))
    assert config.chip_card_reader is not None
    with Bench(config) as bench:
        assert bench.has(CHIP)
        assert "社保卡 chip card" in [name for name, _ in Panel(bench, "bench")._pages]
        assert bench.do(CHIP, "state")["card"] is False
    without = load(write_config(tmp_path / "without", "https://127.0.0.1:9"))
    assert without.chip_card_reader is None
    assert not Bench(without).has(CHIP)


@pytest.mark.parametrize("word", ["127.0.0.1", "127.0.0.1:0", "127.0.0.1:99999", ':"', 'a"b:35963'])
def test_a_slot_that_is_no_address_is_wrong_usage(tmp_path: Path, word: str, capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    register(parser.add_subparsers())
    with pytest.raises(SystemExit) as ended:
        parser.parse_args(["sandbox", str(tmp_path / "new"), "--vpcd", word])
    assert ended.value.code == 2
    assert "--vpcd" in capsys.readouterr().err


@pytest.mark.parametrize("wrong", [None, 7, "thunder"])
def test_a_fault_that_is_none_is_not_held(bench: Bench, wrong: object) -> None:
    bench.do(READER, "clear")
    with pytest.raises(OrderRefusedError, match="no fault"):
        bench.do(READER, "hold", fault=wrong)
    assert bench.do(READER, "state")["faults"] == {}


def test_the_panel_says_which_lights_shine(bench: Bench) -> None:
    bench.do(FITTINGS, "fault", fault="none")
    fittings = LineFittings(f"unix:{bench.folder / 'fittings.board'}", {}, {Light.CARD: Wire(17), Light.HELP: Wire(21)})
    assert fittings.light(Light.CARD, shines=True, deadline=Deadline.after(5)) is FittingsStatus.READY
    assert soon(lambda: bench.shining() == ("card",))
    assert fittings.light(Light.HELP, shines=True, deadline=Deadline.after(5)) is FittingsStatus.READY
    assert soon(lambda: bench.shining() == ("card", "help"))
    fittings.close()


def test_a_key_that_means_nothing_is_said_and_does_nothing(bench: Bench) -> None:
    assert Panel(bench, "bench")._do("?").plain == "?: no such key"


def test_a_device_that_is_gone_is_said(bench: Bench, tmp_path: Path) -> None:
    class Gone(Bench):
        def __init__(self) -> None:
            self.folder = tmp_path

        def has(self, device: str) -> bool:
            return True

        def do(self, device: str, order: str, **facts: object) -> dict[str, object]:
            raise ConnectionRefusedError("it does not answer")

    assert "it does not answer" in Panel(Gone(), "bench")._do("1").plain
    assert bench.has(READER)


def test_keys_typed_ahead_are_all_there_in_order() -> None:
    reading, writing = os.pipe()
    with _keys(reading) as pressed:
        os.write(writing, b"1a")
        assert pressed(5.0) == "1a"
        assert pressed(0.01) == ""
        os.close(writing)
        assert pressed(0.01) == "", "the end of the input is no key"
        assert pressed(0.01) == ""
    os.close(reading)


def test_a_person_presses_keys_in_a_terminal_until_q(tmp_path: Path) -> None:
    config = write_config(tmp_path / "terminal", "https://127.0.0.1:9")
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "kiosk", "bench", "--config", str(config)]
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "120", "LINES": "40"}
    with subprocess.Popen(command, cwd=ROOT, stdin=theirs, stdout=theirs, stderr=subprocess.STDOUT, env=environment) as process:
        os.close(theirs)
        shown = Shown(ours)
        shown.until("lay a card")
        os.write(ours, b"13")
        shown.until("✓ 取走身份证")
        os.write(ours, b"q")
        assert process.wait(20) == 0
    shown.thread.join(5)
    os.close(ours)


def test_without_a_keyboard_the_hardware_runs_until_the_process_is_ended(tmp_path: Path) -> None:
    config = write_config(tmp_path / "terminal", "https://127.0.0.1:9")
    command = [sys.executable, "-m", "kiosk", "bench", "--config", str(config)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as process:
        reader = config.parent / "bench" / "id-card-reader"
        deadline, pause = Deadline.after(30), threading.Event()
        while not reader.exists():
            assert not deadline.is_past
            pause.wait(0.1)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(2)
        process.terminate()
        process.wait(10)


class Shown:
    """What the terminal shows, read on a thread."""

    def __init__(self, source: int) -> None:
        self._text = ""
        self._came = threading.Condition()
        self.thread = threading.Thread(target=self._read, args=(source,), daemon=True)
        self.thread.start()

    def _read(self, source: int) -> None:
        while True:
            try:
                came = os.read(source, 4096)
            except OSError:
                return  # the terminal is gone
            with self._came:
                self._text += came.decode(errors="replace")
                self._came.notify_all()

    def until(self, what: str, within_s: float = 30.0) -> None:
        with self._came:
            assert self._came.wait_for(lambda: what in self._text, within_s), self._text[-2000:]


def test_the_slip_under_the_scanner_is_one_of_ours() -> None:
    assert isinstance(judged(Secret(A_SLIP)), SlipCode)
