"""The worked example of an adapter: a platform whose fields are initials of pinyin, whose items and states have codes of its own.

    POST /gateway/sbjs        收件: {"ywlsh", "sxbm", "sxmc", "sqrxm", "sqrzjlx", "sqrzjhm", "sqsj", "bdxx", "clqd"} -> {"code", "sblsh"}
    POST /gateway/bzcl        补正材料: {"sblsh", "ywlsh", "bdxx", "clqd"} -> {"code"}
    GET  /gateway/blzt?xh=N   办理状态 after N -> {"code", "sj": [{"xh", "sblsh", "blzt", "blyj", "bzqd"}]}

Code "0000" is good, "2001" an item that it has not, "2002" content that it finds wrong. A token goes with each request. What stands in
which field is `_FIELDS` and `_WORDS`: an adapter of another platform differs there, and in how it calls.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import requests

from city.bridge.port import Change, Handover, PlatformError, Point, Unwilling, Word

PATIENCE_S: Final = 20.0
GOOD, NO_ITEM, WRONG_CONTENT = "0000", "2001", "2002"

_CITY_TIME = ZoneInfo("Asia/Shanghai")
_FIELDS: Final[Mapping[str, str]] = {"name": "sqrxm", "id_number": "sqrzjhm", "address": "sqrzz", "sex": "sqrxb"}
_ID_CARD: Final = "111"  # their code of a resident's identity card
_SEXES: Final = {"male": "1", "female": "2"}
_WORDS: Final[Mapping[str, Word]] = {
    "11": Word.ACCEPTED,
    "12": Word.TO_CORRECT,
    "13": Word.NOT_ACCEPTED,
    "21": Word.APPROVED,
    "22": Word.NOT_APPROVED,
}


@dataclass(frozen=True, slots=True)
class Example:
    """The adapter. `codes` are the platform's codes by our items' codes, kept in `platform-codes.json` of the data directory."""

    url: str
    token: str = field(repr=False)
    codes: Mapping[str, str]
    name: str = "example"

    def takes(self, item: str) -> bool:
        """Tell whether the platform has a code for the item."""
        return item in self.codes

    def hand_over(self, handover: Handover) -> str | Unwilling:
        """收件."""
        told = self._asked(
            "POST", "/gateway/sbjs", {**self._content(handover), "sxbm": self.codes[handover.item], "sxmc": handover.item_name}
        )
        match told.get("code"), told.get("sblsh"):
            case ("0000", str(number)) if number:
                return number
            case ("2001", _):
                return Unwilling.ITEM
            case ("2002", _):
                return Unwilling.CONTENT
            case _:
                raise PlatformError("收件: an answer that is not in the agreement")

    def bring(self, number: str, handover: Handover) -> None:
        """补正材料."""
        if self._asked("POST", "/gateway/bzcl", {**self._content(handover), "sblsh": number}).get("code") != GOOD:
            raise PlatformError("补正材料: not taken")

    def changes(self, cursor: str) -> tuple[tuple[Change, ...], str]:
        """办理状态."""
        told = self._asked("GET", f"/gateway/blzt?xh={cursor or '0'}", None)
        rows = told.get("sj")
        if told.get("code") != GOOD or not isinstance(rows, list):
            raise PlatformError("办理状态: an answer that is not in the agreement")
        try:
            return tuple(_change(row) for row in rows), str(rows[-1]["xh"]) if rows else cursor
        except (KeyError, TypeError, AttributeError) as error:
            raise PlatformError("办理状态: a row that is not in the agreement") from error

    def _content(self, handover: Handover) -> dict[str, Any]:
        person = {theirs: handover.applicant[ours] for ours, theirs in _FIELDS.items() if ours in handover.applicant}
        if "sqrxb" in person:
            person["sqrxb"] = _SEXES.get(person["sqrxb"], "9")
        return {
            "ywlsh": handover.case_number,
            "sqsj": _their_time(handover.received_at),
            "sqrzjlx": _ID_CARD,
            **person,
            "bdxx": [{"zdm": one.name, "zdmc": one.label, "zdz": one.text} for one in handover.answers],
            "clqd": [
                {"clbm": one.material, "clmc": one.name, "ys": one.page, "nr": base64.b64encode(one.jpeg).decode()}
                for one in handover.pictures
            ],
        }

    def _asked(self, method: str, path: str, body: Mapping[str, Any] | None) -> dict[str, Any]:
        headers = {"X-Access-Token": self.token}
        try:
            answer = requests.request(method, self.url + path, json=body, headers=headers, timeout=PATIENCE_S, allow_redirects=False)
            told = answer.json() if answer.status_code == 200 else None
        except (requests.RequestException, ValueError) as error:
            raise PlatformError(f"{path.partition('?')[0]}: no answer") from error
        if not isinstance(told, dict):
            raise PlatformError(f"{path.partition('?')[0]}: status {answer.status_code}")
        return told


def _change(row: Mapping[str, Any]) -> Change:
    points = tuple(Point(str(one.get("clbm", "")), str(one.get("yy", "")), str(one.get("bf", ""))) for one in row.get("bzqd") or ())
    return Change(str(row["sblsh"]), _WORDS.get(str(row["blzt"])), str(row.get("blyj") or f"blzt {row['blzt']}"), points)


def _their_time(moment: datetime) -> str:
    return moment.astimezone(_CITY_TIME).strftime("%Y%m%d %H%M%S")
