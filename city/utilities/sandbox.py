"""An invented provider that speaks the adapter's HTTP, as a small process of its own: for pilots, training, demos and tests.

    python -m city.utilities.sandbox --port 8460 --secret-file FILE

Under an identity number it has as many accounts as the symbol before the last says: 1 none, another odd one a single account, all others
three, of which the second owes nothing.

Every account of digits that ends in 0 is unknown, in 1 owes nothing; all others owe an amount made of their figures. `POST /control/pay`
with {"payment"} is the resident's telephone; `POST /control/fault` with {"kind", "times"} makes the next answers fail: `silent` (no
answer), `late` (done, but the answer is lost), `forged` (signed with another secret). It keeps nothing when it ends.
"""

import argparse
import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from city.utilities.counter import Counterpart, secret_in

_CITY_TIME = ZoneInfo("Asia/Shanghai")


def bill_name(account: str) -> str:
    """Return the name of an account's bill, which does not tell the account."""
    return f"B202611-{hashlib.sha256(account.encode()).hexdigest()[:12]}"


def accounts_under(id_number: str) -> list[dict[str, str]]:
    """Return the invented accounts under an identity number, which do not tell it."""
    before_last = id_number[-2:-1]
    count = 0 if before_last == "1" else 1 if before_last in "3579" else 3
    figures = int(hashlib.sha256(id_number.encode()).hexdigest(), 16)
    return [
        {"account": f"{figures // 10**place % 10**7:07d}{'517'[place]}", "place": f"样例小区 * 号楼 {place + 1}0{place + 2} 室"}
        for place in range(count)
    ]


def _day_of(moment: str) -> str:
    return datetime.fromisoformat(moment).astimezone(_CITY_TIME).date().isoformat()


@dataclass
class Books:
    """Everything that the invented provider knows."""

    payments: dict[str, dict[str, Any]] = field(default_factory=dict)
    paid_bills: dict[str, str] = field(default_factory=dict)  # bill -> payment
    charged: list[str] = field(default_factory=list)  # every payment that money was taken for, in order

    def owed(self, account: str) -> dict[str, Any]:
        """What is owed for an account."""
        if not account.isdigit() or account.endswith("0"):
            return {"found": False}
        bill = bill_name(account)
        due = 0 if account.endswith("1") or bill in self.paid_bills else 1000 + int(account[-4:]) % 9000
        return {"found": True, "holder": "样*", "bill": bill, "amount_fen": due, "period": "2026 年 11 月", "due_on": "2026-12-15"}

    def open(self, payment: str, wanted: dict[str, Any]) -> dict[str, Any]:
        """Open a payment, once."""
        known = self.payments.setdefault(payment, {**wanted, "state": "open", "code": f"https://pay.example.invalid/{payment}"})
        return self.told(known)

    def close(self, payment: str) -> dict[str, Any]:
        """Close it, unless it is paid; a number that was never opened is closed for ever."""
        known = self.payments.setdefault(payment, {"state": "open"})
        if known["state"] == "open":
            known["state"] = "closed"
        return self.told(known)

    def pay(self, payment: str) -> bool:
        """The resident pays; only what is open can be paid."""
        known = self.payments.get(payment)
        if known is None or known["state"] != "open" or "bill" not in known:
            return False
        known |= {"state": "paid", "number": f"S{len(self.charged) + 1:08d}", "paid_at": datetime.now(UTC).isoformat()}
        self.charged.append(payment)
        self.paid_bills[known["bill"]] = payment
        return True

    def told(self, known: dict[str, Any]) -> dict[str, Any]:
        """How a payment stands."""
        return {name: known[name] for name in ("state", "code", "number", "paid_at") if name in known}

    def settlement(self, day: str) -> list[dict[str, Any]]:
        """What was paid on a day."""
        found = [(payment, known) for payment, known in self.payments.items() if "paid_at" in known and _day_of(known["paid_at"]) == day]
        return [
            {"payment": payment, "number": one["number"], "amount_fen": one["amount_fen"], "paid_at": one["paid_at"]}
            for payment, one in found
        ]


class SandboxProvider(Counterpart):
    """The provider with its books."""

    def __init__(self, port: int, secret: bytes) -> None:
        super().__init__(port, secret)
        self.books = Books()

    def done(self, method: str, path: str, content: dict[str, Any]) -> object | None:
        """Do what the city asks for."""
        books, parts = self.books, urlsplit(path)
        match method, parts.path.strip("/").split("/"):
            case "POST", ["accounts"]:
                return accounts_under(str(content.get("id_number", "")))
            case "POST", ["query"]:
                return books.owed(str(content.get("account", "")))
            case "PUT", ["payments", payment]:
                return books.open(payment, content)
            case "GET", ["payments", payment]:
                known = books.payments.get(payment)
                return {"state": "unknown"} if known is None else books.told(known)
            case "POST", ["payments", payment, "close"]:
                return books.close(payment)
            case "GET", ["settlement"]:
                return books.settlement(parse_qs(parts.query).get("day", [""])[0])
            case _:
                return None

    def controlled(self, path: str, content: dict[str, Any]) -> object:
        """Be the resident's telephone, let the next answers fail, or show the payments."""
        with self.orders.lock:
            if path == "/control/pay":
                return {"paid": self.books.pay(str(content.get("payment", "")))}
            if path == "/control/fault":
                return self.fault(content)
            return {"payments": [{"payment": name, **self.books.told(known)} for name, known in self.books.payments.items()]}


def main() -> None:
    """Serve until ended."""
    parser = argparse.ArgumentParser(description="An invented provider of a public utility.")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--secret-file", type=secret_in, required=True, metavar="FILE", help="the secret that the city has, too")
    words = parser.parse_args()
    provider = SandboxProvider(words.port, words.secret_file)
    provider.serve_until_ended()


if __name__ == "__main__":
    main()
