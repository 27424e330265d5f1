"""What is said beside a field: what is, what is missing, no blame."""

from collections.abc import Sized

from kiosk.screens.stage import Stage
from sync.contract.answers import AnswerProblem, FieldProblem
from sync.contract.item import Control, Field

_BY_LENGTH = (AnswerProblem.MISSING, AnswerProblem.TOO_SHORT, AnswerProblem.TOO_LONG)
_CHOICES = (Control.CHOICE, Control.CHOICES, Control.YES_NO)
_FIGURES = (Control.DIGITS, Control.ID_NUMBER, Control.MONEY)


def text_key(problem: AnswerProblem, control: Control) -> str:
    """Return the key of the sentence; where length matters it counts figures, characters or choices."""
    kind = ""
    if control is Control.ROWS:
        kind = "_rows"
    elif control in _CHOICES:
        kind = "_choice"
    elif control in _FIGURES and problem is not AnswerProblem.MISSING:
        kind = "_figures"
    return f"problem.{problem}{kind if problem in _BY_LENGTH else ''}"


def complaint(stage: Stage, problem: FieldProblem, field: Field, value: object) -> str:
    """Return the sentence about one answer; a rule of the item has its own."""
    if problem.said is not None:
        return problem.said.said_in(stage.theme.language)
    now = len(value) if isinstance(value, Sized) else 0
    by = problem.by or 0
    if problem.problem is AnswerProblem.TOO_SHORT:
        facts = {"now": now, "by": by, "whole": now + by}
    elif problem.problem is AnswerProblem.TOO_LONG:
        facts = {"now": now, "by": by, "whole": now - by}
    else:
        facts = {}
    return stage.say(text_key(problem.problem, field.control), **facts)


def is_figures(field: Field) -> bool:
    """Whether the field is filled with figures alone."""
    return field.control in _FIGURES
