"""The glass remembers what is on it, and only what changed is drawn again.

Kivy draws everything anew for every frame. Without a graphics processor a page costs tens of milliseconds, and a key that turns grey
under a finger would cost as much. So the pages are drawn into a picture, within a frame (a scissor) around what changed since the last
time; what goes to the display is that picture. Kivy itself says what changed: it marks a canvas, and every canvas above it.
"""

import os
from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

from kivy.graphics import Callback, Color, Fbo, Rectangle, ScissorPop, ScissorPush
from kivy.graphics.instructions import Canvas
from kivy.graphics.opengl import GL_BLEND, GL_RENDERER, glDisable, glEnable, glGetString
from kivy.uix.widget import Widget

from peripherals.values import dataclass

_AROUND = 48
"""Pixels around a part that its shadow, its halo or the foot of a letter may reach."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of pixels, from the bottom left."""

    left: int
    bottom: int
    right: int
    top: int

    def joined(self, other: "Box") -> "Box":
        """Return the smallest box around both."""
        return Box(min(self.left, other.left), min(self.bottom, other.bottom), max(self.right, other.right), max(self.top, other.top))

    def within(self, width: int, height: int) -> "Box":
        """Return the part of it that is on the glass."""
        left, bottom = min(max(0, self.left), width), min(max(0, self.bottom), height)
        return Box(left, bottom, max(left, min(width, self.right)), max(bottom, min(height, self.top)))


def joined(one: Box | None, other: Box | None) -> Box | None:
    """Return the smallest box around what there is of two."""
    return one.joined(other) if one is not None and other is not None else one or other


def keeps_frames(renderer: bytes, environment: Mapping[str, str]) -> bool:
    """Tell whether the display's memory still holds the last frame when the next is drawn.

    Mesa drawing in software into a window of X copies each frame and goes on with the same memory. On the bare display (KMSDRM) it turns
    several memories over, as a graphics processor does: what was drawn in between is not in the one that comes next.
    """
    in_a_window = bool(environment.get("DISPLAY")) and environment.get("SDL_VIDEODRIVER", "x11") == "x11"
    return in_a_window and b"llvmpipe" in renderer


def display_keeps_frames() -> bool:
    """Tell the same of this process's display."""
    return keeps_frames(glGetString(GL_RENDERER), os.environ)


class Pane(Widget):
    """Holds the pages. `settle` is called before every frame.

    With `keeps_frame` the display's own memory still holds the last frame, and only what changed goes there; where a graphics processor
    turns several memories over, the whole picture does, which costs it nothing.
    """

    canvas: Any  # Kivy's; which one children are drawn into depends on it

    def __init__(self, width_px: int, height_px: int, *, keeps_frame: bool) -> None:
        super().__init__(size=(width_px, height_px), size_hint=(None, None))
        self._keeps_frame = keeps_frame
        self._drawn: WeakKeyDictionary[Widget, tuple[Box, tuple[int, ...]]] = WeakKeyDictionary()
        with self.canvas:
            self._picture = Fbo(size=(width_px, height_px))
            Color(1, 1, 1, 1)
            Callback(lambda _: glDisable(GL_BLEND))  # the picture is whole, and nothing shines through it
            self._shown = Rectangle(size=(width_px, height_px), texture=self._picture.texture)
            Callback(lambda _: glEnable(GL_BLEND))
        self._picture.texture.mag_filter = self._picture.texture.min_filter = "nearest"
        self._frame = ScissorPush(x=0, y=0, width=width_px, height=height_px)
        self._inside = Canvas()
        for part in (self._frame, self._inside, ScissorPop()):
            self._picture.add(part)

    def add_widget(self, widget: Widget, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  Kivy's signature
        """Take a page or a cover in; it is drawn into the picture."""
        own, self.canvas = self.canvas, self._inside
        super().add_widget(widget, *args, **kwargs)
        self.canvas = own

    def remove_widget(self, widget: Widget, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        """Take a page or a cover away."""
        own, self.canvas = self.canvas, self._inside
        super().remove_widget(widget, *args, **kwargs)
        self.canvas = own

    def settle(self) -> Box | None:
        """Put the frame around what changed since the last picture; return it, or None when nothing did."""
        whole = Box(0, 0, int(self.width), int(self.height))
        changed: Box | None = None
        children = tuple(id(child) for child in self.children)
        if self._drawn.get(self, (whole, ()))[1] != children:
            changed = whole
        self._drawn[self] = (whole, children)
        for child in self.children:
            changed = joined(changed, self._changed_in(child))
        if changed is None:
            self._show(whole)  # the display lost it, or somebody takes a picture of it
            return None
        framed = changed.within(whole.right, whole.top)
        self._frame.x, self._frame.y = framed.left, framed.bottom
        self._frame.width, self._frame.height = framed.right - framed.left, framed.top - framed.bottom
        self._show(framed if self._keeps_frame else whole)
        return framed

    def _show(self, box: Box) -> None:
        left, bottom, right, top = box.left / self.width, box.bottom / self.height, box.right / self.width, box.top / self.height
        self._shown.pos = (box.left, box.bottom)
        self._shown.size = (box.right - box.left, box.top - box.bottom)
        self._shown.tex_coords = (left, bottom, right, bottom, right, top, left, top)

    def _changed_in(self, widget: Widget) -> Box | None:
        """Return the box around what changed in a widget and below it, where it was and where it is."""
        canvas = widget.canvas
        if not canvas.needs_redraw and widget in self._drawn:
            return None
        before, children_before = self._drawn.get(widget, (None, ()))
        children = tuple(id(child) for child in widget.children)
        now = _box_of(widget)
        self._drawn[widget] = (now, children)
        below: Box | None = None
        for child in widget.children:
            below = joined(below, self._changed_in(child))
        if before is None or children != children_before or below is None or _draws_itself_anew(widget):
            return joined(joined(below, now), before)
        return below


def _draws_itself_anew(widget: Widget) -> bool:
    canvas = widget.canvas
    below = {id(child.canvas) for child in widget.children}
    return any(part.needs_redraw for part in canvas.children if id(part) not in below)


def _box_of(widget: Widget) -> Box:
    return Box(int(widget.x) - _AROUND, int(widget.y) - _AROUND, int(widget.right) + _AROUND, int(widget.top) + _AROUND)
