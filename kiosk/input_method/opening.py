"""Which engines this machine has."""

from kiosk.input_method.engine import Engine
from kiosk.input_method.google_pinyin import GooglePinyin
from kiosk.input_method.handwriting import Recogniser
from kiosk.input_method.pinyin_tables import PinyinTables, WithReadings
from kiosk.input_method.zinnia import Zinnia


def open_engine() -> Engine:
    """Open the decoder, or the tables where it is not installed. Close it when the resident leaves the form.

    Raises:
        DecoderInUseError: The decoder is open already.
    """
    decoder = GooglePinyin.open()
    return PinyinTables() if decoder is None else WithReadings(decoder)


def open_recogniser() -> Recogniser | None:
    """Open the recogniser of handwriting, or return None where it is not installed: the glass then offers no pad."""
    return Zinnia.open()
