"""A slip in the pieces in which it is sent, and how long they are on the line. It opens none: the screen's process asks, too."""

from drivers.escpos.answers import TURN
from drivers.escpos.raster import bands
from drivers.escpos.text import text_commands
from drivers.printer_address import PrinterAddress, PrinterAddressError
from peripherals.receipt_printer import PlainSlip, Raster

_BAND_ROWS = 24  # 3 mm
_BAND_ON_THE_LINE_S = 0.5  # at the most: a question waits behind what is on its way on a serial line


def pieces(slip: Raster | PlainSlip, address: PrinterAddress) -> list[bytes]:
    """Return the slip's commands, without the cut; after each one the printer is asked for its turn."""
    if isinstance(slip, PlainSlip):
        return list(text_commands(slip))
    rows = min(_BAND_ROWS, address.bytes_per_s * _BAND_ON_THE_LINE_S * 8 / slip.width_dots)
    return list(bands(slip, max(1, int(rows))))


def line_s(slip: Raster | PlainSlip, device_url: str) -> float:
    """Return how many seconds the slip is on the way to the printer at this URL; none but on a serial line.

    A queue's URL is no line's, and of a wrong one the device's own process complains.
    """
    try:
        address = PrinterAddress.of(device_url)
    except PrinterAddressError:
        return 0.0
    return sum(len(piece + TURN) for piece in pieces(slip, address)) / address.bytes_per_s
