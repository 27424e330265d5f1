"""Bundles for virtual slots: a signed statement about an image on the first line, then the image."""

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.contract import signed
from sync.contract.names import digest_of
from sync.contract.signing_keys import key_id_of
from sync.contract.virtual_image import IMAGE_TYPE, ImageFacts


def wrap(image: bytes, version: str, board: str, key: Ed25519PrivateKey) -> bytes:
    """Return the bundle."""
    facts = ImageFacts(board, version, len(image), digest_of(image))
    return signed.sign(msgspec.json.encode(facts), IMAGE_TYPE, key_id_of(key.public_key()), key) + b"\n" + image
