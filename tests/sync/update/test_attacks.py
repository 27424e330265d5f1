"""Attacks on the way of an update, as stories: TUF's classes and Uptane's, each also with the power cut while the lie is being swallowed.

Whatever somebody on the line or with some of the keys does, the terminal runs a version that its owners signed, says what it refused, and
takes the honest release afterwards. Thirty-one stories, each alone and with the power cut at three points: 124 cases. In `make test-faults`
each is told again with the power cut at every single step that touches the disk, both ways: with names that survived and without.
"""

import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata

from sync.contract.rollout import Rollout
from sync.update.channel import Distrust, Distrusted, Unreachable
from sync.update.decide import Keep
from sync.update.staging import FetchStatus
from tests.sync.update.channel_server import Lie, Published
from tests.sync.update.machine import Machine
from tests.sync.update.power import Disk, PowerCut

Files = dict[str, bytes]
Story = Callable[[Published], Lie]
"""Prepares what the attacker has and returns his lie. The terminal has seen the honest repository with 1.0.0 rolled out before."""

STEPS_MAX = 400
STORIES: dict[str, tuple[Story, tuple[Any, ...]]] = {}


def story(*expected: Any) -> Callable[[Story], Story]:  # noqa: ANN401
    """Register a story and what the terminal may say to it."""

    def keep(tell: Story) -> Story:
        STORIES[tell.__name__] = (tell, expected)
        return tell

    return keep


def snapshot_of(published: Published) -> Files:
    root = published.place / "updates"
    return {f"/{path.relative_to(root)}": path.read_bytes() for path in root.rglob("*") if path.is_file()}


def instead(name: str, body: bytes | None) -> Lie:
    """Send `body` for files whose path ends so, and the truth for the others."""
    return lambda path, honest: body if path.endswith(name) else (honest or None)


def from_(files: Files, *names: str) -> Lie:
    """Send old files for these names."""
    return lambda path, honest: files.get(path) if any(name in path for name in names) else (honest or None)


def forged(published: Published, name: str, change: Callable[[Any], None], *keys: Ed25519PrivateKey) -> bytes:
    """Return metadata with a change, signed by `keys`."""
    read: Metadata[Any] = Metadata.from_file(str(published.place / "updates" / "metadata" / name))
    change(read.signed)
    read.signatures.clear()
    for key in keys:
        read.sign(CryptoSigner(key), append=True)
    return read.to_bytes()


def own_key(published: Published, place: str, name: str) -> Ed25519PrivateKey:
    from sync.contract.signing_keys import read_secret_key

    return read_secret_key(published.place / place / f"{name}.secret.pem")


def newer(signed: Any) -> None:  # noqa: ANN401
    signed.version += 1
    signed.expires += timedelta(days=1)


def newest(published: Published, role: str) -> str:
    found = (published.place / "updates" / "metadata").glob(f"*.{role}.json")
    return max((path.name for path in found), key=lambda name: int(name.partition(".")[0]))


# TUF 1: arbitrary software, 9: key compromise, 10: threshold


@story(FetchStatus.OTHER_BYTES)
def an_altered_bundle(published: Published) -> Lie:
    return lambda path, honest: honest[:-1] + b"!" if path.endswith(".bundle") else (honest or None)


@story(FetchStatus.OTHER_BYTES)
def a_bundle_of_the_right_length_and_other_bytes(published: Published) -> Lie:
    return lambda path, honest: bytes(len(honest)) if path.endswith(".bundle") else (honest or None)


@story(Distrust.UNSIGNED)
def a_timestamp_by_a_stranger(published: Published) -> Lie:
    return instead("timestamp.json", forged(published, "timestamp.json", newer, Ed25519PrivateKey.generate()))


@story(Distrust.UNSIGNED)
def a_timestamp_without_any_signature(published: Published) -> Lie:
    return instead("timestamp.json", forged(published, "timestamp.json", newer))


@story(Distrust.UNSIGNED)
def a_timestamp_by_the_snapshot_key(published: Published) -> Lie:
    return instead("timestamp.json", forged(published, "timestamp.json", newer, own_key(published, "online", "snapshot-1")))


@story(Distrust.UNSIGNED)
def a_snapshot_by_a_stranger(published: Published) -> Lie:
    return instead(".snapshot.json", forged(published, newest(published, "snapshot"), lambda _s: None, Ed25519PrivateKey.generate()))


@story(Distrust.UNSIGNED)
def releases_signed_by_one_key_of_two(published: Published) -> Lie:
    one = own_key(published, "offline", "stable-1")
    return instead(newest(published, "stable"), forged(published, newest(published, "stable"), lambda _s: None, one))


@story(Distrust.UNSIGNED, Distrust.MALFORMED)
def releases_signed_twice_by_the_same_key(published: Published) -> Lie:
    name = newest(published, "stable")
    body = json.loads(forged(published, name, lambda _s: None, own_key(published, "offline", "stable-1")))
    body["signatures"] *= 2
    return instead(name, json.dumps(body).encode())


@story(Distrust.UNSIGNED, Distrust.MALFORMED)
def releases_signed_by_the_rollout_key(published: Published) -> Lie:
    key = own_key(published, "online", "stable-rollout-1")
    return instead(newest(published, "stable"), forged(published, newest(published, "stable"), lambda _s: None, key))


@story(Distrust.UNSIGNED)
def a_root_by_one_key_of_two(published: Published) -> Lie:
    return instead("/2.root.json", forged(published, "1.root.json", newer, own_key(published, "offline", "root-1")))


@story(Distrust.UNSIGNED)
def a_root_by_strangers(published: Published) -> Lie:
    return instead("/2.root.json", forged(published, "1.root.json", newer, *(Ed25519PrivateKey.generate() for _ in range(3))))


@story(Distrust.OLDER, Distrust.MALFORMED)
def a_root_that_leaves_a_number_out(published: Published) -> Lie:
    def jump(signed: Any) -> None:  # noqa: ANN401
        signed.version += 2

    keys = [own_key(published, "offline", f"root-{number}") for number in (1, 2, 3)]
    return instead("/2.root.json", forged(published, "1.root.json", jump, *keys))


@story(Distrust.UNSIGNED)
def whoever_stole_all_online_keys_adds_a_release(published: Published) -> Lie:
    """He can sign timestamp, snapshot and rollout; a release needs two offline keys."""
    role = newest(published, "stable")

    def add(signed: Any) -> None:  # noqa: ANN401
        signed.targets["stable/9.0.0/virtual.bundle"] = next(iter(signed.targets.values()))

    return instead(role, forged(published, role, add, own_key(published, "online", "stable-rollout-1")))


# TUF 2: rollback, 3: fast-forward, 4: freeze, 5: mix and match


@story(Distrust.OLDER)
def an_older_timestamp(published: Published) -> Lie:
    return from_(published.before, "timestamp.json")  # type: ignore[attr-defined]


@story(Distrust.OLDER, Distrust.MALFORMED)
def an_older_snapshot_under_the_new_name(published: Published) -> Lie:
    old = next(body for path, body in published.before.items() if path.endswith(".snapshot.json"))  # type: ignore[attr-defined]
    return instead(".snapshot.json", old)


@story(Distrust.OLDER, Distrust.MALFORMED)
def older_releases_under_the_new_name(published: Published) -> Lie:
    old = max(path for path in published.before if path.endswith(".stable.json"))  # type: ignore[attr-defined]
    return instead(newest(published, "stable"), published.before[old])  # type: ignore[attr-defined]


@story(Distrust.MALFORMED)
def a_snapshot_that_forgets_a_role(published: Published) -> Lie:
    def forget(signed: Any) -> None:  # noqa: ANN401
        newer(signed)
        del signed.meta["stable.json"]

    name = newest(published, "snapshot")
    forgotten = forged(published, name, forget, own_key(published, "online", "snapshot-1"))

    def point(signed: Any) -> None:  # noqa: ANN401
        newer(signed)
        signed.snapshot_meta.version += 1

    timestamp = forged(published, "timestamp.json", point, own_key(published, "online", "timestamp-1"))
    return lambda path, honest: (
        timestamp if path.endswith("timestamp.json") else forgotten if ".snapshot.json" in path else (honest or None)
    )


@story(Distrust.OLDER)
def a_snapshot_with_an_older_role(published: Published) -> Lie:
    def roll(signed: Any) -> None:  # noqa: ANN401
        newer(signed)
        signed.meta["stable.json"].version = 1

    forged_snapshot = forged(published, newest(published, "snapshot"), roll, own_key(published, "online", "snapshot-1"))

    def point(signed: Any) -> None:  # noqa: ANN401
        newer(signed)
        signed.snapshot_meta.version += 1

    timestamp = forged(published, "timestamp.json", point, own_key(published, "online", "timestamp-1"))
    return lambda path, honest: (
        timestamp if path.endswith("timestamp.json") else forged_snapshot if ".snapshot.json" in path else (honest or None)
    )


@story(Distrust.EXPIRED)
def a_frozen_repository(published: Published) -> Lie:
    """Everything is honest, and stays as it was three days ago."""

    def old(signed: Any) -> None:  # noqa: ANN401
        signed.version += 1
        signed.expires -= timedelta(days=3)

    return instead("timestamp.json", forged(published, "timestamp.json", old, own_key(published, "online", "timestamp-1")))


@story(Distrust.OLDER, Distrust.UNSIGNED, Distrust.MALFORMED, Unreachable)
def a_snapshot_of_another_repository(published: Published) -> Lie:
    other = published.other  # type: ignore[attr-defined]
    return lambda path, honest: other[max(other)] if ".snapshot.json" in path else (honest or None)


@story(Distrust.MALFORMED, Distrust.OLDER, Unreachable)
def a_fast_forward_to_a_number_that_nobody_has(published: Published) -> Lie:
    def far(signed: Any) -> None:  # noqa: ANN401
        newer(signed)
        signed.snapshot_meta.version = 1_000_000

    return instead("timestamp.json", forged(published, "timestamp.json", far, own_key(published, "online", "timestamp-1")))


# TUF 6: endless data, 7: slow, 8: wrong target; noise


@story(Distrust.TOO_LONG)
def an_endless_timestamp(published: Published) -> Lie:
    return instead("timestamp.json", b" " * 20_000)


@story(Distrust.TOO_LONG)
def an_endless_root(published: Published) -> Lie:
    return instead("/2.root.json", b" " * 70_000)


@story(FetchStatus.WHOLE)
def a_bundle_with_more_behind_it(published: Published) -> Lie:
    """What stands behind the signed length is not looked at; the release itself is honest."""
    return lambda path, honest: honest + bytes(100_000) if path.endswith(".bundle") else (honest or None)


@story(FetchStatus.NO_LINE, FetchStatus.OTHER_BYTES)
def a_partial_bundle(published: Published) -> Lie:
    """Uptane's partial bundle: half of it, for ever."""
    return lambda path, honest: honest[: len(honest) // 2] if path.endswith(".bundle") else (honest or None)


@story(FetchStatus.OTHER_BYTES, FetchStatus.NO_LINE)
def another_release_in_its_place(published: Published) -> Lie:
    """Uptane's mixed bundles: an honest, older bundle under the newer one's name."""
    old = next(body for path, body in published.before.items() if path.endswith(".bundle"))  # type: ignore[attr-defined]
    return instead(".bundle", old)


@story(Distrust.OTHER_BYTES, Distrust.TOO_LONG, Unreachable)
def a_rollout_document_with_other_bytes(published: Published) -> Lie:
    wide = msgspec.json.encode(msgspec.structs.replace(published.current(), percent=100, release="1.0.0"))
    return lambda path, honest: wide if path.startswith("/targets/") and path.endswith(".rollout.json") else (honest or None)


@story(Distrust.MALFORMED, Distrust.UNSIGNED)
def noise_for_a_timestamp(published: Published) -> Lie:
    return instead("timestamp.json", b"<html>hotel network</html>")


@story(Distrust.MALFORMED)
def a_thousand_brackets(published: Published) -> Lie:
    return instead("timestamp.json", b"[" * 16_000)


@story(Unreachable)
def dropped_requests(published: Published) -> Lie:
    """Uptane's dropped requests: nothing comes at all."""
    return lambda _path, _honest: None


@story(Unreachable, FetchStatus.MISSING)
def a_bundle_that_is_kept_back(published: Published) -> Lie:
    return lambda path, honest: None if path.endswith(".bundle") else (honest or None)


def prepared(published: Published) -> None:
    """An honest past: 1.0.0 was rolled out and seen; now there is 2.0.0."""
    published.release("1.0.0")
    published.roll_out("1.0.0")
    published.before = snapshot_of(published)  # type: ignore[attr-defined]
    other = Published(published.place / "other")
    other.close()
    published.other = {path: body for path, body in snapshot_of(other).items() if ".snapshot.json" in path}  # type: ignore[attr-defined]


def recover(published: Published, name: str) -> None:
    """Do what the owners do once they know: sign afresh; where somebody had their keys and drove the numbers up, exchange those."""
    if name == "a_fast_forward_to_a_number_that_nobody_has":
        for role in ("timestamp", "snapshot"):
            for file in (published.place / "online").glob(f"{role}-1*"):
                file.unlink()
            published.files.rotate(role)
    for _ in range(3):
        published.files.refresh(now=True)


def is_expected(step: Any, expected: tuple[Any, ...]) -> bool:  # noqa: ANN401
    for one in expected:
        if step == one or (isinstance(one, type) and isinstance(step, one)) or (isinstance(step, Distrusted) and step.why == one):
            return True
    return False


@pytest.mark.parametrize("cut", [None, 1, 4, 8], ids=lambda cut: "whole" if cut is None else f"cut-{cut}")
@pytest.mark.parametrize("name", sorted(STORIES))
def test_the_terminal_runs_what_its_owners_signed(
    name: str, cut: int | None, published: Published, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    swallowed(name, cut, published, tmp_path, monkeypatch, names_survive=cut == 4)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("names_survive", [False, True], ids=["names-gone", "names-there"])
@pytest.mark.parametrize("name", sorted(STORIES))
def test_with_the_power_cut_at_every_step_of_the_lie(name: str, tmp_path: Path, *, names_survive: bool) -> None:
    """From the first thing that is written on, until the lie is swallowed before the cut comes."""
    for cut in range(1, STEPS_MAX):
        place = tmp_path / str(cut)
        (place / "city").mkdir(parents=True)
        published = Published(place / "city")
        try:
            with pytest.MonkeyPatch.context() as patch:
                if not swallowed(name, cut, published, place, patch, names_survive=names_survive):
                    return
        finally:
            published.close()
            shutil.rmtree(place)
    pytest.fail("it writes for ever")


def swallowed(name: str, cut: int | None, published: Published, tmp_path: Path, patch: pytest.MonkeyPatch, *, names_survive: bool) -> bool:
    """Tell the lie with the power cut at this step; the owners' version runs, the honest one comes. Return whether it was cut."""
    (published.place / "other").mkdir()
    prepared(published)
    machine = Machine(tmp_path / "terminal", published)
    assert machine.agent().step() is Keep.UP_TO_DATE, "it has seen the honest past"
    published.release("2.0.0")
    published.roll_out("2.0.0")
    tell, expected = STORIES[name]
    if name == "an_older_timestamp":
        machine.agent().channel.offer()
    published.lie = tell(published)
    disk = Disk(tmp_path / "terminal", patch)
    disk.cut(cut)
    said: list[Any] = []
    was_cut = False
    try:
        said += [machine.agent().step(), machine.agent().step()]
    except PowerCut:
        was_cut = True
        disk.after_the_cut(names_survive=names_survive)
        machine.power_on()
    disk.cut(None)
    if cut is None:
        assert any(is_expected(step, expected) for step in said), (said, expected)
    assert machine.running in ("1.0.0", "2.0.0")
    image = (machine.folder / "slots" / f"{machine.slots().state().booted}.img").read_bytes()
    assert image in (b"first", b"image of 2.0.0 " * 4000)
    published.lie = None
    recover(published, name)
    for _ in range(3):
        machine.turn()
    assert machine.running == "2.0.0", "the honest release comes in the end"
    assert isinstance(published.current(), Rollout)
    return was_cut


def test_there_are_at_least_a_hundred_and_twenty_cases() -> None:
    assert len(STORIES) * 4 >= 120


def test_a_stolen_online_key_is_exchanged_and_worth_nothing(published: Published, machine: Machine) -> None:
    prepared_key = own_key(published, "online", "timestamp-1")
    published.release("2.0.0")
    published.roll_out("2.0.0")
    machine.agent().channel.offer()
    for file in (published.place / "online").glob("timestamp-1*"):
        file.unlink()
    published.files.rotate("timestamp")
    stolen = forged(published, "timestamp.json", newer, prepared_key)
    published.lie = instead("timestamp.json", stolen)
    step = machine.agent().step()
    assert isinstance(step, Distrusted)
    assert step.why is Distrust.UNSIGNED
    published.lie = None
    machine.turn()
    assert machine.running == "2.0.0"


def test_a_fast_forwarded_timestamp_is_recovered_from_by_new_keys(published: Published, machine: Machine) -> None:
    """Whoever had the timestamp key drove its number up; with a new key in a new root, the small honest number counts again."""

    def far(signed: Any) -> None:  # noqa: ANN401
        newer(signed)
        signed.version = 1_000_000

    published.release("2.0.0")
    published.roll_out("2.0.0")
    published.lie = instead("timestamp.json", forged(published, "timestamp.json", far, own_key(published, "online", "timestamp-1")))
    machine.agent().channel.offer()
    published.lie = None
    step = machine.agent().step()
    assert isinstance(step, Distrusted)
    assert step.why is Distrust.OLDER
    for role in ("timestamp", "snapshot"):
        for file in (published.place / "online").glob(f"{role}-1*"):
            file.unlink()
        published.files.rotate(role)
    machine.turn()
    assert machine.running == "2.0.0"


def test_a_root_that_was_rotated_several_times_is_followed(published: Published, machine: Machine) -> None:
    published.release("2.0.0")
    published.roll_out("2.0.0")
    for _ in range(3):
        published.files.rotate("root")
    machine.turn()
    assert machine.running == "2.0.0"


def test_an_older_metadata_folder_restored_by_hand_is_brought_up_to_date(published: Published, machine: Machine) -> None:
    published.release("2.0.0")
    published.roll_out("2.0.0")
    machine.agent().channel.offer()
    for file in (machine.folder / "channel" / "metadata").glob("*.json"):
        file.write_bytes(b"")  # what python-tuf's own files may become in a power cut
    machine.turn()
    assert machine.running == "2.0.0"
