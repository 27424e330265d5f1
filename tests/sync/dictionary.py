"""How the dictionary of a suite is trained: from invented applications for every written item, so that it knows names and phrases only.

    python -m tests.sync.dictionary NEW_FILE

A dictionary that has been given out never changes: both ends must have the same one. A better one is a part of a new suite.
"""

import json
import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import uuid6
import zstandard

from sync.contract.application import Applicant, Application, Consent, PaperPage, Signature
from sync.contract.names import ApplicationId, ItemCode, MaterialId, TerminalId, digest_of, new_receipt_number

ITEMS = Path(__file__).parents[2] / "city" / "items"
SIZE_BYTES = 32 * 1024
OF_EACH = 60
_DISTRICTS = (
    "和平区",
    "沈河区",
    "皇姑区",
    "大东区",
    "铁西区",
    "浑南区",
    "于洪区",
    "沈北新区",
    "苏家屯区",
    "辽中区",
    "新民市",
    "法库县",
    "康平县",
)
_KINDS = ("resident_id_card", "resident_id_card", "resident_id_card", "foreign_permanent_resident", "hmt_residence_permit")


def main() -> int:
    """Train one and write it."""
    samples = [msgspec.json.encode(one) for one in applications(random.Random(2026))]
    trained = zstandard.train_dictionary(SIZE_BYTES, samples, level=3)
    Path(sys.argv[1]).write_bytes(trained.as_bytes())
    return 0


def applications(dice: random.Random) -> Iterator[Application]:
    """Invent applications for each written item."""
    for item in sorted(ITEMS.iterdir()):
        if (item / "example.json").exists():
            example, written = (json.loads((item / f"{name}.json").read_bytes()) for name in ("example", "item"))
            for _ in range(OF_EACH):
                yield application(dice, written, example)


def application(dice: random.Random, written: dict[str, Any], example: dict[str, Any]) -> Application:
    """Invent one: other figures, other places, now and then fewer answers."""
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=dice.randrange(3 * 365 * 86400), microseconds=dice.randrange(10**6))
    answers = {name: _varied(dice, value) for name, value in example.items() if dice.random() < 0.9}
    materials = [MaterialId(one.get("id") or one.get("block", "paper")) for one in written.get("materials", []) if dice.random() < 0.7]
    papers = tuple(
        PaperPage(material, 1, place, "image/jpeg", digest_of(dice.randbytes(9)), dice.randrange(90_000, 900_000))
        for place, material in enumerate(materials)
    )
    ink = tuple(
        tuple((round(dice.uniform(5, 75), 1), round(dice.uniform(3, 27), 1), 16 * point) for point in range(8))
        for _ in range(dice.randrange(3))
    )
    return Application(
        format=1,
        application_id=ApplicationId(str(uuid6.uuid7())),
        number=new_receipt_number(),
        terminal=TerminalId(f"SY-{dice.choice(('HP', 'SH', 'HG', 'DD', 'TX'))}-{dice.randrange(10**4):04}"),
        item=ItemCode(written["code"]),
        item_version=dice.randrange(1, 9),
        language=dice.choice(("zh", "zh", "zh", "zh", "en", "ko")),
        handed_in_at=at,
        applicant=_applicant(dice),
        consent=Consent(f"2026-{dice.randrange(1, 9)}", at - timedelta(seconds=dice.randrange(600))),
        answers=answers,
        papers=papers,
        signature=Signature(80.0, 30.0, ink) if ink else None,
    )


def _applicant(dice: random.Random) -> Applicant:
    district = dice.choice(_DISTRICTS)
    return Applicant(
        card_kind=dice.choice(_KINDS),
        name=dice.choice("周吴郑王冯陈褚卫蒋沈韩杨") + "样本",
        sex=dice.choice(("male", "female")),
        ethnic_group=dice.choice(("汉", "满", "回", "蒙古", "朝鲜", "锡伯")),
        birth_date=(datetime(1940, 1, 1, tzinfo=UTC) + timedelta(days=dice.randrange(25_000))).date(),
        address=f"辽宁省沈阳市{district}样本街{dice.randrange(1, 200)}号{dice.randrange(1, 9)}-{dice.randrange(1, 9)}",
        id_number=f"2101000001{dice.randrange(10**8):08}",
        issuer=f"沈阳市公安局{district[:-1]}分局",
        valid_until=f"20{dice.randrange(26, 46)}-{dice.randrange(1, 13):02}-{dice.randrange(1, 29):02}",
    )


def _varied(dice: random.Random, value: object) -> object:
    """Other figures in the same form; words stay."""
    if isinstance(value, dict):
        return {name: _varied(dice, inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_varied(dice, inner) for inner in value]
    if not isinstance(value, str):
        return value
    if len(value) > 8 and value.isascii() and value.isdigit():
        return f"{dice.randrange(10**4):0{len(value)}}"  # nobody's number
    varied = "".join(str(dice.randrange(10)) if letter.isdigit() and letter.isascii() else letter for letter in value)
    return varied.replace("和平区", dice.choice(_DISTRICTS))


if __name__ == "__main__":
    sys.exit(main())
