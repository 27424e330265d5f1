"""What a page leaves behind is swept up, and what a visit took is given back: without waiting for Python to look by itself."""

import gc
import math
import os
import time
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kiosk.screens.test_app import ITEMS, Glass, glass  # noqa: F401 - a fixture; and it sets Kivy up before its window is made

from kivy.clock import Clock  # isort: skip
from kiosk.flow.views import Done, Idle, Review
from kiosk.screens.components.part import Part
from kiosk.screens.gallery import visit_of
from kiosk.screens.sweeping import Sweeping, spare, sweep

_PIECE, _PIECES = 4000, 10_000


@pytest.fixture(autouse=True)
def by_itself_python_does_not_look() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def a_moment() -> None:
    time.sleep(0.65)
    Clock.tick()


def parts() -> int:
    return sum(issubclass(type(thing), Part) for thing in gc.get_objects())  # not isinstance: it asks weak proxies


def rss_bytes() -> int:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_a_page_that_was_left_is_gone_a_moment_later(glass: Glass) -> None:  # noqa: F811
    glass.show(view=Review(), visit=visit_of(ITEMS[0]))
    page = weakref.ref(glass.screens._layers.page)
    glass.show(view=Idle(), visit=None)
    assert page() is not None
    a_moment()
    assert page() is None


def test_within_a_visit_too(glass: Glass) -> None:  # noqa: F811
    glass.show(view=Review(), visit=visit_of(ITEMS[0]))
    page = weakref.ref(glass.screens._layers.page)
    glass.show(view=Done(), visit=visit_of(ITEMS[0]))
    a_moment()
    assert page() is None


def test_not_under_a_finger(glass: Glass) -> None:  # noqa: F811
    glass.show(view=Review(), visit=visit_of(ITEMS[0]))
    page = weakref.ref(glass.screens._layers.page)
    glass.show(view=Idle(), visit=None)
    touch = glass.down(540, 300)
    a_moment()
    assert page() is not None
    glass.up(touch)
    a_moment()
    assert page() is None


def test_four_visits_leave_no_more_than_two(glass: Glass) -> None:  # noqa: F811
    counts = []
    for _ in range(4):
        glass.show(view=Review(), visit=visit_of(ITEMS[0]))
        glass.show(view=Done(), visit=visit_of(ITEMS[0]))
        glass.show(view=Idle(), visit=None)
        a_moment()
        counts.append(parts())
    assert counts[3] == counts[1]


@pytest.mark.parametrize(("left", "least", "most"), [(True, 0.5, math.inf), (False, -0.1, 0.1)])
def test_when_a_resident_has_left_the_system_gets_back_what_is_free(left: bool, least: float, most: float) -> None:
    sweeping = Sweeping(lambda: False)
    pieces = [bytes(_PIECE) for _ in range(_PIECES)]
    kept = pieces[::500]  # between the others, as what stays lies between what went
    before = rss_bytes()
    del pieces
    (sweeping.resident_left if left else sweeping.page_changed)()
    a_moment()
    assert least <= (before - rss_bytes()) / (_PIECE * _PIECES) <= most
    assert kept


def test_what_is_spared_is_not_looked_through_again() -> None:
    ring: list[object] = []
    ring.append(ring)
    watched = Part.__new__(Part)
    ring.append(watched)
    gone = weakref.ref(watched)
    del watched
    spare()
    try:
        del ring
        sweep()
        assert gone() is not None
    finally:
        gc.unfreeze()
    sweep()
    assert gone() is None
