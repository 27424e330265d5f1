"""Slips are counted by the day, once for each application, and told to the city."""

from datetime import date, timedelta
from pathlib import Path

from sync.contract.heartbeat import SlipDay
from sync.loop import Sender
from sync.settings import SyncSettings
from sync.slip_tally import DAYS_KEPT, SlipTally, read_slips
from tests.sync.standin import StandInCity

TODAY = date(2026, 11, 23)


def test_a_slip_counts_once_however_often_it_is_printed(tmp_path: Path) -> None:
    tally = SlipTally(tmp_path / "slips.json")
    tally.note_handed_in(1, TODAY)
    tally.note_slip(1)
    tally.note_slip(1)
    tally.note_handed_in(2, TODAY)
    tally.note_slip(7)  # a notice, a proof: no application of this visit
    assert read_slips(tmp_path / "slips.json") == (SlipDay(TODAY, 2, 1),)


def test_a_slip_that_comes_late_counts_for_the_day_of_handing_in(tmp_path: Path) -> None:
    tally = SlipTally(tmp_path / "slips.json")
    tally.note_handed_in(1, TODAY)
    SlipTally(tmp_path / "slips.json").note_handed_in(1, TODAY + timedelta(days=1))  # the machine started again
    tally.note_slip(1)
    assert read_slips(tmp_path / "slips.json") == (SlipDay(TODAY, 1, 1), SlipDay(TODAY + timedelta(days=1), 1, 0))


def test_old_days_go_and_a_spoilt_file_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "slips.json"
    path.write_bytes(b"{")
    assert read_slips(path) == ()
    tally = SlipTally(path)
    for place in range(DAYS_KEPT + 3):
        tally.note_handed_in(place, TODAY + timedelta(days=place))
    assert [one.day for one in read_slips(path)] == [TODAY + timedelta(days=place) for place in range(3, DAYS_KEPT + 3)]


def test_a_disk_that_takes_nothing_is_no_trouble_of_the_residents(tmp_path: Path) -> None:
    SlipTally(tmp_path / "no-such-folder" / "slips.json").note_handed_in(1, TODAY)
    assert read_slips(tmp_path / "no-such-folder" / "slips.json") == ()


def test_the_city_is_told(settings: SyncSettings, city: StandInCity) -> None:
    sender = Sender.open(settings)
    SlipTally(settings.slips).note_handed_in(1, TODAY)
    sender.beat()
    sender.close()
    assert city.heartbeats[-1].slips == (SlipDay(TODAY, 1, 0),)
