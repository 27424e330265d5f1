"""What a worker tells of its device: changes, flapping, counts that outlive a crash."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from drivers.calls import CloseCamera, NextPreview, OpenCamera, PrintPlain, PrintReceipt, ReadCard, ReadChipCard, ScanCode, TakePicture
from drivers.health import LOOK_EVERY_S, Changes, Record, Seen, counts_of, health_of
from drivers.presence import is_present
from drivers.tally import COUNTS, Tally
from peripherals.card_reader import ChipReading, ChipReadStatus
from peripherals.code_scanner import Scan, ScanStatus
from peripherals.deadline import Deadline
from peripherals.document_camera import PaperHint, PaperView, Picture
from peripherals.id_card_reader import CardReading, CardReadStatus
from peripherals.receipt_printer import Charset, PlainLine, PlainSlip, PrinterStatus, Printing
from peripherals.secret import Secret
from tests.drivers.printer_bench import picture

READY, ABSENT = Seen("ready", is_fit=True), Seen("absent", is_fit=False, detail="there is no such port")


@dataclass
class Desk:
    folder: Path
    now_s: float = 1.0
    lines: list[str] = field(default_factory=list)

    def record(self) -> Record:
        return Record(
            "id_card_reader",
            self.folder,
            self.folder / "devices",
            clock=lambda: self.now_s,
            wall=lambda: datetime.fromtimestamp(self.now_s, UTC),
            tell=self.lines.append,
        )


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_what_was_seen_is_there_for_others_with_since_when(desk: Desk) -> None:
    record = desk.record()
    record.saw(READY)
    desk.now_s = 5.0
    record.saw(READY)
    health = health_of(desk.folder, "id_card_reader")
    assert health is not None
    assert (health.status, health.is_fit, health.looked_at_s) == ("ready", True, 5.0)
    assert health.since == datetime.fromtimestamp(1.0, UTC)
    desk.now_s = 6.0
    record.saw(ABSENT)
    health = health_of(desk.folder, "id_card_reader")
    assert health is not None
    assert (health.status, health.detail, health.since) == ("absent", "there is no such port", datetime.fromtimestamp(6.0, UTC))
    assert desk.lines == ["id_card_reader: absent"]


@pytest.mark.parametrize(("within_s", "told_until_s"), [(0.0, 7.0), (90.0, 97.0)])
def test_a_worker_in_long_work_is_not_taken_for_one_that_hangs_before_its_time_is_up(
    desk: Desk, within_s: float, told_until_s: float
) -> None:
    record = desk.record()
    record.saw(READY)
    record.works(within_s)
    health = health_of(desk.folder, "id_card_reader")
    assert health is not None
    assert health.status == "ready"
    assert health.is_told_at(told_until_s - 0.1)
    assert not health.is_told_at(told_until_s)
    desk.now_s = 2.0
    record.saw(READY)  # it is over sooner: what counts is the last look again
    health = health_of(desk.folder, "id_card_reader")
    assert health is not None
    assert not health.is_told_at(8.0)


def test_nothing_was_seen_before_the_machine_came_up(desk: Desk) -> None:
    assert health_of(desk.folder, "id_card_reader") is None
    desk.now_s = 1e11
    desk.record().saw(READY)
    assert health_of(desk.folder, "id_card_reader") is None
    (desk.folder / "id_card_reader.health").write_bytes(b'{"status": 1')
    assert health_of(desk.folder, "id_card_reader") is None


def test_a_device_that_flaps_a_hundred_times_a_minute_is_told_of_once_a_minute_and_left_in_peace(desk: Desk) -> None:
    record = desk.record()
    looks = 0
    while desk.now_s < 181:
        record.saw(READY if looks % 2 else ABSENT)
        looks += 1
        desk.now_s += max(0.6, record.until_look_s)
    assert record.until_look_s == 0
    assert looks < 3 * 30
    assert 5 + 1 <= len(desk.lines) <= 5 + 4
    assert desk.lines[-1].endswith("(it comes and goes)")


def test_a_device_that_has_settled_is_looked_at_as_often_as_before() -> None:
    changes = Changes()
    for second in range(10):
        changes = changes.after(second, is_change=True)
    assert changes.is_flapping
    assert changes.pause_s > LOOK_EVERY_S
    settled = changes.after(90, is_change=False)
    assert not settled.is_flapping
    assert settled.pause_s == LOOK_EVERY_S


def test_counts_outlive_the_worker_and_add_up(desk: Desk) -> None:
    desk.record().did({"cards_read": 1})
    desk.record().did({"cards_read": 1, "errors": 2})
    desk.record().did({})
    assert counts_of(desk.folder / "devices", "id_card_reader") == {"cards_read": 2, "errors": 2}
    assert [path.name for path in (desk.folder / "devices").iterdir()] == ["id_card_reader.json"]


@pytest.mark.parametrize("left", [b"", b"{", b"[1]", b'{"errors": "many"}'])
def test_a_damaged_note_of_what_is_owed_counts_nothing(desk: Desk, left: bytes) -> None:
    (desk.folder / "id_card_reader.owed").write_bytes(left)
    desk.record()
    assert counts_of(desk.folder / "devices", "id_card_reader") == {}


def test_a_note_that_cannot_be_left_stops_nothing(desk: Desk) -> None:
    desk.folder = desk.folder / "none"
    record = desk.record()
    record.owes({"errors": 1})
    record.did({})
    record.ended()
    assert not desk.folder.exists()


@pytest.mark.parametrize("damage", [b"", b"{", b"[1]", b'{"cards_read": "many"}'])
def test_damaged_counts_begin_anew(desk: Desk, damage: bytes) -> None:
    (desk.folder / "devices").mkdir()
    (desk.folder / "devices" / "id_card_reader.json").write_bytes(damage)
    record = desk.record()
    record.did({"cards_read": 1})
    assert json.loads((desk.folder / "devices" / "id_card_reader.json").read_text(encoding="utf-8")) == {"cards_read": 1}


def test_counts_that_cannot_be_kept_are_said_once_and_stop_nothing(desk: Desk) -> None:
    (desk.folder / "devices").write_text("a file where a folder should be")
    record = desk.record()
    record.did({"cards_read": 1})
    record.did({"cards_read": 1})
    assert len(desk.lines) == 1
    assert "cannot be kept" in desk.lines[0]


def test_each_finished_call_is_counted_as_what_it_was() -> None:
    tally = Tally()
    plain = PrintPlain(1.0, PlainSlip((PlainLine("样例"),) * 10, Charset.GBK))
    assert tally.of(plain, Printing(printed=True, status=PrinterStatus.READY)) == {"receipts": 1, "paper_mm": 52}
    assert tally.of(plain, Printing(printed=False, status=PrinterStatus.READY, missing_glyphs=1)) == {}
    assert tally.of(plain, Printing(printed=False, status=PrinterStatus.PAPER_OUT)) == {"errors": 1}
    slip = PrintReceipt(1.0, picture(800))
    assert tally.of(slip, Printing(printed=True, status=PrinterStatus.READY)) == {"receipts": 1, "paper_mm": 112}
    assert tally.of(slip, Printing(printed=False, status=PrinterStatus.PAPER_OUT)) == {"errors": 1}
    assert tally.of(ReadCard(1.0, newest_address=False), CardReading(CardReadStatus.NO_CARD)) == {}
    assert tally.of(ReadCard(1.0, newest_address=False), CardReading(CardReadStatus.CARD_MOVED)) == {}
    assert tally.of(ReadCard(1.0, newest_address=False), CardReading(CardReadStatus.ABSENT)) == {"errors": 1}
    assert tally.of(ReadChipCard(1.0), ChipReading(ChipReadStatus.READ)) == {"cards_read": 1}
    assert tally.of(TakePicture(1.0, insist=False), Picture(PaperView(PaperHint.GOOD), Secret(b"jpeg"))) == {"pictures": 1}
    assert tally.of(TakePicture(1.0, insist=False), Picture(PaperView(PaperHint.BLURRED))) == {}
    assert tally.of(ScanCode(1.0), Scan(ScanStatus.SCANNED)) == {"codes": 1}
    assert tally.of(ScanCode(1.0), Scan(ScanStatus.ABSENT)) == {"errors": 1}


def test_a_worker_that_dies_takes_no_more_than_a_step_of_the_lamp_with_it(desk: Desk) -> None:
    now_s, record = 0.0, desk.record()
    tally = Tally(lambda: now_s)
    record.did(tally.of(OpenCamera(1.0), PaperHint.GOOD))
    for second in range(1, 36):
        now_s = float(second)
        record.did(tally.of(NextPreview(1.0), None) if second % 2 else tally.meanwhile())
    assert counts_of(desk.folder / "devices", "id_card_reader")["lamp_s"] == 30


def test_the_lamp_is_counted_from_the_camera_s_opening_to_its_closing() -> None:
    now_s = 0.0
    tally = Tally(lambda: now_s)
    assert tally.of(OpenCamera(1.0), PaperHint.GOOD) == {}
    now_s = 9.9
    assert tally.of(NextPreview(1.0), None) == tally.meanwhile() == {}
    now_s = 40.0
    assert tally.of(OpenCamera(1.0), PaperHint.GOOD) == {"lamp_s": 40}
    now_s = 90.0
    assert tally.of(CloseCamera(1.0), None) == {"lamp_s": 50}
    assert tally.of(CloseCamera(1.0), None) == {}
    assert tally.meanwhile() == {}
    assert tally.of(OpenCamera(1.0), PaperHint.CAMERA_ABSENT) == {"errors": 1}
    assert "lamp_s" in COUNTS


def test_a_thing_is_present_when_its_name_or_its_listener_is_there(tmp_path: Path) -> None:
    (tmp_path / "port").touch()
    assert is_present(str(tmp_path / "port"), Deadline.after(1))
    assert is_present(f"serial://{tmp_path}/port?baud=9600", Deadline.after(1))
    assert not is_present(str(tmp_path / "none"), Deadline.after(1))
    assert not is_present("http://127.0.0.1:9/camera.mjpg", Deadline.after(1))
    assert not is_present("63", Deadline.after(1))
