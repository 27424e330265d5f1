"""What the city says about an application that it has: the only thing that settles a row of the outbox."""

from datetime import date, datetime
from enum import StrEnum

import msgspec

from sync.contract.names import ApplicationId, CaseNumber, Digest, TerminalId

PAYLOAD_TYPE = "application/vnd.bianmin.receipt+json"


class ReceiptState(StrEnum):
    """How much of the application the city has."""

    RECEIVED = "received"  # the sealed application; photos may be missing
    COMPLETE = "complete"  # with every photo


class Receipt(msgspec.Struct, frozen=True, omit_defaults=True):
    """A statement signed by the city. Replaying a PUT gives back the same receipt, byte for byte, while the state is the same."""

    format: int
    terminal: TerminalId
    application_id: ApplicationId
    digest: Digest
    case_number: CaseNumber
    state: ReceiptState
    received_at: datetime  # UTC, by the city's clock
    decide_by: date | None = None  # when the limit would end if it were accepted today; a forecast


class PutAnswer(msgspec.Struct, frozen=True):
    """Body of 200 and 201: the signed receipt, and the digests of the photos that are still wanted."""

    receipt: bytes  # a `signed.Statement` as JSON, kept byte for byte
    missing: tuple[Digest, ...] = ()
