"""Heartbeats at the city: the newest of each terminal stays, and nobody speaks for another."""

from collections.abc import Callable
from datetime import UTC, datetime

import msgspec
import pytest
from django.http import HttpResponse

from city.fleet.models import Heartbeat as Row
from sync.contract import routes
from sync.contract.heartbeat import DeviceHealth, Heartbeat
from sync.contract.names import InstallId, TerminalId
from tests.city.terminal import Terminal

pytestmark = pytest.mark.django_db


def beat(terminal: Terminal, /, **changes: object) -> HttpResponse:
    said = Heartbeat(1, terminal.id, InstallId("i"), datetime.now(UTC), "0.1.0", True, 3, 1, 9_000_000_000, 17, oldest_waiting_s=61.5)
    body = msgspec.json.encode(msgspec.structs.replace(said, **changes))
    return terminal.send("PUT", routes.heartbeat_path(terminal.id), body, routes.JSON_TYPE)


def test_the_newest_heartbeat_of_each_terminal_stays(terminal: Terminal, enrol: Callable[[str], Terminal]) -> None:
    assert beat(terminal).status_code == 204
    assert beat(terminal, waiting=0, oldest_waiting_s=None, devices=(DeviceHealth("receipt_printer", "paper_out"),)).status_code == 204
    assert beat(enrol("SY-TEST-02"), waiting=9).status_code == 204
    row = Row.objects.get(pk=terminal.id)
    assert (row.waiting, row.oldest_waiting_s, row.quarantined, row.free_bytes, row.release) == (0, None, 1, 9_000_000_000, "0.1.0")
    assert row.body["devices"] == [{"name": "receipt_printer", "status": "paper_out"}]
    assert Row.objects.count() == 2


def test_a_newer_terminal_may_say_more(terminal: Terminal) -> None:
    said = Heartbeat(1, terminal.id, InstallId("i"), datetime.now(UTC), "9.0", True, 3, 1, 9, 17)
    body = b'{"later":true,' + msgspec.json.encode(said)[1:]
    assert terminal.send("PUT", routes.heartbeat_path(terminal.id), body, routes.JSON_TYPE).status_code == 204


@pytest.mark.parametrize(
    "changes",
    [
        {"format": 2},
        {"terminal": TerminalId("SY-OTHER")},
        {"waiting": -1},
        {"waiting": 2**40},
        {"free_bytes": 2**70},
        {"release": "a\0b"},
        {"versions": {"x": "\x1b[31m"}},
        {"sent_at": "soon"},
    ],
)
def test_a_heartbeat_that_is_none_is_refused(terminal: Terminal, changes: dict[str, object]) -> None:
    assert beat(terminal, **changes).status_code == 400
    assert not Row.objects.exists()


def test_nobody_speaks_for_another(terminal: Terminal, enrol: Callable[[str], Terminal]) -> None:
    enrol("SY-TEST-02")
    response = terminal.send("PUT", routes.heartbeat_path(TerminalId("SY-TEST-02")), b"{}", routes.JSON_TYPE)
    assert response.status_code == 403
    assert terminal.send("PUT", routes.heartbeat_path(terminal.id), b"{}", "text/plain").status_code == 400
