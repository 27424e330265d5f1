"""What is on the glass: Kivy, and only here. A screen draws a state and sends events; nothing waits, blocks or decides in it."""

import atexit
import logging
import os
import shutil
import tempfile


def _tame_kivy() -> None:
    """Keep Kivy to what this program tells it: no arguments, no files of a user's home, no log files. It reads these on import."""
    if "KIVY_HOME" not in os.environ:
        scratch = tempfile.mkdtemp(prefix="kiosk-screens-")
        atexit.register(shutil.rmtree, scratch, ignore_errors=True)
        os.environ["KIVY_HOME"] = scratch
    for name in ("KIVY_NO_ARGS", "KIVY_NO_CONFIG", "KIVY_NO_ENV_CONFIG", "KIVY_NO_FILELOG", "KIVY_NO_CONSOLELOG"):
        os.environ.setdefault(name, "1")
    os.environ.setdefault("KIVY_CLOCK", "interrupt")  # what happens is shown at once, not with the next frame, a tenth of a second later
    os.environ.setdefault("KIVY_LOG_MODE", "PYTHON")  # else it takes over the root logger and standard error
    logging.getLogger("kivy").setLevel(logging.CRITICAL)


_tame_kivy()
