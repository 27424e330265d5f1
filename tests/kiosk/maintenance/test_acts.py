"""The record of what technicians did: it survives a cut, and shows every change."""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kiosk.maintenance.acts import Acts, ActsDamagedError, read
from sync.contract.technicians import NOTHING_BEFORE, ActKind

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "maintenance" / "acts"
    with closing(Acts(file, lambda: NOW)) as acts:
        acts.note(ActKind.REFUSED)
        acts.note(ActKind.SIGNED_IN, "T-07")
        acts.note(ActKind.TESTED, "T-07", "receipt_printer")
    return file


def test_each_record_names_the_one_before(file: Path) -> None:
    first, second, third = read(file)
    assert (first.number, first.before) == (1, NOTHING_BEFORE)
    assert (second.before, third.before) == (first.digest, second.digest)
    assert (third.by, third.act, third.about) == ("T-07", ActKind.TESTED, "receipt_printer")


def test_it_goes_on_after_a_restart(file: Path) -> None:
    with closing(Acts(file, lambda: NOW)) as acts:
        assert acts.note(ActKind.SIGNED_OUT, "T-07").number == 4
        assert [record.number for record in acts.after(2)] == [3, 4]
    assert len(list(read(file))) == 4


@pytest.mark.parametrize("lost", [1, 20])
def test_a_line_that_a_power_cut_left_half_written_never_was(file: Path, lost: int) -> None:
    file.write_bytes(file.read_bytes()[:-lost])
    with closing(Acts(file, lambda: NOW)) as acts:
        assert acts.note(ActKind.SIGNED_OUT, "T-07").number == 3
    assert [record.act for record in read(file)] == [ActKind.REFUSED, ActKind.SIGNED_IN, ActKind.SIGNED_OUT]


def test_taking_a_record_out_shows(file: Path) -> None:
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(lines[0] + lines[2])
    with pytest.raises(ActsDamagedError, match="record 2"):
        Acts(file, lambda: NOW)


def test_changing_a_record_shows_at_the_next_one(file: Path) -> None:
    file.write_bytes(file.read_bytes().replace(b"refused", b"locked", 1))
    with pytest.raises(ActsDamagedError, match="record 2"):
        list(read(file))


def test_nonsense_in_the_middle_shows(file: Path) -> None:
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(lines[0] + b"{}\n" + lines[2])
    with pytest.raises(ActsDamagedError, match="record 2 cannot be read"):
        list(read(file))
