"""What is on the glass: Kivy, and only here. A screen draws a state and sends events; nothing waits, blocks or decides in it."""

import atexit
import logging
import os
import shutil
import sys
import tempfile
import threading
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

_STYLES = "style.kv"
_AWAITING = "asyncio"


def _tame_kivy() -> None:
    """Keep Kivy to what this program tells it: no arguments, no files of a user's home, no log files. It reads these on import."""
    scratch = Path(tempfile.mkdtemp(prefix="kiosk-screens-"))
    atexit.register(shutil.rmtree, scratch, ignore_errors=True)
    os.environ.setdefault("KIVY_HOME", str(scratch))
    os.environ.setdefault("KIVY_DATA_DIR", str(_data_without_styles(scratch)))
    for name in ("KIVY_NO_ARGS", "KIVY_NO_CONFIG", "KIVY_NO_ENV_CONFIG", "KIVY_NO_FILELOG", "KIVY_NO_CONSOLELOG"):
        os.environ.setdefault(name, "1")
    os.environ.setdefault("KIVY_CLOCK", "interrupt")  # what happens is shown at once, not with the next frame, a tenth of a second later
    os.environ.setdefault("KIVY_LOG_MODE", "PYTHON")  # else it takes over the root logger and standard error
    logging.getLogger("kivy").setLevel(logging.CRITICAL)


def _data_without_styles(scratch: Path) -> Path:
    """Return a folder of Kivy's own data but for the styles of its widgets: none of them is on a page, and each start would parse them."""
    kivy, data = find_spec("kivy"), scratch / "data"
    if kivy is None or kivy.origin is None:
        raise ModuleNotFoundError("kivy")
    data.mkdir()
    for part in Path(kivy.origin).with_name("data").iterdir():
        if part.name != _STYLES:
            (data / part.name).symlink_to(part)
    (data / _STYLES).touch()
    return data


def _bring_clock() -> None:
    """Import Kivy's clock without asyncio: it makes one event of it, for a loop that others await. Nobody awaits this one."""
    if _AWAITING in sys.modules:
        return
    stand_in = ModuleType(_AWAITING)
    vars(stand_in).update(Event=threading.Event, wait_for=None)
    sys.modules[_AWAITING] = stand_in
    try:
        import kivy.clock  # noqa: F401, PLC0415 - tamed before
    finally:
        del sys.modules[_AWAITING]


_tame_kivy()
_bring_clock()
