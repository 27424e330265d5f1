"""Sealing: what only the city opens, and only unchanged."""

import random
import tracemalloc
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.contract import city_keys, packing, photo_stream, run
from sync.contract.application import Envelope, Header, SealedApplication
from sync.contract.names import ApplicationId, InstallId, ItemCode, ReceiptNumber, TerminalId, digest_of
from sync.contract.suites import (
    CityPublicKey,
    CitySecretKey,
    Sealer,
    SealError,
    SuiteName,
    new_city_key,
    open_sealed,
    seal,
)
from tests.sync.dictionary import applications

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
HEADER = Header(
    1,
    ApplicationId("0193b000-0000-7000-8000-000000000001"),
    ReceiptNumber("0123456K"),
    TerminalId("SY-TEST-0001"),
    InstallId("install"),
    7,
    ItemCode("residence"),
    3,
    NOW,
    (),
)
CONTENT = '{"answers":{"where":"沈阳市和平区样本路 1 号","rare":"𠀀"}}'.encode()


@pytest.fixture(params=list(SuiteName))
def key(request: pytest.FixtureRequest) -> CitySecretKey:
    return new_city_key(NOW, request.param)


def test_the_city_gets_back_every_byte(key: CitySecretKey) -> None:
    photos = (b"", b"x", b"y" * photo_stream.CHUNK_BYTES, random.randbytes(photo_stream.CHUNK_BYTES + 1), random.randbytes(300_000))
    sealed = seal(HEADER, CONTENT, photos, key.public_key())
    opened = open_sealed(sealed.body, {key.key_id: key})
    assert opened.content == CONTENT
    assert opened.header == sealed.header
    assert tuple(opened.attachment(place, photo) for place, photo in enumerate(sealed.attachments)) == photos
    assert [len(photo) for photo in sealed.attachments] == [photo_stream.sealed_size_bytes(len(photo)) for photo in photos]


def test_the_same_application_never_looks_the_same_twice(key: CitySecretKey) -> None:
    first, second = (seal(HEADER, CONTENT, (b"photo",), key.public_key()) for _ in range(2))
    assert first.body != second.body
    assert first.attachments != second.attachments


def test_no_flipped_bit_opens(key: CitySecretKey) -> None:
    sealed = seal(HEADER, b"{}", (), key.public_key())
    keys = {key.key_id: key}
    for place in random.Random(1).sample(range(len(sealed.body)), 400):
        changed = bytearray(sealed.body)
        changed[place] ^= 1 << (place % 8)
        try:
            opened = open_sealed(bytes(changed), keys)
        except SealError:
            continue
        # The last base64 digit of a field may carry bits that mean nothing; then nothing has changed either.
        assert opened.content == b"{}"
        assert opened.header == sealed.header
        assert chr(sealed.body[place + 1]) in '="'


def test_a_header_cannot_be_put_on_another_envelope(key: CitySecretKey) -> None:
    sealed = msgspec.json.decode(seal(HEADER, CONTENT, (), key.public_key()).body, type=SealedApplication)
    forged = SealedApplication(msgspec.structs.replace(sealed.header, item=ItemCode("another")), sealed.envelope)
    with pytest.raises(SealError, match="damaged or changed"):
        open_sealed(msgspec.json.encode(forged), {key.key_id: key})


def test_a_newer_terminal_may_say_more_in_its_header(key: CitySecretKey) -> None:
    """What is bound are the bytes that came, so an older city opens what a newer terminal sealed."""

    class NewerHeader(Header, frozen=True):
        mood: str = "sunny"

    newer = NewerHeader(**{name: getattr(HEADER, name) for name in Header.__struct_fields__})
    sealed = seal(newer, CONTENT, (), key.public_key())
    assert b"sunny" in sealed.body
    assert open_sealed(sealed.body, {key.key_id: key}).content == CONTENT


def test_another_key_opens_nothing(key: CitySecretKey) -> None:
    sealed = seal(HEADER, CONTENT, (), key.public_key())
    other = new_city_key(NOW, SuiteName(key.suite))
    with pytest.raises(SealError, match="not among the city's keys"):
        open_sealed(sealed.body, {other.key_id: other})
    with pytest.raises(SealError, match="damaged or changed"):
        open_sealed(sealed.body, {key.key_id: msgspec.structs.replace(other, key_id=key.key_id)})


def test_a_suite_is_not_talked_down() -> None:
    hybrid = new_city_key(NOW)
    sealed = seal(HEADER, CONTENT, (), hybrid.public_key()).body
    with pytest.raises(SealError, match="suite"):
        open_sealed(sealed.replace(SuiteName.HYBRID.encode(), SuiteName.CLASSIC.encode()), {hybrid.key_id: hybrid})
    unknown = msgspec.structs.replace(hybrid.public_key(), suite="bianmin-9-sm2")
    with pytest.raises(SealError, match="unknown suite"):
        seal(HEADER, CONTENT, (), unknown)


def test_a_photo_opens_only_whole_in_order_and_in_its_place(key: CitySecretKey) -> None:
    two = (random.randbytes(200_000), random.randbytes(200_000))
    sealed = seal(HEADER, CONTENT, two, key.public_key())
    opened = open_sealed(sealed.body, {key.key_id: key})
    with pytest.raises(SealError, match="not the one"):
        opened.attachment(0, sealed.attachments[1])
    with pytest.raises(SealError, match="none at place 2"):
        opened.attachment(2, sealed.attachments[1])
    with pytest.raises(SealError, match="not the one"):
        opened.attachment(0, sealed.attachments[0][:-1])


@given(size=st.integers(0, 3 * photo_stream.CHUNK_BYTES), cut=st.integers(1, 200_000))
@settings(max_examples=40, deadline=None)
def test_a_cut_or_shuffled_stream_does_not_open(size: int, cut: int) -> None:
    key = b"k" * 32
    clear = random.Random(size).randbytes(size)
    sealed = photo_stream.seal_stream(key, clear)
    assert photo_stream.open_stream(key, sealed) == clear
    step = photo_stream.CHUNK_BYTES + photo_stream.TAG_BYTES
    with pytest.raises(photo_stream.StreamError):
        photo_stream.open_stream(key, sealed[: max(0, len(sealed) - cut)])
    with pytest.raises(photo_stream.StreamError):
        photo_stream.open_stream(key, sealed + sealed[-cut:])
    with pytest.raises(photo_stream.StreamError):
        photo_stream.open_stream(b"l" * 32, sealed)
    if len(sealed) >= 2 * step:
        swapped = sealed[step : 2 * step] + sealed[:step] + sealed[2 * step :]
        with pytest.raises(photo_stream.StreamError):
            photo_stream.open_stream(key, swapped)


@given(st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_rubbish_is_refused_politely(rubbish: bytes) -> None:
    with pytest.raises(SealError):
        open_sealed(rubbish, {})


def test_too_much_content_is_not_sealed(key: CitySecretKey) -> None:
    with pytest.raises(SealError, match="at most"):
        seal(HEADER, b"x" * (packing.CONTENT_MAX_BYTES + 1), (), key.public_key())


def test_keys_are_kept_in_files_and_the_newest_known_one_is_used(tmp_path: Path) -> None:
    old, new = new_city_key(NOW), new_city_key(NOW + timedelta(days=90))
    strange = msgspec.structs.replace(new_city_key(NOW + timedelta(days=400)), key_id="strange", suite="bianmin-9-sm2")
    for key in (old, new, strange):
        path = city_keys.write_secret(tmp_path, key)
        assert path.stat().st_mode & 0o077 == 0
        city_keys.write_public(tmp_path, key.public_key())
    assert city_keys.newest_public_key(tmp_path) == new.public_key()
    keys = city_keys.secret_keys_in(tmp_path)
    for key in (old, new):
        assert open_sealed(seal(HEADER, CONTENT, (), key.public_key()).body, keys).content == CONTENT
    assert str(old.secret) not in repr(old)


def test_a_folder_without_a_usable_key_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SealError, match="no key of the city"):
        city_keys.newest_public_key(tmp_path)
    (tmp_path / "broken.public.json").write_bytes(b"{")
    with pytest.raises(SealError, match=r"broken\.public\.json"):
        city_keys.newest_public_key(tmp_path)


RUNS = [suite for suite in SuiteName if suite.has_runs]


def envelopes(sealer: Sealer, count: int, key: CityPublicKey) -> list[Envelope]:
    bodies = [sealer.seal(HEADER, CONTENT, (), key).body for _ in range(count)]
    return [msgspec.json.decode(body, type=SealedApplication).envelope for body in bodies]


@pytest.mark.parametrize("suite", RUNS)
def test_applications_of_a_run_share_an_encapsulation_and_open_one_by_one_in_any_order(suite: SuiteName) -> None:
    key, sealer = new_city_key(NOW, suite), Sealer()
    contents = [b'{"answers":%d}' % place for place in range(9)]
    sealed = [sealer.seal(HEADER, content, (content,), key.public_key()) for content in contents]
    read = [msgspec.json.decode(one.body, type=SealedApplication).envelope for one in sealed]
    assert len({one.wrapped_key for one in read}) == 1
    assert [one.step for one in read] == list(range(9))
    assert len({one.salt for one in read}) == 9
    for place in random.Random(3).sample(range(9), 9):
        opened = open_sealed(sealed[place].body, {key.key_id: key})
        assert (opened.content, opened.attachment(0, sealed[place].attachments[0])) == (contents[place], contents[place])


def test_a_run_ends_with_its_last_step_its_hour_and_its_key() -> None:
    now_s = 5.0
    sealer = Sealer(lambda: now_s)
    key, other = (new_city_key(NOW, SuiteName.CLASSIC).public_key() for _ in range(2))
    first = envelopes(sealer, run.STEPS_MAX + 1, key)
    assert len({one.wrapped_key for one in first[:-1]}) == 1
    assert (first[-1].wrapped_key != first[0].wrapped_key, first[-1].step) == (True, 0)
    now_s += run.RUN_MAX_S - 1
    assert envelopes(sealer, 1, key)[0].wrapped_key == first[-1].wrapped_key
    now_s += 1
    assert envelopes(sealer, 1, key)[0].wrapped_key != first[-1].wrapped_key
    assert envelopes(sealer, 1, other)[0].step == 0
    assert envelopes(sealer, 1, key)[0].step == 0, "it does not go back to a run that it has left"


def test_what_a_run_remembers_opens_nothing_that_came_before() -> None:
    first, secret = run.Run(lambda secret: secret), b""
    steps = []
    for _ in range(8):
        steps.append(first.step())
        secret = first._secret
    keys = {step.content_key for step in steps}
    assert len(keys) == 8
    assert {run.Steps(first.wrapped).key_at(step.number, step.salt) for step in steps} == keys, "the city gets at each"
    reached = {run.Steps(secret).key_at(number, step.salt) for step in steps for number in range(run.STEPS_MAX)}
    assert not reached & keys


@pytest.mark.parametrize(
    "change",
    [
        {"step": None},
        {"step": -1},
        {"step": run.STEPS_MAX},
        {"step": 2**62},
        {"step": 1},
        {"salt": None},
        {"salt": b"s" * 16},
        {"salt": b""},
    ],
    ids=str,
)
@pytest.mark.parametrize("suite", RUNS)
def test_a_step_that_was_not_taken_opens_nothing(suite: SuiteName, change: dict[str, Any]) -> None:
    key = new_city_key(NOW, suite)
    read = msgspec.json.decode(seal(HEADER, CONTENT, (), key.public_key()).body, type=SealedApplication)
    forged = SealedApplication(read.header, msgspec.structs.replace(read.envelope, **change))
    with pytest.raises(SealError, match="damaged or changed"):
        open_sealed(msgspec.json.encode(forged), {key.key_id: key})


def test_the_dictionary_of_a_suite_never_changes() -> None:
    """Both ends must have the same one; a better one is a part of a new suite."""
    assert digest_of(packing.DICTIONARY.read_bytes()) == "592b3daa8ba82c03b752f2268ef4e245563d6b96d4ad709be3977a8b149ef17c"


def test_the_dictionary_makes_applications_less_than_half_as_large() -> None:
    contents = [msgspec.json.encode(one) for one in applications(random.Random(7))][::31]
    known, alone = (sum(len(packing.pack(one, with_dictionary=flag)) for one in contents) for flag in (True, False))
    assert known < alone / 2
    assert [packing.unpack(packing.pack(one, with_dictionary=True), with_dictionary=True) for one in contents] == contents


@pytest.mark.parametrize("suite", list(SuiteName))
@pytest.mark.parametrize("is_sized", [True, False])
def test_a_bomb_in_an_envelope_is_not_unpacked(suite: SuiteName, is_sized: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal in somebody else's hands seals what it likes; the city unpacks no more than may be sealed."""
    dictionary = zstandard.ZstdCompressionDict(packing.DICTIONARY.read_bytes()) if suite.has_runs else None
    packer = zstandard.ZstdCompressor(dict_data=dictionary, write_content_size=is_sized, write_dict_id=False)
    bomb = packer.compress(b"0" * 200_000_000)
    assert len(bomb) < 50_000
    monkeypatch.setattr(packing, "pack", lambda *_args, **_options: bomb)
    key = new_city_key(NOW, suite)
    sealed = seal(HEADER, b"{}", (), key.public_key())
    tracemalloc.start()
    with pytest.raises(SealError, match="claims more"):
        open_sealed(sealed.body, {key.key_id: key})
    most_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most_bytes < 1_000_000
