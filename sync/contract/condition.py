"""When a question, page, paper or step of the route applies: it looks at answers, and at nothing else."""

from collections.abc import Mapping
from typing import Any

import msgspec


class Condition(msgspec.Struct, frozen=True, omit_defaults=True):
    """Holds when the answer to `field` is one of `is_one_of` (for several choices: has one of them), and everything in `also` holds."""

    field: str
    is_one_of: tuple[str | bool, ...]
    also: tuple["Condition", ...] = ()


def holds(condition: Condition | None, answers: Mapping[str, Any]) -> bool:
    """Tell whether `condition` holds, given what was answered so far; no condition always does."""
    if condition is None:
        return True
    given = answers.get(condition.field)
    if isinstance(given, list | tuple):
        fits = any(one in condition.is_one_of for one in given if isinstance(one, str | bool))
    else:
        fits = isinstance(given, str | bool) and given in condition.is_one_of
    return fits and all(holds(other, answers) for other in condition.also)
