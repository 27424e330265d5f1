"""A refusal on the wire: expected trouble as a value."""

from collections.abc import Callable
from dataclasses import dataclass, field

from sync.contract.problem import Problem, ProblemCode, Retry

_MEANING: dict[ProblemCode, tuple[int, str, Retry]] = {
    ProblemCode.MALFORMED: (400, "The message is not well formed", Retry.NEVER),
    ProblemCode.UNSIGNED: (401, "The request carries no valid signature of an admitted sender", Retry.REAUTH),
    ProblemCode.NOT_ADMITTED: (403, "The terminal's admission was withdrawn", Retry.REAUTH),
    ProblemCode.CERTIFICATE_OVER: (403, "The terminal's certificate is over; it must ask for a new one", Retry.REAUTH),
    ProblemCode.NOT_YOURS: (403, "The path names another terminal", Retry.REAUTH),
    ProblemCode.UNKNOWN: (404, "There is nothing of this name", Retry.LATER),
    ProblemCode.IN_PROGRESS: (409, "The same is being sent by another request", Retry.LATER),
    ProblemCode.OFFSET: (409, "The upload continues at another offset", Retry.LATER),
    ProblemCode.TOO_LARGE: (413, "The message is too large", Retry.SPLIT),
    ProblemCode.OTHER_CONTENT: (422, "This name is already taken by other content", Retry.NEVER),
    ProblemCode.CANNOT_OPEN: (422, "The envelope cannot be opened", Retry.NEVER),
    ProblemCode.INVALID: (422, "The content is not a valid application of its item", Retry.NEVER),
    ProblemCode.DIGEST_MISMATCH: (422, "The upload does not have the digest of its name and begins anew", Retry.LATER),
    ProblemCode.TOO_MANY: (429, "This terminal asks too often", Retry.LATER),
    ProblemCode.BUSY: (503, "The city cannot take this now", Retry.LATER),
    ProblemCode.FAULT: (500, "The city failed; nothing was changed", Retry.LATER),
}


@dataclass(frozen=True, slots=True)
class Refused:
    """What was wrong. `detail` names no person and repeats no content; `headers` travel with the answer."""

    code: ProblemCode
    detail: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    retry: Retry | None = None  # where this refusal's differs from its code's
    afterwards: Callable[[], None] | None = None  # what stays true although all else of the question is taken back

    @property
    def problem(self) -> Problem:
        """The refusal as it is sent."""
        status, title, retry = _MEANING[self.code]
        return Problem(f"urn:bianmin:problem:{self.code}", title, status, self.retry or retry, self.detail)
