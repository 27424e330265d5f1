"""What stays is made without looking for garbage, and looking goes on afterwards, whatever happened."""

import gc
from collections.abc import Iterator

import pytest

from kiosk.staying import staying


@pytest.fixture(autouse=True)
def _looking() -> Iterator[None]:
    gc.enable()
    yield
    gc.enable()
    gc.unfreeze()


def test_nothing_is_looked_for_meanwhile_and_it_goes_on_whatever_happens() -> None:
    def fails() -> None:
        with staying():
            assert not gc.isenabled()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert gc.isenabled()


def test_one_within_another_ends_nothing() -> None:
    with staying():
        with staying():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()


def test_what_was_made_is_not_looked_through_afterwards_and_what_comes_later_is() -> None:
    before = gc.get_freeze_count()
    with staying():
        made = [[number] for number in range(1000)]
    assert gc.get_freeze_count() >= before + len(made)
    ring: list[object] = []
    ring.append(ring)
    del ring
    assert gc.collect()


def test_where_nobody_looks_nobody_begins_to() -> None:
    gc.disable()
    with staying():
        pass
    assert not gc.isenabled()
