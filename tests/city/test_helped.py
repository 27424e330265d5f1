"""Somebody hands in for somebody else: taken with both names, and refused when the helper is not the one that the answers say."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from city.folder import CityFolder
from city.keyring import read_keys
from city.onewindow.content import Content, open_content
from city.onewindow.models import Case
from city.onewindow.sheet import sections
from city.refused import Refused
from sync.contract.application import Applicant, Helper, Signature
from sync.contract.checking import STATEMENT_SUFFIX, check_source
from sync.contract.item import PAYLOAD_TYPE
from sync.contract.words import Language
from tests.answering import CARD
from tests.city.terminal import INK, Terminal

pytestmark = pytest.mark.django_db
ITEMS = Path(__file__).parents[2] / "city" / "items"
ELDER = ITEMS / "elder-card"
HELPER = Applicant("resident", name="吴样例", id_number="110101199003078670")
HELPED: dict[str, Any] = {
    "registered_in": "shenyang",
    "apply_as": "family",
    "helper_relation": "child",
    "helper_mobile": "13800000000",
    "helper_reason": "walking",
    "applicant_present": True,
    "auth_scope": ["hand-in"],
    "auth_until": "2027-06-30",
    "applicant_card": "read",
}


@pytest.fixture
def helped(terminal: Terminal, city_folder: CityFolder) -> Iterator[Terminal]:
    """A terminal that offers the elder card, published beside the city's own item."""
    package = check_source(ELDER / "item.json").package
    assert package is not None
    path = city_folder.catalogue / f"{package.code}.{package.version}{STATEMENT_SUFFIX}"
    path.write_bytes(read_keys(city_folder).catalogue.sign(msgspec.json.encode(package), PAYLOAD_TYPE))
    terminal.item = package
    yield terminal
    path.unlink()


def application(terminal: Terminal, **changes: Any) -> Any:  # noqa: ANN401
    answers = {**json.loads((ELDER / "example.json").read_bytes()), **HELPED}
    fields = {field.value for field in terminal.item.card_fields}
    person = Applicant("resident", **{name: getattr(CARD, name) for name in fields})
    content = {"answers": answers, "applicant": person, "papers": (), "helper": Helper(HELPER, INK)}
    return terminal.application((), **{**content, **changes})


def test_both_names_are_on_the_case_and_on_the_clerks_sheet(helped: Terminal) -> None:
    sealed = application(helped)
    response = helped.put(sealed)
    assert response.status_code == 201, response.content
    assert Case.objects.get().masked_name == "周**（代办 吴**）"
    content = open_content(sealed.body)
    assert isinstance(content, Content)
    shown = {section.title: {line.label: line.shown for line in section.lines} for section in sections(content, Language.ZH)}
    assert shown["代办人"] == {"替谁办理": "我照顾的家人", "姓名": "吴**", "证件号码": "1101**********8670", "签名": "是"}
    assert "授权" not in shown


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"helper": None}, "none laid a card"),
    ({"helper": Helper(HELPER)}, "has not signed"),
    ({"helper": Helper(HELPER, Signature(60.0, 30.0, ()))}, "has not signed"),
    ({"helper": Helper(msgspec.structs.replace(HELPER, address="沈阳市"), INK)}, "too much was read"),
]


@pytest.mark.parametrize(("changes", "why"), REFUSED, ids=[why for _, why in REFUSED])
def test_a_helper_lays_a_card_signs_and_gives_no_more_than_name_and_number(helped: Terminal, changes: dict[str, Any], why: str) -> None:
    refused = open_content(application(helped, **changes).body)
    assert isinstance(refused, Refused)
    assert why in str(refused)


def test_nobody_helps_unless_the_answers_say_so(helped: Terminal) -> None:
    answers = json.loads((ELDER / "example.json").read_bytes())
    refused = open_content(application(helped, answers=answers).body)
    assert isinstance(refused, Refused)
    assert "not handed in by a helper" in str(refused)
