"""`kiosk first-boot`: sets a new terminal up on its own glass."""

import argparse
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from kiosk.commands.answer import Answer, Commands, add_command

if TYPE_CHECKING:
    from kiosk.maintenance.set_up_files import SetUpPlace


def register(commands: Commands) -> None:
    """Add `first-boot`."""
    parser = add_command(
        commands,
        "first-boot",
        run,
        "set a new terminal up on its own glass: panel, network, clock, admission, devices, a trial visit",
        "kiosk first-boot --config new/kiosk.toml --template play/kiosk.toml --city play/city/public",
    )
    parser.add_argument("--config", type=Path, required=True, help="the configuration file that is to be; it must not be there yet")
    parser.add_argument("--template", type=Path, required=True, help="what every terminal of this kind has: devices, voice, updates")
    parser.add_argument("--city", type=Path, required=True, metavar="DIR", help="the city's public folder: ca.pem and its keys")
    parser.add_argument("--zone", default="Asia/Shanghai", help="in which times are shown and clocks are set")
    parser.add_argument("--helped", action="store_true", help="the machine has the unit that sets network and clock (as images do)")
    parser.add_argument("--windowed", action="store_true", help="in a window instead of the whole glass")


def run(words: argparse.Namespace) -> Answer:
    """Show the wizard until the terminal is one, the window is closed, or SIGTERM or SIGINT comes."""
    from kiosk.maintenance.set_up_files import SetUpPlace

    place = SetUpPlace(words.config.resolve(), words.template.resolve(), words.city.resolve())
    if place.config.exists():
        told = f"{place.config}: this terminal is set up; move the file away to set it up anew"
        return Answer({"status": "set_up_already", "detail": told}, told, done=False)
    for needed in (place.template, place.city / "ca.pem"):
        if not needed.is_file():
            told = f"{needed}: not there; the image brings it, or name another with --template and --city"
            return Answer({"status": "incomplete", "detail": told}, told, done=False)
    if not (os.environ.get("DISPLAY") or os.environ.get("SDL_VIDEODRIVER")):
        told = "there is no display: DISPLAY is not set. Run this on the terminal's own screen, or under: xvfb-run"
        return Answer({"status": "no_display", "detail": told}, told, done=False)
    return _shown(words, place)


def _shown(words: argparse.Namespace, place: "SetUpPlace") -> Answer:
    from kiosk.commands.run import ended_by_signal
    from kiosk.failing import fail_on_the_unexpected
    from kiosk.first_boot import WizardSide
    from kiosk.machine.notify import this_service

    fail_on_the_unexpected()
    ended = ended_by_signal()
    side = WizardSide(place, has_helper=words.helped, fullscreen=not words.windowed, zone=ZoneInfo(words.zone), service=this_service())

    def stop() -> None:
        ended.get()
        side.stop()

    threading.Thread(target=stop, name="stop", daemon=True).start()
    side.run()
    if place.config.exists():
        return Answer({"status": "set_up", "config": str(place.config)}, f"set up: {place.config}")
    told = f"not finished; what was answered is kept in {place.folder}"
    return Answer({"status": "unfinished", "detail": told}, told, done=False)
