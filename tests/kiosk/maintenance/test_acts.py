"""The record of what technicians did: it survives a cut, and shows every change."""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kiosk.maintenance.acts import Acts, ActsDamagedError, open_acts, read
from sync.contract.names import digest_of
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


def damage(file: Path) -> bytes:
    file.write_bytes(file.read_bytes().replace(b"refused", b"locked", 1))
    return file.read_bytes()


def test_a_damaged_record_is_set_aside_and_the_next_one_names_it(file: Path) -> None:
    bad = damage(file)
    with closing(open_acts(file, lambda: NOW)) as acts:
        acts.note(ActKind.SIGNED_IN, "T-07")
    (aside,) = file.parent.glob("acts.damaged-*")
    assert aside.read_bytes() == bad, "nothing of it is lost to whoever investigates"
    first, second = read(file)
    assert first.begins_anew
    assert first.about == digest_of(bad)[:40] == aside.name.removeprefix("acts.damaged-")
    assert second.before == first.digest


def test_a_cut_between_setting_aside_and_naming_loses_no_name(file: Path) -> None:
    damage(file)
    file.replace(file.with_name("acts.damaged-" + "a" * 40))
    with closing(open_acts(file, lambda: NOW)):
        pass
    assert [record.about for record in read(file)] == ["a" * 40]


def test_a_whole_record_is_opened_as_it_is(file: Path) -> None:
    with closing(open_acts(file, lambda: NOW)) as acts:
        assert len(acts.after(0)) == 3
    assert not list(file.parent.glob("acts.damaged-*"))


def test_what_cannot_be_set_aside_is_not_replaced(file: Path) -> None:
    bad = damage(file)
    file.with_name("acts.damaged-" + digest_of(bad)[:40]).mkdir()
    with pytest.raises(OSError, match="damaged"):
        open_acts(file, lambda: NOW)
    assert file.read_bytes() == bad
