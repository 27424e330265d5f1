"""Releases on the booted image, from the city's channel to the proven slot: one that stays, and one that fails its visit and is left.

The releases are the image itself with another number; the second one's program cannot print. Real all the way: the TUF channel that a city
signs, RAUC's bundle under the fleet's authority, the loader's counting, and the visit.
"""

import time
from pathlib import Path

import pytest
from terminal_image.build import Parts
from terminal_image.surroundings import Surroundings

from tests.image.channel import GOOD, WITHIN_S, Channel, await_version, packed
from tests.image.terminal import Terminal, switched_on

pytestmark = [pytest.mark.image, pytest.mark.timeout(7200)]

BAD = "0.9.2"
BREAKAGE = """

def _none(*_):
    raise OSError("a release that cannot print")

EscposReceiptPrinter.print = _none
"""


def test_a_good_release_stays_and_a_broken_one_is_left(
    made: Parts, town: Surroundings, channel: Channel, good_release: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    channel.lay_down()
    channel.publish(good_release, GOOD)
    channel.publish(packed(made, tmp_path, BAD, BREAKAGE), BAD)
    with switched_on(made, town, tmp_path_factory.mktemp("updated")) as terminal:
        terminal.await_home()
        terminal.await_state("kiosk-update")
        channel.roll_out(GOOD)
        await_version(terminal, GOOD, "B", channel)
        block = terminal.say("grub-editenv /boot/grub/grubenv list")
        assert "GOOD=B" in block
        assert "ORDER=B A" in block
        channel.roll_out(BAD)
        await_noted(terminal, f"{BAD}  failed  print", channel)
        await_version(terminal, GOOD, "B", channel)


def await_noted(terminal: Terminal, wanted: str, channel: Channel) -> None:
    """Wait until the terminal's own history says so.

    Raises:
        AssertionError: It does not.
    """
    until, said = time.monotonic() + WITHIN_S, ""
    while wanted not in said:
        assert time.monotonic() < until, f"{said}\n{channel.standing()}"
        time.sleep(15)
        try:
            said = terminal.say("python3 -sP -m kiosk update status --config /data/kiosk/kiosk.toml", 120)
        except TimeoutError:
            continue
