"""python-escpos, without the folder that it makes and leaves behind each time it is imported."""

import tempfile

__all__ = ["DeviceNotFoundError", "Network", "Serial"]

with tempfile.TemporaryDirectory(prefix="escpos-") as _scratch:
    _before, tempfile.tempdir = tempfile.tempdir, _scratch
    try:
        from escpos.exceptions import DeviceNotFoundError
        from escpos.printer import Network, Serial
    finally:
        tempfile.tempdir = _before
