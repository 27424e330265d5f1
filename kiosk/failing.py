"""What nobody expected ends the process, so that it is started clean."""

import os
import sys
import threading
import traceback
from typing import NoReturn


def fail(error: BaseException) -> NoReturn:
    """End the process on what nobody expected, so that it is started clean; the trace says where, its locals are not shown."""
    sys.stderr.write(
        "".join(traceback.format_tb(error.__traceback__)) + f"{type(error).__name__}\n"
    )  # its text may hold what a resident typed
    sys.stderr.flush()
    os._exit(70)


def fail_on_the_unexpected() -> None:
    """Let whatever is not caught anywhere end the process as `fail` says, on every thread: no message of it is shown."""
    sys.excepthook = lambda _kind, error, _trace: fail(error)
    threading.excepthook = lambda told: fail(told.exc_value or told.exc_type())
