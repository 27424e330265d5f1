"""Sealing: what only the city opens, and only unchanged."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.contract import city_keys, photo_stream
from sync.contract.application import Header, SealedApplication
from sync.contract.names import ApplicationId, InstallId, ItemCode, ReceiptNumber, TerminalId
from sync.contract.suites import CONTENT_MAX_BYTES, CitySecretKey, SealError, SuiteName, new_city_key, open_sealed, seal

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
        seal(HEADER, b"x" * (CONTENT_MAX_BYTES + 1), (), key.public_key())


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
