from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from sync.contract.checking import LARGEST_BYTES, check_bytes, check_folder, check_source, check_statement
from sync.contract.findings import Weight
from sync.contract.icons import ITEM_ICONS
from sync.contract.item import PAYLOAD_TYPE, ItemPackage
from sync.contract.signed import sign
from sync.contract.signing_keys import key_id_of

Change = Callable[[dict[str, Any]], object]
Write = Callable[..., bytes]
Put = Callable[..., Path]

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEYS = {key_id_of(KEY.public_key()): KEY.public_key()}


def test_a_good_package_draws_no_complaint(put: Put, ladder: ItemPackage) -> None:
    checked = check_source(put())
    assert checked.complaints == ()
    assert checked.is_fit
    assert checked.package == ladder


def fields(source: dict[str, Any], page: int = 0) -> list[Any]:
    found: list[Any] = source["pages"][page]["fields"]
    return found


def words(text: str) -> dict[str, str]:
    return {"zh": text, "en": text, "ko": text}


RULES: list[tuple[Change, str, str]] = [
    # the head
    (lambda s: s.update(format=2), "format", "format 2 is not known"),
    (lambda s: s.update(code="Borrow Ladder"), "code", "is not a code"),
    (lambda s: s.update(code="../ladder"), "code", "is not a code"),
    (lambda s: s.update(version=0), "version", "versions begin at 1"),
    (lambda s: s.update(valid_until="2025-12-31"), "valid_until", "ends before it begins"),
    (lambda s: s.update(fee_fen=-1), "fee_fen", "a fee below nothing"),
    (lambda s: s["limit"].update(working_days=-1), "limit.working_days", "a limit below nothing"),
    (lambda s: s.update(popularity=-1), "popularity", "below nothing"),
    (lambda s: s.update(icon="ladder_of_gold"), "icon", "terminals have no icon"),
    (lambda s: s.update(serves=["repair"]), "serves", "serves kinds of the directory from another door"),
    (lambda s: s.update(serves=["repair", "repair"]), "serves", "a kind is there twice"),
    (lambda s: s.update(bring=[]), "bring", "nothing to bring"),
    (lambda s: s["notice"].update(version=" "), "notice.version", "no version"),
    (lambda s: s["notice"].update(points=[]), "notice.points", "says nothing"),
    (lambda s: s.update(card_fields=["name", "sex", "name"]), "card_fields[2]", "is there twice"),
    # texts
    (lambda s: s.update(name=words("借梯子借锤子借锯子借什么都可以")), "name.zh", "a title of 15 characters"),
    (lambda s: s["pages"][2].update(title=words("怎么样才能够联系上您和您的家人")), "pages[2].title.zh", "a title of 15 characters"),
    (lambda s: s["purpose"].update(zh=" "), "purpose.zh", "no Chinese text"),
    (lambda s: s["purpose"].update(zh="梯子\n梯子"), "purpose.zh", "a character that cannot be shown"),
    (lambda s: s["purpose"].update(en="lad\u202eder"), "purpose.en", "a character that cannot be shown"),
    # questions
    (lambda s: fields(s).extend(fields(s, 1)), "pages[0].fields", "a page with 6 questions"),
    (lambda s: s["pages"].append({"title": words("空"), "fields": []}), "pages[3].fields", "a page with 0 questions"),
    (lambda s: s.update(pages=[]), "pages", "no page at all"),
    (lambda s: fields(s, 2).append(fields(s, 2)[0]), "pages[2].fields[1].name", "is asked twice"),
    (lambda s: fields(s, 2)[0].update(name="Mobile No"), "pages[2].fields[0].name", "is not a name"),
    (lambda s: fields(s, 2)[0].update(options=fields(s)[1]["options"]), "pages[2].fields[0].options", "has no options"),
    (lambda s: fields(s)[1]["options"].pop(), "pages[0].fields[1]", "1 options"),
    (lambda s: fields(s)[1]["options"].append(fields(s)[1]["options"][0]), "pages[0].fields[1].options[2]", "is offered twice"),
    # conditions
    (lambda s: fields(s)[2]["when"].update(field="wy"), "pages[0].fields[2].when.field", "is not asked before this"),
    (lambda s: fields(s)[2]["when"].update(field="helper"), "pages[0].fields[2].when.field", "is not asked before this"),
    (lambda s: fields(s)[2]["when"].update(is_one_of=["roof"]), "pages[0].fields[2].when.is_one_of[0]", "is no answer to 'why'"),
    (lambda s: fields(s, 1)[0]["when"].update(is_one_of=["true"]), "pages[1].fields[0].when.is_one_of[0]", "is no answer to 'helper'"),
    (lambda s: fields(s)[2]["when"].update(is_one_of=[]), "pages[0].fields[2].when.is_one_of", "never asked"),
    (lambda s: fields(s)[2].update(when={"field": "from_day", "is_one_of": ["x"]}), "pages[0].fields[2].when.field", "is of kind date"),
    (lambda s: s["materials"][1]["when"].update(field="roof"), "materials[1].when.field", "is not asked before this"),
    # papers
    (lambda s: s["materials"][1].update(id="deposit-slip"), "materials[1].id", "is there twice"),
    (lambda s: s["materials"][1].update(id="a/b"), "materials[1].id", "is not an id"),
    (lambda s: s["materials"][1].update(pages_max=0), "materials[1].pages_max", "0 pages"),
    (lambda s: s["materials"][1].update(pages_max=9), "materials[1].pages_max", "9 pages"),
    (lambda s: s["materials"][1].update(first=True), "materials[1].first", "comes before the question that it depends on"),
    (
        lambda s: s["materials"][0].update(reads=[{"field": "roof", "labels": ["屋顶"]}]),
        "materials[0].reads[0].field",
        "cannot be read off",
    ),
    (lambda s: s["materials"][0].update(reads=[{"field": "why", "labels": ["原因"]}]), "materials[0].reads[0].field", "cannot be read off"),
    (lambda s: s["materials"][0].update(reads=[{"field": "from_day"}]), "materials[0].reads[0].labels", "anything could be meant"),
    (
        lambda s: s["materials"][0].update(reads=[{"field": "from_day", "labels": ["借 期："]}]),
        "materials[0].reads[0].labels",
        "blanks or a",
    ),
    (
        lambda s: s["materials"][0].update(reads=[{"field": "from_day", "labels": ["借期"]}] * 2),
        "materials[0].reads[1].field",
        "read twice",
    ),
    # the schema
    (lambda s: s["schema"]["properties"].update(why={"type": "sentence"}), "schema", "schema, at properties/why/type"),
    (lambda s: s["schema"].update(additionalProperties=True), "schema", "lets answers through"),
    (lambda s: s["schema"].update(type="array"), "schema", "not the schema of an object"),
    (lambda s: s["schema"]["properties"].pop("mobile"), "pages[2].fields[0].name", "the schema has no property 'mobile'"),
    (lambda s: fields(s, 1).pop(), "schema.properties.tools", "no page asks for it"),
    (lambda s: s["schema"]["required"].append("roof"), "schema.required", "'roof' is demanded, but no page asks"),
    (lambda s: s["schema"]["required"].append("other_why"), "pages[0].fields[2].when", "asked sometimes and demanded always"),
    (
        lambda s: s["schema"]["allOf"][0]["if"]["properties"].update(why={"const": "lamp"}),
        "pages[0].fields[2].when",
        "demanded when why is 'lamp', but not asked then",
    ),
    (
        lambda s: s["schema"]["allOf"][1]["if"]["properties"].update(helper={"const": False}),
        "pages[1].fields[0].when",
        "demanded when helper is False, but not asked then",
    ),
    (lambda s: fields(s)[2]["when"].update(is_one_of=["other", "lamp"]), "pages[0].fields[2].when", "asked for more answers than"),
    (lambda s: s["schema"]["properties"]["why"]["enum"].append("roof"), "pages[0].fields[1].options", "schema's enum of 'why' differ"),
    (lambda s: s["schema"]["properties"]["tools"].pop("items"), "pages[1].fields[1].options", "schema's enum of 'tools' differ"),
    (lambda s: s["schema"]["properties"]["helper"].update(type="string"), "schema.properties.helper", "answered with a boolean"),
    (lambda s: s["schema"]["properties"]["from_day"].pop("format"), "schema.properties.from_day", "the wrong format"),
    (lambda s: s["schema"]["properties"]["mobile"].update(format="fax"), "schema.properties.mobile.format", "no format 'fax'"),
    (lambda s: s["schema"]["properties"]["mobile"].pop("format"), "schema.properties.mobile", "a text of any length"),
    (lambda s: fields(s, 2)[0].update(control="money"), "schema.properties.mobile", "the wrong format"),
    (lambda s: fields(s, 2)[0].update(control="id_number"), "schema.properties.mobile", "the wrong format"),
    (
        lambda s: s["schema"]["properties"].update(mobile={"$ref": "https://127.0.0.1:1/mobile.json"}),
        "schema.properties.mobile.$ref",
        "points outside the package",
    ),
]


@pytest.mark.parametrize(("change", "where", "what"), RULES)
def test_each_rule_refuses_with_the_place_and_a_way_out(put: Put, change: Change, where: str, what: str) -> None:
    checked = check_source(put(change))
    found = [one for one in checked.complaints if one.where == where and what in one.what]
    assert found, [str(one) for one in checked.complaints]
    assert not checked.is_fit
    assert found[0].weight is Weight.ERROR
    assert found[0].advice
    assert found[0].line > 1 or where == "popularity"


@pytest.mark.parametrize(
    ("change", "where", "what"),
    [
        (lambda s: s["name"].pop("ko"), "name", "no text in ko"),
        (lambda s: s["name"].update(en=""), "name", "no text in en"),
        (lambda s: fields(s)[0].update(help=words("长" * 45)), "pages[0].fields[0].help.zh", "help of 45 characters"),
        (lambda s: fields(s)[0].update(hlep=words("写错了")), "pages[0].fields[0].hlep", "nothing is called 'hlep' here"),
        (lambda s: s["name"].update(jp="はしご"), "name.jp", "nothing is called 'jp' here"),
        (lambda s: s["pages"][0].update(title=words("借多久。")), "pages[0].title.zh", "a title that ends in a mark"),
    ],
)
def test_what_could_be_better_is_said_but_forbids_nothing(put: Put, change: Change, where: str, what: str) -> None:
    checked = check_source(put(change))
    assert [(one.where, one.weight) for one in checked.complaints if what in one.what] == [(where, Weight.WARNING)]
    assert checked.is_fit


def test_a_complaint_points_at_its_line(put: Put) -> None:
    path = put(lambda s: s.update(icon="ladder_of_gold"))
    complaint = check_source(path).complaints[0]
    assert "ladder_of_gold" in path.read_text(encoding="utf-8").splitlines()[complaint.line - 1]
    assert str(complaint).startswith(f"{path}:{complaint.line}:{complaint.column}: error: terminals have no icon")


def test_a_value_of_the_wrong_type_is_named_with_its_place(put: Put) -> None:
    path = put(lambda s: fields(s)[2].update(control="slider"))
    (complaint,) = check_source(path).complaints
    assert complaint.where == "pages[0].fields[2].control"
    assert "slider" in path.read_text(encoding="utf-8").splitlines()[complaint.line - 1]


def test_broken_json_is_named_with_line_and_column(put: Put) -> None:
    path = put()
    path.write_text(path.read_text(encoding="utf-8").replace('"version": 3,', '"version": 3'), encoding="utf-8")
    (complaint,) = check_source(path).complaints
    assert (complaint.line, complaint.column) == (5, 3)
    assert complaint.what == "a comma or } is missing before this"


def test_a_file_that_is_far_too_large_is_not_even_read_as_json(put: Put) -> None:
    path = put()
    path.write_bytes(b" " * (LARGEST_BYTES + 1))
    assert "larger than" in check_source(path).complaints[0].what


def test_a_file_that_cannot_be_read_is_a_complaint_too(tmp_path: Path) -> None:
    (tmp_path / "item.json").mkdir()
    assert check_source(tmp_path / "item.json").package is None
    assert check_statement(tmp_path / "none.item.json", KEYS).complaints[0].what == "No such file or directory"


def test_a_signed_package_must_carry_the_conditions_that_writing_adds(written: Write) -> None:
    sometimes = {"name": "roof", "control": "yes_no", "label": words("屋顶"), "when": {"field": "why", "is_one_of": ["other"]}}
    then = {"name": "steep", "control": "yes_no", "label": words("陡吗"), "when": {"field": "roof", "is_one_of": [True]}}

    def change(source: dict[str, Any]) -> None:
        fields(source, 2).extend([sometimes, then])
        for name in ("roof", "steep"):
            source["schema"]["properties"][name] = {"type": "boolean"}

    found = check_bytes(Path("item.json"), written(change)).complaints
    assert any(one.where == "pages[2].fields[2].when.field" and "itself only sometimes asked" in one.what for one in found)


@given(cut=st.integers(0, 4000), noise=st.binary(max_size=4))
def test_a_damaged_package_is_always_answered_with_complaints(written: Write, cut: int, noise: bytes) -> None:
    whole = written()
    damaged = whole[: cut % len(whole)] + noise + whole[cut % len(whole) + 1 :]
    checked = check_bytes(Path("item.json"), damaged)
    assert checked.is_fit or checked.complaints


# Signed packages


def signed_at(folder: Path, payload: bytes, key: Ed25519PrivateKey = KEY) -> Path:
    path = folder / "borrow-a-ladder.3.item.json"
    path.write_bytes(sign(payload, PAYLOAD_TYPE, key_id_of(KEY.public_key()), key))
    return path


def test_a_signed_package_is_verified_and_then_checked(tmp_path: Path, written: Write) -> None:
    assert check_statement(signed_at(tmp_path, written()), KEYS).is_fit
    bad = check_statement(signed_at(tmp_path, written(lambda s: s.update(version=0))), KEYS)
    assert [one.where for one in bad.complaints] == ["version"]


def test_somebody_else_s_signature_is_refused(tmp_path: Path, written: Write) -> None:
    checked = check_statement(signed_at(tmp_path, written(), Ed25519PrivateKey.generate()), KEYS)
    assert checked.package is None
    assert "signed by no key that may sign it" in checked.complaints[0].what


def test_without_keys_it_is_checked_and_the_missing_look_at_the_signature_is_said(tmp_path: Path, written: Write) -> None:
    checked = check_statement(signed_at(tmp_path, written(), Ed25519PrivateKey.generate()), None)
    assert [one.weight for one in checked.complaints] == [Weight.WARNING]
    assert "--keys" in checked.complaints[0].advice


# Folders


def test_a_folder_is_checked_whole(put: Put, tmp_path: Path, written: Write) -> None:
    put(folder="a")
    put(lambda s: s.update(code="borrow-a-saw"), folder="b/deep")
    signed_at(tmp_path, written())
    (tmp_path / "a" / "example.json").write_text("{}")
    checked = check_folder(tmp_path, KEYS)
    assert [one.file.relative_to(tmp_path).as_posix() for one in checked] == [
        "a/item.json",
        "b/deep/item.json",
        "borrow-a-ladder.3.item.json",
    ]
    assert all(one.is_fit for one in checked)


def test_the_same_version_of_an_item_twice_is_refused(put: Put, tmp_path: Path) -> None:
    first = put(folder="a")
    put(folder="b")
    put(lambda s: s.update(version=4), folder="c")
    fit = {one.file.parent.name: one.is_fit for one in check_folder(tmp_path)}
    assert fit == {"a": True, "b": False, "c": True}
    double = next(one for one in check_folder(tmp_path) if not one.is_fit)
    assert str(first) in double.complaints[0].what


def test_an_empty_folder_has_nothing_to_check(tmp_path: Path) -> None:
    assert check_folder(tmp_path) == ()


def test_the_icon_names_are_the_font_s_kind_of_names() -> None:
    assert all(name == name.lower() and name.replace("_", "").isalnum() for name in ITEM_ICONS)
