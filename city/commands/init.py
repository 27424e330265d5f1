"""`city init`: makes a data directory, or brings an old one up to date."""

import argparse
import secrets
import string
from typing import Any

from city.certificates import make_authority, make_server_certificate, server_certificate_days_left
from city.commands.answer import Answer, Commands, add_command
from city.folder import CityFolder
from city.keyring import make_keys
from city.settings import use

RENEW_BELOW_DAYS = 30
CLERK = {"username": "clerk", "staff_number": "H0001", "full_name": "演示员", "office": "样例街道便民服务中心"}


def add(commands: Commands) -> None:
    """Add the command."""
    add_command(
        commands,
        "init",
        run,
        "make a data directory with keys, certificates, an empty database and one invented clerk; keep whatever is there",
        "city init --data ./city-data",
    )


def run(words: argparse.Namespace) -> Answer:
    """Make what is missing."""
    folder = CityFolder(words.data.resolve())
    is_new = not folder.is_city
    folder.create()
    make_keys(folder)
    make_authority(folder)
    if server_certificate_days_left(folder) < RENEW_BELOW_DAYS:
        make_server_certificate(folder, folder.settings().hosts)
    use(folder)

    from django.core.management import call_command  # noqa: PLC0415  Django is started just above

    call_command("migrate", verbosity=0, interactive=False)
    clerk = _demo_clerk()
    body: dict[str, Any] = {"status": "done", "data": str(folder.root), "public": str(folder.public), "clerk": clerk}
    lines = [f"{'Made' if is_new else 'Brought up to date'}: {folder.root}"]
    if clerk:
        lines.append(f"Clerk: {clerk['username']}  password: {clerk['password']}  (shown this once)")
    lines.append(f"Serve it: city serve --data {folder.root} --port 8443")
    return Answer(body, "\n".join(lines))


def _demo_clerk() -> dict[str, str] | None:
    """Make the invented clerk, if nobody can sign in yet; return the password, which is kept nowhere."""
    from city.staff.models import Clerk  # noqa: PLC0415  models exist once Django is started

    if Clerk.objects.exists():
        return None
    password = "-".join("".join(secrets.choice(string.ascii_lowercase + "23456789") for _ in range(4)) for _ in range(4))
    Clerk.objects.create_user(password=password, **CLERK)
    return {"username": CLERK["username"], "password": password, "full_name": CLERK["full_name"]}
