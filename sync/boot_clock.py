"""Time that neither a resident nor a network can turn back: seconds since this boot, and which boot it is."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class BootClock:
    """Leases and waits are kept on it: a moment of another boot is always past."""

    boot_id: str
    now_s: Callable[[], float]

    @classmethod
    def of_this_machine(cls) -> "BootClock":
        """Return the kernel's clock, which goes on while the machine sleeps."""
        boot_id = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return cls(boot_id, lambda: time.clock_gettime(time.CLOCK_BOOTTIME))
