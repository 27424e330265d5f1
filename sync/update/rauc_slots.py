"""The slots of a real machine, through RAUC's own command: `rauc status --output-format=json`, `rauc install`, `rauc status mark-…`.

Format of the status: RAUC's reference manual, "rauc status". RAUC checks the bundle's CMS signature against its own keyring and the verity
tree of every block it writes; nothing here replaces that.
"""

import os
import subprocess
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO, Final

import msgspec

from sync.contract.decoding import UNDECODABLE
from sync.errors import SyncError
from sync.update.slots import InstallStatus, SlotState

_ASK_S: Final = 30.0
_INSTALL_S: Final = 3600.0
_REASONS: Final[Mapping[str, InstallStatus]] = {
    "unable to get local issuer certificate": InstallStatus.FOREIGN,
    "signature verification failed": InstallStatus.FOREIGN,
    "incompatible": InstallStatus.OTHER_BOARD,
    "compatible mismatch": InstallStatus.OTHER_BOARD,
    "payload is corrupted": InstallStatus.DAMAGED,
    "verity": InstallStatus.DAMAGED,
    "input/output error": InstallStatus.DAMAGED,  # what reading a block ends with whose hash is another, or a slot that takes no write
}


class RaucError(SyncError):
    """RAUC did not answer as it should."""


class RaucSlots:
    """The engine of a machine with RAUC."""

    def __init__(
        self,
        running: str,
        ran_before: Callable[[], str] = str,
        command: tuple[str, ...] = ("rauc",),
        restart: tuple[str, ...] = ("systemctl", "reboot"),
    ) -> None:
        """Begin.

        Args:
            running: The version that runs, as the image says; RAUC knows it only for slots that it has written itself.
            ran_before: Says which version ran before that, for the same reason; nothing where nobody noted it.
            command: How RAUC is called.
            restart: How the machine is restarted.
        """
        self._running = running
        self._ran_before = ran_before
        self._command = command
        self._restart = restart

    def state(self) -> SlotState:
        """Ask RAUC.

        Raises:
            RaucError: It does not answer, or not as its manual says.
        """
        said = self._ask("status", "--detailed", "--output-format=json")
        try:
            read: dict[str, Any] = msgspec.json.decode(said)
            slots = {name: facts for entry in read["slots"] for name, facts in entry.items() if facts.get("bootname")}
            booted = next(facts for facts in slots.values() if facts["state"] == "booted")
            other = next((facts for facts in slots.values() if facts["state"] != "booted"), None)
        except (*UNDECODABLE, KeyError, TypeError, AttributeError, StopIteration) as error:
            raise RaucError(f"rauc status: not as its manual says ({type(error).__name__})") from error
        version = None if other is None else other.get("slot_status", {}).get("bundle", {}).get("version")
        is_other_good = other is not None and other.get("boot_status") == "good"
        if version is None and is_other_good:
            version = self._ran_before() or None  # a slot as the disk was made, which RAUC has never written
        return SlotState(str(booted["bootname"]), self._running, booted.get("boot_status") == "good", version, is_other_good)

    def install(self, bundle: BinaryIO, version: str) -> InstallStatus:  # noqa: ARG002  RAUC takes the version from the bundle
        """Let RAUC install from our open file: what was checked is what it reads, whatever happens to the name."""
        if not self.state().is_good:
            return InstallStatus.NOT_GOOD_YET
        path = f"/proc/{os.getpid()}/fd/{bundle.fileno()}"
        try:
            ended = subprocess.run([*self._command, "install", path], capture_output=True, text=True, timeout=_INSTALL_S, check=False)
        except (OSError, subprocess.TimeoutExpired):
            return InstallStatus.FAILED
        if ended.returncode == 0:
            return InstallStatus.INSTALLED
        said = (ended.stdout + ended.stderr).lower()
        return next((status for word, status in _REASONS.items() if word in said), InstallStatus.FAILED)

    def mark_good(self) -> None:
        """The running slot stays."""
        self._ask("status", "mark-good", "booted")

    def go_back(self) -> None:
        """The other slot is started next, the running one not again."""
        self._ask("status", "mark-bad", "booted")
        self._ask("status", "mark-active", "other")

    def restart(self) -> None:
        """Restart the machine."""
        subprocess.run(self._restart, check=False, timeout=_ASK_S)

    def _ask(self, *words: str) -> bytes:
        try:
            return subprocess.run([*self._command, *words], capture_output=True, timeout=_ASK_S, check=True).stdout
        except (OSError, subprocess.SubprocessError) as error:
            raise RaucError(f"{' '.join(self._command)} {words[0]}: {error}; is rauc.service running?") from error
