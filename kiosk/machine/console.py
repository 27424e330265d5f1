"""The kernel's own console, which lies behind the picture: no key reaches it, so none switches away from the terminal's screen."""

import fcntl
import os
from pathlib import Path

CONSOLE = Path("/dev/tty0")
_KDSKBMODE, _K_OFF = 0x4B45, 4  # linux/kd.h


def deafen(console: Path = CONSOLE) -> bool:
    """Turn the console's keyboard off: Alt-F2, Ctrl-Alt-Delete and the rest are then keys like others. False when there is no console."""
    try:
        descriptor = os.open(console, os.O_RDWR | os.O_CLOEXEC | os.O_NOCTTY)
    except OSError:
        return False
    try:
        fcntl.ioctl(descriptor, _KDSKBMODE, _K_OFF)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True
