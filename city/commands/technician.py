"""`city technician`: issues and withdraws staff cards, and reads out a terminal's one-time code."""

import argparse
import secrets

from city.commands.answer import Answer, Commands, add_command, failed
from city.folder import CityFolder
from city.settings import use
from sync.contract.technicians import Pin, TechnicianRole, card_digest

EXAMPLE = "city technician issue --data ./city-data --number T-07 --role technician --card 04A1B2C3D4"


def add(commands: Commands) -> None:
    """Add the command and its words."""
    parser = commands.add_parser(
        "technician",
        help="issue and withdraw technicians' cards; a one-time code for one terminal",
        epilog=f"example:\n  {EXAMPLE}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    acts = parser.add_subparsers(required=True, metavar="ACT")
    issue = add_command(acts, "issue", _issue, "issue a card; its PIN is made and shown this once", EXAMPLE)
    issue.add_argument("--role", required=True, choices=[role.value for role in TechnicianRole])
    issue.add_argument("--card", required=True, metavar="UID", help="the card's number in hexadecimal, as kiosk card read shows it")
    withdraw = add_command(
        acts, "withdraw", _withdraw, "take a card back, for every terminal that has a line", "city technician withdraw …"
    )
    for each in (issue, withdraw):
        each.add_argument("--number", required=True, help="such as T-07")
    code = add_command(
        acts,
        "code",
        _code,
        "the one-time code of this moment, to be read out to a technician",
        "city technician code --terminal SY-HP-0173",
    )
    code.add_argument("--terminal", required=True, metavar="ID")


def _issue(words: argparse.Namespace) -> Answer:
    if not 1 <= len(words.number) <= 16:
        return failed("bad_number", f"--number {words.number!r}: 1 to 16 characters")
    try:
        bytes.fromhex(words.card)
    except ValueError:
        return failed("bad_card", f"--card {words.card!r}: hexadecimal, such as 04A1B2C3D4")
    use(CityFolder(words.data.resolve()))
    from city.upkeep.models import StaffCard  # noqa: PLC0415  models exist once Django is started

    digest = card_digest(words.card)
    if StaffCard.objects.filter(number=words.number).exists() or StaffCard.objects.filter(card=digest).exists():
        return failed("known", f"{words.number} or this card was issued before; withdraw it and use another number or card")
    digits = f"{secrets.randbelow(10**6):06d}"
    pin = Pin.of(digits)
    StaffCard.objects.create(number=words.number, role=words.role, card=digest, pin_salt=pin.salt, pin_key=pin.key)
    return Answer({"status": "issued", "number": words.number, "pin": digits}, f"{words.number}: PIN {digits}; it is shown this once")


def _withdraw(words: argparse.Namespace) -> Answer:
    use(CityFolder(words.data.resolve()))
    from city import here  # noqa: PLC0415
    from city.upkeep.models import StaffCard  # noqa: PLC0415

    if not StaffCard.objects.filter(number=words.number, withdrawn_at=None).update(withdrawn_at=here.now()):
        return failed("unknown", f"there is no card {words.number} that could be withdrawn")
    return Answer({"status": "withdrawn", "number": words.number}, f"{words.number} opens no terminal any more once it has heard of it")


def _code(words: argparse.Namespace) -> Answer:
    use(CityFolder(words.data.resolve()))
    import pyotp  # noqa: PLC0415

    from city import here  # noqa: PLC0415
    from city.fleet.models import Terminal  # noqa: PLC0415
    from city.upkeep.feeds import one_time_secret  # noqa: PLC0415

    if not Terminal.objects.filter(id=words.terminal, withdrawn_at=None).exists():
        return failed("unknown", f"there is no terminal {words.terminal} that is admitted")
    code = pyotp.TOTP(one_time_secret(words.terminal)).at(here.now())
    return Answer({"status": "made", "code": code}, f"{code}   good for about two minutes, once")
