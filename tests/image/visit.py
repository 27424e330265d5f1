"""A resident's visit at a booted terminal, by touches, a card and a paper; the city has it all at its end."""

import time
from pathlib import Path

from terminal_image import hands

from tests.image.terminal import Terminal

ABOUT_IT = (
    "uptime; systemctl list-units --no-pager --plain --no-legend 'kiosk*'; "
    "journalctl -b --no-pager -o short-monotonic -u kiosk-ui -u 'kiosk-device@*' | tail -n 60"
)
"""What is asked of the terminal when a visit stopped short."""


def walk(terminal: Terminal, pictures: Path) -> None:
    """Apply once, and see it at the city.

    Raises:
        AssertionError: Something of it did not come.
    """
    before = len(terminal.town.applications())
    hands.send_in(terminal.shell, 1)
    try:
        steps = hands.lend(terminal.machine, terminal.town.bench, pictures, patience_s=5400)
    except hands.VisitError as error:
        raise AssertionError(f"{error}\n{terminal.say(ABOUT_IT, 600)}") from error
    assert steps[-1]["name"] == "visit-1-home again"
    assert [step["outcome"] for step in steps if step["name"] == "visit-1-slip"] == ["printed"]
    until = time.monotonic() + 300
    while not (len(cases := terminal.town.applications()) > before and cases[-1]["complete"]):
        assert time.monotonic() < until, cases
        time.sleep(2)
    assert list(terminal.town.bench.receipts.glob("*.png"))
