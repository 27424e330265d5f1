"""The line between terminal and city that can be cut."""

import contextlib
import socket
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from peripherals.virtual.control import ControlClient, OrderRefusedError


class _Echo(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        with contextlib.suppress(ConnectionError):
            while piece := self.request.recv(65536):
                self.request.sendall(piece)


@pytest.fixture
def line(tmp_path: Path) -> Iterator[tuple[int, ControlClient]]:
    control = tmp_path / "line.control"
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Echo) as far:
        far.daemon_threads = True
        threading.Thread(target=far.serve_forever, daemon=True).start()
        command = [sys.executable, "-m", "peripherals.virtual.line", "--port", "0", "--to", f"127.0.0.1:{far.server_address[1]}"]
        with subprocess.Popen([*command, "--control", str(control)], stdout=subprocess.PIPE, text=True) as process:
            port = int(process.stdout.readline().split()[1])
            yield port, ControlClient(control)
            process.terminate()
        far.shutdown()


def said_back(near: socket.socket, text: bytes) -> bytes:
    near.sendall(text)
    back = b""
    while len(back) < len(text) and (piece := near.recv(65536)):
        back += piece
    return back


def test_what_is_sent_comes_through_untouched_both_ways(line: tuple[int, ControlClient]) -> None:
    port, control = line
    content = bytes(range(256)) * 300
    with socket.create_connection(("127.0.0.1", port), timeout=10) as near:
        assert said_back(near, content) == content
        assert control.do("state")["line"] == "up"


def test_a_cut_ends_what_is_open_and_lets_nothing_new_through_until_it_is_mended(line: tuple[int, ControlClient]) -> None:
    port, control = line
    with socket.create_connection(("127.0.0.1", port), timeout=10) as near:
        said_back(near, b"before")
        control.do("cut")
        with contextlib.suppress(ConnectionError):
            assert near.recv(1) == b""
    with contextlib.suppress(ConnectionError), socket.create_connection(("127.0.0.1", port), timeout=10) as near:
        assert said_back(near, b"during") == b""
    control.do("mend")
    with socket.create_connection(("127.0.0.1", port), timeout=10) as near:
        assert said_back(near, b"after") == b"after"


def test_a_line_that_hangs_keeps_the_connection_and_passes_nothing(line: tuple[int, ControlClient]) -> None:
    port, control = line
    with socket.create_connection(("127.0.0.1", port), timeout=10) as near:
        said_back(near, b"before")
        control.do("hang")
        near.sendall(b"during")
        near.settimeout(0.3)
        with pytest.raises(TimeoutError):
            near.recv(1)
        control.do("mend")
        near.settimeout(10)
        assert near.recv(6, socket.MSG_WAITALL) == b"during"


def test_an_order_that_it_does_not_know_is_refused(line: tuple[int, ControlClient]) -> None:
    with pytest.raises(OrderRefusedError, match="known: cut, mend, hang, state"):
        line[1].do("tangle")
