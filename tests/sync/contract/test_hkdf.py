"""What is derived is what HKDF-Expand derives."""

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from hypothesis import given
from hypothesis import strategies as st

from sync.contract.hkdf import BLOCK_BYTES, expanded


@given(st.binary(min_size=1, max_size=200), st.binary(max_size=200))
def test_it_is_the_library_s(secret: bytes, info: bytes) -> None:
    assert expanded(secret, info) == HKDFExpand(SHA256(), BLOCK_BYTES, info).derive(secret)


def test_it_is_the_rfc_s() -> None:
    """RFC 5869, A.1, its first block."""
    secret = bytes.fromhex("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5")
    info = bytes.fromhex("f0f1f2f3f4f5f6f7f8f9")
    assert expanded(secret, info).hex() == "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
