"""Certificates issued at once (即办证明), and papers of a case to take home: drawn by the city as PDF, printed at a terminal.

A certificate has an id that the terminal makes. Asking again with the same id is the same certificate with the same number, so a lost
answer issues nothing twice. Its pages are never kept by a terminal.
"""

from datetime import date
from enum import StrEnum
from typing import Final, NewType

import msgspec

from sync.contract.feed import FeedKind
from sync.contract.names import ApplicationId, ReceiptNumber
from sync.contract.question import QuestionKind
from sync.contract.words import Words

ProofId = NewType("ProofId", str)
"""A UUID made by the terminal, for one certificate."""


class ProofKind(msgspec.Struct, frozen=True, omit_defaults=True):
    """One kind of certificate that can be issued at once. `sample` marks that no department has confirmed it."""

    code: str
    name: Words
    about: Words  # what it says, and what it is good for
    icon: str = "workspace_premium"
    valid_days: int = 30
    sample: bool = False


class Proofs(msgspec.Struct, frozen=True):
    """The content of the feed."""

    kinds: tuple[ProofKind, ...] = ()


class ProofStatus(StrEnum):
    """What came of asking for a certificate."""

    ISSUED = "issued"
    NOTHING_KNOWN = "nothing_known"  # the city knows nothing of this person that it could certify
    NOT_OFFERED = "not_offered"
    REVOKED = "revoked"  # this very certificate was taken back meanwhile


class ProofQuestion(msgspec.Struct, frozen=True):
    """Issue this to the holder of the card that lies there. Name and number stand on the paper and are not kept by the city."""

    proof: ProofId
    kind: str
    id_number: str
    name: str

    def __repr__(self) -> str:
        return "ProofQuestion(<secret>)"


class ProofAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """The certificate: its number and its pages, or why there is none."""

    status: ProofStatus
    number: str = ""
    code: str = ""  # by which anybody checks it
    valid_until: date | None = None
    pdf: bytes = b""

    def __repr__(self) -> str:
        return f"ProofAnswer({self.status}, <secret>)"


class ProofPrinted(msgspec.Struct, frozen=True):
    """What became of the paper at the terminal: so that the desk knows whether it has to hand it out."""

    proof: ProofId
    printed: bool


class ProofNoted(msgspec.Struct, frozen=True):
    """It is written down."""


class CasePaper(StrEnum):
    """A paper of a case that can be had at a terminal."""

    ONCE_ONLY = "once-only"
    NON_ACCEPTANCE = "non-acceptance"
    RESULT = "result"


class CasePaperQuestion(msgspec.Struct, frozen=True):
    """The two names that stand in a slip's code; people are masked on the paper."""

    application_id: ApplicationId
    number: ReceiptNumber
    paper: CasePaper


class CasePaperAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """Its pages; none when the case has not come to that paper."""

    pdf: bytes = b""

    def __repr__(self) -> str:
        return "CasePaperAnswer(<secret>)"


PDF_MAX_BYTES: Final = 280 * 1024
"""So that the signed reply, which is base64 twice, stays under `question.REPLY_MAX_BYTES`."""

PROOFS: Final = FeedKind("proofs", Proofs)
PROOF: Final = QuestionKind("proof", ProofQuestion, ProofAnswer)
PROOF_PRINTED: Final = QuestionKind("proof-printed", ProofPrinted, ProofNoted)
CASE_PAPER: Final = QuestionKind("case-paper", CasePaperQuestion, CasePaperAnswer)
