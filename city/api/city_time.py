"""What time it is, for a terminal that cannot tell a certificate that is over from a clock that is wrong."""

from city.api.questions import answers
from city.fleet.models import Terminal
from sync.contract.city_time import CITY_TIME, TimeAsked, TimeTold


@answers(CITY_TIME)
def city_time(_terminal: Terminal, _asked: TimeAsked) -> TimeTold:
    """Answer; the time stands in what is signed."""
    return TimeTold()
