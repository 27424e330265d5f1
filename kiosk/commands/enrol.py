"""`kiosk enrol`: asks the city to admit this terminal, with the one-time code that an operator gave out."""

import argparse
import hashlib
import time
from pathlib import Path

from kiosk.commands.answer import Answer, Commands, add_command
from kiosk.config import load, sync_settings
from peripherals.deadline import Deadline

_ASK_EVERY_S = 2.0
_NO_LINE = "no answer of the city ({reason}); `kiosk doctor --config FILE` looks at the line step by step"


def register(commands: Commands) -> None:
    """Add `enrol`."""
    parser = add_command(
        commands,
        "enrol",
        run,
        "make this terminal's key and ask the city to admit it; shows six words to read to the operator",
        "kiosk enrol --config sandbox/kiosk.toml --code K7QM-3D9X-WV4F",
    )
    parser.add_argument("--config", type=Path, required=True, help="the terminal's configuration file")
    parser.add_argument("--code", required=True, help="the twelve symbols, or the whole text of the square")
    parser.add_argument(
        "--wait", type=float, default=0.0, metavar="SECONDS", help="how long to wait for the operator's answer (not at all)"
    )


def run(words: argparse.Namespace) -> Answer:
    """Ask, show the words, and wait for the certificate."""
    from sync import identity
    from sync.contract.enrolment import AdmissionCodeError, read_code, read_link
    from sync.enrolment import Admitted, Comparing, NotAdmitted, ask_admission, authority_der
    from sync.exchange import Exchange
    from sync.proxy import proxy_at

    settings = sync_settings(load(words.config))
    try:
        link = read_link(words.code)
        code = link.code if link else read_code(words.code)
    except AdmissionCodeError as error:
        return _failed("bad_code", str(error))
    if link and link.terminal != settings.terminal:
        return _failed("other_terminal", f"the code is for {link.terminal}, this terminal is {settings.terminal}; ask for its own")
    if link and link.authority != hashlib.sha256(authority_der(settings.ca_file)).hexdigest():
        return _failed("other_city", f"{settings.ca_file} is not the authority of the city that gave out the code; copy its public/ca.pem")
    signer, proxy = identity.request_key(settings.request_key, settings.terminal), proxy_at(settings.proxy, settings.proxy_login)
    exchange = Exchange(settings.url, settings.ca_file, signer, settings.exchange_s, proxy)
    patience = Deadline.after(words.wait)
    try:
        while True:
            outcome = ask_admission(exchange, settings.terminal, code, settings.certificate, settings.ca_file)
            if not isinstance(outcome, Comparing) or patience.remaining_s <= 0:
                break
            time.sleep(min(_ASK_EVERY_S, patience.remaining_s))
    finally:
        exchange.close()
    match outcome:
        case Admitted(until):
            body = {"status": "admitted", "terminal": settings.terminal, "until": until.isoformat()}
            return Answer(body, f"{settings.terminal} is admitted; its certificate is valid until {until:%Y-%m-%d}")
        case Comparing(six):
            text = f"Read these words to the operator: {' · '.join(six)}\nOnce the operator agrees, run the same command again."
            return Answer({"status": "compare", "words": list(six)}, text)
        case NotAdmitted(reason):
            return _failed(
                "not_admitted", f"the city refuses ({reason}): the code is wrong, used or older than 30 minutes; ask for a new one"
            )
        case offline:
            return _failed("offline", _NO_LINE.format(reason=offline.reason), reason=offline.reason)


def _failed(status: str, text: str, **more: str) -> Answer:
    return Answer({"status": status, "detail": text, **more}, text, done=False)
