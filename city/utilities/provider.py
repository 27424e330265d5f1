"""A provider, met over the adapter's small HTTP: query a bill, open a payment, ask about it, close it, fetch a day's settlement.

    POST /accounts         {"id_number"}                    [{"account", "place"}], empty for none; asked where `by_card` is set
    POST /query            {"account"}                      {"found", "holder", "bill", "amount_fen", "period", "due_on"}
    PUT  /payments/NUMBER  {"account", "bill", "amount_fen", "notify"}   {"state", "code", "number", "paid_at"}
    GET  /payments/NUMBER                                     the same; 404 where it is not known
    POST /payments/NUMBER/close                               the same; closes for ever, also a number that was never opened
    GET  /settlement?day=YYYY-MM-DD (the city's calendar)      [{"payment", "number", "amount_fen", "paid_at"}]

Requests, answers and the provider's callbacks carry `X-Bianmin-Signature`, HMAC-SHA256 over what they are and their body, with a secret
that both have. A provider with another interface gets a small service of its own that speaks this one.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, TypeVar

import msgspec
import requests

from city.shared_secret import SIGNATURE, is_signature, signature
from city.utilities.machine import Word
from sync.contract.decoding import UNDECODABLE

PATIENCE_S: Final = 4.0
ANSWER_MAX_BYTES: Final = 1024 * 1024

T = TypeVar("T")


class Owed(msgspec.Struct, frozen=True):
    """What is owed for an account."""

    found: bool
    holder: str = ""
    bill: str = ""
    amount_fen: int = 0
    period: str = ""
    due_on: date | None = None


class Held(msgspec.Struct, frozen=True):
    """One account that the provider has under an identity number. `place` is masked by the provider."""

    account: str
    place: str = ""

    def __repr__(self) -> str:
        return "Held(<secret>)"


class Told(msgspec.Struct, frozen=True):
    """How a payment stands at the provider."""

    state: Word
    code: str = ""
    number: str = ""
    paid_at: datetime | None = None


class Settled(msgspec.Struct, frozen=True):
    """One line of a settlement."""

    payment: str
    number: str
    amount_fen: int
    paid_at: datetime


class Notified(msgspec.Struct, frozen=True):
    """A callback."""

    payment: str
    told: Told


@dataclass(frozen=True, slots=True)
class Provider:
    """Where a provider is met. Every call ends within a few seconds; no answer is None."""

    url: str
    secret: bytes = field(repr=False)

    def accounts(self, id_number: str) -> tuple[Held, ...] | None:
        """Ask which accounts it has under this number."""
        return self._call("POST", "/accounts", {"id_number": id_number}, tuple[Held, ...])

    def query(self, account: str) -> Owed | None:
        """Ask what is owed."""
        return self._call("POST", "/query", {"account": account}, Owed)

    def open(self, payment: str, account: str, bill: str, amount_fen: int, notify: str) -> Told | None:
        """Open a payment; opening it again is the same payment."""
        content = {"account": account, "bill": bill, "amount_fen": amount_fen, "notify": notify}
        return self._call("PUT", f"/payments/{payment}", content, Told)

    def ask(self, payment: str) -> Told | None:
        """Ask how a payment stands."""
        return self._call("GET", f"/payments/{payment}", None, Told)

    def close(self, payment: str) -> Told | None:
        """Have a payment closed, whether or not it was ever opened."""
        return self._call("POST", f"/payments/{payment}/close", {}, Told)

    def settlement(self, day: date) -> tuple[Settled, ...] | None:
        """Fetch what was paid on a day."""
        return self._call("GET", f"/settlement?day={day.isoformat()}", None, tuple[Settled, ...])

    def _call(self, method: str, path: str, content: dict[str, Any] | None, kind: type[T]) -> T | None:
        body = b"" if content is None else msgspec.json.encode(content)
        headers = {SIGNATURE: signature(self.secret, method, path, body), "Content-Type": "application/json"}
        try:
            answer = requests.request(method, self.url + path, data=body, headers=headers, timeout=PATIENCE_S, allow_redirects=False)
        except requests.RequestException:
            return None
        if answer.status_code != 200 or len(answer.content) > ANSWER_MAX_BYTES:
            return None
        said = answer.headers.get(SIGNATURE, "")
        if not is_signature(said, signature(self.secret, method, path, body, answer.content)):
            return None
        try:
            return msgspec.json.decode(answer.content, type=kind)
        except UNDECODABLE:
            return None
