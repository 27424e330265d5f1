import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from sync.contract.rating import RatingReceipt
from sync.contract.signed import SignatureError, Statement, StatementSignature, payload_unverified, sign, verify, verify_as
from sync.contract.signing_keys import key_id_of

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
STRANGER = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
KEY_ID = key_id_of(KEY.public_key())
KEYS = {KEY_ID: KEY.public_key()}
TYPE = "application/vnd.bianmin.example+json"
PAYLOAD = '{"says":"已收件","number":"7F3K29QD"}'.encode()
STATEMENT = sign(PAYLOAD, TYPE, KEY_ID, KEY)


def resigned(**changes: object) -> bytes:
    return msgspec.json.encode(msgspec.structs.replace(msgspec.json.decode(STATEMENT, type=Statement), **changes))


def test_what_was_signed_comes_back_byte_for_byte() -> None:
    assert verify(STATEMENT, TYPE, KEYS) == PAYLOAD


@given(st.binary(max_size=300))
def test_so_does_any_payload(payload: bytes) -> None:
    assert verify(sign(payload, TYPE, KEY_ID, KEY), TYPE, KEYS) == payload


@given(st.integers(0, len(PAYLOAD) - 1), st.integers(1, 255))
def test_a_payload_with_any_flipped_byte_is_refused(place: int, flip: int) -> None:
    changed = bytearray(PAYLOAD)
    changed[place] ^= flip
    with pytest.raises(SignatureError, match="signed by no key"):
        verify(resigned(payload=bytes(changed)), TYPE, KEYS)


@given(st.integers(0, 63), st.integers(1, 255))
def test_a_signature_with_any_flipped_byte_is_refused(place: int, flip: int) -> None:
    good = msgspec.json.decode(STATEMENT, type=Statement).signatures[0].sig
    changed = bytearray(good)
    changed[place] ^= flip
    with pytest.raises(SignatureError, match="signed by no key"):
        verify(resigned(signatures=(StatementSignature(KEY_ID, bytes(changed)),)), TYPE, KEYS)


@given(st.integers(0, len(STATEMENT) - 1), st.integers(1, 255))
def test_a_byte_changed_on_the_way_never_changes_what_is_read(place: int, flip: int) -> None:
    changed = bytearray(STATEMENT)
    changed[place] ^= flip
    try:
        read = verify(bytes(changed), TYPE, KEYS)
    except SignatureError:
        return
    assert read == PAYLOAD  # only base64's unused bits, or a name that readers ignore, can differ


@given(st.integers(0, len(STATEMENT) - 1))
def test_a_statement_cut_short_is_refused(length: int) -> None:
    with pytest.raises(SignatureError):
        verify(STATEMENT[:length], TYPE, KEYS)


@given(st.binary(max_size=200))
def test_noise_is_refused_and_nothing_else_happens(noise: bytes) -> None:
    with pytest.raises(SignatureError):
        verify(noise, TYPE, KEYS)


def test_a_stranger_s_signature_counts_for_nothing() -> None:
    with pytest.raises(SignatureError, match="signed by no key"):
        verify(sign(PAYLOAD, TYPE, key_id_of(STRANGER.public_key()), STRANGER), TYPE, KEYS)


def test_nor_does_it_under_the_city_s_name() -> None:
    with pytest.raises(SignatureError, match="signed by no key"):
        verify(sign(PAYLOAD, TYPE, KEY_ID, STRANGER), TYPE, KEYS)


def test_a_statement_of_one_kind_does_not_pass_for_another() -> None:
    with pytest.raises(SignatureError, match="a statement of type"):
        verify(STATEMENT, "application/vnd.bianmin.receipt+json", KEYS)
    with pytest.raises(SignatureError, match="signed by no key"):
        verify(resigned(payload_type="application/vnd.bianmin.receipt+json"), "application/vnd.bianmin.receipt+json", KEYS)


def test_one_good_signature_among_several_is_enough() -> None:
    good = msgspec.json.decode(STATEMENT, type=Statement).signatures[0]
    others = (StatementSignature("somebody", b"x" * 64), StatementSignature(KEY_ID, b"short"))
    assert verify(resigned(signatures=(*others, good)), TYPE, KEYS) == PAYLOAD
    with pytest.raises(SignatureError):
        verify(resigned(signatures=others), TYPE, KEYS)
    with pytest.raises(SignatureError):
        verify(resigned(signatures=()), TYPE, KEYS)


@pytest.mark.parametrize("bomb", [b"[" * 200_000, b'{"a":' + b"[" * 200_000, b'{"a":' * 200_000])
def test_brackets_without_end_are_refused_like_any_other_nonsense(bomb: bytes) -> None:
    with pytest.raises(SignatureError, match="not a signed statement"):
        verify(bomb, TYPE, KEYS)


def test_signed_nonsense_is_still_nonsense() -> None:
    with pytest.raises(SignatureError, match="signed, but not a valid RatingReceipt"):
        verify_as(STATEMENT, TYPE, KEYS, RatingReceipt)


def test_a_look_inside_asks_for_no_key_but_still_for_the_type() -> None:
    assert payload_unverified(STATEMENT, TYPE) == PAYLOAD
    with pytest.raises(SignatureError):
        payload_unverified(STATEMENT, "application/json")


def test_the_signature_is_the_one_that_dsse_defines() -> None:
    """Worked by hand from the specification: PAE = "DSSEv1" SP LEN(type) SP type SP LEN(body) SP body."""
    signature = msgspec.json.decode(STATEMENT, type=Statement).signatures[0].sig
    covered = b"DSSEv1 " + str(len(TYPE)).encode() + b" " + TYPE.encode() + b" " + str(len(PAYLOAD)).encode() + b" " + PAYLOAD
    KEY.public_key().verify(signature, covered)
    assert set(msgspec.json.decode(STATEMENT)) == {"payload", "payloadType", "signatures"}
