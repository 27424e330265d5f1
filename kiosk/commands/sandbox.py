"""`kiosk sandbox`: a city and an enrolled terminal in a folder."""

import argparse
import re
from pathlib import Path

from kiosk.commands.answer import Answer, Commands, add_command
from kiosk.sandbox import SandboxError, make_sandbox


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
        help="also chip cards, in vpcd's slot: 127.0.0.1:35963 as Debian's package sets it",
    )


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
    try:
        made = make_sandbox(folder, words.city_port, vpcd=words.vpcd)
    except SandboxError as error:
        return Answer({"status": "not_made", "detail": str(error)}, str(error), done=False)
    body = {
        "status": "made",
        "config": str(made.config),
        "city_dir": str(made.city),
        "city_url": made.city_url,
        "clerk": made.clerk,
        "example": made.example,
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
        )
    )
    return Answer(body, text)
