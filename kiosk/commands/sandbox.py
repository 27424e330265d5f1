"""`kiosk sandbox`: a city and an enrolled terminal in a folder."""

import argparse
import re
from pathlib import Path

from kiosk.commands.answer import Answer, Commands, add_command
from kiosk.sandbox import OWN_SERVICE, SandboxError, make_sandbox


def register(commands: Commands) -> None:
    """Add `sandbox`."""
    parser = add_command(
        commands,
        "sandbox",
        run,
        "make a city and an enrolled terminal in a folder; starts nothing",
        "kiosk sandbox sandbox --city-port 8443",
    )
    parser.add_argument("folder", type=Path, metavar="DIR", help="a new folder")
    parser.add_argument("--city-port", type=_port, metavar="P", help="on which the city will be served (a free one)")
    parser.add_argument(
        "--vpcd",
        type=_host_and_port,
        metavar="HOST:PORT",
        help="chip cards in the slot of the machine's own pcscd instead of the bench's: 127.0.0.1:35963 as Debian's package sets it",
    )
    parser.add_argument("--no-chip-cards", action="store_true", help="a terminal without a chip-card reader")


def _port(word: str) -> int:
    number = int(word)
    if not 1 <= number <= 65535:
        raise argparse.ArgumentTypeError("a port is 1 to 65535")
    return number


def _host_and_port(word: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9.-]+:[0-9]{1,5}", word):
        raise argparse.ArgumentTypeError("must be HOST:PORT")
    _port(word.rpartition(":")[2])
    return word


def run(words: argparse.Namespace) -> Answer:
    """Make it, and say what to start."""
    folder = words.folder.resolve()
    from peripherals.virtual.own_pcscd import why_not

    reason = why_not() if words.vpcd is None and not words.no_chip_cards else None
    own = OWN_SERVICE if reason is None and not words.no_chip_cards else None
    try:
        made = make_sandbox(folder, words.city_port, vpcd=words.vpcd or own)
    except SandboxError as error:
        return Answer({"status": "not_made", "detail": str(error)}, str(error), done=False)
    body = {
        "status": "made",
        "config": str(made.config),
        "city_dir": str(made.city),
        "city_url": made.city_url,
        "clerk": made.clerk,
        "example": made.example,
        "no_chip_cards": reason,
    }
    port = made.city_url.rpartition(":")[2]
    text = "\n".join(
        (
            f"Made {folder}. Now, in three terminals:",
            f"  city serve --data {made.city} --port {port}",
            f"  kiosk bench --config {made.config}",
            f"  kiosk run --config {made.config}",
            f"The clerk's page: {made.city_url}  (name {made.clerk['username']}, password {made.clerk['password']},",
            f"  secret of its telephone {made.clerk['totp_secret']}; `oathtool --totp -b SECRET` tells its code)",
            *(() if reason is None else (f"Without a chip-card reader: {reason}.",)),
        )
    )
    return Answer(body, text)
