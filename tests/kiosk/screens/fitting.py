"""Looks at every state of every page as it was placed, without drawing it: what is cut, too small, off the glass or on something else."""

from collections.abc import Iterator
from itertools import combinations
from math import hypot

from kivy.uix.widget import Widget

from kiosk.flow.display import Display
from kiosk.screens.components.cards import Card, PressCard
from kiosk.screens.components.press import Pressable, walk
from kiosk.screens.components.spinner import Ring, Spinner
from kiosk.screens.components.text import Text
from kiosk.screens.entry.aiming import HintCard
from kiosk.screens.entry.keys import Bed
from kiosk.screens.gallery import items_in, states
from kiosk.screens.overlays import cover_for, display_cover
from kiosk.screens.page import Page
from kiosk.screens.picture import Picture
from kiosk.screens.register import page_for
from kiosk.screens.stage import Stage
from kiosk.screens.theme import Theme
from kiosk.screens.typeset import is_rare
from tests.kiosk.screens.desk import FONTS, ROOT

ITEMS = items_in(ROOT / "city" / "items")
KEYS = (
    "key-", "candidate-", "digit-", "tab-", "clear-", "writing-", "word-", "place-", "spot-", "day-", "address-",
    "scale-", "theme-", "language-",
)  # fmt: skip
DRAWN = (Text, Picture, Card, PressCard, Spinner, Ring)
KEYBOARD = ("key-", "candidate-", "digit-")  # 15 mm are enough for a key


def shown(theme: Theme, display: Display, only: str = "") -> Iterator[tuple[str, Widget]]:
    """Yield every leaf of every state, and what lies over pages."""
    theme.apply(display)
    stage = Stage(theme, lambda _: None, lambda: None, lambda: None)
    for name, state in states(ITEMS, display, FONTS):
        if not name.startswith(only):
            continue
        theme.apply(state.display)
        if state.overlay is not None:
            cover = cover_for(stage, state.overlay, state)
            cover.place(0, 0, theme.panel.width_px, theme.panel.height_px)
            cover.show(state)
            yield f"{name} cover", cover
            continue
        page = page_for(state.view)(stage)
        page.show(state)
        for leaf in range(page.body.leaves if page.body is not None else 1):
            if leaf and page.body is not None:
                page.body.turn(leaf)
            yield f"{name} leaf {leaf + 1}", page
        page.leave()
    theme.apply(display)
    cover = display_cover(stage, display, lambda: None)
    cover.place(0, 0, theme.panel.width_px, theme.panel.height_px)
    yield "display", cover


def texts(root: Widget) -> Iterator[Text]:
    """Yield every text below."""
    if isinstance(root, Text):
        yield root
    for child in root.children:
        yield from texts(child)


def faults(theme: Theme, name: str, root: Widget, *, nearer: bool = False) -> list[str]:
    """Return what is wrong with a page. `nearer`: a low panel is nearer to the hand, 13 mm are enough there, 9.5 for a letter."""
    panel = theme.panel
    found = [f"{name}: cut: {text.plain}" for text in texts(root) if text.plain and text.is_cut()]
    found += [f"{name}: a word is cut: {text.plain}" for text in texts(root) if text.plain and text.cuts_words()]
    found += [f"{name}: boxes for {one}" for text in texts(root) if (one := boxes(theme, text))]
    parts = list(walk(root))
    for part in parts:
        smaller = panel.mm(min(part.width, part.height))
        is_key = part.test_id.startswith(KEYBOARD)
        least = (9.5 if is_key or part.test_id.startswith(KEYS) else 13) if nearer else 15 if is_key else 20
        if smaller < least - 0.2:
            found.append(f"{name}: {part.test_id} is {smaller:.1f} mm")
        if is_off(theme, part):
            found.append(f"{name}: {part.test_id} is partly off the glass")
        if part.test_id == "next" and panel.mm(min(part.width, part.height)) < (20 if nearer else 25):
            found.append(f"{name}: the primary is {panel.mm(part.height):.1f} mm")
    return found + [f"{name}: {one.test_id} lies on {other.test_id}" for one, other in combinations(parts, 2) if overlap(one, other)]


def too_full(theme: Theme, name: str, root: Widget) -> list[str]:
    """Return what is off the glass, out of its leaf, on the buttons that turn it, and words on other words, on a control or on a ring."""
    said = [text for text in texts(root) if text.plain]
    found = [f"{name}: off the glass: {text.plain}" for text in said if is_off(theme, text)]
    for turner in (part for part in walk(root) if part.test_id.startswith("leaf-")):
        inside = set(turner.walk(restrict=True))
        drawn = (part for part in root.walk(restrict=True) if isinstance(part, DRAWN) and part not in inside)
        found += [f"{name}: {called(part)} lies on {turner.test_id}" for part in drawn if on_each_other(part, turner)]
    body = root.body if isinstance(root, Page) else None
    if body is not None:
        drawn = (part for part in body.walk(restrict=True) if isinstance(part, DRAWN) and not isinstance(part, Text))
        found += [f"{name}: {called(part)} stands out of its leaf" for part in drawn if is_out(part_box(part), body)]
        found += [f"{name}: {text.plain} stands out of its leaf" for text in texts(body) if text.plain and is_out(inked(text), body)]
    where = [(text, inked(text)) for text in said]
    found += [f"{name}: {one.plain} lies on {other.plain}" for (one, box), (other, its) in combinations(where, 2) if boxes_meet(box, its)]
    for part in [*walk(root), *(bed for bed in root.walk(restrict=True) if isinstance(bed, Bed))]:
        near = [text for text, box in where if boxes_meet(box, part_box(part))]
        inside = set(part.walk(restrict=True)) if near else set()
        found += [f"{name}: {text.plain} lies on {getattr(part, 'test_id', 'the keys')}" for text in near if text not in inside]
    for card in (part for part in root.walk(restrict=True) if isinstance(part, Card | HintCard | Pressable)):
        found += [
            f"{name}: {text.plain} stands over its {type(card).__name__}" for text in texts(card) if text.plain and stands_over(text, card)
        ]
    for ring in (part for part in root.walk(restrict=True) if isinstance(part, Ring) and part.parent is not None):
        near = [text for text in texts(ring.parent) if text.plain and boxes_meet(inked(text), part_box(ring))]
        found += [f"{name}: {text.plain} lies on its ring" for text in near if not is_within(ring, inked(text))]
    return found


Box = tuple[float, float, float, float]
"""Left, lower, right and upper edge."""


def called(part: Widget) -> str:
    """Return what a drawn part says, or what it is."""
    return part.plain if isinstance(part, Text) else f"a {type(part).__name__}"


def inked(text: Text) -> Box:
    """Return where the letters of a text are, without the air of its lines."""
    low = min(round(run.pos[1]) for run, _, _ in text._runs)
    high = max(round(run.pos[1] + run.size[1]) for run, _, _ in text._runs)
    air = (text._runs[0][0].size[1] - text._size_px) / 2  # a texture is as high as the tallest letter of its face
    left, right = min(run.pos[0] for run, _, _ in text._runs), max(run.pos[0] + width for run, width, _ in text._runs)
    return (left, low + air, right, high - air)


def part_box(part: Widget) -> Box:
    """Return the edges of a part."""
    return (part.x, part.y, part.right, part.top)


def is_out(box: Box, body: Widget) -> bool:
    """Whether a box begins below the body of a page, or ends above it."""
    return box[1] < body.y - 1 or box[3] > body.top + 1


def stands_over(text: Text, card: Widget) -> bool:
    """Whether words are wider or higher than the card or the button that they stand in."""
    left, low, right, high = inked(text)
    return bool(left < card.x - 2 or right > card.right + 2 or low < card.y - 2 or high > card.top + 2)


def boxes_meet(one: Box, other: Box) -> bool:
    """Whether two boxes share more than a hair."""
    return one[0] < other[2] - 2 and other[0] < one[2] - 2 and one[1] < other[3] - 2 and other[1] < one[3] - 2


def is_within(ring: Ring, box: Box) -> bool:
    """Whether the corners of a box are inside the stroke of a ring."""
    radius = ring._side / 2 - ring._thick
    return all(hypot(x - ring.center_x, y - ring.center_y) <= radius for x in (box[0], box[2]) for y in (box[1], box[3]))


def is_off(theme: Theme, part: Widget) -> bool:
    """Whether some of a part is not on the glass."""
    return bool(part.x < 0 or part.y < 0 or part.right > theme.panel.width_px or part.top > theme.panel.height_px)


def boxes(theme: Theme, text: Text) -> str:
    """Return the characters of a text that no font has; a rare one is drawn as its number, which is no box."""
    return "".join(char for char in theme.fonts.missing(text.plain) if char != "\n" and not is_rare(char))


def overlap(one: Pressable, other: Pressable) -> bool:
    """Whether two controls lie on each other."""
    if "clear-" in one.test_id + other.test_id:
        return False  # the cross lies in its field
    return on_each_other(one, other)


def on_each_other(one: Widget, other: Widget) -> bool:
    """Whether two boxes share more than a hair."""
    return bool(one.x < other.right - 1 and other.x < one.right - 1 and one.y < other.top - 1 and other.y < one.top - 1)
