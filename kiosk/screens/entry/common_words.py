"""Common words as keys: for those who would rather point than type."""

from collections.abc import Callable, Sequence

from kiosk.screens.components.part import Part
from kiosk.screens.components.shape import Fill
from kiosk.screens.entry.keys import DONE, FUNCTION, Key, KeyKind
from kiosk.screens.stage import Stage
from kiosk.screens.tokens import Palette

_WORD = KeyKind("key", "pressed", "ink", "toggle")
_ROWS = 4
_GAP, _SIDE, _TOP, _BOTTOM = 12, 20, 20, 26
_FOOT = 104


class WordGrid(Part):
    """Pages of words; single characters stand closer than words."""

    def __init__(
        self, stage: Stage, words: Sequence[str], insert: Callable[[str], None], delete: Callable[[], None], done: Callable[[], None]
    ) -> None:
        super().__init__(stage)
        self._words = tuple(words)
        self._insert = insert
        self._columns = 8 if self._words and max(len(word) for word in self._words[:40]) <= 2 else 4 if stage.theme.scale <= 1.3 else 3
        self._page = 0
        self._fill = Fill(self.canvas.before)
        self._keys: list[Key] = []
        say = stage.say
        self._foot = [
            Key(stage, say("keyboard.earlier"), lambda: self._turn(-1), test_id="words-back", kind=FUNCTION, icon="chevron_left"),
            Key(stage, say("keyboard.more"), lambda: self._turn(1), test_id="words-more", kind=FUNCTION, icon="chevron_right"),
            Key(stage, "", delete, test_id="key-delete", kind=FUNCTION, icon="backspace", label=say("keyboard.delete")),
            Key(stage, say("keyboard.done"), done, test_id="key-done", kind=DONE),
        ]
        for key in self._foot:
            self.add_widget(key)

    @property
    def _per_page(self) -> int:
        return self._columns * _ROWS

    @property
    def _pages(self) -> int:
        return max(1, -(-len(self._words) // self._per_page))

    def arrange(self) -> None:
        self._fill.place(int(self.x), int(self.y), int(self.width), int(self.height))
        for key in self._keys:
            self.remove_widget(key)
        shown = self._words[self._page * self._per_page : (self._page + 1) * self._per_page]
        self._keys = [
            Key(self.stage, word, lambda word=word: self._insert(word), test_id=f"word-{place}", kind=_WORD)  # type: ignore[misc]
            for place, word in enumerate(shown)
        ]
        px = self.stage.px
        key_px = self.stage.theme.key_px
        side, gap = px(_SIDE), key_px(_GAP)
        room = int(self.height) - key_px(_TOP) - key_px(_BOTTOM) - key_px(_FOOT) - _ROWS * gap
        tall = room // _ROWS
        wide = (int(self.width) - 2 * side - (self._columns - 1) * gap) // self._columns
        for place, key in enumerate(self._keys):
            row, column = divmod(place, self._columns)
            self.add_widget(key)
            key.place(int(self.x) + side + column * (wide + gap), int(self.top) - key_px(_TOP) - (row + 1) * tall - row * gap, wide, tall)
        share = (int(self.width) - 2 * side - 3 * gap) // 4
        for place, key in enumerate(self._foot):
            key.place(int(self.x) + side + place * (share + gap), int(self.y) + key_px(_BOTTOM), share, key_px(_FOOT))

    def paint(self, palette: Palette) -> None:
        self._fill.paint(palette, "bed")

    def _turn(self, by: int) -> None:
        self._page = (self._page + by) % self._pages
        self.arrange()
