"""What stands in a record, sealed in the database; opened for a look that has been written down, or to be masked."""

import json
from collections.abc import Mapping

from cryptography.fernet import Fernet

from city import here
from city.onewindow.masks import Mask, masked
from city.records.models import RecordKind

FIELDS: Mapping[str, tuple[str, Mask]] = {
    "name": ("姓名或名称", Mask.NAME),
    "id_number": ("证件号码", Mask.ID_NUMBER),
    "telephone": ("电话", Mask.PHONE),
    "home": ("地址", Mask.PLACE),
    "relation": ("与户主关系", Mask.NONE),
    "note": ("备注", Mask.WHOLE),
}
"""Each detail with its name on the page and how it is masked in a record about a person."""

LETTERS = 120
_OPEN_KINDS = (RecordKind.PLACE, RecordKind.THING, RecordKind.ORGANISATION)


def sealed(details: Mapping[str, str]) -> bytes:
    """Seal what is known."""
    kept = {name: details[name].strip()[:LETTERS] for name in FIELDS if details.get(name, "").strip()}
    return Fernet(here.keys().records).encrypt(json.dumps(kept, ensure_ascii=False).encode())


def opened(body: bytes | memoryview) -> dict[str, str]:
    """Open it again."""
    found: dict[str, str] = json.loads(Fernet(here.keys().records).decrypt(bytes(body)))
    return found


def shown(kind: str, details: Mapping[str, str]) -> list[tuple[str, str, str, bool]]:
    """Return name, label, masked text, and whether something is covered. Of places, things and organisations only people's own is."""
    rows = []
    for name, (label, mask) in FIELDS.items():
        text = details.get(name, "")
        how = Mask.NONE if kind in _OPEN_KINDS and name in ("name", "home") else mask
        if text:
            rows.append((name, label, masked(text, how), how is not Mask.NONE))
    return rows


def label_of(kind: str, details: Mapping[str, str]) -> str:
    """Return what lists call it."""
    name = details.get("name", "") or details.get("home", "")
    return (masked(name, Mask.NAME) if kind == RecordKind.PERSON else name)[:60] or "—"
