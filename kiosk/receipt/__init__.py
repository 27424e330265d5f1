"""The slip that a resident takes home: what it says, and its picture."""

from kiosk.receipt.content import Slip, SlipKind, masked
from kiosk.receipt.drawing import drawn

__all__ = ["Slip", "SlipKind", "drawn", "masked"]
