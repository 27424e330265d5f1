"""Fingers where no window system makes a pointer out of them."""

from kiosk.screens.fingers import FirstFinger, Told

GLASS = (720, 1280)


def told(*events: Told) -> list[Told | None]:
    first = FirstFinger()
    return [first.told(event, *GLASS) for event in events]


def test_a_finger_presses_moves_and_lifts() -> None:
    assert told(("fingerdown", 7, 0.5, 0.25, 1.0), ("fingermotion", 7, 1.0, 1.0, 1.0), ("fingerup", 7, 0.0, 0.0, 0.0)) == [
        ("mousebuttondown", 359.5, 319.75, 1),
        ("mousemotion", 719.0, 1279.0),
        ("mousebuttonup", 0.0, 0.0, 1),
    ]


def test_nine_more_fingers_say_nothing() -> None:
    more = [(name, finger, 0.1, 0.1, 1.0) for finger in range(1, 10) for name in ("fingerdown", "fingermotion", "fingerup")]
    assert told(("fingerdown", 0, 0.5, 0.5, 1.0), *more)[1:] == [None] * len(more)


def test_after_the_first_is_lifted_the_next_one_presses() -> None:
    down, late = ("fingerdown", 1, 0.5, 0.5, 1.0), ("fingerdown", 2, 0.5, 0.5, 1.0)
    said = told(down, late, ("fingerup", 1, 0.5, 0.5, 0.0), ("fingermotion", 2, 0.6, 0.5, 1.0), ("fingerup", 2, 0.5, 0.5, 0.0), late)
    assert [event[0] if event else None for event in said] == ["mousebuttondown", None, "mousebuttonup", None, None, "mousebuttondown"]


def test_a_finger_beyond_the_glass_is_at_its_edge() -> None:
    assert told(("fingerdown", 1, -0.2, 1.4, 1.0)) == [("mousebuttondown", 0.0, 1279.0, 1)]


def test_everything_else_is_told_as_it_is() -> None:
    events: list[Told] = [("mousebuttondown", 3, 4, 1), ("keydown", 0, 27, 0, "x"), ("quit",)]
    assert told(*events) == events
