"""Which engine this machine has."""

from kiosk.input_method.engine import Engine
from kiosk.input_method.google_pinyin import GooglePinyin
from kiosk.input_method.pinyin_tables import PinyinTables, WithReadings


def open_engine() -> Engine:
    """Open the decoder, or the tables where it is not installed. Close it when the resident leaves the form.

    Raises:
        DecoderInUseError: The decoder is open already.
    """
    decoder = GooglePinyin.open()
    return PinyinTables() if decoder is None else WithReadings(decoder)
