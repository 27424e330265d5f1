"""What a unit tells systemd, over a real datagram socket."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.machine.notify import Pulse, Service, Unwatched, Watched, beat_in_background, service


class Ear:
    """systemd's end of the line."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        self._socket.settimeout(30)

    def hear(self) -> str:
        return self._socket.recv(4096).decode()

    def is_quiet(self) -> bool:
        self._socket.setblocking(False)
        try:
            self._socket.recv(4096)
        except BlockingIOError:
            return True
        finally:
            self._socket.settimeout(30)
        return False

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def ear(tmp_path: Path) -> Iterator[Ear]:
    ear = Ear(tmp_path / "notify")
    yield ear
    ear.close()


class Time:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def told(ear: Ear, **environment: str) -> Service:
    return service({"NOTIFY_SOCKET": str(ear.path), **environment}, pid=17)


def test_a_unit_says_that_it_is_ready_and_alive(ear: Ear) -> None:
    said = told(ear, WATCHDOG_USEC="20000000", WATCHDOG_PID="17")
    said.ready()
    said.beat()
    assert (ear.hear(), ear.hear()) == ("READY=1", "WATCHDOG=1")
    assert said.beat_every_s == 5.0


def test_an_abstract_socket_is_one_too(tmp_path: Path) -> None:
    name = f"kiosk-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind("\0" + name)
        listener.settimeout(30)
        service({"NOTIFY_SOCKET": "@" + name}, pid=17).ready()
        assert listener.recv(100) == b"READY=1"


def test_a_process_that_systemd_did_not_start_tells_nobody() -> None:
    said = service({}, pid=17)
    assert isinstance(said, Unwatched)
    assert said.beat_every_s is None
    said.ready()
    said.beat()


@pytest.mark.parametrize("address", ["", "notify", "vsock:2:1234"])
def test_an_address_of_another_kind_is_none(address: str) -> None:
    assert isinstance(service({"NOTIFY_SOCKET": address}, pid=17), Unwatched)


def test_a_watchdog_that_counts_another_process_is_not_fed(ear: Ear) -> None:
    assert told(ear, WATCHDOG_USEC="20000000", WATCHDOG_PID="18").beat_every_s is None


@pytest.mark.parametrize("microseconds", ["", "soon", "-1", "0"])
def test_a_watchdog_without_a_time_is_none(ear: Ear, microseconds: str) -> None:
    assert told(ear, WATCHDOG_USEC=microseconds).beat_every_s is None


@given(st.text(alphabet=st.characters(exclude_characters="\0"), max_size=30), st.text(max_size=12))
def test_no_environment_breaks_it(address: str, microseconds: str) -> None:
    said = service({"NOTIFY_SOCKET": address, "WATCHDOG_USEC": microseconds}, pid=17)
    assert said.beat_every_s is None or said.beat_every_s > 0


def test_a_line_with_nobody_at_its_end_ends_nothing(tmp_path: Path) -> None:
    said = Watched(str(tmp_path / "nobody"), 10.0)
    said.ready()
    said.beat()


def test_the_first_picture_is_ready_and_later_ones_are_beats(ear: Ear) -> None:
    time = Time()
    pulse = Pulse(told(ear, WATCHDOG_USEC="20000000"), lambda: None, time)
    pulse.on_frame()
    assert (ear.hear(), ear.hear()) == ("READY=1", "WATCHDOG=1")
    time.now += 0.016
    pulse.on_frame()
    assert ear.is_quiet()  # sixty times a second would be noise
    time.now += 5.0
    pulse.on_frame()
    assert ear.hear() == "WATCHDOG=1"


def test_a_frozen_picture_beats_no_more(ear: Ear) -> None:
    time, asked = Time(), []
    pulse = Pulse(told(ear, WATCHDOG_USEC="20000000"), lambda: asked.append(time.now), time)
    pulse.on_frame()
    ear.hear(), ear.hear()
    for _ in range(10):
        time.now += 5.0
        pulse.ask()  # the timer runs on; nothing reaches the glass
    assert ear.is_quiet()
    assert len(asked) == 10


def test_on_a_developers_desk_no_picture_is_asked_for() -> None:
    assert Pulse(Unwatched(), lambda: None).every_s is None


def test_a_thread_beats_for_a_process_that_works_elsewhere(ear: Ear) -> None:
    beat_in_background(Watched(str(ear.path), 0.2))
    assert [ear.hear() for _ in range(3)] == ["WATCHDOG=1"] * 3


def test_nobody_counts_and_no_thread_is_made() -> None:
    before = threading.active_count()
    beat_in_background(Unwatched())
    assert threading.active_count() == before


def test_a_devices_process_is_ready_once_it_listens(ear: Ear, tmp_path: Path) -> None:
    config = tmp_path / "kiosk.toml"
    config.write_text(
        '[terminal]\nid = "SY-TEST-1"\ncommunity = "测试社区"\nfolder = "t"\n'
        '[city]\nurl = "https://127.0.0.1:9"\nca_file = "ca.pem"\nkeys_folder = "keys"\n'
        '[id_card_reader]\nport = "no-port"\n[receipt_printer]\ndevice = "tcp://127.0.0.1:9"\n[document_camera]\nsource = "no-camera"\n',
        encoding="utf-8",
    )
    environment = {**os.environ, "NOTIFY_SOCKET": str(ear.path), "WATCHDOG_USEC": "4000000"}
    with subprocess.Popen(
        [sys.executable, "-m", "kiosk", "device", "receipt_printer", "--config", str(config)], env=environment
    ) as process:
        try:
            assert ear.hear() == "READY=1"
            assert (tmp_path / "t/run/receipt_printer.sock").is_socket()
            assert ear.hear() == "WATCHDOG=1"
        finally:
            process.terminate()
