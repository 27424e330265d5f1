"""`city init`: makes a data directory, or brings an old one up to date."""

import argparse
from typing import Any

from city.certificates import make_authority, make_server_certificate, server_certificate_days_left, server_certificate_names
from city.commands.answer import Answer, Commands, add_command
from city.folder import CityFolder
from city.keyring import make_keys
from city.settings import use

RENEW_BELOW_DAYS = 30


def add(commands: Commands) -> None:
    """Add the command."""
    add_command(
        commands,
        "init",
        run,
        "make a data directory with keys, certificates, a database and invented people of every role; keep whatever is there",
        "city init --data ./city-data",
    )


def run(words: argparse.Namespace) -> Answer:
    """Make what is missing."""
    folder = CityFolder(words.data.resolve())
    is_new = not folder.is_city
    folder.create()
    make_keys(folder)
    make_authority(folder)
    hosts = folder.settings().hosts
    if server_certificate_days_left(folder) < RENEW_BELOW_DAYS or not server_certificate_names(folder, hosts):
        make_server_certificate(folder, hosts)
    use(folder)

    from django.core.management import call_command  # noqa: PLC0415  Django is started just above

    call_command("migrate", verbosity=0, interactive=False)
    write_revoked_list(folder)
    from city.staff.demo_people import make_people  # noqa: PLC0415

    people = [card.shown for card in make_people()]
    if people:  # a city that has people of its own has its own areas, too
        from city.samples import make_sample_town  # noqa: PLC0415
        from city.utilities.register import register_sandbox  # noqa: PLC0415

        make_sample_town()
        register_sandbox(folder)
    clerk = people[0] if people else None
    body: dict[str, Any] = {"status": "done", "data": str(folder.root), "public": str(folder.public), "clerk": clerk, "people": people}
    lines = [f"{'Made' if is_new else 'Brought up to date'}: {folder.root}"]
    if clerk:
        lines.append(
            f"People (invented; shown this once), all with the password {clerk['password']}, each with a secret for the telephone:"
        )
        lines += [f"  {one['username']:<14} {one['role']:<16} {one['totp_secret']}" for one in people]
    lines.append(f"Serve it: city serve --data {folder.root} --port 8443")
    return Answer(body, "\n".join(lines))


def write_revoked_list(folder: CityFolder) -> None:
    """Write the list of withdrawn certificates anew, so that it is never over at the reverse proxy."""
    from city import here  # noqa: PLC0415  models exist once Django is started
    from city.fleet.certificates import write_revoked  # noqa: PLC0415

    write_revoked(folder, here.now())
