"""How a terminal says that it is: the figures of its outbox, its clock, its certificates and its devices."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sync.device_health import DeviceBoard, read_device_health
from sync.heartbeat import days_left
from sync.loop import Sender
from sync.outbox import Outbox
from sync.settings import SyncSettings
from tests.sync.counter import CANARY, CANARY_ID, Counter, photo
from tests.sync.standin import StandInCity, make_authority
from tests.sync.test_loop import Running, until


def test_a_running_terminal_tells_how_it_is(settings: SyncSettings, city: StandInCity, counter: Counter, outbox: Outbox) -> None:
    settings.device_health.parent.mkdir(parents=True, exist_ok=True)
    DeviceBoard(settings.device_health).note({"receipt_printer": "paper_low"})
    city.stop()
    counter.hand_in(photo())
    counter.hand_in()
    city.start()
    running = Running(replace(settings, heartbeat_s=0.05), chance=lambda: 0.0)
    until(lambda: any(beat.waiting == 0 for beat in city.heartbeats))
    running.end()
    beat = city.heartbeats[-1]
    assert (beat.terminal, beat.last_sequence, beat.quarantined, beat.is_taking) == (settings.terminal, 2, 0, True)
    assert beat.free_bytes > 0
    assert beat.clock_offset_s is not None
    assert abs(beat.clock_offset_s) < 5
    assert beat.certificate_days is None
    assert beat.authority_days == 8
    assert [(device.name, device.status) for device in beat.devices] == [("receipt_printer", "paper_low")]
    assert beat.versions["feed/sealing-keys"] == "0"


def test_a_backlog_and_what_was_set_aside_are_counted(settings: SyncSettings, counter: Counter, city: StandInCity) -> None:
    city.stop()
    counter.hand_in(photo(50_000))
    sender = Sender.open(replace(settings, exchange_s=60.0))  # one beat has to come through, on a busy machine, too
    sender.outbox.deliveries.quarantine(sender.outbox.deliveries.claim(1, 60.0)[0].place, "invalid")
    counter.hand_in(photo(50_000))
    city.start()
    sender.beat()
    sender.close()
    (beat,) = city.heartbeats
    assert (beat.waiting, beat.quarantined) == (1, 1)
    assert beat.oldest_waiting_s is not None
    assert beat.waiting_bytes > 50_000


def test_nothing_of_a_resident_is_in_it(settings: SyncSettings, counter: Counter, city: StandInCity) -> None:
    counter.hand_in(photo())
    bodies: list[bytes] = []
    city.misbehave = lambda asked: bodies.append(asked.body)
    sender = Sender.open(settings)
    sender.beat()
    sender.close()
    for word in (CANARY, CANARY_ID, "residence-registration"):
        assert word.encode() not in bodies[-1]


def test_days_of_a_certificate_are_counted_and_a_missing_one_is_none(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    make_authority(tmp_path / "tls")
    authority = tmp_path / "tls" / "ca.pem"
    assert days_left(authority, now) == 8
    assert days_left(authority, now + timedelta(days=20)) == -12
    assert days_left(tmp_path / "none.pem", now) is None
    (tmp_path / "none.pem").write_text("no certificate")
    assert days_left(tmp_path / "none.pem", now) is None


def test_the_board_keeps_since_when_a_device_is_so(tmp_path: Path) -> None:
    path = tmp_path / "devices.json"
    assert read_device_health(path) == ()
    board = DeviceBoard(path)
    board.note({"receipt_printer": "ready", "document_camera": "ready"})
    first = {device.name: device.since for device in read_device_health(path)}
    board.note({"receipt_printer": "paper_out"})
    board.note({"document_camera": "ready"})
    later = {device.name: (device.status, device.since) for device in read_device_health(path)}
    assert later["document_camera"] == ("ready", first["document_camera"])
    assert later["receipt_printer"][0] == "paper_out"
    assert later["receipt_printer"][1] != first["receipt_printer"]
    path.write_bytes(b"{half")
    assert read_device_health(path) == ()


def test_a_board_that_cannot_be_written_harms_nobody(tmp_path: Path) -> None:
    DeviceBoard(tmp_path / "gone" / "devices.json").note({"receipt_printer": "ready"})
