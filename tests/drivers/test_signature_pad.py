"""A pad on a serial line: strokes as they are written, whatever the pieces they come in."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.pad_forms import LinesForm, PadFormError, pad_form
from drivers.signature_pad import SerialSignaturePad
from peripherals.deadline import Deadline
from peripherals.signature_pad import PadPoint, PadStatus
from peripherals.virtual.control import ControlClient
from peripherals.virtual.signature_pad import scribble
from tests.drivers.printer_bench import soon


class MakersForm:
    """A maker's own form, as a plug-in is one: three bytes a point."""

    begin = b"\x05"

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[PadPoint | None]:
        self._rest += data
        points: list[PadPoint | None] = []
        while len(self._rest) >= 3:
            points.append(PadPoint(self._rest[0] / 255, self._rest[1] / 255, self._rest[2] == 1))
            self._rest = self._rest[3:]
        return points


@pytest.fixture
def control(tmp_path: Path) -> Iterator[ControlClient]:
    command = [sys.executable, "-m", "peripherals.virtual.signature_pad", "--link", str(tmp_path / "pad")]
    with subprocess.Popen([*command, "--control", str(tmp_path / "control")], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield ControlClient(tmp_path / "control")
        process.kill()


def pad_at(folder: Path, form: str = "lines") -> SerialSignaturePad:
    return SerialSignaturePad(str(folder / "pad"), 19200, form)


def test_two_strokes_come_whole_and_in_order(control: ControlClient, tmp_path: Path) -> None:
    pad = pad_at(tmp_path)
    assert pad.open(Deadline.after(5)) is PadStatus.READY
    control.do("sign")
    points: list[PadPoint] = []
    deadline = Deadline.after(20)
    while len(points) < 80 and not deadline.is_past:
        report = pad.points(deadline)
        assert report.status is PadStatus.READY
        points.extend(report.points.reveal())
        assert "0." not in repr(report)
    assert [point.is_down for point in points].count(False) == 2
    assert all(0 <= point.x <= 1 and 0 <= point.y <= 1 for point in points)
    assert pad.points(Deadline.after(0.1)).points.reveal() == ()
    pad.close()


def test_what_was_written_before_it_was_opened_is_nobody_s(control: ControlClient, tmp_path: Path) -> None:
    pad = pad_at(tmp_path)
    assert pad.open(Deadline.after(5)) is PadStatus.READY
    control.do("sign")
    assert pad.open(Deadline.after(5)) is PadStatus.READY
    assert pad.points(Deadline.after(0.2)).points.reveal() == ()
    pad.close()


def test_a_wrong_rate_is_not_understood_and_a_pulled_plug_is_absent(control: ControlClient, tmp_path: Path) -> None:
    pad = pad_at(tmp_path)
    assert pad.open(Deadline.after(5)) is PadStatus.READY
    control.do("garbage", bytes=1500)
    assert soon(lambda: pad.points(Deadline.after(0.2)).status is PadStatus.NOT_UNDERSTOOD)
    control.do("unplug")
    assert soon(lambda: pad.points(Deadline.after(0.2)).status is PadStatus.ABSENT)
    assert not pad.look(Deadline.after(1)).is_fit
    control.do("plug")
    assert pad.open(Deadline.after(5)) is PadStatus.READY
    assert pad.look(Deadline.after(1)).is_fit
    pad.close()


def test_a_maker_s_own_form_is_plugged_in_by_its_name(control: ControlClient, tmp_path: Path) -> None:
    pad = pad_at(tmp_path, "tests.drivers.test_signature_pad:MakersForm")
    assert pad.open(Deadline.after(5)) is PadStatus.READY
    control.do("send", hex="FF 00 01")
    assert pad.points(Deadline.after(5)).points.reveal() == (PadPoint(1.0, 0.0, is_down=True),)
    pad.close()


@pytest.mark.parametrize("name", ["", "nonsense", "no.such:Form", "drivers.pad_forms:NoForm", "json:loads"])
def test_a_form_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(PadFormError, match=r"write lines, or package\.module:Class"):
        pad_form(name)


@given(st.lists(st.integers(1, 60), max_size=60))
def test_pieces_do_not_matter(sizes: list[int]) -> None:
    whole, form, points = scribble(), LinesForm(), []
    for size in sizes:
        points += form.feed(whole[:size])
        whole = whole[size:]
    assert [*points, *form.feed(whole)] == LinesForm().feed(scribble())


@given(st.lists(st.binary(max_size=80), max_size=10))
def test_nothing_but_points_and_none_ever_comes_out(pieces: list[bytes]) -> None:
    form = LinesForm()
    for piece in pieces:
        for point in form.feed(piece):
            assert point is None or (0 <= point.x <= 1 and 0 <= point.y <= 1)
