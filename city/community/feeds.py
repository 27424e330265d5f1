"""What terminals are sent of the community's information."""

from datetime import timedelta
from typing import Final

from city.api.feeds import Supply, supplies
from city.community.notices import board_for
from city.community.services import directory_for
from city.fleet.models import Terminal
from sync.contract.directory import DIRECTORY, Directory
from sync.contract.notices import NOTICES, Noticeboard

BELIEVED_FOR: Final = timedelta(days=7)
"""How long a terminal without a line goes on showing notices: a withdrawal cannot reach it."""


@supplies(DIRECTORY)
def directory(terminal: Terminal) -> Supply[Directory]:
    """Return the services around the terminal."""
    return Supply(directory_for(terminal.area), valid_for=BELIEVED_FOR)


@supplies(NOTICES)
def notices(terminal: Terminal) -> Supply[Noticeboard]:
    """Return the notices of the terminal's area."""
    return Supply(board_for(terminal.area), valid_for=BELIEVED_FOR)
