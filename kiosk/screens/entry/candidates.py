"""The bar of words on offer. Its places are made once and reused, so that a key costs no more than a change of words."""

from collections.abc import Callable, Sequence

from kiosk.input_method.composition import SLOTS, slots_of
from kiosk.input_method.engine import Candidate
from kiosk.screens.components.part import Part
from kiosk.screens.components.shape import Fill
from kiosk.screens.components.text import Icon, Text
from kiosk.screens.entry.keys import Quick
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import Palette, Weight
from kiosk.screens.typeset import Span


class CandidateCell(Quick):
    """One word on offer; the first is preselected."""

    def __init__(self, stage: Stage, place: int, act: Callable[[], None]) -> None:
        super().__init__(stage, test_id=f"candidate-{place}", label="", act=act)
        self._is_first = place == 0
        self._fill = Fill(self.canvas.before)
        self._rule = Fill(self.canvas.before)
        self._text = Text(stage, [Span("")], "candidate", centred=True, weight=Weight.BOLD if self._is_first else Weight.MEDIUM)
        self.add_widget(self._text)

    def say(self, text: str) -> None:
        """Offer another word."""
        if text != self.label:
            self.label = text
            self._text.say([Span(text)])

    def arrange(self) -> None:
        x, y, width, height = int(self.x), int(self.y), int(self.width), int(self.height)
        thin = max(1, self.stage.px(2))
        self._fill.place(x, y, width, height)
        self._rule.place(x + width - thin, y, thin, height)
        self._text.place(x, y, width, height)

    def paint(self, palette: Palette) -> None:
        chosen = self._is_first
        self._fill.paint(palette, "pressed" if self.is_down else "prisoft" if chosen else "surface")
        self._rule.paint(palette, "line")
        self._text.ink = "onprisoft" if chosen else "ink"
        self._text.paint(palette)


class _More(Quick):
    def __init__(self, stage: Stage, act: Callable[[], None]) -> None:
        super().__init__(stage, test_id="candidates-more", label=stage.say("keyboard.more"), act=act)
        self._fill = Fill(self.canvas.before)
        self._icon = Icon(stage, "chevron_right", 46)
        self.add_widget(self._icon)

    def arrange(self) -> None:
        box = int(self.x), int(self.y), int(self.width), int(self.height)
        self._fill.place(*box)
        self._icon.place(*box)

    def paint(self, palette: Palette) -> None:
        self._fill.paint(palette, "pressed" if self.is_down else "sunk")


class CandidateBar(Part):
    """`SLOTS` places and the way to more; a longer word takes several places."""

    UNITS = 128

    def __init__(self, stage: Stage, choose: Callable[[Candidate], None], more: Callable[[], None]) -> None:
        super().__init__(stage)
        self._choose = choose
        self._offered: tuple[Candidate, ...] = ()
        self._fill = Fill(self.canvas.before)
        self._rules = (Fill(self.canvas.after), Fill(self.canvas.after))
        self._hint = Text(stage, [Span("")], "lead", ink="ink2")
        self._cells = [CandidateCell(stage, place, lambda place=place: self._pick(place)) for place in range(SLOTS)]  # type: ignore[misc]
        self._more = _More(stage, more)
        self._has_more = False
        self.add_widget(self._hint)

    @property
    def slots(self) -> int:
        """How many places there are: fewer when type is large."""
        return max(3, round(SLOTS / self.stage.theme.scale))

    def offer(self, candidates: Sequence[Candidate], *, more: bool, hint: str) -> None:
        """Show these words; when there are none, the hint."""
        self._offered = tuple(candidates)
        self._has_more = more
        self._hint.say([Span("" if candidates else hint)])
        for cell, candidate in zip(self._cells, self._offered, strict=False):
            cell.say(candidate.text)
        if self.width:
            self.arrange()
            self.paint(self.stage.theme.palette)

    def height_for(self, width: int) -> int:
        del width
        return self.stage.theme.key_px(self.UNITS)

    def arrange(self) -> None:
        x, y, width, height = int(self.x), int(self.y), int(self.width), int(self.height)
        thin = max(1, self.stage.px(2))
        self._fill.place(x, y, width, height)
        for rule, bottom in zip(self._rules, (y, y + height - thin), strict=True):
            rule.place(x, bottom, width, thin)
        place = width / (self.slots + 1.1)
        left = float(x)
        for number, cell in enumerate(self._cells):
            if number >= len(self._offered):
                self._show(cell, shown=False)
                continue
            wide = place * min(self.slots, slots_of(self._shown(self._offered[number].text)))
            self._show(cell, shown=True)
            cell.place(round(left), y, round(left + wide) - round(left), height)
            left += wide
        self._show(self._more, shown=self._has_more)
        if self._has_more:
            self._more.place(round(x + place * self.slots), y, x + width - round(x + place * self.slots), height)
        self._hint.place(x + self.stage.px(40), y, width - self.stage.px(80), height)

    def paint(self, palette: Palette) -> None:
        self._fill.paint(palette, "surface")
        for rule in self._rules:
            rule.paint(palette, "line")

    def _shown(self, text: str) -> str:
        """Return as many characters as the glass shows: a character that is in no font is named by its number."""
        return "".join(one if self.stage.theme.fonts.covers(one) else "_" * 5 for one in text)

    def _show(self, part: Part, *, shown: bool) -> None:
        if shown and part.parent is None:
            self.add_widget(part)
        elif not shown and part.parent is not None:
            self.remove_widget(part)

    def _pick(self, place: int) -> None:
        if place < len(self._offered):
            self._choose(self._offered[place])
