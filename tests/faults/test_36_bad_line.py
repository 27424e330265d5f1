"""A line of 2 Mbit/s, 80 ms and 2 % loss that is cut three times: everything arrives, once and whole, and nothing is sent for nothing."""

import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sync import identity
from sync.line import LineState, line_state
from sync.settings import SyncSettings
from tests.faults.bad_line import BadLine
from tests.faults.outbox_ground import ROOT
from tests.sync.conftest import open_outbox
from tests.sync.counter import TERMINAL, Counter, photo
from tests.sync.standin import StandInCity
from tests.sync.test_loop import until


@pytest.fixture
def line() -> Iterator[BadLine]:
    with BadLine() as line:
        yield line


@pytest.fixture
def beyond(line: BadLine, tmp_path: Path, settings: SyncSettings) -> Iterator[tuple[SyncSettings, StandInCity]]:
    """A terminal at the far end of the line, and its city at the near one."""
    city = StandInCity(tmp_path / "near", host=line.near)
    city.terminals[TERMINAL] = identity.request_key(settings.request_key, TERMINAL).key.public_key()
    tls = city.folder / "tls" / "ca.pem"
    yield replace(settings, url=city.url, ca_file=tls, receipt_keys=city.folder / "receipt-keys", city_keys=city.folder / "city-keys"), city
    city.stop()


@pytest.mark.parametrize("flaps", [1, 30])
def test_a_link_that_comes_up_is_tried_at_once_and_one_that_flaps_now_and_then(
    flaps: int, line: BadLine, beyond: tuple[SyncSettings, StandInCity]
) -> None:
    """The sending process has just begun a pause of ten minutes; the kernel of its namespace says what happens to the cable."""
    settings, city = beyond
    outbox = open_outbox(settings)
    Counter(outbox, city.city_key.public_key()).hand_in()
    paths = (settings.ca_file, settings.receipt_keys, settings.catalogue_keys, settings.request_key, settings.outbox, settings.outbox_key)
    patient = (
        "import sys, threading; from sync import loop; from tests.sync.send_program import settings_of; loop.FIRST_WAIT_S = 600.0;"
        "loop.run(settings_of(sys.argv[1:]), threading.Event(), lambda: 1.0)"
    )
    line.plug(is_in=False)
    with subprocess.Popen([*line.there, sys.executable, "-c", patient, settings.url, *map(str, paths)], cwd=ROOT) as sender:
        try:
            until(lambda: line_state(settings.outbox).state is LineState.DOWN, 90)
            assert outbox.stats()["sealed"] == 1
            for _ in range(flaps - 1):
                line.plug(is_in=True)
                line.plug(is_in=False)
            line.plug(is_in=True)
            until(lambda: outbox.stats()["complete"] == 1, 90)
        finally:
            sender.kill()
    outbox.close()


@pytest.mark.parametrize(
    ("applications", "photos", "photo_bytes", "cuts"),
    [
        (60, 2, 150_000, 1),
        pytest.param(500, 50, 1_000_000, 3, marks=[pytest.mark.slow, pytest.mark.timeout(1800)]),
    ],
    ids=["a little", "500 and 50 MB"],
)
def test_everything_is_drained_over_a_bad_line(
    line: BadLine, beyond: tuple[SyncSettings, StandInCity], applications: int, photos: int, photo_bytes: int, cuts: int
) -> None:
    settings, city = beyond
    outbox = open_outbox(settings)
    counter = Counter(outbox, city.city_key.public_key())
    for place in range(applications):
        counter.hand_in(*([photo(photo_bytes)] if place < photos else []))
    paths = (settings.ca_file, settings.receipt_keys, settings.catalogue_keys, settings.request_key, settings.outbox, settings.outbox_key)
    program = [*line.there, sys.executable, "-m", "tests.sync.send_program", settings.url, *map(str, paths)]
    left_to_cut = [photos * photo_bytes * (cut + 1) // (cuts + 1) for cut in range(cuts)]
    gone_on = 0
    while outbox.stats()["complete"] < applications:
        gone_on += 1
        assert gone_on < 60
        with subprocess.Popen(program, cwd=ROOT) as sender:
            while sender.poll() is None:
                time.sleep(0.02)
                if left_to_cut and sum(len(blob) for blob in city.blobs.values()) >= left_to_cut[0]:
                    left_to_cut.pop(0)
                    line.cut()  # half-open: neither end hears of it
                    time.sleep(1.0)
                    sender.kill()
                    line.mend()
    assert left_to_cut == []
    assert len(city.cases) == applications
    assert all(city.missing(case) == () for case in city.cases.values())
    pieces = [path for method, path in city.asked if method == "PATCH"]
    assert len(pieces) * 512 * 1024 < 2 * photos * photo_bytes + (photos + cuts + 2) * 512 * 1024, "what had arrived was not sent again"
    outbox.close()
