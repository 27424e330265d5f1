"""How a resident enters things on the glass: words by their pinyin, letters, figures, days and addresses, all by touches."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from kiosk.input_method import day as days
from kiosk.input_method.day import DayChoice, DayPart
from sync.contract.formats import read_date
from tests.journeys.glass import Glass

PINYIN = {
    "样": "yang", "例": "li", "路": "lu", "吴": "wu", "周": "zhou", "甲": "jia", "乙": "yi", "丙": "bing", "丁": "ding", "戊": "wu",
}  # fmt: skip
_LEAVES_OF_WORDS = 40
_TURNS = {
    (DayPart.YEAR, 10): "date-decade-plus", (DayPart.YEAR, -10): "date-decade-minus",
    (DayPart.YEAR, 1): "date-year-plus", (DayPart.YEAR, -1): "date-year-minus",
    (DayPart.MONTH, 1): "date-month-plus", (DayPart.MONTH, -1): "date-month-minus",
    (DayPart.DAY, 1): "date-day-plus", (DayPart.DAY, -1): "date-day-minus",
}  # fmt: skip


class Hands:
    """Two hands before a glass that speaks Chinese."""

    def __init__(self, glass: Glass) -> None:
        self._glass = glass

    def write(self, text: str) -> None:
        """Write a text into the field that is open, character by character."""
        write, tab = self._in_pinyin, "pinyin"
        for char in text:
            if char in PINYIN:
                wanted: tuple[Callable[[str], None], str] = self._in_pinyin, "pinyin"
            elif char.isascii() and char.isalpha():
                wanted = self._in_latin, "latin"
            else:
                wanted = self._in_figures, "figures"
            if wanted[1] != tab:
                write, tab = wanted
                self._glass.tap("tab-figures" if tab == "figures" else "tab-pinyin")
                if tab == "latin":
                    self._glass.tap("key-language")
            write(char)

    def figures(self, text: str) -> None:
        """Press the figures of a pad, one after another."""
        for key in text:
            self._glass.tap("digit-point" if key == "." else f"digit-{key.lower()}")

    def turn_to(self, wanted: str, rule: Mapping[str, Any], today: date) -> None:
        """Turn the columns from the day that they show first to the one that is wanted, year first."""
        shown, goal = days.choice(rule, today), read_date(wanted)
        assert goal is not None
        for part in DayPart:
            shown = self._turn(shown, part, goal)
        assert shown.day == goal

    def pick(self, address: Mapping[str, str]) -> None:
        """Pick an address of this community down to its door, or write one that is in no list."""
        glass = self._glass
        if "written" in address:
            if glass.is_there("address-far"):
                glass.tap("address-far")
            glass.tap("address-none")
            self.write(address["written"])
        else:
            glass.tap("address-here")
            glass.tap(f"address-{address['road']}")
            for key in address["door"]:
                glass.tap(f"door-{key}")
        glass.tap("key-done")

    def _turn(self, shown: DayChoice, part: DayPart, goal: date) -> DayChoice:
        """Turn one column the shortest way that the field allows."""
        ways = [way for by in (1, -1) if (way := self._way(shown, part, by, goal)) is not None]
        assert ways, f"{part} of {goal} cannot be turned to from {shown}"
        for by in min(ways, key=len):
            self._glass.tap(_TURNS[part, by])
            shown = days.turned(shown, part, by)
        return shown

    @staticmethod
    def _way(shown: DayChoice, part: DayPart, by: int, goal: date) -> list[int] | None:
        """Return the presses that lead there in one direction, ten years at a time where that is shorter."""
        steps: list[int] = []
        while (away := getattr(goal, part) - getattr(shown.day, part)) != 0:
            step = by * 10 if part is DayPart.YEAR and abs(away) >= 10 else by
            turned = days.turned(shown, part, step)
            if turned == shown or len(steps) > 40:
                return None
            shown, steps = turned, [*steps, step]
        return steps

    def _in_pinyin(self, char: str) -> None:
        self._glass.type(PINYIN[char], "key-")
        for _ in range(_LEAVES_OF_WORDS):
            offered = {name: said for name, said in self._said().items() if name.startswith("candidate-")}
            found = next((name for name, said in offered.items() if said == char), None)
            if found is not None:
                self._glass.tap(found)
                return
            self._glass.tap("candidates-more")
        raise AssertionError(f"{char} is not offered for {PINYIN[char]}")

    def _in_latin(self, char: str) -> None:
        if self._said()[f"key-{char.lower()}"] != char:
            self._glass.tap("key-part")
        self._glass.tap(f"key-{char.lower()}")

    def _in_figures(self, char: str) -> None:
        found = next((name for name, said in self._said().items() if said == char and name.startswith(("digit-", "key-mark"))), None)
        assert found is not None, f"there is no key for {char!r}: {self._said()}"
        self._glass.tap(found)

    def _said(self) -> dict[str, str]:
        said: dict[str, str] = self._glass.ask("said")
        return said
