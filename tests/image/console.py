"""The city's fleet console as an operator meets it, on the data of a city that runs: prints the page that an address answers with.

A process of its own, for Django is started on one data directory in the life of a process:
`python -m tests.image.console DATA /fleet/rollout`, and with `name=value` behind it what a form sends.
"""

import sys
from pathlib import Path

from city.folder import CityFolder
from city.settings import use

HOST = "localhost"
OPERATOR = "image-operator"


def main(data: str, address: str, *said: str) -> int:
    """Ask, and print the page; a form leads to the page after it."""
    use(CityFolder(Path(data).resolve()))
    from django.test import Client

    from city.staff.models import Clerk, Posting
    from city.staff.roles import Role

    operator, is_new = Clerk.objects.get_or_create(
        username=OPERATOR, defaults={"staff_number": OPERATOR, "full_name": "样例运维", "office": "样例"}
    )
    if is_new:
        Posting.objects.create(clerk=operator, role=Role.FLEET_OPERATOR, area="")
    client = Client(headers={"host": HOST})
    client.force_login(operator)
    if said:
        response = client.post(address, dict(pair.split("=", 1) for pair in said), secure=True, follow=True)
    else:
        response = client.get(address, secure=True)
    sys.stdout.write(response.content.decode())
    return 0 if response.status_code == 200 else 1


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
