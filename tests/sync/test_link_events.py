"""What the kernel says of its links: which of it is a reason to try the line, and that rubbish is none and breaks nothing."""

import socket
import struct
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.link_events import LinkEvents
from sync.wake import WakeSocket, Woken

UP, LOOPBACK = 0x1 | 0x40, 0x1 | 0x8 | 0x40


def message(kind: int, body: bytes) -> bytes:
    return struct.pack("=IHHII", 16 + len(body), kind, 0, 0, 0) + body


def link(index: int, flags: int, kind: int = 16) -> bytes:
    return message(kind, struct.pack("=BxHiII", 0, 1, index, flags, 0))


def address(scope: int) -> bytes:
    return message(20, struct.pack("=BBBBI", socket.AF_INET, 24, 0, scope, 2))


def route(table: int, kind: int) -> bytes:
    return message(24, struct.pack("=BBBBBBBBI", socket.AF_INET, 0, 0, 0, table, 16, 0, kind, 0))


@pytest.fixture
def kernel() -> Iterator[tuple[LinkEvents, socket.socket]]:
    """A pair of sockets in place of the kernel's, which says only what happens."""
    events, (ours, theirs) = LinkEvents(), socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    events.close()
    ours.setblocking(False)
    events._socket = ours
    yield events, theirs
    theirs.close()
    events.close()


@pytest.mark.parametrize(
    ("said", "is_a_way"),
    [
        ((link(2, UP),), True),
        ((link(2, 0x1),), False),
        ((link(1, LOOPBACK),), False),
        ((address(0),), True),
        ((address(254),), False),
        ((route(254, 1),), True),
        ((route(255, 2),), False),
        ((route(254, 6),), False),
        ((link(2, 0x1), address(254), route(254, 1)), True),
        ((link(2, UP)[:-1],), False),
        ((b"",), False),
    ],
)
def test_what_is_a_reason_to_try(said: tuple[bytes, ...], is_a_way: bool, kernel: tuple[LinkEvents, socket.socket]) -> None:
    events, theirs = kernel
    theirs.send(b"".join(said))
    assert events.has_come_up() is is_a_way
    assert events.has_come_up() is False, "it was read"


def test_a_link_that_goes_on_running_is_told_once(kernel: tuple[LinkEvents, socket.socket]) -> None:
    events, theirs = kernel
    found = []
    for said in (link(2, UP), link(2, UP), link(2, 0x1), link(2, UP), link(3, UP), link(3, 0, kind=17), link(3, UP)):
        theirs.send(said)
        found.append(events.has_come_up())
    assert found == [True, False, False, True, True, False, True]


@given(st.binary(max_size=300))
def test_rubbish_breaks_nothing(said: bytes) -> None:
    events, (ours, theirs) = LinkEvents(), socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    events.close()
    ours.setblocking(False)
    events._socket = ours
    theirs.send(said)
    events.has_come_up()
    events.close()
    theirs.close()


def test_where_the_kernel_may_not_be_heard_the_timer_is_enough(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise OSError(97, "Address family not supported by protocol")

    with monkeypatch.context() as sandboxed:
        sandboxed.setattr(socket.socket, "bind", refused)
        events = LinkEvents()
    assert events.sockets == []
    assert events.has_come_up() is False
    events.close()
    with WakeSocket(tmp_path_factory.mktemp("outbox")) as shoulder:
        assert shoulder.wait(0.05) in (None, Woken.LINK)
