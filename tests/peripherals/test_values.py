"""A value is a dataclass to everyone who asks, and a struct that costs nothing to make."""

import copy
from collections.abc import Mapping
from dataclasses import asdict, field, fields, is_dataclass, replace
from dataclasses import dataclass as plain_dataclass
from types import MappingProxyType

import msgspec
import pytest

from peripherals.values import dataclass


@dataclass(frozen=True, slots=True)
class Slip:
    """What was printed."""

    number: str
    pages: int = 1
    answers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    marks: tuple[int, ...] = field(default=(), repr=False)

    @property
    def is_long(self) -> bool:
        """Whether it has more than one page."""
        return self.pages > 1


@dataclass(frozen=True, slots=True)
class Page:
    """One page."""

    number: str
    pages: int = 1


def test_it_is_made_by_place_or_name_with_what_is_usual() -> None:
    assert Slip("7", 2) == Slip(number="7", pages=2)
    assert Slip("7").pages == 1
    assert Slip("7").answers == {}
    assert Slip("7", 2).is_long


def test_all_that_has_no_usual_value_must_be_given() -> None:
    with pytest.raises(TypeError, match="number"):
        Slip()  # type: ignore[call-arg]


def test_it_is_never_changed() -> None:
    with pytest.raises(AttributeError):
        Slip("7").pages = 2  # type: ignore[misc]
    with pytest.raises(AttributeError):
        Slip("7").colour = "red"  # type: ignore[attr-defined]


def test_the_next_is_made_from_the_one_before() -> None:
    assert replace(Slip("7", marks=(1,)), pages=3) == Slip("7", 3, marks=(1,))


def test_what_it_does_not_have_cannot_be_replaced() -> None:
    with pytest.raises(TypeError, match="colour"):
        replace(Slip("7"), colour="red")  # type: ignore[call-arg]


def test_another_class_with_the_same_in_it_is_another_value() -> None:
    assert Slip("7") != Page("7")
    assert len({Page("7"), Page("7"), Page("8")}) == 2


def test_it_is_told_apart_by_what_it_holds() -> None:
    match Page("7", 2):
        case Page(number, pages=2):
            assert number == "7"
        case _:
            pytest.fail("no page of two")


def test_what_is_nobodys_business_is_not_told() -> None:
    assert repr(Slip("7", 2, MappingProxyType({"name": "测试"}), (1, 2))) == "Slip(number='7', pages=2)"


def test_it_is_a_dataclass_to_whoever_asks() -> None:
    assert is_dataclass(Slip)
    assert [part.name for part in fields(Page)] == ["number", "pages"]
    assert asdict(Page("7", 2)) == {"number": "7", "pages": 2}
    assert Slip.__doc__ == "What was printed."


def test_it_goes_over_the_wire_and_is_copied_as_a_dataclass_does() -> None:
    assert msgspec.json.decode(msgspec.json.encode(Page("7", 2)), type=Page) == Page("7", 2)
    assert copy.deepcopy(Page("7", 2)) == Page("7", 2)


def test_what_can_be_changed_is_none() -> None:
    with pytest.raises(TypeError, match=r"dataclasses\.dataclass"):
        dataclass(frozen=False, slots=True)


def test_it_is_of_no_other_class() -> None:
    with pytest.raises(TypeError, match="no other class"):

        @dataclass(frozen=True, slots=True)
        class _Longer(Page):
            lines: int = 1


def test_nothing_of_it_is_left_out_of_comparing() -> None:
    with pytest.raises(TypeError, match="compared"):

        @dataclass(frozen=True, slots=True)
        class _Odd:
            number: int = field(default=0, compare=False)


def test_a_plain_one_is_still_one() -> None:
    """The two live side by side: what is changed is made with the library's own."""

    @plain_dataclass(slots=True)
    class Counter:
        page: Page

    counter = Counter(Page("7"))
    counter.page = replace(counter.page, pages=2)
    assert asdict(counter) == {"page": {"number": "7", "pages": 2}}
