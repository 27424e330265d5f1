"""A release that shares most of its bytes with the one before: little is fetched, and never anything taken for whole that is not."""

import os
import random
import shutil
from pathlib import Path

import pytest

from city.channel.chunks import index_of
from sync.contract.chunk_index import (
    CHUNK_MAX_BYTES,
    CHUNK_MIN_BYTES,
    MAGIC,
    SUFFIX,
    Chunk,
    ChunkIndexError,
    decode,
    encode,
    index_max_bytes,
    name_of,
)
from sync.update.agent import Failed, Restarting
from sync.update.decide import Keep
from sync.update.staging import FetchStatus, StagingFolder
from tests.sync.update.channel_server import Published
from tests.sync.update.machine import Machine
from tests.sync.update.power import Disk, each_cut

SIZE = 3_000_000


def noise(size_bytes: int = SIZE, seed: int = 1) -> bytes:
    """Bytes that no compression makes smaller."""
    return random.Random(seed).randbytes(size_bytes)


def changed(content: bytes, at: int, to: bytes) -> bytes:
    """The same with something put in, so that all behind it moves."""
    return content[:at] + to + content[at:]


def is_of(index: bytes, content: bytes) -> bool:
    at = 0
    for chunk in decode(index, len(content)):
        if name_of(content[at : at + chunk.size_bytes]) != chunk.name:
            return False
        at += chunk.size_bytes
    return True


@pytest.mark.parametrize("content", [b"", b"x", bytes(CHUNK_MIN_BYTES), bytes(300_000), noise(1000), noise(500_000), noise(9_000_000)])
def test_a_bundle_is_cut_whole_and_the_same_each_time(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bundle"
    path.write_bytes(content)
    index = index_of(path)
    assert index == index_of(path)
    assert is_of(index, content)
    sizes = [chunk.size_bytes for chunk in decode(index, len(content))]
    assert all(size <= CHUNK_MAX_BYTES for size in sizes)
    assert all(size >= CHUNK_MIN_BYTES for size in sizes[:-1])
    assert len(index) <= index_max_bytes(len(content))


@pytest.mark.parametrize("at", [0, 1, SIZE // 2, SIZE - 1])
def test_what_is_put_in_moves_no_other_cut(tmp_path: Path, at: int) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_bytes(noise())
    new.write_bytes(changed(noise(), at, b"one byte more, or thirty"))
    known = {chunk.name for chunk in decode(index_of(old), old.stat().st_size)}
    missing = [chunk for chunk in decode(index_of(new), new.stat().st_size) if chunk.name not in known]
    assert sum(chunk.size_bytes for chunk in missing) <= 4 * CHUNK_MAX_BYTES


@pytest.mark.parametrize(
    "content",
    [
        b"",
        MAGIC,
        MAGIC[:-1],
        MAGIC + b"\0" * 19,
        encode([Chunk(0, bytes(16))] * 2 + [Chunk(100, bytes(16))]),
        encode([Chunk(99, bytes(16))]),
        encode([Chunk(101, bytes(16))]),
        encode([Chunk(2**32 - 1, bytes(16))]),
        MAGIC + os.urandom(2000),
    ],
)
def test_an_index_that_makes_up_no_such_bundle_is_none(content: bytes) -> None:
    with pytest.raises(ChunkIndexError):
        decode(content, 100)


@pytest.fixture
def second(published: Published, machine: Machine) -> bytes:
    """A machine that has taken a release in, and one that is published beside it with a little changed; returns its image."""
    first = noise()
    published.release("2.0.0", content=first)
    published.roll_out("2.0.0")
    machine.turn()
    assert machine.running == "2.0.0"
    assert [path.suffix for path in sorted((machine.folder / "staging").iterdir())] == [SUFFIX, ".seed"]
    image = changed(first, SIZE // 3, b"a file that is longer now")
    published.release("2.1.0", content=image)
    published.halt()
    published.roll_out("2.1.0")
    published.sent_bytes = 0
    return image


def test_what_has_not_changed_is_not_fetched_again(published: Published, machine: Machine, second: bytes) -> None:
    assert machine.turn() == [FetchStatus.WHOLE, Restarting("2.1.0"), Keep.UP_TO_DATE]
    assert machine.running == "2.1.0"
    assert published.sent_bytes < 0.05 * len(second)
    kept = sorted((machine.folder / "staging").iterdir())
    assert [path.suffix for path in kept] == [SUFFIX, ".seed"], "the newest is the seed of the next"
    assert abs(kept[1].stat().st_size - len(second)) < 1000


def lie_about(published: Published, kind: str) -> None:
    """Let the server send another index."""
    index = next((published.place / "updates" / "targets").rglob("*.chunks"))
    bundle_bytes = index.with_suffix("").stat().st_size
    chunks = decode(index.read_bytes(), bundle_bytes)
    content = {
        "garbage": os.urandom(500),
        "empty": b"",
        "endless": MAGIC + bytes(20) * (bundle_bytes // 100),
        "turned round": encode(chunks[::-1]),
        "all of one": encode([chunks[0]] * (bundle_bytes // chunks[0].size_bytes)),
        "missing": None,
    }[kind]

    def lie(path: str, honest: bytes) -> bytes | None:
        return content if path.endswith(SUFFIX) else honest or None

    published.lie = lie


@pytest.mark.parametrize("kind", ["garbage", "empty", "endless", "turned round", "all of one", "missing"])
def test_a_lying_index_costs_a_download_and_no_more(published: Published, machine: Machine, second: bytes, kind: str) -> None:
    lie_about(published, kind)
    steps = machine.turn() + machine.turn()
    assert machine.running == "2.1.0", steps
    assert not any(isinstance(step, Failed) for step in steps), "the release is not to blame"


def test_a_seed_that_the_disk_changed_gives_what_it_still_has(published: Published, machine: Machine, second: bytes) -> None:
    (seed,) = (machine.folder / "staging").glob("*.seed")
    content = bytearray(seed.read_bytes())
    content[len(content) // 2 :: 500_000] = bytes(len(content[len(content) // 2 :: 500_000]))
    seed.write_bytes(content)
    machine.turn()
    assert machine.running == "2.1.0"
    assert published.sent_bytes < 0.4 * len(second)


def test_a_seed_without_its_index_is_none(published: Published, machine: Machine, second: bytes) -> None:
    (index,) = (machine.folder / "staging").glob(f"*{SUFFIX}")
    index.unlink()
    machine.turn()
    assert machine.running == "2.1.0"
    assert published.sent_bytes > len(second), "all of it"


def test_a_server_without_parts_of_files_gives_the_whole(published: Published, machine: Machine, second: bytes) -> None:
    published.takes_ranges = False
    assert machine.agent().step() is FetchStatus.NO_LINE
    machine.turn()
    assert machine.running == "2.1.0"


@pytest.mark.parametrize("break_after", [1, 1000, 3000])
def test_a_broken_line_is_resumed_where_it_broke(published: Published, machine: Machine, second: bytes, break_after: int) -> None:
    published.break_after = break_after
    assert machine.agent().step() is FetchStatus.NO_LINE
    part = next((machine.folder / "staging").glob("*.part"))
    assert 0 < part.stat().st_size < len(second)
    assert machine.agent().step() is FetchStatus.NO_LINE
    assert part.stat().st_size > break_after, "it goes on behind what is there"
    published.break_after = None
    machine.turn()
    assert machine.running == "2.1.0"
    assert published.sent_bytes < 0.05 * len(second)


def test_the_outbox_comes_before_the_seed(published: Published, machine: Machine, second: bytes) -> None:
    folder = machine.folder / "staging"
    free = shutil.disk_usage(folder).free
    staging = StagingFolder(folder, machine.line, bytes_s=1e12, spare_bytes=2 * free, sleep=lambda _s: None)
    offer = machine.agent().channel.offer()
    assert staging.fetch(offer.bundle, lambda: True) is FetchStatus.NO_ROOM  # type: ignore[union-attr, arg-type]
    assert not list(folder.glob("*.seed"))


def test_a_disk_that_fills_up_keeps_no_seed(published: Published, machine: Machine, second: bytes) -> None:
    folder = machine.folder / "staging"
    StagingFolder(folder, machine.line, spare_bytes=2 * shutil.disk_usage(folder).free).clear()
    assert not list(folder.glob("*.seed"))


def test_a_failed_release_is_a_seed_and_not_tried_for_that(published: Published, machine: Machine, second: bytes) -> None:
    machine.visit_fails["2.1.0"] = "print"
    for _ in range(4):
        machine.turn()
    assert machine.running == "2.0.0"
    assert machine.agent().step() is Keep.GIVEN_UP
    published.release("2.1.1", content=changed(second, 1000, b"mended"))
    published.halt()
    published.roll_out("2.1.1")
    published.sent_bytes = 0
    machine.turn()
    assert machine.running == "2.1.1"
    assert published.sent_bytes < 0.05 * len(second)


@pytest.mark.parametrize("stride", [5, pytest.param(1, marks=[pytest.mark.slow, pytest.mark.timeout(1800)])], ids=["some", "every"])
def test_a_cut_at_a_step_of_a_release_from_pieces(
    published: Published, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stride: int
) -> None:
    first = noise(60_000)
    published.release("2.0.0", content=first)
    published.roll_out("2.0.0")
    fresh = tmp_path / "fresh"
    Machine(fresh, published).turn()
    published.release("2.1.0", content=changed(first, 30_000, b"a little"))
    published.halt()
    published.roll_out("2.1.0")
    place = tmp_path / "terminal"
    place.mkdir()
    disk = Disk(place, monkeypatch)
    machine = Machine(place / "machine", published)

    def begin() -> None:
        disk.after_the_cut(names_survive=True)
        shutil.rmtree(place / "machine")
        shutil.copytree(fresh, place / "machine")

    def act() -> None:
        machine.turn()

    def judge() -> None:
        machine.power_on()
        assert machine.running in ("2.0.0", "2.1.0")
        for _ in range(4):
            machine.turn()
        assert machine.running == "2.1.0"
        assert machine.slots().state().is_good

    assert each_cut(disk, begin, act, judge, stride=stride) > 20, "there was something to cut"
