"""A refusal, as RFC 9457 writes it, with the one thing the terminal has to know: what to do next."""

from enum import StrEnum

import msgspec

MEDIA_TYPE = "application/problem+json"


class Retry(StrEnum):
    """What the sender does with its message. An unknown value is read as LATER."""

    LATER = "later"  # back off, try again
    SPLIT = "split"  # too large: halve the batch
    REAUTH = "reauth"  # stop this lane, tell staff, spend no attempts
    NEVER = "never"  # set this one aside, tell staff, go on with the next


class ProblemCode(StrEnum):
    """What was wrong; the last part of `type`."""

    MALFORMED = "malformed"  # 400
    UNSIGNED = "unsigned"  # 401: no valid signature of an admitted terminal
    NOT_ADMITTED = "not-admitted"  # 403
    CERTIFICATE_OVER = "certificate-over"  # 403: admitted, but its certificate ran out; ask for a new one
    NOT_YOURS = "not-yours"  # 403: the path names another terminal
    UNKNOWN = "unknown"  # 404
    IN_PROGRESS = "in-progress"  # 409
    OFFSET = "offset"  # 409: resume from the offset in the answer
    TOO_LARGE = "too-large"  # 413
    OTHER_CONTENT = "other-content"  # 422: the id is known with another digest
    CANNOT_OPEN = "cannot-open"  # 422: sealed to a key that the city no longer has, or damaged
    INVALID = "invalid"  # 422: opened, and not a valid application of this item
    DIGEST_MISMATCH = "digest-mismatch"  # 422
    TOO_MANY = "too-many"  # 429: this terminal asks too much
    BUSY = "busy"  # 503
    FAULT = "fault"  # 500


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """The body of a refusal. `detail` names no person and repeats no content."""

    type: str
    title: str
    status: int
    retry: str
    detail: str | None = None
    instance: str | None = None
