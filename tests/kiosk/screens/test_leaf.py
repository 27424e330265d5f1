"""Which questions are in sight: all that fit, and always the one that is being filled."""

from hypothesis import given
from hypothesis import strategies as st

from tests.kiosk.screens import desk as desk  # noqa: PLC0414  sets Kivy up before anything imports it

from kiosk.screens.entry.leaf import packed, window  # isort: skip

heights = st.lists(st.integers(1, 900), min_size=1, max_size=8)


@given(heights=heights, gap=st.integers(0, 60), room=st.integers(1, 1500))
def test_every_question_is_in_exactly_one_group_and_a_group_fits(heights: list[int], gap: int, room: int) -> None:
    groups = packed(heights, gap, room)
    assert [place for group in groups for place in group] == list(range(len(heights)))
    for group in groups:
        assert len(group) == 1 or sum(heights[place] for place in group) + gap * (len(group) - 1) <= room


@given(heights=heights, gap=st.integers(0, 60), room=st.integers(1, 1500), data=st.data())
def test_the_question_being_filled_is_in_sight_with_whatever_fits_around_it(
    heights: list[int], gap: int, room: int, data: st.DataObject
) -> None:
    focus = data.draw(st.integers(0, len(heights) - 1))
    shown = window(heights, gap, room, focus)
    assert focus in shown
    assert len(shown) == 1 or sum(heights[place] for place in shown) + gap * (len(shown) - 1) <= room


def test_what_came_before_is_kept_in_sight_first() -> None:
    assert list(window([100, 100, 100], 10, 210, 1)) == [0, 1]
