"""The command `city`, as a person and a script use it: real processes, TLS, SQLite, SIGTERM and SIGKILL."""

import http.client
import json
import os
import select
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest
from cryptography import x509

from city.keyring import CityFolder, read_keys
from sync import identity
from sync.contract import routes
from sync.contract.city_keys import newest_public_key
from sync.contract.http_signature import RequestKey, sign_request
from sync.contract.receipt import PAYLOAD_TYPE, PutAnswer, Receipt, ReceiptState
from sync.contract.signed import verify_as
from sync.contract.signing_keys import public_pem, write_secret_key
from sync.contract.suites import Sealed
from sync.loop import once
from sync.outbox import HandInStatus, Outbox
from sync.settings import SyncSettings
from sync.space import OutboxLimits
from tests.city.terminal import ITEM, JPEG, Terminal

PATIENCE_S = 240  # two busy cores, and a process that begins with nothing loaded


def city(*words: object) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    command = [sys.executable, "-m", "city.cli", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False, cwd=Path(__file__).parents[2])


def said(done: subprocess.CompletedProcess[str]) -> Any:  # noqa: ANN401
    """Return what a command answered under --json."""
    assert "Traceback" not in done.stderr, done.stderr
    return json.loads(done.stdout)


@contextmanager
def serving(data: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Serve on a free port; the address is in the ready line."""
    command = [sys.executable, "-m", "city.cli", "serve", "--data", str(data), "--port", "0", "--json", "--workers", "1"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2], start_new_session=True)
    try:
        assert server.stdout is not None
        ready, _, _ = select.select([server.stdout], [], [], PATIENCE_S)
        assert ready, "no ready line"
        line = json.loads(server.stdout.readline())
        assert line["status"] == "ready"
        yield line["url"], server
    finally:
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGKILL)
        server.wait(PATIENCE_S)
        server.stdout.close()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A city made by the command, with one item."""
    place = tmp_path_factory.mktemp("city")
    source = place / "items" / "one"
    source.mkdir(parents=True)
    (source / "item.json").write_bytes(msgspec.json.encode(ITEM))
    answer = said(city("init", "--data", place / "data", "--json"))
    assert answer["status"] == "done"
    assert len(answer["clerk"]["password"]) >= 16
    assert said(city("publish-items", "--data", place / "data", "--from", place / "items", "--json"))["published"] == [f"{ITEM.code} 3"]
    return place / "data"


@pytest.fixture
def terminal(data: Path, tmp_path: Path) -> Terminal:
    """A terminal that the command admitted."""
    (city_key,) = read_keys(CityFolder(data)).opening.values()
    terminal = Terminal(f"SY-{os.urandom(4).hex().upper()}", city_key.public_key())
    (tmp_path / "key.pem").write_bytes(public_pem(terminal.key.public_key()))
    words = ("enrol", "--data", data, "--terminal", terminal.id, "--public-key", tmp_path / "key.pem", "--json")
    assert said(city(*words))["new"] is True
    assert said(city(*words))["new"] is False
    return terminal


class Line:
    """A connection to the served city that believes its authority only."""

    def __init__(self, url: str, data: Path, terminal: Terminal) -> None:
        self.address = urlsplit(url)
        self.context = ssl.create_default_context(cafile=str(data / "public" / "ca.pem"))
        self.terminal = terminal

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
        """Send one signed request."""
        url = f"{self.address.geturl()}{path}"
        plain = {name.replace("_", "-"): value for name, value in headers.items()}
        signed = sign_request(method, url, plain, body, RequestKey(self.terminal.id, self.terminal.key))
        connection = http.client.HTTPSConnection(self.address.netloc, context=self.context, timeout=PATIENCE_S)
        try:
            connection.request(method, path, body, signed)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def deliver(self, sealed: Sealed) -> tuple[int, bytes]:
        """PUT an application."""
        return self.ask("PUT", self.terminal.path(sealed), sealed.body, Content_Type=routes.SEALED_TYPE)

    def upload(self, sealed: Sealed) -> None:
        """PATCH every photo."""
        for named, photo in zip(sealed.header.attachments, sealed.attachments, strict=True):
            headers = {"Content_Type": routes.PIECE_TYPE, "Upload_Offset": "0", "Upload_Length": str(named.size_bytes)}
            assert self.ask("PATCH", routes.blob_path(named.digest), photo, **headers)[0] == 204


def receipt(data: Path, body: bytes) -> Receipt:
    """Verify the receipt in an answer."""
    statement = msgspec.json.decode(body, type=PutAnswer).receipt
    return verify_as(statement, PAYLOAD_TYPE, read_keys(CityFolder(data)).receipts.public, Receipt)


def rows(data: Path, terminal: Terminal) -> list[dict[str, Any]]:
    """Return what `city applications` says of this terminal."""
    return [row for row in said(city("applications", "--data", data, "--json")) if row["terminal"] == terminal.id]


def test_a_served_city_takes_an_application_over_tls_and_ends_on_sigterm(data: Path, terminal: Terminal) -> None:
    sealed = terminal.application()
    with serving(data) as (url, server):
        line = Line(url, data, terminal)
        status, body = line.deliver(sealed)
        assert status == 201
        line.upload(sealed)
        status, again = line.deliver(sealed)
        assert (status, receipt(data, again).state) == (200, ReceiptState.COMPLETE)
        server.send_signal(signal.SIGTERM)
        assert server.wait(PATIENCE_S) == 0
    (row,) = rows(data, terminal)
    assert row == {
        "application_id": sealed.header.application_id,
        "number": sealed.header.number,
        "case_number": receipt(data, body).case_number,
        "terminal": terminal.id,
        "item": ITEM.code,
        "state": "received",
        "digest": sealed.digest,
        "received_at": row["received_at"],
        "complete": True,
    }


def test_a_city_killed_at_any_moment_loses_nothing_that_it_acknowledged(data: Path, terminal: Terminal) -> None:
    """SIGKILL to all of its processes while applications arrive: what was answered is there, once; what was not can be sent again."""
    sent = [terminal.application() for _ in range(12)]
    acknowledged: set[str] = set()
    for _ in range(3):
        with serving(data) as (url, server):
            line = Line(url, data, terminal)

            def deliver(line: Line = line) -> None:
                for sealed in sent:
                    try:
                        status, _ = line.deliver(sealed)
                    except (OSError, http.client.HTTPException):
                        return  # the city is gone: sent again to the next one
                    assert status in (200, 201)
                    acknowledged.add(sealed.header.application_id)

            before = len(acknowledged)
            sender = threading.Thread(target=deliver)
            sender.start()
            end = time.monotonic() + PATIENCE_S
            while len(acknowledged) < min(before + 3, len(sent)) and time.monotonic() < end:
                time.sleep(0.005)
            os.killpg(server.pid, signal.SIGKILL)
            sender.join(PATIENCE_S)
        there = [row["application_id"] for row in rows(data, terminal)]
        assert len(there) == len(set(there))
        assert acknowledged <= set(there)
    with serving(data) as (url, _):
        line = Line(url, data, terminal)
        assert {line.deliver(sealed)[0] for sealed in sent} <= {200, 201}
    assert len(rows(data, terminal)) == len(sent)


def test_the_terminals_own_sender_delivers_application_photos_and_rating(data: Path, terminal: Terminal, tmp_path: Path) -> None:
    """Both real ends: the outbox and its sender of the terminal, the served city."""
    public = data / "public"
    write_secret_key(tmp_path / "request.pem", terminal.key)
    with serving(data) as (url, _):
        settings = SyncSettings(
            url=url,
            terminal=terminal.id,
            ca_file=public / "ca.pem",
            city_keys=public / "sealing-keys",
            receipt_keys=public / "receipt-keys",
            catalogue_keys=public / "catalogue-keys",
            request_key=tmp_path / "request.pem",
            outbox=tmp_path / "outbox",
            outbox_key=tmp_path / "outbox.key",
            catalogue=tmp_path / "catalogue",
            feeds=tmp_path / "feeds",
            ask_socket=tmp_path / "run" / "ask.sock",
            limits=OutboxLimits(floor_bytes=0, grown_bytes=1 << 16),
        )
        outbox = Outbox.open(
            settings.outbox, identity.outbox_key(settings.outbox_key), identity.trusted_keys(settings.receipt_keys), settings.limits
        )
        made = terminal.application(photos=(JPEG, JPEG + b"x" * 1_500_000), header_install=outbox.install)
        assert outbox.hand_in(lambda _sequence, _install: made).status is HandInStatus.HANDED_IN
        outbox.put_rating(made.header.application_id, 5)
        results = [once(settings) for _ in range(3)]
        assert sum(result["photos"] for result in results) == 2, results
        assert sum(result["ratings"] for result in results) == 1, results
        assert results[-1]["waiting"] == 0
        kept = outbox.receipt_of(made.header.application_id)
        assert kept is not None
        assert kept.state is ReceiptState.COMPLETE
        outbox.close()
    (row,) = rows(data, terminal)
    assert (row["digest"], row["complete"], row["case_number"]) == (made.digest, True, kept.case_number)


def test_a_terminal_is_not_admitted_with_a_second_key(data: Path, terminal: Terminal, tmp_path: Path) -> None:
    other = Terminal(terminal.id, terminal.city_key)
    (tmp_path / "other.pem").write_bytes(public_pem(other.key.public_key()))
    done = city("enrol", "--data", data, "--terminal", terminal.id, "--public-key", tmp_path / "other.pem", "--json")
    assert (done.returncode, said(done)["status"]) == (1, "other_key")


@pytest.mark.parametrize(("name", "status"), [("../x", "bad_terminal"), ("sy-lower", "bad_terminal"), ("SY-1", "bad_key")])
def test_a_bad_terminal_or_key_is_refused_in_words(data: Path, tmp_path: Path, name: str, status: str) -> None:
    (tmp_path / "bad.pem").write_text("no key")
    done = city("enrol", "--data", data, "--terminal", name, "--public-key", tmp_path / "bad.pem", "--json")
    assert (done.returncode, said(done)["status"]) == (1, status)


def test_an_init_of_a_city_that_stands_keeps_its_keys_and_its_people(data: Path) -> None:
    keys = {path: path.read_bytes() for path in (data / "keys").iterdir()}
    answer = said(city("init", "--data", data, "--json"))
    assert answer["clerk"] is None
    assert {path: path.read_bytes() for path in (data / "keys").iterdir()} == keys


def test_a_name_that_is_set_later_comes_into_the_servers_certificate(tmp_path: Path) -> None:
    place = tmp_path / "named"
    said(city("init", "--data", place, "--json"))
    (place / "city.toml").write_text('[city]\nhosts = ["city.example.org", "192.0.2.7"]\n')
    said(city("init", "--data", place, "--json"))
    names = x509.load_pem_x509_certificate((place / "keys" / "server.pem").read_bytes()).extensions.get_extension_for_class(
        x509.SubjectAlternativeName
    )
    assert {"city.example.org", "localhost"} <= set(names.value.get_values_for_type(x509.DNSName))
    assert "192.0.2.7" in map(str, names.value.get_values_for_type(x509.IPAddress))


@pytest.mark.parametrize("command", ["serve", "applications", "enrol", "publish-items"])
def test_a_folder_that_is_no_city_is_named(tmp_path: Path, command: str) -> None:
    (tmp_path / "key.pem").write_bytes(public_pem(Terminal("SY-1", None).key.public_key()))  # type: ignore[arg-type]
    words = {
        "serve": ["--port", "0"],
        "enrol": ["--terminal", "SY-1", "--public-key", tmp_path / "key.pem"],
        "publish-items": ["--from", "."],
    }
    done = city(command, "--data", tmp_path, *words.get(command, []), "--json")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert json.loads(done.stdout)["status"] == "bad_data_directory"


def test_a_place_where_no_city_can_be_made_is_named() -> None:
    done = city("init", "--data", "/proc/nope", "--json")
    assert (done.returncode, said(done)) == (1, {"status": "bad_path", "message": "/proc/nope: No such file or directory"})


def test_a_port_that_cannot_be_listened_on_is_said_at_once_with_what_to_do(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = city("serve", "--data", data, "--port", port, "--json")
    assert (done.returncode, said(done)["status"], done.stderr) == (1, "cannot_listen", "")
    assert str(port) in said(done)["message"]
    done = city("serve", "--data", data, "--port", "99999")
    assert (done.returncode, "invalid" in done.stderr, "Traceback" in done.stderr) == (2, True, False)


def test_a_database_that_does_not_answer_is_one_line(tmp_path: Path) -> None:
    city("init", "--data", tmp_path / "c")
    (tmp_path / "c" / "city.toml").write_text('[database]\nurl = "postgresql://nobody@127.0.0.1:1/none"\n')
    for command in ("init", "applications", "daily"):
        done = city(command, "--data", tmp_path / "c", "--json")
        assert (done.returncode, said(done)["status"], done.stderr) == (1, "no_database", "")
        assert "\n" not in said(done)["message"]
        assert "city.toml" in said(done)["message"]


@pytest.mark.parametrize(
    ("program", "option"),
    [("city.utilities.sandbox", "--secret-file"), ("city.messaging.sandbox", "--secret-file"), ("city.bridge.standin", "--token-file")],
)
def test_a_counterpart_without_its_secret_says_how_to_make_one(tmp_path: Path, program: str, option: str) -> None:
    empty = tmp_path / "empty"
    empty.touch()
    for path, why in ((tmp_path / "none", "umask 077"), (empty, "is empty")):
        done = subprocess.run([sys.executable, "-m", program, option, str(path)], capture_output=True, text=True, timeout=60, check=False)
        assert (done.returncode, why in done.stderr, "Traceback" in done.stderr) == (2, True, False)


def test_postgresql_is_used_by_one_setting(tmp_path: Path, postgresql_url: str) -> None:
    said(city("init", "--data", tmp_path / "c", "--json"))
    (tmp_path / "c" / "city.sqlite3").unlink()
    (tmp_path / "c" / "city.toml").write_text(f'[database]\nurl = "{postgresql_url}"\n')
    assert said(city("init", "--data", tmp_path / "c", "--json"))["clerk"]["username"] == "clerk"
    assert said(city("applications", "--data", tmp_path / "c", "--json")) == []
    with serving(tmp_path / "c") as (url, _):
        assert url.startswith("https://127.0.0.1:")
    assert not (tmp_path / "c" / "city.sqlite3").exists()


def test_a_database_that_is_behind_is_not_served(tmp_path: Path) -> None:
    city("init", "--data", tmp_path / "c")
    (tmp_path / "c" / "city.sqlite3").unlink()
    done = city("serve", "--data", tmp_path / "c", "--port", "0", "--json")
    assert (done.returncode, said(done)["status"]) == (1, "not_migrated")


@pytest.mark.parametrize("command", ["", "init", "serve", "enrol", "publish-items", "applications"])
def test_every_command_explains_itself_with_an_example(command: str) -> None:
    done = city(*filter(None, [command]), "--help")
    assert done.returncode == 0
    assert not command or f"example:\n  city {command} --data" in done.stdout


@pytest.mark.parametrize("words", [(), ("no-such",), ("init",), ("serve", "--data", "x", "--port", "many")])
def test_wrong_usage_is_exit_code_two(words: tuple[str, ...]) -> None:
    assert city(*words).returncode == 2


def test_the_sealing_key_is_changed_while_the_city_serves(tmp_path: Path) -> None:
    place, source = tmp_path / "data", tmp_path / "items" / "one"
    source.mkdir(parents=True)
    (source / "item.json").write_bytes(msgspec.json.encode(ITEM))
    assert said(city("init", "--data", place, "--json"))["status"] == "done"
    assert city("publish-items", "--data", place, "--from", source.parent).returncode == 0
    (first,) = read_keys(CityFolder(place)).opening.values()
    older = Terminal("SY-OLD-01", first.public_key())
    (tmp_path / "key.pem").write_bytes(public_pem(older.key.public_key()))
    assert city("enrol", "--data", place, "--terminal", older.id, "--public-key", tmp_path / "key.pem").returncode == 0
    assert "1 more were admitted by `city enrol`" in city("admission", "list", "--data", place).stdout
    with serving(place) as (url, _):
        line = Line(url, place, older)
        assert line.deliver(older.application())[0] == 201
        made = said(city("sealing-key", "new", "--data", place, "--json"))
        assert line.deliver(older.application())[0] == 201
        older.city_key = newest_public_key(place / "public" / "sealing-keys")
        assert older.city_key.key_id == made["key"]
        assert line.deliver(older.application())[0] == 201
        rows = said(city("sealing-key", "list", "--data", place, "--json"))
        assert [(row["state"], row["stored"]) for row in rows] == [("older", 2), ("newest", 1)]
        held = city("sealing-key", "retire", "--data", place, "--key", first.key_id)
        assert (held.returncode, "SY-OLD-01" in held.stderr) == (1, True)
        told = said(city("sealing-key", "retire", "--data", place, "--key", first.key_id, "--even-if-on-the-way", "--json"))
        assert (told["stored"], told["removed"]) == (2, False)
        assert line.deliver(older.application())[0] == 201
