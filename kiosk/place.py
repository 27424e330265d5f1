"""Where this terminal stands, as the flow knows it, and how its screens begin."""

from dataclasses import replace

from kiosk.config import Config, local_clock
from kiosk.flow.display import DarkHours
from kiosk.flow.state import Kiosk, Place


def place_of(config: Config) -> Place:
    """Return what the screens and slips say of this terminal."""
    terminal = config.terminal
    return Place(
        terminal.id,
        terminal.community,
        terminal.hotline,
        terminal.staff,
        pages=config.document_printer is not None,
        scans=config.code_scanner is not None,
        chips=config.chip_card_reader is not None,
        pad=config.signature_pad is not None,
        reads=config.document_camera.ocr != "none",
        dark=config.panel.dark_hours and DarkHours(*config.panel.dark_hours),
        off=config.panel.off_hours and DarkHours(*config.panel.off_hours),
    )


def at_rest(config: Config) -> Kiosk:
    """Return the terminal as it begins: nobody is there, and nothing has been read yet."""
    asleep = Kiosk(place_of(config), local_clock(config)())
    return replace(asleep, display=asleep.usual)
