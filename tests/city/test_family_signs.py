"""The family's signatures and the witness of a mark: on the clerk's sheet, masked, and refused when they belong to nobody."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from city.folder import CityFolder
from city.keyring import read_keys
from city.onewindow.content import Content, open_content
from city.onewindow.sheet import sections
from city.refused import Refused
from sync.contract.application import Applicant, FamilySignature, Signature
from sync.contract.checking import STATEMENT_SUFFIX, check_source
from sync.contract.derived import derived
from sync.contract.item import PAYLOAD_TYPE
from sync.contract.words import Language
from tests.answering import CARD
from tests.city.terminal import INK, Terminal

pytestmark = pytest.mark.django_db
LOW = Path(__file__).parents[2] / "city" / "items" / "low-income-proof"
MARK = Signature(INK.width_mm, INK.height_mm, INK.strokes, is_mark=True)
WITNESS = Applicant("resident", name="样例邻居", id_number="110101199003078670")


@pytest.fixture
def family(terminal: Terminal, city_folder: CityFolder) -> Iterator[Terminal]:
    """A terminal that offers an item for whole families, with two adults in its example."""
    package = check_source(LOW / "item.json").package
    assert package is not None
    package = msgspec.structs.replace(package, materials=())  # papers are tested elsewhere
    path = city_folder.catalogue / f"{package.code}.{package.version}{STATEMENT_SUFFIX}"
    path.write_bytes(read_keys(city_folder).catalogue.sign(msgspec.json.encode(package), PAYLOAD_TYPE))
    terminal.item = package
    yield terminal
    path.unlink()


def opened(terminal: Terminal, **changes: Any) -> Content | Refused:  # noqa: ANN401
    person = Applicant("resident", **{name: getattr(CARD, name) for name in terminal.item.card_fields})
    answers = json.loads((LOW / "example.json").read_bytes())
    answers |= derived(terminal.item, answers, person, date(2026, 11, 23))
    content = {"answers": answers, "applicant": person, "papers": (), **changes}
    return open_content(terminal.application((), **content).body)


def test_who_signed_who_made_a_mark_and_who_was_not_there_stands_on_the_sheet(family: Terminal) -> None:
    signed = (FamilySignature(0, MARK), FamilySignature(1))
    content = opened(family, family=signed, witness=WITNESS)
    assert isinstance(content, Content), content
    shown = {section.title: {line.label: line.shown for line in section.lines} for section in sections(content, Language.ZH)}
    assert shown["家人签名和见证"] == {
        "家人 1": "吴**",
        "家人 1 · 签名": "画押",
        "家人 2": "吴**",
        "家人 2 · 签名": "不在场，没有签",
        "见证人 · 姓名": "样***",
        "见证人 · 证件号码": "1101**********8670",
    }


def test_an_application_of_an_older_terminal_has_none_of_it_and_is_taken(family: Terminal) -> None:
    content = opened(family)
    assert isinstance(content, Content)
    assert "家人签名和见证" not in {section.title for section in sections(content, Language.ZH)}


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"family": (FamilySignature(2, INK),)}, "do not name"),
    ({"family": (FamilySignature(-1, INK),)}, "do not name"),
    ({"family": (FamilySignature(0, INK), FamilySignature(0, INK))}, "do not name"),
    ({"witness": WITNESS}, "a witness of no mark"),
    ({"signature": MARK, "witness": msgspec.structs.replace(WITNESS, address="沈阳市")}, "too much was read"),
]


@pytest.mark.parametrize(("changes", "why"), REFUSED)
def test_signatures_and_witnesses_that_belong_to_nothing_are_refused(family: Terminal, changes: dict[str, Any], why: str) -> None:
    refused = opened(family, **changes)
    assert isinstance(refused, Refused)
    assert why in str(refused)
