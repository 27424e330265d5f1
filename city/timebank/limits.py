"""What an entry may be in a community: values that the community set, or samples that are marked so."""

from dataclasses import dataclass
from typing import Final

from city.staff.models import Clerk
from city.timebank.models import STEP_MINUTES, LimitLine

MOST_OF_ALL: Final = {"task_minutes": 24 * 60, "start_minutes": 100 * 60, "debt_minutes": 500 * 60, "most_minutes": 10_000 * 60}
"""No community sets more: a slip of the hand would make a number that nobody can help off."""


@dataclass(frozen=True, slots=True)
class Limits:
    """All in minutes."""

    task_minutes: int
    start_minutes: int
    debt_minutes: int
    most_minutes: int
    is_sample: bool = False


SAMPLE: Final = Limits(task_minutes=120, start_minutes=300, debt_minutes=600, most_minutes=60_000, is_sample=True)
"""Two hours a service and five hours to begin with are what published rules of other cities say; the others are invented."""


def limits_of(area: str) -> Limits:
    """Return what holds in a community now."""
    line = LimitLine.objects.filter(area=area).first()
    return SAMPLE if line is None else Limits(line.task_minutes, line.start_minutes, line.debt_minutes, line.most_minutes)


def set_limits(clerk: Clerk, area: str, asked: dict[str, int]) -> bool:
    """Let other limits hold from now on; tell whether they make sense. Entries that are there stay as they are."""
    is_whole = asked.keys() == MOST_OF_ALL.keys() and all(0 <= asked[name] <= most for name, most in MOST_OF_ALL.items())
    if not is_whole or asked["task_minutes"] < STEP_MINUTES or asked["start_minutes"] > asked["most_minutes"]:
        return False
    LimitLine(area=area, clerk=clerk, **asked).save()
    return True
