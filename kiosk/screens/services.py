"""How categories and items look on the glass: icon, tint, limit and fee in words."""

from collections.abc import Sequence

from kiosk.screens.components.cards import Tint
from kiosk.screens.stage import Stage
from sync.contract.item import Category, Door, ItemPackage, Limit
from sync.contract.words import Language

ICONS: dict[Category, tuple[str, Tint]] = {
    Category.RESIDENCE: ("home_pin", Tint.PRI),
    Category.INSURANCE: ("health_and_safety", Tint.INFO),
    Category.ELDERLY: ("elderly", Tint.GLAZE),
    Category.DISABILITY: ("accessible", Tint.CLAY),
    Category.RELIEF: ("volunteer_activism", Tint.CLAY),
    Category.WORK: ("work", Tint.INFO),
    Category.FAMILY: ("family_restroom", Tint.GLAZE),
    Category.HOUSING: ("apartment", Tint.PRI),
}


def listed(items: Sequence[ItemPackage]) -> list[ItemPackage]:
    """Return the items that stand in the drawers, most used first, as they come; the others have a door of their own."""
    return [item for item in items if item.door is Door.CATALOGUE]


def categories(items: Sequence[ItemPackage]) -> list[tuple[Category, int]]:
    """Return the categories that have items, with how many, in their fixed order."""
    counts = {category: sum(1 for item in listed(items) if item.category is category) for category in Category}
    return [(category, count) for category, count in counts.items() if count]


def spaced(stage: Stage, name: str) -> str:
    """Return a name for the middle of a sentence: in Chinese a figure at its start stands off, as in 请到 1 号窗口."""
    return f" {name}" if stage.theme.language is Language.ZH and name[:1].isdigit() else name


def limit_said(stage: Stage, limit: Limit) -> str:
    """Return the legal limit in words."""
    return stage.say("glass.working_days", count=limit.working_days) if limit.working_days else stage.say("glass.on_the_spot")
