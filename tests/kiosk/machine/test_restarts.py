"""Restarts that were ordered from afar: the screen asks, a unit with rights does it once, and says no where it should."""

import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from kiosk.machine.restarts import NOBODY, SETTLED_S, Refusal, RestartRequest, ask, carry_out
from sync.contract.steering import RemoteDevice

DEVICES = frozenset({"receipt_printer", "id_card_reader"})
PRINTER = RestartRequest(RemoteDevice.RECEIPT_PRINTER)


class Unit:
    """The path unit and its service: looks for a request until it has answered one."""

    def __init__(self, folder: Path, *, occupied: bool = False, up_s: float = SETTLED_S, fails: bool = False) -> None:
        self.ran: list[tuple[str, ...]] = []
        self._fails = fails
        self._facts = (folder, occupied, up_s)
        self.outcome: object = None
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        folder, occupied, up_s = self._facts
        pause = threading.Event()
        while self.outcome is None:
            self.outcome = carry_out(folder, DEVICES, is_occupied=occupied, up_s=up_s, command=self._command)
            pause.wait(0.01)

    def _command(self, words: Sequence[str]) -> None:
        self.ran.append(tuple(words))
        if self._fails:
            raise subprocess.CalledProcessError(1, list(words))

    def join(self) -> None:
        self._thread.join(60)


def test_a_device_s_process_is_started_anew_once(tmp_path: Path) -> None:
    unit = Unit(tmp_path)
    assert ask(tmp_path, PRINTER, 60) == ""
    unit.join()
    assert unit.ran == [("systemctl", "restart", "kiosk-device@receipt_printer.service")]
    assert carry_out(tmp_path, DEVICES, is_occupied=False, up_s=1e6, command=unit.ran.append) is None, "once"


def test_the_machine_is_restarted_when_it_has_been_running_for_a_while(tmp_path: Path) -> None:
    unit = Unit(tmp_path)
    assert ask(tmp_path, RestartRequest(), 60) == ""
    unit.join()
    assert unit.ran == [("systemctl", "--no-block", "reboot")]


@pytest.mark.parametrize(
    ("request_", "facts", "why"),
    [
        (RestartRequest(), {"up_s": SETTLED_S - 1}, Refusal.TOO_SOON),
        (RestartRequest(), {"occupied": True}, Refusal.IN_USE),
        (PRINTER, {"occupied": True}, Refusal.IN_USE),
        (RestartRequest(RemoteDevice.SIGNATURE_PAD), {}, Refusal.NO_SUCH_DEVICE),
        (PRINTER, {"fails": True}, Refusal.FAILED),
    ],
)
def test_what_is_not_done_is_said(tmp_path: Path, request_: RestartRequest, facts: dict[str, bool], why: Refusal) -> None:
    unit = Unit(tmp_path, **facts)  # type: ignore[arg-type]
    assert ask(tmp_path, request_, 60) == why
    unit.join()
    assert unit.ran == ([] if why is not Refusal.FAILED else [("systemctl", "restart", "kiosk-device@receipt_printer.service")])
    unit = Unit(tmp_path)
    assert ask(tmp_path, PRINTER, 60) == "", "an old refusal is not taken for a new one"


@pytest.mark.parametrize("content", [b"", b"{", b'{"device": "../../sshd"}', b'{"command": "rm"}', b"x" * 5000])
def test_a_request_that_is_none_starts_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "request.json").write_bytes(content)
    ran: list[Sequence[str]] = []
    assert carry_out(tmp_path, DEVICES, is_occupied=False, up_s=1e6, command=ran.append) is Refusal.NOT_ONE
    assert ran == []
    assert not (tmp_path / "request.json").exists()


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(b'{"device": null}')
    (tmp_path / "request.json").symlink_to(tmp_path / "elsewhere")
    ran: list[Sequence[str]] = []
    assert carry_out(tmp_path, DEVICES, is_occupied=False, up_s=1e6, command=ran.append) is Refusal.NOT_ONE
    assert ran == []
    assert (tmp_path / "elsewhere").exists()


def test_where_nobody_answers_the_request_is_taken_back(tmp_path: Path) -> None:
    assert ask(tmp_path, PRINTER, 0.1) == NOBODY
    assert not (tmp_path / "request.json").exists()
