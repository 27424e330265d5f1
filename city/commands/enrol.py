"""`city enrol`: admits a terminal by its public key."""

import argparse
import re
from pathlib import Path

from city.commands.answer import Answer, Commands, add_command, failed
from city.folder import CityFolder
from city.settings import use
from sync.contract.signing_keys import KeyFileError, key_id_of, read_public_key

_TERMINAL = re.compile(r"[A-Z0-9][A-Z0-9-]{0,31}", re.ASCII)


def add(commands: Commands) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "enrol",
        run,
        "admit a terminal by its public key",
        "city enrol --data ./city-data --terminal SY-HP-0173 --public-key terminal.pem --place 松风社区",
    )
    parser.add_argument("--terminal", required=True, metavar="ID", help="the terminal's id: capitals, digits and hyphens")
    parser.add_argument("--public-key", required=True, type=Path, metavar="FILE", help="its Ed25519 public key in PEM")
    parser.add_argument("--place", default="", help="where it stands, as clerks read it")
    parser.add_argument("--area", default="", metavar="CODE", help="the code of the area that it serves, as offices and postings name it")


def run(words: argparse.Namespace) -> Answer:
    """Admit it. The same key again changes nothing; another key for a known terminal is refused."""
    if not _TERMINAL.fullmatch(words.terminal):
        return failed("bad_terminal", f"--terminal {words.terminal!r}: 1 to 32 capitals, digits and hyphens")
    try:
        key = read_public_key(words.public_key)
    except KeyFileError as error:
        return failed("bad_key", str(error))
    use(CityFolder(words.data.resolve()))

    from city.fleet.models import Terminal  # noqa: PLC0415  models exist once Django is started

    terminal, is_new = Terminal.objects.get_or_create(
        id=words.terminal, defaults={"public_key": key.public_bytes_raw(), "place": words.place[:60], "area": words.area[:32]}
    )
    if bytes(terminal.public_key) != key.public_bytes_raw():
        return failed("other_key", f"{words.terminal} is admitted with another key; give this terminal another id")
    body = {"status": "done", "terminal": words.terminal, "key_id": key_id_of(key), "new": is_new}
    return Answer(body, f"{words.terminal} is admitted" + ("" if is_new else " (it was already)"))
