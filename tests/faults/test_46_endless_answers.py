"""Fault 46: answers that never end, drip, or are bombs; time and size are bounded."""

import gzip
import socket
import threading
import time
import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest
import zstandard

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


@pytest.mark.parametrize("is_sized", [True, False], ids=["a bomb that says its size", "a bomb that says nothing"])
def test_a_zstd_bomb_is_not_unpacked(is_sized: bool, settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter) -> None:
    bomb = zstandard.ZstdCompressor(write_content_size=is_sized).compress(b"0" * 300_000_000)
    assert len(bomb) < 30_000
    city.misbehave = always((200, {**JSON, "Content-Encoding": "zstd"}, bomb))
    counter.hand_in()
    tracemalloc.start()
    result = once(settings)
    most_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    nothing_was_believed(result, outbox)
    assert most_bytes < 20_000_000


def test_a_zstd_bomb_that_lies_about_its_size_is_not_unpacked(
    settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter
) -> None:
    bomb = bytearray(zstandard.ZstdCompressor(write_content_size=True).compress(b"0" * 300_000_000))
    assert bomb[4] >> 6 == 2, "the size stands in four bytes"
    place = 5 if bomb[4] & 0x20 else 6
    bomb[place : place + 4] = (4096).to_bytes(4, "little")
    assert zstandard.frame_content_size(bytes(bomb)) == 4096
    city.misbehave = always((200, {**JSON, "Content-Encoding": "zstd"}, bytes(bomb)))
    counter.hand_in()
    nothing_was_believed(once(settings), outbox)


def test_a_packed_answer_that_is_cut_or_is_not_packed_at_all_is_no_answer(
    settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter
) -> None:
    counter.hand_in()
    for content in (zstandard.compress(b'{"receipt":""}' * 200)[:-9], b'{"receipt":""}', zstandard.compress(b"")):
        city.misbehave = always((200, {**JSON, "Content-Encoding": "zstd"}, content))
        nothing_was_believed(once(settings), outbox)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_elsewhere_is_not_followed(
    status: int, settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter, tmp_path: Path
) -> None:
    elsewhere = StandInCity(tmp_path / "elsewhere")
    city.misbehave = always((status, {"Location": f"{elsewhere.url}/v1/batch"}, b""))
    counter.hand_in(photo())
    nothing_was_believed(once(settings), outbox)
    elsewhere.stop()
    assert elsewhere.asked == []
    assert len(city.asked) == 1
