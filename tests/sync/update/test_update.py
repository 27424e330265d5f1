"""One release on its way into one terminal: fetched, written, proven; or not, and then it runs what it ran."""

import hashlib
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.contract.rollout import Window
from sync.contract.update_report import UpdateOutcome
from sync.update.agent import Failed, Restarting
from sync.update.channel import Distrust, Distrusted, Unreachable
from sync.update.decide import Keep, Wait
from sync.update.slots import InstallStatus
from sync.update.staging import FetchStatus
from sync.update.virtual_slots import VirtualSlots
from tests.sync.update.channel_server import Published
from tests.sync.update.machine import Machine


def outcomes(machine: Machine) -> list[tuple[str, str]]:
    return [(report.outcome.value, report.stage) for report in machine.told()]


def test_published_rolled_out_fetched_written_proven_good(published: Published, machine: Machine) -> None:
    published.release("2.0.0")
    published.roll_out("2.0.0")
    assert machine.turn() == [FetchStatus.WHOLE, Restarting("2.0.0"), Keep.UP_TO_DATE]
    assert machine.running == "2.0.0"
    assert machine.slots().state().is_good
    assert outcomes(machine) == [("switching", ""), ("good", "")]
    left = {path.suffix for path in (machine.folder / "staging").iterdir()}
    assert left == {".seed", ".chunks"}, "what is installed is there once, for the next release to be put together from"


def test_without_a_rollout_nothing_happens(published: Published, machine: Machine) -> None:
    published.release("2.0.0")
    assert machine.turn() == [Keep.NO_ROLLOUT]


def test_a_release_that_fails_its_visit_goes_back_by_itself_and_says_where(published: Published, machine: Machine) -> None:
    published.release("2.0.0")
    published.roll_out("2.0.0")
    machine.visit_fails["2.0.0"] = "print"
    steps = machine.turn()
    assert Failed("2.0.0", "print") in steps
    assert machine.running == "1.0.0"
    assert machine.slots().state().is_good
    assert ("failed", "print") in outcomes(machine)


def test_two_failures_and_it_is_not_tried_again(published: Published, machine: Machine) -> None:
    published.release("2.0.0")
    published.roll_out("2.0.0")
    machine.visit_fails["2.0.0"] = "print"
    for _ in range(4):
        machine.turn()
    assert [outcome for outcome, _ in outcomes(machine)].count("failed") == 2
    assert machine.agent().step() is Keep.GIVEN_UP
    published.release("2.0.1")
    published.halt()
    published.roll_out("2.0.1")
    machine.turn()
    assert machine.running == "2.0.1", "the next release is a new chance"


def test_a_version_that_hangs_falls_back_after_three_tries(published: Published, machine: Machine) -> None:
    published.release("2.0.0")
    published.roll_out("2.0.0")
    agent = machine.agent()
    assert agent.step() is FetchStatus.WHOLE
    assert agent.step() == Restarting("2.0.0")
    assert [machine.slots().boot() for _ in range(4)] == ["B", "B", "B", "A"]  # the watchdog resets it each time
    assert machine.agent().settle() == Failed("2.0.0", "boot")
    assert machine.running == "1.0.0"


@pytest.mark.parametrize(
    ("facts", "wait"),
    [
        ({"is_idle": False}, Wait.IN_USE),
        ({"is_well": False}, Wait.UNWELL),
        ({"has_paper": False}, Wait.NO_PAPER),
        ({"waiting": 3}, Wait.QUEUE),
    ],
)
def test_it_waits_for_a_good_moment(published: Published, machine: Machine, facts: dict[str, object], wait: Wait) -> None:
    published.release("2.0.0")
    published.roll_out("2.0.0")
    machine.moment_facts = facts
    assert machine.turn() == [FetchStatus.WHOLE, wait], "what can be gathered beforehand is"
    assert machine.running == "1.0.0"
    machine.moment_facts = {}
    machine.turn()
    assert machine.running == "2.0.0"


def test_nothing_is_gathered_while_the_outbox_lacks_room(published: Published, machine: Machine) -> None:
    published.release("2.0.0")
    published.roll_out("2.0.0")
    machine.moment_facts = {"has_room": False}
    assert machine.turn() == [Wait.NO_ROOM]


def test_it_restarts_only_in_its_window(published: Published, machine: Machine) -> None:
    published.release("2.0.0")
    hour = machine.clock().hour
    closed = Window(time((hour + 3) % 24), time((hour + 5) % 24))
    published.roll_out("2.0.0", window=closed)
    assert machine.turn() == [FetchStatus.WHOLE, Wait.OUTSIDE_WINDOW]


@pytest.mark.parametrize("break_after", [1, 1000, 65_536, 70_000])
def test_a_broken_download_is_resumed_where_it_broke(published: Published, machine: Machine, break_after: int) -> None:
    bundle = published.release("2.0.0", content=bytes(range(256)) * 1200)
    published.roll_out("2.0.0")
    published.break_after = break_after
    assert machine.agent().step() is FetchStatus.NO_LINE
    part = next((machine.folder / "staging").glob("*.part"))
    assert 0 < part.stat().st_size < len(bundle)
    published.break_after = None
    assert machine.agent().step() is FetchStatus.WHOLE
    assert sum(path.endswith(".bundle") for path in published.asked) == 2


def test_a_server_without_ranges_does_too(published: Published, machine: Machine) -> None:
    published.release("2.0.0")
    published.roll_out("2.0.0")
    published.takes_ranges = False
    published.break_after = 1000
    assert machine.agent().step() is FetchStatus.NO_LINE
    published.break_after = None
    assert machine.agent().step() is FetchStatus.WHOLE


def test_the_line_is_not_filled(published: Published, machine: Machine) -> None:
    from sync.update.staging import StagingFolder

    bundle = published.release("2.0.0", content=bytes(600_000))
    published.roll_out("2.0.0")
    offer = machine.agent().channel.offer()
    clock, slept = [0.0], []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        clock[0] += seconds

    staging = StagingFolder(machine.folder / "staging", machine.line, bytes_s=100_000, spare_bytes=0, sleep=sleep, clock=lambda: clock[0])
    assert staging.fetch(offer.bundle, lambda: True) is FetchStatus.WHOLE  # type: ignore[union-attr, arg-type]
    assert sum(slept) >= len(bundle) / 100_000 - 1.5


def test_somebody_who_needs_the_line_stops_it(published: Published, machine: Machine) -> None:
    published.release("2.0.0", content=bytes(400_000))
    published.roll_out("2.0.0")
    offer = machine.agent().channel.offer()
    staging = machine.agent().staging
    assert staging.fetch(offer.bundle, lambda: False) is FetchStatus.STOPPED  # type: ignore[union-attr, arg-type]
    assert staging.fetch(offer.bundle, lambda: True) is FetchStatus.WHOLE  # type: ignore[union-attr, arg-type]


def test_a_bundle_of_another_image_authority_touches_no_slot(published: Published, machine: Machine) -> None:
    """Whoever has every key of the channel still has none of the slots'."""
    published.release("2.0.0", key=Ed25519PrivateKey.generate())
    published.roll_out("2.0.0")
    before = (machine.folder / "slots" / "B.img").read_bytes()
    assert Failed("2.0.0", f"install:{InstallStatus.FOREIGN}") in machine.turn()
    assert (machine.folder / "slots" / "B.img").read_bytes() == before
    assert machine.running == "1.0.0"


def test_a_bundle_for_another_board_is_refused_by_the_slot_too(published: Published, machine: Machine) -> None:
    published.release("2.0.0", as_board="raspberry-pi-4")
    published.roll_out("2.0.0")
    assert Failed("2.0.0", f"install:{InstallStatus.OTHER_BOARD}") in machine.turn()


def test_a_release_that_does_not_exist_for_this_board_is_left(published: Published, machine: Machine) -> None:
    published.release("2.0.0", board="other")
    published.roll_out("2.0.0")
    assert machine.turn() == [Keep.NO_BUNDLE]


def test_a_bundle_whose_image_is_damaged_is_refused_while_it_is_written(published: Published, machine: Machine) -> None:
    from city.channel.virtual import wrap

    bundle = bytearray(wrap(b"image" * 1000, "2.0.0", "virtual", published.image_key))
    bundle[-1] ^= 1
    published.release_bytes("2.0.0", bytes(bundle))
    published.roll_out("2.0.0")
    assert Failed("2.0.0", f"install:{InstallStatus.DAMAGED}") in machine.turn()
    assert machine.slots().boot() == "A"


def test_an_older_release_is_refused(published: Published, machine: Machine) -> None:
    published.release("0.9.0")
    published.roll_out("0.9.0")
    assert machine.turn() == [Keep.OLDER]
    machine.turn()
    assert outcomes(machine) == [("refused", "older")], "the city hears why, and once"
    published.release("3.0.0")
    published.roll_out("3.0.0", minimum_version="2.0.0")
    machine.turn()
    assert outcomes(machine)[1:] == [("refused", "too_old_for_it")]


def test_whoever_is_not_meant_has_nothing_to_refuse(published: Published, machine: Machine) -> None:
    published.release("0.9.0")
    published.roll_out("0.9.0", percent=0, pilots=["SY-ANOTHER"])
    assert machine.turn() == [Keep.NOT_MEANT]
    assert outcomes(machine) == []


def test_a_release_that_needs_one_in_between_waits_for_it(published: Published, machine: Machine) -> None:
    published.release("3.0.0")
    published.roll_out("3.0.0", minimum_version="2.0.0")
    assert machine.turn() == [Keep.TOO_OLD_FOR_IT]


def test_a_halted_rollout_reaches_nobody_and_a_recall_takes_it_back(published: Published, tmp_path: Path) -> None:
    early, late = (Machine(tmp_path / name, published, name) for name in ("SY-EARLY", "SY-LATE"))
    published.release("2.0.0")
    published.roll_out("2.0.0")
    early.turn()
    published.halt()
    assert late.turn() == [Keep.HALTED]
    assert early.turn() == [Keep.HALTED]
    assert early.running == "2.0.0", "halted is not taken back"
    published.halt(recall=True)
    early.turn()
    assert early.running == "1.0.0"
    assert early.told()[-1].outcome is UpdateOutcome.RECALLED
    assert early.turn() == [Keep.HALTED]


def test_nothing_is_installed_over_a_version_that_has_not_proven_itself(published: Published, machine: Machine) -> None:
    """There would be no way back."""
    published.release("2.0.0")
    published.roll_out("2.0.0")
    machine.agent().step()
    machine.agent().step()
    machine.slots().boot()
    published.release("2.0.1")
    published.halt()
    published.roll_out("2.0.1")
    assert machine.agent().step() is FetchStatus.WHOLE
    assert machine.agent().step() is Wait.UNPROVEN


def test_a_clock_that_starts_in_1970_judges_by_what_is_known(published: Published, machine: Machine) -> None:
    published.release("2.0.0")
    published.roll_out("2.0.0")
    machine.clock_offset = datetime(1970, 1, 2, tzinfo=UTC) - datetime.now(UTC)
    machine.turn()
    assert machine.running == "2.0.0"


def test_a_clock_that_starts_in_1970_does_not_make_expired_metadata_good(published: Published, machine: Machine) -> None:
    published.release("2.0.0")
    published.roll_out("2.0.0")
    machine.turn()
    machine.clock_offset = timedelta(days=1)
    machine.agent().step()  # it lived through that day, by its clock, and noted it
    machine.clock_offset = timedelta(days=-20000)
    machine.built_at = published.now + timedelta(days=60)  # a newer image would know better still
    assert machine.agent().step() == Distrusted(Distrust.EXPIRED, machine.agent().step().detail)  # type: ignore[union-attr]


def test_a_server_that_is_not_there_is_no_distrust(published: Published, machine: Machine) -> None:
    published.close()
    assert isinstance(machine.agent().step(), Unreachable)
    published.server.socket.close()


def test_a_file_that_the_disk_changed_is_not_installed(published: Published, machine: Machine) -> None:
    published.release("2.0.0")
    published.roll_out("2.0.0")
    machine.agent().step()
    whole = next((machine.folder / "staging").glob("*.bundle"))
    content = bytearray(whole.read_bytes())
    content[-5] ^= 4
    whole.write_bytes(bytes(content))
    assert machine.agent().step() == Failed("2.0.0", "install:damaged")
    machine.turn()
    assert machine.running == "2.0.0", "and is fetched again"


def test_a_bundle_exchanged_under_its_name_is_not_what_is_installed(published: Published, machine: Machine) -> None:
    """The open file that was checked is the one that is written."""
    published.release("2.0.0")
    published.roll_out("2.0.0")
    agent = machine.agent()
    agent.step()
    offer = agent.channel.offer()
    with agent.staging.opened(offer.bundle) as file:  # type: ignore[union-attr, arg-type]
        whole = next((machine.folder / "staging").glob("*.bundle"))
        whole.unlink()
        whole.write_bytes(b"evil")
        assert machine.slots().install(file, "2.0.0") is InstallStatus.INSTALLED
    image = (machine.folder / "slots" / "B.img").read_bytes()
    assert hashlib.sha256(image).hexdigest() in (machine.folder / "slots" / "slots.json").read_text()


def test_with_nothing_to_go_back_to_the_loader_starts_what_there_is(tmp_path: Path) -> None:
    VirtualSlots.make(tmp_path, "1.0.0")
    slots = VirtualSlots(tmp_path, "virtual", {})
    assert slots.boot() == "A"
    slots.go_back()
    assert slots.boot() == "A", "an empty slot is no way back"
