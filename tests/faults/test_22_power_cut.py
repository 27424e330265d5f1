"""Fault 22: the power goes at any call. What was acknowledged is there, once and whole; of what was not, nothing lies about.

The disk keeps what was synced; of the rest it keeps nothing, some, or torn pieces. Several hundred moments are tried.
"""

import copy
import random
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sync.contract.city_keys import write_public
from sync.contract.names import ApplicationId
from sync.contract.suites import CitySecretKey, new_city_key, open_sealed
from sync.loop import once
from sync.outbox import Outbox
from sync.set_aside import OutboxEvent
from sync.settings import SyncSettings
from tests.faults.power import Disk, Loss, Step, recorded
from tests.sync.conftest import SMALL, open_outbox
from tests.sync.counter import Counter, photo
from tests.sync.standin import StandInCity

KEY = b"k" * 32
ROOT = Path(__file__).parents[2]
CUTS = 72
"""For each kind of loss."""


@pytest.fixture
def city_key() -> CitySecretKey:
    return new_city_key(datetime.now(UTC))


def moments(steps: list[Step], count: int, chance: random.Random) -> list[int]:
    """Pick where to cut: right after promises, when the most is at stake, and anywhere."""
    promised = [place + 1 for place, step in enumerate(steps) if step.kind == "P"]
    anywhere = range(1, len(steps))
    picked = {*chance.sample(promised, min(len(promised), count // 3)), *chance.sample(anywhere, min(len(anywhere), count))}
    return sorted(picked)[:count] if len(picked) <= count else sorted(chance.sample(sorted(picked), count))


def is_whole(outbox: Outbox, folder: Path, city_key: CitySecretKey) -> dict[str, int]:
    """Open everything that is there with the city's key; returns ids and numbers."""
    named: set[str] = set()
    for (body,) in outbox._ledger.rows("SELECT body FROM application"):
        sealed = open_sealed(body, {city_key.key_id: city_key})
        for place, attachment in enumerate(sealed.header.attachments):
            sealed.attachment(place, (folder / "photos" / attachment.digest).read_bytes())
            named.add(attachment.digest)
    assert {path.name for path in (folder / "photos").iterdir()} == named
    return {entry["application_id"]: entry["sequence"] for entry in outbox.list()}


@pytest.mark.parametrize("is_new", [True, False], ids=["from nothing", "an outbox in use"])
def test_putting_in(is_new: bool, tmp_path: Path, city_key: CitySecretKey) -> None:
    (tmp_path / "keys").mkdir()
    write_public(tmp_path / "keys", city_key.public_key())
    folder = tmp_path / "outbox"
    folder.mkdir()
    before: set[str] = set()
    if not is_new:
        outbox = Outbox.open(folder, KEY, {}, SMALL)
        counter = Counter(outbox, city_key.public_key())
        before = {str(counter.hand_in(photo(20_000)).header.application_id) for _ in range(3)}  # type: ignore[union-attr]
        outbox.close()
    begun = Disk(folder)
    program = [sys.executable, "-m", "tests.sync.hand_in_program", str(folder), str(tmp_path / "keys"), "2", "12"]
    steps = recorded(program, folder, tmp_path / "power.log", ROOT)
    assert sum(step.kind == "S" for step in steps) > 50

    for loss in Loss:
        chance = random.Random(f"{loss}{is_new}")
        disk, played, promised = copy.deepcopy(begun), 0, dict.fromkeys(before, 0)
        for moment in moments(steps, CUTS // 2, chance):
            for step in steps[played:moment]:
                disk.play(step)
                if step.kind == "P":
                    name, sequence = step.data.decode().split()
                    promised[name] = int(sequence)
            played = moment
            found = tmp_path / "found"
            disk.lay_out(found, loss, chance)
            outbox = Outbox.open(found, KEY, {}, SMALL)
            assert set(outbox.events) <= ({OutboxEvent.NEW} if is_new and not promised else set()), (loss, moment)
            there = is_whole(outbox, found, city_key)
            assert promised.keys() <= there.keys(), (loss, moment)
            assert len(there) <= len(promised) + 1, "at most the one that was in hand"
            assert sorted(there.values()) == list(range(1, len(there) + 1))
            outbox.close()
            shutil.rmtree(found)


def test_sending(settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter, tmp_path: Path) -> None:
    """The line works, the power goes while receipts are written down: all of it arrives, and the city has each application once."""
    for _ in range(6):
        counter.hand_in(photo(20_000))
    outbox.close()
    folder = settings.outbox
    begun = Disk(folder)
    paths = (settings.ca_file, settings.receipt_keys, settings.catalogue_keys, settings.request_key, folder, settings.outbox_key)
    program = [sys.executable, "-m", "tests.sync.send_program", settings.url, *map(str, paths)]
    steps = recorded(program, folder, tmp_path / "power.log", ROOT)
    assert len(city.cases) == 6
    for loss in Loss:
        chance = random.Random(f"sending {loss}")
        disk, played = copy.deepcopy(begun), 0
        for moment in moments(steps, CUTS // 6, chance):
            for step in steps[played:moment]:
                disk.play(step)
            played = moment
            shutil.rmtree(folder)
            disk.lay_out(folder, loss, chance)
            again = open_outbox(settings)
            assert again.events == ()
            entries = again.list()
            assert len(entries) == 6
            for entry in entries:
                if entry["state"] != "sealed":
                    name = ApplicationId(entry["application_id"])
                    assert again.receipt_of(name) is not None, "what is said to be with the city has its receipt"
            again.close()
            assert once(settings)["status"] == "done"
            again = open_outbox(settings)
            assert [entry["state"] for entry in again.list()] == ["complete"] * 6
            again.close()
            assert len(city.cases) == 6
