"""The city's word: signed by one of its keys, about this application and these bytes, or worth nothing."""

from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sync.contract import rating, receipt
from sync.contract.names import ApplicationId, Digest
from sync.contract.rating import RatingReceipt
from sync.contract.receipt import Receipt
from sync.contract.signed import SignatureError, verify_as


def verified(statement: bytes, keys: Mapping[str, Ed25519PublicKey], application_id: ApplicationId, digest: Digest) -> Receipt | None:
    """Return the receipt, or None when it is not the city's or is about something else."""
    try:
        read = verify_as(statement, receipt.PAYLOAD_TYPE, keys, Receipt)
    except SignatureError:
        return None
    return read if (read.application_id, read.digest) == (application_id, digest) else None


def verified_rating(
    statement: bytes, keys: Mapping[str, Ed25519PublicKey], application_id: ApplicationId, digest: Digest
) -> RatingReceipt | None:
    """Return the receipt of a rating, or None as `verified` does."""
    try:
        read = verify_as(statement, rating.PAYLOAD_TYPE, keys, RatingReceipt)
    except SignatureError:
        return None
    return read if (read.application_id, read.digest) == (application_id, digest) else None
