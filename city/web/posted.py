"""What a form said, where it may say one of a few words only."""

from collections.abc import Mapping
from typing import TypeVar

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest

T = TypeVar("T")


def chosen(request: HttpRequest, name: str, choices: Mapping[str, T]) -> T:
    """Return what was chosen; there is no default, for the one act or the other would then be done to somebody who did not ask for it.

    Raises:
        SuspiciousOperation: No page of ours sends this; it is answered with 400, and nothing is changed.
    """
    word = request.POST.get(name, "")
    if word not in choices:
        raise SuspiciousOperation(f"no such {name}")
    return choices[word]
