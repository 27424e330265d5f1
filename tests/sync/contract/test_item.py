from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from sync.contract.item import Category, Control, ItemPackage, Limit
from sync.contract.words import Language, Words


def test_a_package_survives_the_way_there_and_back(ladder: ItemPackage) -> None:
    assert msgspec.json.decode(msgspec.json.encode(ladder), type=ItemPackage) == ladder


def test_a_newer_city_may_say_more_than_this_terminal_knows(ladder: ItemPackage, written: Callable[..., bytes]) -> None:
    newer = written(lambda source: source.update({"mood": "sunny"}))
    assert msgspec.json.decode(newer, type=ItemPackage) == ladder


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda s: s.pop("name"), "name"),
        (lambda s: s.update(fee_fen="free"), "$.fee_fen"),
        (lambda s: s.update(valid_from="2026-02-30"), "$.valid_from"),
        (lambda s: s.update(category="gardens"), "$.category"),
        (lambda s: s["pages"][0]["fields"][1].update(control="slider"), "$.pages[0].fields[1].control"),
        (lambda s: s["materials"][0].update(pages_max=1.5), "$.materials[0].pages_max"),
        (lambda s: s["name"].pop("zh"), "zh"),
    ],
)
def test_a_package_of_the_wrong_shape_is_refused_with_the_place(
    written: Callable[..., bytes], change: Callable[[dict[str, Any]], object], where: str
) -> None:
    with pytest.raises(msgspec.ValidationError) as refusal:
        msgspec.json.decode(written(change), type=ItemPackage)
    assert where in str(refusal.value)


def test_two_versions_of_an_item_are_two_things(ladder: ItemPackage) -> None:
    newer = msgspec.structs.replace(ladder, version=ladder.version + 1)
    assert hash(newer) != hash(ladder)
    assert {ladder: "old", newer: "new"}[ladder] == "old"


def test_figures_are_samples_until_somebody_confirms_them() -> None:
    assert Limit(working_days=3).sample


def test_words_fall_back_to_chinese_where_nobody_translated() -> None:
    half = Words("梯子", en="Ladder")
    assert [half.said_in(language) for language in Language] == ["梯子", "Ladder", "梯子"]
    assert Words("梯子", en="").said_in(Language.EN) == "梯子"


def test_there_are_eight_drawers_and_thirteen_kinds_of_question() -> None:
    assert len(Category) == 8
    assert len(Control) == 13
