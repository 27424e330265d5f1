"""Small marks that templates set: icons and dates. Built into every template."""

from datetime import date, datetime

from django import template
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString

from city import here
from city.web.language import page_language
from sync.contract.words import Words

register = template.Library()

_WEEKDAYS = {"zh": "一二三四五六日", "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}


@register.simple_tag
def icon(name: str, size: int = 18) -> SafeString:
    """Draw a Material Symbol; the word beside it carries the meaning."""
    return format_html('<span class="ic s{}" aria-hidden="true">{}</span>', size, name)


@register.simple_tag
def key(*names: str) -> SafeString:
    """Draw key caps."""
    return SafeString("".join(format_html("<kbd>{}</kbd>", name) for name in names))


@register.filter
def day(value: date | datetime | None) -> str:
    """11-23 周一."""
    if value is None:
        return ""
    on = here.day_of(value) if isinstance(value, datetime) else value
    if (translation.get_language() or "").startswith("en"):
        return f"{on:%m-%d} {_WEEKDAYS['en'][on.weekday()]}"
    return f"{on:%m-%d} 周{_WEEKDAYS['zh'][on.weekday()]}"


@register.filter
def moment(value: datetime | None) -> str:
    """11-23 09:08, on the city's clock."""
    return "" if value is None else f"{value.astimezone(here.CITY_TIME):%m-%d %H:%M}"


@register.filter
def clock(value: datetime | None) -> str:
    """09:41:22, on the city's clock."""
    return "" if value is None else f"{value.astimezone(here.CITY_TIME):%H:%M:%S}"


@register.filter
def short_number(value: str) -> str:
    """1116-00402 for 2101111600402: the day and the place in the order of arrival."""
    return f"{value[4:8]}-{value[8:]}" if value else ""


@register.filter
def grouped(value: str) -> str:
    """7F3K 29QD: the terminal's number as it is printed."""
    return f"{value[:4]} {value[4:]}"


@register.filter
def said(value: Words) -> str:
    """A sentence of an item's, in the language of the page."""
    return value.said_in(page_language())


@register.filter
def hours(minutes: int) -> str:
    """1 小时 30 分; less than nothing has its sign before it."""
    whole, rest = divmod(abs(minutes), 60)
    is_english = (translation.get_language() or "").startswith("en")
    parts = [f"{whole} h" if is_english else f"{whole} 小时"] if whole or not rest else []
    parts += [f"{rest} min" if is_english else f"{rest} 分"] if rest else []
    return ("−" if minutes < 0 else "") + " ".join(parts)


@register.filter
def hours_signed(minutes: int) -> str:
    """+1 小时, as a line of a statement adds or takes it."""
    return f"+{hours(minutes)}" if minutes > 0 else hours(minutes)


@register.filter
def whole_hours(minutes: int) -> int:
    """Full hours, to be written into a form."""
    return minutes // 60
