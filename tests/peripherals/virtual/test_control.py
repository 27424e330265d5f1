"""The strings of virtual hardware: orders, refusals, faults, and an end when nobody is left to pull them."""

import json
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peripherals.virtual.control import LINE_LIMIT_BYTES, ControlClient, ControlServer, FaultTable, Order, OrderRefusedError


def obey(order: Order) -> dict[str, Any] | None:
    if order["do"] != "greet":
        raise OrderRefusedError("I only greet")
    return {"greeting": f"你好，{order.get('name')}"}


@pytest.fixture
def path(tmp_path: Path) -> Iterator[Path]:
    with ControlServer(tmp_path / "control", obey):
        yield tmp_path / "control"


def test_an_order_is_carried_out_and_answered(path: Path) -> None:
    assert ControlClient(path).do("greet", name="样例") == {"greeting": "你好，样例"}


def test_an_unknown_order_is_refused_with_the_reason(path: Path) -> None:
    with pytest.raises(OrderRefusedError, match="I only greet"):
        ControlClient(path).do("dance")


@pytest.mark.parametrize("line", [b"\n", b"{\n", b"[]\n", b"{}\n", b'{"do": 1}\n', b"\xff\xfe\n"])
def test_a_line_that_is_no_order_is_answered_and_the_conversation_goes_on(path: Path, line: bytes) -> None:
    with socket.socket(socket.AF_UNIX) as talk:
        talk.connect(str(path))
        with talk.makefile("rwb") as lines:
            lines.write(line + b'{"do": "greet"}\n')
            lines.flush()
            assert json.loads(lines.readline())["ok"] is False
            assert json.loads(lines.readline())["ok"] is True


def test_an_endless_line_ends_the_conversation(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as talk:
        talk.connect(str(path))
        talk.sendall(b"x" * LINE_LIMIT_BYTES)
        assert talk.recv(100) == b""


def test_only_the_owner_may_give_orders_and_nothing_is_left_behind(tmp_path: Path) -> None:
    path = tmp_path / "control"
    with ControlServer(path, obey):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not path.exists()
    with pytest.raises(OSError, match="No such file"):
        ControlClient(path).do("greet")


def test_a_fault_happens_as_often_as_it_was_armed() -> None:
    faults = FaultTable({"noise", "mute"})
    assert not faults.take("noise")
    faults.arm("noise", 2)
    faults.arm("mute", FaultTable.FOR_EVER)
    assert faults.state() == {"noise": 2, "mute": -1}
    assert [faults.take("noise") for _ in range(3)] == [True, True, False]
    assert all(faults.take("mute") for _ in range(5))
    faults.arm("mute", 0)
    assert not faults.is_armed("mute")
    faults.arm("noise")
    faults.clear()
    assert faults.state() == {}


@pytest.mark.parametrize("times", [-2, 1.5, "3", True, None])
def test_a_fault_is_not_armed_an_odd_number_of_times(times: Any) -> None:  # noqa: ANN401 - that is the point
    with pytest.raises(OrderRefusedError):
        FaultTable({"noise"}).arm("noise", times)


def test_an_unknown_fault_is_refused_by_name() -> None:
    with pytest.raises(OrderRefusedError, match="noise"):
        FaultTable({"noise"}).arm("thunder")


@given(st.lists(st.integers(0, 3)))
def test_a_table_never_counts_below_nothing(arms: list[int]) -> None:
    faults = FaultTable({"noise"})
    for times in arms:
        faults.arm("noise", times)
        assert [faults.take("noise") for _ in range(4)] == [True] * times + [False] * (4 - times)


PARENT = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", '''
import time
from peripherals.virtual.control import end_with_parent
end_with_parent()
print("ready", flush=True)
time.sleep(60)
'''])
time.sleep(60)
"""


def test_a_virtual_device_ends_when_its_parent_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "ready\n"
        parent.kill()
        assert parent.stdout.read() == ""  # the pipe ends only when the child, who holds it too, has ended
