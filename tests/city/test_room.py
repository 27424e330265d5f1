"""Room for photos: held while they may still come, and given back when they cannot, or have not for long."""

import time
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from city import here
from city.fleet.admission import withdraw
from city.fleet.models import Terminal as Row
from city.folder import CityFolder
from city.onewindow import blobs
from city.onewindow.models import Case
from city.onewindow.room import AMPLE_BYTES, HELD_FOR, KEPT_S, promised_bytes
from sync.contract import routes
from tests.city.terminal import JPEG, Terminal

pytestmark = pytest.mark.django_db

BIG = JPEG + b"x" * 300_000


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Let the disk have so many bytes free."""

    def leave(free_bytes: int) -> None:
        monkeypatch.setattr("city.onewindow.room.shutil.disk_usage", lambda _: SimpleNamespace(free=free_bytes))

    return leave


def go_on(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    later = here.now() + by
    monkeypatch.setattr(here, "now", lambda: later)


def test_room_is_held_until_the_photo_is_here(terminal: Terminal) -> None:
    sealed = terminal.application(photos=(BIG,))
    terminal.put(sealed)
    assert promised_bytes() == len(sealed.attachments[0])
    terminal.upload(sealed)
    assert promised_bytes() == 0


def test_promises_are_added_up_now_and_then_where_there_is_room_for_far_more_and_every_time_where_there_is_not(
    terminal: Terminal, free: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    later_s = time.monotonic() + 1000
    monkeypatch.setattr("city.onewindow.room.time.monotonic", lambda: later_s)

    def sums_taken() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert terminal.put(terminal.application(photos=(BIG,))).status_code == 201
        return sum("SUM(" in query["sql"] for query in asked)

    free(2 * AMPLE_BYTES)
    assert [sums_taken() for _ in range(3)] == [1, 0, 0]
    later_s += KEPT_S
    assert [sums_taken(), sums_taken()] == [1, 0]
    free(AMPLE_BYTES)
    assert [sums_taken(), sums_taken()] == [1, 1]
    free(promised_bytes() + 500_000)
    assert terminal.put(terminal.application(photos=(BIG,))).status_code == 201
    assert terminal.put(terminal.application(photos=(BIG,))).status_code == 503


def test_a_terminal_that_is_withdrawn_gives_its_room_back_to_the_others(
    enrol: Callable[[str], Terminal], free: Callable[[int], None]
) -> None:
    gone, other = enrol("SY-TEST-01"), enrol("SY-TEST-02")
    free(500_000)
    gone.put(gone.application(photos=(BIG,)))
    waiting = other.application(photos=(BIG,))
    assert other.put(waiting).status_code == 503
    withdraw(gone.id, "样例", None)
    assert promised_bytes() == 0
    assert other.put(waiting).status_code == 201


def test_a_terminal_that_is_admitted_again_has_its_room_again(terminal: Terminal) -> None:
    terminal.put(terminal.application(photos=(BIG,)))
    held = promised_bytes()
    withdraw(terminal.id, "样例", None)
    assert promised_bytes() == 0
    Row.objects.filter(pk=terminal.id).update(withdrawn_at=None)
    assert promised_bytes() == held > 0


def test_what_a_withdrawn_terminal_had_begun_is_cleared_away_soon_and_what_others_began_is_not(
    enrol: Callable[[str], Terminal], city_folder: CityFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, other = enrol("SY-TEST-01"), enrol("SY-TEST-02")
    for one in (gone, other):
        sealed = one.application(photos=(BIG,))
        one.put(sealed)
        one.patch(sealed, 0, 0, sealed.attachments[0][:1000])
    withdraw(gone.id, "样例", None)
    assert blobs.expire_leftovers() == 0
    go_on(monkeypatch, blobs.LOOK_EVERY + timedelta(minutes=1))
    assert blobs.expire_leftovers() == 1
    (kept,) = city_folder.uploads.glob("*.part")
    assert kept.name.startswith("SY-TEST-02.")


def test_room_is_held_for_a_week_and_a_photo_that_comes_later_is_taken_where_there_is_some(
    terminal: Terminal, free: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed = terminal.application(photos=(BIG,))
    terminal.put(sealed)
    go_on(monkeypatch, HELD_FOR - timedelta(minutes=1))
    assert promised_bytes() > 0
    go_on(monkeypatch, timedelta(minutes=2))
    assert promised_bytes() == 0
    free(100_000)
    refused = terminal.patch(sealed, 0, 0, sealed.attachments[0])
    assert (refused.status_code, terminal.send("HEAD", routes.blob_path(sealed.header.attachments[0].digest)).status_code) == (503, 404)
    assert not Case.objects.get().is_complete
    free(1_000_000)
    terminal.upload(sealed)
    assert Case.objects.get().is_complete


def test_a_photo_that_room_is_held_for_is_taken_although_the_disk_is_short(terminal: Terminal, free: Callable[[int], None]) -> None:
    sealed = terminal.application(photos=(BIG,))
    terminal.put(sealed)
    free(0)
    terminal.upload(sealed)
    assert Case.objects.get().is_complete
