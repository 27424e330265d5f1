"""Fault 46: answers that never end, drip, or are bombs; time and size are bounded."""

import gzip
import socket
import threading
import time
from dataclasses import replace

import pytest

from sync.loop import Sender, once
from sync.outbox import Outbox
from sync.settings import SyncSettings
from tests.faults.outbox_ground import JSON, always, nothing_was_believed
from tests.sync.counter import Counter, photo
from tests.sync.standin import Asked, HangUp, Reply, StandInCity


def test_an_endless_answer_is_cut_by_its_size(settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter) -> None:
    sent = 0

    def endless(asked: Asked) -> Reply | None:
        nonlocal sent
        asked.wire.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
        try:
            while sent < 200_000_000:
                asked.wire.wfile.write(b"10000\r\n" + b"x" * 65536 + b"\r\n")
                sent += 65536
        except OSError:
            pass
        raise HangUp

    city.misbehave = endless
    counter.hand_in()
    nothing_was_believed(once(settings), outbox)
    assert sent < 20_000_000


@pytest.mark.parametrize("where", ["head", "body"])
def test_a_dripping_answer_is_cut_by_the_total_time(
    where: str, settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter
) -> None:
    over = threading.Event()

    def drip(asked: Asked) -> Reply | None:
        start = b"HTTP/1.1 200 OK\r\nX-Slow: " if where == "head" else b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"
        asked.wire.wfile.write(start)
        try:
            while not over.wait(0.05):
                asked.wire.wfile.write(b"a")
        except OSError:
            pass
        raise HangUp

    city.misbehave = drip
    counter.hand_in()
    began_s = time.monotonic()
    result = once(replace(settings, exchange_s=0.6))
    over.set()
    nothing_was_believed(result, outbox)
    assert result["reason"] == "too_slow"
    assert time.monotonic() - began_s < 4


def test_a_city_that_takes_the_connection_and_says_nothing(settings: SyncSettings, outbox: Outbox, counter: Counter) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        counter.hand_in()
        result = once(replace(settings, exchange_s=0.5, url=f"https://127.0.0.1:{silent.getsockname()[1]}"))
    nothing_was_believed(result, outbox)
    assert result["reason"] == "too_slow"


def test_a_compression_bomb_is_not_unpacked(settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter) -> None:
    bomb = gzip.compress(b"0" * 50_000_000)
    city.misbehave = always((200, {**JSON, "Content-Encoding": "gzip"}, bomb))
    counter.hand_in()
    nothing_was_believed(once(settings), outbox)


def test_on_a_slow_line_pieces_of_photos_get_smaller_until_they_fit(settings: SyncSettings, city: StandInCity, counter: Counter) -> None:
    sizes: list[int] = []
    over = threading.Event()

    def slow(asked: Asked) -> Reply | None:
        if asked.method == "PATCH":
            sizes.append(len(asked.body))
            if len(asked.body) > 150_000:
                over.wait(3)
                raise HangUp
        return None

    city.misbehave = slow
    counter.hand_in(photo(400_000))
    with_little_time = replace(settings, exchange_s=0.7)
    sender = Sender.open(with_little_time)
    deadline_s = time.monotonic() + 20
    while sender.deliver().complete == 0 and time.monotonic() < deadline_s:
        pass
    over.set()
    sender.close()
    assert sizes[0] > 350_000
    assert min(sizes[:-1]) <= 150_000
    assert len(city.cases) == 1
    assert city.missing(next(iter(city.cases.values()))) == ()
