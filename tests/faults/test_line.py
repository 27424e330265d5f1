"""Faults 36 to 48: the line, and whatever answers at its other end. Nothing is lost, nothing is sent twice, nothing false is believed."""

import gzip
import os
import random
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from sync.client import RETRY_AFTER_MAX_S, _retry_after_s
from sync.contract import routes
from sync.contract.names import CaseNumber, Digest, TerminalId
from sync.contract.problem import ProblemCode, Retry
from sync.contract.receipt import PutAnswer, Receipt, ReceiptState
from sync.courier import full_jitter
from sync.line import LineState, line_state
from sync.loop import OnceResult, Sender, once
from sync.outbox import Outbox
from sync.settings import SyncSettings
from tests.sync.conftest import open_outbox
from tests.sync.counter import Counter, photo
from tests.sync.standin import Asked, HangUp, Reply, StandInCity, make_authority, refusal

ROOT = Path(__file__).parents[2]
JSON = {"Content-Type": "application/json"}


def always(reply: Reply) -> Callable[[Asked], Reply | None]:
    """Answer every PUT so."""
    return lambda asked: reply if asked.method in {"PUT", "POST"} else None


def nothing_was_believed(result: OnceResult, outbox: Outbox) -> None:
    assert (result["complete"], result["sent"]) == (0, 0)
    assert result["waiting"] == 1
    assert [entry["state"] for entry in outbox.list()] == ["sealed"]


def test_36_after_a_long_cut_everything_arrives_in_order(
    settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter
) -> None:
    city.stop()
    for _ in range(70):
        counter.hand_in()
        if outbox.stats()["sealed"] % 20 == 0:
            assert once(settings)["status"] == "offline"
    city.start()
    assert once(settings)["complete"] == 70
    sequences = [city.cases[name].sealed.header.sequence for name in city.order]
    assert sorted(sequences) == list(range(1, 71))
    backlog = [sequence for sequence in sequences if sequence <= 69]
    assert backlog[1:49] == sorted(backlog[1:49])


@pytest.mark.parametrize(
    "reply",
    [
        (200, {"Content-Type": "text/html"}, b"<html>Welcome to our guest network</html>"),
        (200, JSON, b"{}"),
        (200, JSON, b""),
        (201, JSON, msgspec.json.encode(PutAnswer(b'{"payload":"","payloadType":"x","signatures":[]}'))),
        (204, {}, b""),
        (302, {"Location": "https://login.example/"}, b""),
        (301, {"Location": "/v1/health"}, b""),
        (304, {}, b""),
    ],
)
def test_37_a_captive_portals_answer_is_not_a_receipt(
    reply: Reply, settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter
) -> None:
    city.misbehave = always(reply)
    counter.hand_in()
    result = once(settings)
    nothing_was_believed(result, outbox)
    assert len(city.asked) == 1, "and nothing was followed"


def test_38_nobody_else_with_a_certificate_gets_anything(
    settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter
) -> None:
    stranger = make_authority(city.folder / "stranger")
    city.stop()
    city.start(stranger)
    counter.hand_in()
    result = once(settings)
    nothing_was_believed(result, outbox)
    assert (result["status"], result["reason"]) == ("offline", "certificate")
    assert city.asked == [], "not a byte of the application left"


def test_38_an_environment_variable_does_not_change_whom_we_trust(
    settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = make_authority(city.folder / "stranger")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(stranger.with_name("ca.pem")))
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    counter.hand_in()
    assert once(settings)["complete"] == 1
    city.stop()
    city.start(stranger)
    counter.hand_in()
    assert once(settings)["reason"] == "certificate"


def test_38_an_expired_certificate_is_not_accepted(settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter) -> None:
    expired = make_authority(city.folder / "expired", until=datetime.now(UTC) - timedelta(days=1))
    city.stop()
    city.start(expired)
    counter.hand_in()
    result = once(replace(settings, ca_file=expired.with_name("ca.pem")))
    nothing_was_believed(result, outbox)
    assert result["reason"] == "certificate"


def test_38_plain_http_is_not_spoken(settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter) -> None:
    counter.hand_in()
    result = once(replace(settings, url=settings.url.replace("https:", "http:")))
    nothing_was_believed(result, outbox)
    assert city.asked == []


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_39_a_broken_city_is_left_alone_and_tried_again(
    status: int, settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter
) -> None:
    city.misbehave = always((status, {"Content-Type": "text/html"}, b"<h1>Bad Gateway</h1>"))
    counter.hand_in()
    nothing_was_believed(once(settings), outbox)
    city.misbehave = None
    outbox.deliveries.release([1])
    assert once(settings)["complete"] == 1


def test_39_pauses_grow_to_a_cap_and_are_spread_out() -> None:
    assert full_jitter(0, 1.0, 900.0, lambda: 1.0) == 1.0
    assert full_jitter(5, 1.0, 900.0, lambda: 1.0) == 32.0
    assert full_jitter(10_000, 1.0, 900.0, lambda: 1.0) == 900.0
    assert full_jitter(10_000, 1.0, 900.0, lambda: 0.5) == 450.0, "the chance comes after the cap"
    assert full_jitter(10_000, 1.0, 900.0, lambda: 0.0) > 0


def test_39_three_bad_answers_end_a_pass(settings: SyncSettings, city: StandInCity, counter: Counter) -> None:
    city.takes_batches = False
    city.misbehave = lambda asked: (500, {}, b"") if asked.method == "PUT" else None
    for _ in range(30):
        counter.hand_in()
    result = once(settings)
    assert result["status"] == "busy"
    assert sum(method == "PUT" for method, _ in city.asked) == 3


@pytest.mark.parametrize(
    ("said", "least", "most"),
    [("7", 7, 7), ("999999999999999999999999", 900, 900), ("-5", 0, 0), ("soon", 0, 900), ("", 0, 900)],
)
def test_40_retry_after_is_obeyed_within_bounds(
    said: str, least: float, most: float, settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter
) -> None:
    city.misbehave = always(refusal(429, ProblemCode.BUSY, Retry.LATER, {"Retry-After": said}))
    counter.hand_in()
    result = once(settings)
    nothing_was_believed(result, outbox)
    assert result["status"] == "busy"
    wait_s = _retry_after_s(said)
    assert least <= (0 if wait_s is None else wait_s) <= most <= RETRY_AFTER_MAX_S


def test_41_the_same_bytes_again_settle_and_other_bytes_are_set_aside(
    settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter
) -> None:
    first = counter.hand_in()
    assert first.header is not None
    assert once(settings)["complete"] == 1
    name = first.header.application_id
    receipt = city.put_answer(name).receipt
    other = counter.sealed(name, 9, outbox.install)
    city.cases[name].body = other.body
    outbox.close()
    (settings.outbox / "outbox.db").unlink()
    anew = open_outbox(settings)
    again = Counter(anew, counter.city_key).hand_in(application_id=name)
    assert again.header is not None
    result = once(settings)
    assert result["quarantined"] == 1
    entry = anew.list()[0]
    anew.close()
    assert (entry["state"], entry["reason"]) == ("quarantined", "other-content")
    assert city.put_answer(name).receipt == receipt


def test_41_still_being_taken_in_means_later(settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter) -> None:
    city.misbehave = always(refusal(409, ProblemCode.IN_PROGRESS, Retry.LATER))
    counter.hand_in()
    result = once(settings)
    nothing_was_believed(result, outbox)
    assert result["held"] == 1
    assert outbox.deliveries.next_due_s() != 0


def test_42_a_batch_that_is_too_large_is_halved_until_the_culprit_is_alone(
    settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter
) -> None:
    names = [counter.hand_in().header for _ in range(40)]
    culprit = names[17]
    assert culprit is not None

    def too_large(asked: Asked) -> Reply | None:
        is_culprit = asked.path.endswith(culprit.application_id)
        is_large = asked.path == routes.BATCH_PATH and len(asked.body) > 12_000
        return (413, {"Content-Type": "text/html"}, b"<h1>Request Entity Too Large</h1>") if is_culprit or is_large else None

    city.misbehave = too_large
    result = once(settings)
    assert result["status"] == "done"
    delivered = result["complete"]
    assert delivered in {39, 40}
    assert result["quarantined"] == 40 - delivered


def test_42_a_single_item_that_is_too_large_is_set_aside(
    settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter
) -> None:
    city.takes_batches = False
    first = counter.hand_in()
    counter.hand_in()
    assert first.header is not None
    culprit = first.header.application_id
    city.misbehave = lambda asked: (413, {}, b"") if asked.path.endswith(culprit) else None
    result = once(settings)
    assert (result["quarantined"], result["complete"]) == (1, 1)
    assert outbox.list()[0]["reason"] == "status-413"


@pytest.mark.parametrize(("status", "code"), [(400, ProblemCode.MALFORMED), (422, ProblemCode.INVALID), (422, ProblemCode.CANNOT_OPEN)])
def test_43_a_poison_item_is_set_aside_and_its_neighbours_go_on(
    status: int, code: ProblemCode, settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter
) -> None:
    city.takes_batches = False
    headers = [counter.hand_in().header for _ in range(5)]
    poison = headers[2]
    assert poison is not None
    city.misbehave = lambda asked: refusal(status, code, Retry.NEVER) if asked.path.endswith(poison.application_id) else None
    result = once(settings)
    assert (result["complete"], result["quarantined"], result["status"]) == (4, 1, "done")
    entry = outbox.list()[2]
    assert (entry["state"], entry["reason"]) == ("quarantined", code.value)
    assert once(settings)["quarantined"] == 0, "it is not sent again by itself"


def test_43_only_the_city_itself_can_say_never(settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter) -> None:
    city.misbehave = always((400, {"Content-Type": "text/html"}, b"<h1>No required SSL certificate was sent</h1>"))
    counter.hand_in()
    nothing_was_believed(once(settings), outbox)


def test_43_an_unknown_retry_word_means_later(settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter) -> None:
    city.misbehave = always(refusal(422, ProblemCode.INVALID, "on-a-full-moon"))
    counter.hand_in()
    nothing_was_believed(once(settings), outbox)


@pytest.mark.parametrize("status", [401, 403])
def test_44_a_terminal_that_is_not_admitted_stops_sending_and_goes_on_taking(
    status: int, settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter
) -> None:
    city.misbehave = always(refusal(status, ProblemCode.NOT_ADMITTED, Retry.REAUTH))
    for _ in range(3):
        counter.hand_in()
    result = once(settings)
    assert (result["status"], result["waiting"]) == ("stopped", 3)
    assert len(city.asked) == 1
    assert line_state(settings.outbox).state is LineState.STOPPED
    assert outbox.refusal() is None
    assert [entry["attempts"] for entry in outbox.list()] == [0, 0, 0], "no attempt was spent"
    city.misbehave = None
    assert once(settings)["complete"] == 3


def test_44_a_key_that_the_city_does_not_know(settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter) -> None:
    city.terminals.clear()
    counter.hand_in()
    assert once(settings)["status"] == "stopped"


def test_46_an_endless_answer_is_cut_by_its_size(settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter) -> None:
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
def test_46_a_dripping_answer_is_cut_by_the_total_time(
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


def test_46_a_city_that_takes_the_connection_and_says_nothing(settings: SyncSettings, outbox: Outbox, counter: Counter) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        counter.hand_in()
        result = once(replace(settings, exchange_s=0.5, url=f"https://127.0.0.1:{silent.getsockname()[1]}"))
    nothing_was_believed(result, outbox)
    assert result["reason"] == "too_slow"


def test_46_a_compression_bomb_is_not_unpacked(settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter) -> None:
    bomb = gzip.compress(b"0" * 50_000_000)
    city.misbehave = always((200, {**JSON, "Content-Encoding": "gzip"}, bomb))
    counter.hand_in()
    nothing_was_believed(once(settings), outbox)


def test_46_on_a_slow_line_pieces_of_photos_get_smaller_until_they_fit(settings: SyncSettings, city: StandInCity, counter: Counter) -> None:
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


def test_47_somebody_elses_receipt_settles_nothing(settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter) -> None:
    first = counter.hand_in()
    assert first.header is not None
    assert once(settings)["complete"] == 1
    replayed = msgspec.json.encode(city.put_answer(first.header.application_id))
    city.misbehave = always((200, JSON, replayed))
    counter.hand_in()
    result = once(settings)
    assert (result["complete"], result["waiting"]) == (0, 1)


@pytest.mark.parametrize("wrong", ["digest", "terminal", "key"])
def test_47_a_receipt_for_other_bytes_or_another_terminal_or_by_another_key_settles_nothing(
    wrong: str, settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter, tmp_path: Path
) -> None:
    handed = counter.hand_in()
    assert handed.header is not None
    assert handed.digest is not None
    case, now = CaseNumber("C000009"), datetime.now(UTC)
    said = Receipt(1, handed.header.terminal, handed.header.application_id, handed.digest, case, ReceiptState.COMPLETE, now)
    if wrong == "digest":
        said = msgspec.structs.replace(said, digest=Digest("0" * 64))
    if wrong == "terminal":
        said = msgspec.structs.replace(said, terminal=TerminalId("SY-TEST-0002"))
    statement = city.sign_receipt(said)
    if wrong == "key":
        statement = StandInCity(tmp_path / "another").sign_receipt(said)
    city.misbehave = always((201, JSON, msgspec.json.encode(PutAnswer(statement))))
    nothing_was_believed(once(settings), outbox)


def test_48_two_sending_processes_at_once_double_nothing(
    settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter
) -> None:
    for place in range(30):
        counter.hand_in(*([photo()] if place % 5 == 0 else []))
    results: list[OnceResult] = []
    workers = [threading.Thread(target=lambda: results.append(once(settings))) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert len(results) == 3
    assert len(city.cases) == 30
    puts = [path for method, path in city.asked if method == "PUT"]
    assert len(puts) == len(set(puts)), "each went out once"
    assert outbox.stats()["complete"] == 30


def test_48_a_sender_that_died_gives_its_lease_back(settings: SyncSettings, outbox: Outbox, counter: Counter) -> None:
    counter.hand_in()
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    assert len(outbox.deliveries.claim(10, lease_s=0.2)) == 1
    assert outbox.deliveries.claim(10, lease_s=0.2) == []
    deadline_s = time.monotonic() + 5
    while not outbox.deliveries.claim(10, lease_s=0.2):
        assert time.monotonic() < deadline_s
        time.sleep(0.02)


def test_45_the_sender_is_killed_again_and_again_and_everything_arrives_once(
    settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter
) -> None:
    """Killed wherever it happens to be: before asking, with the answer on its way, and between the answer and writing it down."""
    for place in range(24):
        counter.hand_in(*([photo(300_000)] if place % 4 == 0 else []))
    words = [settings.url, settings.ca_file, settings.receipt_keys, settings.catalogue_keys, settings.request_key, settings.outbox]
    program = [sys.executable, "-m", "tests.sync.send_program", *(str(word) for word in (*words, settings.outbox_key))]
    city.takes_batches = False
    chance = random.Random(45)
    kills = 0
    deadline_s = time.monotonic() + 120
    while outbox.stats()["complete"] < 24:
        assert time.monotonic() < deadline_s
        asked = len(city.asked)
        with subprocess.Popen(program, cwd=ROOT) as sender:
            while sender.poll() is None and len(city.asked) < asked + 8:
                time.sleep(0.005)
            time.sleep(chance.uniform(0, 0.03))
            kills += sender.poll() is None
            sender.kill()
    assert kills >= 3
    assert len(city.cases) == 24
    assert all(city.missing(case) == () for case in city.cases.values())
    assert [entry["state"] for entry in outbox.list()] == ["complete"] * 24
