"""One tap does everything: nothing on the glass wants a swipe, a drag, a second tap or a finger that stays."""

import ast
from pathlib import Path

import kiosk

SCREENS = Path(kiosk.__file__).parent / "screens"
FOLLOWS_A_FINGER = {"components/press.py", "entry/ink.py"}
"""A control that is left again shows it; a sheet is written on, and a mark by a button stands in for that."""

GESTURES = {"is_double_tap", "is_triple_tap", "double_tap_time", "ScrollView", "Carousel", "Scatter", "Slider", "on_touch_hold"}


def names_in(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.Name | ast.FunctionDef | ast.ClassDef):
            found.add(node.id if isinstance(node, ast.Name) else node.name)
        elif isinstance(node, ast.ImportFrom):
            found |= {one.name for one in node.names}
    return found


def test_no_screen_asks_for_a_gesture() -> None:
    used = {f"{path.relative_to(SCREENS)}: {name}" for path in SCREENS.rglob("*.py") for name in names_in(path) & GESTURES}
    assert used == set()


def test_only_a_control_and_a_sheet_follow_a_finger_that_moves() -> None:
    following = {str(path.relative_to(SCREENS)) for path in SCREENS.rglob("*.py") if "on_touch_move" in names_in(path)}
    assert following == FOLLOWS_A_FINGER


def test_how_long_a_finger_stays_is_measured_for_strokes_alone() -> None:
    timed = {
        str(path.relative_to(SCREENS))
        for path in SCREENS.rglob("*.py")
        if {"on_touch_down", "schedule_once"} <= names_in(path) or {"on_touch_down", "schedule_interval"} <= names_in(path)
    }
    assert timed == set()
