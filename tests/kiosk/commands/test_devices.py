"""`kiosk devices`: what there is, how it is, and each change as it happens, whether the terminal runs or not."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from drivers.health import STALE_AFTER_S, Record
from drivers.remote import RemoteReceiptPrinter
from kiosk.bench import CAMERA, PRINTER, READER, Bench
from kiosk.config import load, places
from kiosk.devices import has_worker, socket_of, workers
from kiosk.sandbox import write_config
from peripherals.deadline import Deadline
from tests.drivers.printer_bench import picture
from tests.kiosk.commands.conftest import ROOT, Run

ALL = ["id_card_reader", "receipt_printer", "document_printer", "document_camera", "code_scanner", "signature_pad", "fittings"]


@pytest.fixture(scope="module")
def config_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_config(tmp_path_factory.mktemp("devices") / "terminal", "https://127.0.0.1:9")


@pytest.fixture(scope="module")
def bench(config_file: Path) -> Iterator[Bench]:
    with Bench(load(config_file)) as running:
        yield running


def put_right(bench: Bench) -> None:
    bench.do(READER, "plug")
    bench.do(PRINTER, "fault", fault="none")
    bench.do(CAMERA, "plug")


class Watch:
    """`kiosk devices watch --json` as a script follows it."""

    def __init__(self, config: Path) -> None:
        command = [sys.executable, "-m", "kiosk", "devices", "watch", "--config", str(config), "--json"]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        self._last: dict[str, dict[str, Any]] = {}
        self._said: set[tuple[str, str]] = set()
        self._told = threading.Condition()
        threading.Thread(target=self._follow, daemon=True).start()

    def _follow(self) -> None:
        for line in self.process.stdout or ():
            told = json.loads(line)
            with self._told:
                self._last[told.get("device", "")] = told
                self._said.add((told.get("device", ""), told["status"]))
                self._told.notify_all()

    def has_said(self, device: str, status: str) -> bool:
        with self._told:
            return (device, status) in self._said

    def until(self, device: str, status: str, within_s: float = 60.0) -> dict[str, Any]:
        with self._told:
            is_so = self._told.wait_for(lambda: self._last.get(device, {}).get("status") == status, within_s)
            assert is_so, self._last.get(device)
            return self._last[device]


@pytest.fixture
def watch(config_file: Path, bench: Bench) -> Iterator[Watch]:
    put_right(bench)
    watch = Watch(config_file)
    yield watch
    watch.process.kill()
    watch.process.wait()


def test_the_list_names_every_device_its_address_and_what_it_has_done(config_file: Path, kiosk: Run) -> None:
    config = load(config_file)
    Record("receipt_printer", places(config).sockets, places(config).counts).did({"receipts": 3, "paper_mm": 471})
    listed = kiosk("devices", "list", "--config", config_file, "--json")
    assert listed.code == 0
    devices = {found["device"]: found for found in listed.body["devices"]}
    assert list(devices) == ALL
    assert devices["receipt_printer"] == {
        "device": "receipt_printer",
        "address": config.receipt_printer.device,
        "has_worker": False,
        "counts": {"receipts": 3, "paper_mm": 471},
    }
    assert "paper mm 471" in kiosk("devices", "list", "--config", config_file).out


def test_all_are_fit_on_a_bench(config_file: Path, bench: Bench, script: Run) -> None:
    put_right(bench)
    tested = script("devices", "test", "--config", config_file, "--json")
    assert (tested.code, tested.body["status"]) == (0, "fit")
    assert tested.body["devices"] == [{"device": name, "status": "ready", "fit": True, "detail": None, "flapping": False} for name in ALL]


def test_one_in_trouble_is_named_and_the_others_are_not(config_file: Path, bench: Bench, script: Run) -> None:
    put_right(bench)
    bench.do(PRINTER, "fault", fault="cover_open")
    tested = script("devices", "test", "--config", config_file, "--json")
    assert (tested.code, tested.body["status"]) == (1, "trouble")
    assert [(found["device"], found["status"], found["fit"]) for found in tested.body["devices"]] == [
        (name, "cover_open" if name == "receipt_printer" else "ready", name != "receipt_printer") for name in ALL
    ]


def test_a_terminal_without_any_device_says_so_of_each(config_file: Path, script: Run, tmp_path: Path) -> None:
    text = config_file.read_text(encoding="utf-8").replace("bench/", "bench/none/")
    text = re.sub(r"((?:tcp|ipp|http)://127.0.0.1):\d+", r"\1:9", text)
    alone = config_file.with_name("alone.toml")
    alone.write_text(text.replace('folder = "terminal"', f'folder = "{tmp_path}"'), encoding="utf-8")
    tested = script("devices", "test", "--config", alone, "--json")
    assert (tested.code, [found["status"] for found in tested.body["devices"]]) == (1, ["absent"] * len(ALL))


def test_a_plug_pulled_and_put_in_is_seen(watch: Watch, bench: Bench) -> None:
    for name in ALL:
        assert watch.until(name, "ready")["fit"]
    bench.do(READER, "unplug")
    assert watch.until("id_card_reader", "absent")["detail"]
    bench.do(READER, "plug")
    watch.until("id_card_reader", "ready")
    bench.do(CAMERA, "unplug")
    watch.until("document_camera", "absent")
    bench.do(PRINTER, "fault", fault="paper_low")
    assert watch.until("receipt_printer", "paper_low")["fit"]


def test_it_ends_when_it_is_told_to_and_leaves_no_worker(watch: Watch, config_file: Path) -> None:
    watch.until("id_card_reader", "ready")
    assert has_worker(load(config_file), "id_card_reader")
    watch.process.send_signal(signal.SIGINT)
    assert watch.process.wait(20) == 0
    assert not has_worker(load(config_file), "id_card_reader")


def test_a_worker_that_hangs_or_dies_under_the_terminal_is_seen(config_file: Path, bench: Bench) -> None:
    put_right(bench)
    config = load(config_file)
    with workers(config, config_file):
        watch = Watch(config_file)
        try:
            watch.until("receipt_printer", "ready")
            pid = json.loads((places(config).sockets / "receipt_printer.health").read_bytes())["worker"]
            os.kill(pid, signal.SIGSTOP)
            assert "hangs" in watch.until("receipt_printer", "silent")["detail"]
            os.kill(pid, signal.SIGCONT)
            watch.until("receipt_printer", "ready")
            os.kill(pid, signal.SIGKILL)
            assert "not running" in watch.until("receipt_printer", "absent")["detail"]
        finally:
            watch.process.kill()
            watch.process.wait()


def test_a_slip_that_takes_long_is_no_hang(config_file: Path, bench: Bench) -> None:
    put_right(bench)
    config = load(config_file)
    slip = picture(13_000, config.receipt_printer.width_dots)  # more than ten seconds of paper
    with workers(config, config_file):
        watch = Watch(config_file)
        try:
            watch.until("receipt_printer", "ready")
            printer = RemoteReceiptPrinter(socket_of(config, "receipt_printer"), config.receipt_printer.device)
            began_s = time.monotonic()
            assert printer.print(slip, Deadline.after(120)).printed
            assert time.monotonic() - began_s > STALE_AFTER_S
            assert not watch.has_said("receipt_printer", "silent")
        finally:
            watch.process.kill()
            watch.process.wait()


def test_a_device_that_the_file_does_not_name_has_no_process(config_file: Path, script: Run) -> None:
    ended = script("device", "chip_card_reader", "--config", config_file, "--json")
    assert (ended.code, ended.body["status"]) == (1, "not_installed")
    assert "[chip_card_reader]" in ended.body["detail"]


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "a", "1e9"])
def test_seconds_that_are_none_are_wrong_usage(config_file: Path, kiosk: Run, seconds: str) -> None:
    assert kiosk("devices", "watch", "--config", config_file, "--seconds", seconds).code == 2


def test_a_watch_may_have_an_end(config_file: Path, bench: Bench, script: Run) -> None:
    put_right(bench)
    began_s = time.monotonic()
    ended = script("devices", "watch", "--config", config_file, "--seconds", "6")
    assert ended.code == 0
    assert time.monotonic() - began_s >= 6
    assert "ready" in ended.out
