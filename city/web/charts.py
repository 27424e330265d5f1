"""Small charts as SVG, drawn by the server: no script, nothing from elsewhere, and every figure also stands in a table or beside its mark.

Colours are classes of figures.css, so that a chart keeps the page's policy (no inline styles) and prints.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH = 720
_GAP = 3
_LYING = '<svg class="share" viewBox="0 0 {} 16" preserveAspectRatio="none" aria-hidden="true">{}</svg>'


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: `value` high, of which `part` is in the colour of trouble. `said` is read out, and shown under the pointer."""

    label: str
    value: float
    said: str
    part: float = 0
    is_off: bool = False  # such as a day on which nobody works


def columns(bars: Sequence[Bar], title: str, *, width: int = WIDTH, height: int = 96, every: int = 7) -> SafeString:
    """Draw upright bars side by side, with every so many labels below; `width` is about the page's, so that letters keep their size."""
    most = max((bar.value for bar in bars), default=0) or 1
    step = width / max(1, len(bars))
    drawn = format_html_join("", "{}", ((_column(bar, place * step, step, most, height),) for place, bar in enumerate(bars)))
    labels = format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="{}">{}</text>',
        (
            (f"{place * step + step / 2:.1f}", height + 16, "middle" if place else "start", bar.label)
            for place, bar in enumerate(bars)
            if place % every == 0
        ),
    )
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}"><line class="axis" x1="0" x2="{}" y1="{}" y2="{}"/>{}{}</svg>',
        width,
        height + 22,
        title,
        width,
        height,
        height,
        drawn,
        labels,
    )


def _column(bar: Bar, x: float, step: float, most: float, height: int) -> SafeString:
    whole, part = bar.value / most * (height - 6), min(bar.part, bar.value) / most * (height - 6)
    low = format_html(
        '<rect class="mark{}" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>',
        " off" if bar.is_off else "",
        f"{x + _GAP / 2:.1f}",
        f"{height - whole:.1f}",
        f"{max(1.0, step - _GAP):.1f}",
        f"{whole:.1f}",
        bar.said,
    )
    if not part:
        return low
    top = format_html(
        '<rect class="mark trouble" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>',
        f"{x + _GAP / 2:.1f}",
        f"{height - whole:.1f}",
        f"{max(1.0, step - _GAP):.1f}",
        f"{max(2.0, part):.1f}",
        bar.said,
    )
    return low + top


def line(values: Sequence[float], title: str, width: int = 96, height: int = 28) -> SafeString:
    """Draw a small line without axes, its last point marked; of one value or none nothing."""
    if len(values) < 2:
        return SafeString("")
    least, most = min(values), max(values)
    span = (most - least) or 1
    points = [
        (place * (width - 8) / (len(values) - 1) + 4, height - 4 - (value - least) / span * (height - 8))
        for place, value in enumerate(values)
    ]
    x, y = points[-1]
    return format_html(
        '<svg class="spark" viewBox="0 0 {} {}" role="img" aria-label="{}"><polyline points="{}"/><circle cx="{}" cy="{}" r="3"/></svg>',
        width,
        height,
        title,
        " ".join(f"{one:.1f},{other:.1f}" for one, other in points),
        f"{x:.1f}",
        f"{y:.1f}",
    )


def share(value: float, most: float, limit: float | None = None, *, is_trouble: bool = False) -> SafeString:
    """Draw one lying bar of `value` out of `most`, with a stroke at `limit`; the figure stands beside it, so it is hidden from reading."""
    width, whole = 240, most or 1
    bar = format_html(
        '<rect class="ground" x="0" y="3" width="{}" height="10" rx="2"/><rect class="mark{}" x="0" y="3" width="{}" height="10" rx="2"/>',
        width,
        " trouble" if is_trouble else "",
        f"{max(0.0, min(1.0, value / whole)) * width:.1f}",
    )
    stroke = (
        SafeString("")
        if limit is None
        else format_html('<line class="limit" x1="{0}" x2="{0}" y1="0" y2="16"/>', f"{max(1.0, min(1.0, limit / whole) * width - 1):.1f}")
    )
    return format_html(
        '<svg class="share" viewBox="0 0 {} 16" preserveAspectRatio="none" aria-hidden="true">{}{}</svg>', width, bar, stroke
    )


def stack(parts: Sequence[tuple[str, float]]) -> SafeString:
    """Draw parts of a whole as one lying bar; each has a class of its own. The figures stand beside it."""
    whole, x, width = sum(value for _, value in parts) or 1, 0.0, 240
    drawn = []
    for name, value in parts:
        wide = value / whole * width
        drawn.append((name, f"{x:.1f}", f"{wide:.1f}"))
        x += wide
    inner = format_html_join("", '<rect class="{}" x="{}" y="2" width="{}" height="12"/>', drawn)
    return format_html(_LYING, width, inner)
