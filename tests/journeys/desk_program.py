"""The front desk of a town's city, in a process of its own: `python -m tests.journeys.desk_program DATA` accepts every case that waits."""

import sys
from pathlib import Path

from city.folder import CityFolder
from city.settings import use


def main() -> None:
    use(CityFolder(Path(sys.argv[1])))

    from city.onewindow import front_desk
    from city.onewindow.models import Case
    from city.onewindow.papers import content_of
    from city.onewindow.states import State
    from city.staff.models import Clerk
    from city.staff.roles import Right

    clerk = next(one for one in Clerk.objects.order_by("pk") if one.may(Right.DECIDE_CASES))
    for case in Case.objects.filter(state=State.RECEIVED):
        front_desk.accept(case, case.version, clerk, content_of(case))
        sys.stdout.write(f"{case.case_number}\n")


main()
