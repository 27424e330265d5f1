"""python-escpos, without the folder that it makes and leaves behind each time it is imported, and without its list of printers.

Only its lines are used. The list of what hundreds of printers can do is read by a YAML parser written in Python at each import, as large as
it is; so it is given one that names none.
"""

import os
import tempfile
from pathlib import Path

__all__ = ["DeviceNotFoundError", "Network", "Serial"]

_LIST = "ESCPOS_CAPABILITIES_FILE"
_NO_PRINTERS = '{"profiles": {"default": {"codePages": {}, "features": {}, "fonts": {}}}, "encodings": {}}'

with tempfile.TemporaryDirectory(prefix="escpos-") as _scratch:
    _before, tempfile.tempdir = tempfile.tempdir, _scratch
    _named_before = os.environ.get(_LIST)
    os.environ[_LIST] = str(Path(_scratch, "printers.json"))
    Path(os.environ[_LIST]).write_text(_NO_PRINTERS, encoding="ascii")
    try:
        from escpos.exceptions import DeviceNotFoundError
        from escpos.printer import Network, Serial
    finally:
        tempfile.tempdir = _before
        if _named_before is None:
            del os.environ[_LIST]
        else:
            os.environ[_LIST] = _named_before
