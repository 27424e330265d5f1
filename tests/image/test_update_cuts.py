"""The power goes while a release is on its way into a booted terminal: at one chosen write of its disk, and nothing after that write comes.

The disk is the one that forgets. After each cut the terminal comes to its home unaided, on the version that it had or on the new one,
proven; and a cut is no failure of the release.
"""

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from terminal_image import hands
from terminal_image.board import X86_64
from terminal_image.build import Parts
from terminal_image.disk import MIB, starts_mib
from terminal_image.forgetful_disk import ForgetfulDisk, Loss, Medium
from terminal_image.qemu import Machine, Shell, Sockets
from terminal_image.station import trial_disk
from terminal_image.surroundings import Surroundings

from tests.image.channel import FIRST, GOOD, RUNS, WITHIN_S, Channel, await_version
from tests.image.terminal import IMAGE, PROJECT, Terminal

pytestmark = [pytest.mark.image, pytest.mark.timeout(7200)]

DISK_BYTES = 4 << 30
STARTS = {name: at * MIB for name, at in starts_mib(X86_64.layout).items()}
ENDS = {part.name: STARTS[part.name] + part.mib * MIB for part in X86_64.layout}


class Watched(Medium):
    """A medium that is without power from the moment that `pulls` names: whatever the machine asks of it then has no answer.

    Attributes:
        written: How many bytes came into each partition since it was last plugged in; None names a flush.
        pulls: Told the partition of each write before it is taken, and None before a flush; says whether the plug is pulled now.
    """

    def __init__(self, base: Path, size_bytes: int) -> None:
        super().__init__(base, size_bytes)
        self.plug_in(None)

    def plug_in(self, pulls: Callable[[str | None], bool] | None) -> None:
        self.pulls = pulls
        self.written = dict.fromkeys(STARTS, 0)
        self.is_pulled = threading.Event()

    def write(self, at: int, data: bytes, *, through: bool = False) -> None:
        name = next((name for name in STARTS if STARTS[name] <= at < ENDS[name]), "")
        self._ask(name)
        super().write(at, data, through=through)
        if name:
            self.written[name] += len(data)

    def flush(self) -> None:
        self._ask(None)
        super().flush()

    def _ask(self, name: str | None) -> None:
        if not self.is_pulled.is_set() and self.pulls is not None and self.pulls(name):
            self.is_pulled.set()
        if self.is_pulled.is_set():
            raise EOFError


@contextmanager
def plugged_in(disk: ForgetfulDisk, town: Surroundings, folder: Path) -> Iterator[Terminal]:
    """Switch the terminal on; the plug is pulled at the end."""
    place = folder / "machine"
    sockets = Sockets(town.serial, Shell.CREDENTIALS, extra=hands.socket_words(place))
    with Machine(disk, place, town.glass, sockets) as machine:
        shell = Shell(machine)
        try:
            yield Terminal(machine, shell, town)
        finally:
            shell.close()


def test_a_cut_while_it_is_written_before_and_after_the_switch(
    made: Parts, town: Surroundings, channel: Channel, good_release: Path, tmp_path: Path
) -> None:
    channel.lay_down()
    channel.publish(good_release, GOOD)
    channel.roll_out(GOOD)
    channel.does("rollout", "pause")
    hands.pack(town)
    base = trial_disk(PROJECT, IMAGE, made, town.data, tmp_path)
    with base.open("r+b") as file:
        file.truncate(DISK_BYTES)
    medium, chance = Watched(base, DISK_BYTES), random.Random(8)

    def while_it_is_written(part: str | None) -> bool:
        """Of a root that is nearly the same RAUC writes the blocks that differ: a few hundred kB."""
        return part == "kiosk-root-b" and medium.written[part] >= MIB // 16

    def before_the_switch(part: str | None) -> bool:
        """Both parts are there; the loader's block is about to be written."""
        return part == "kiosk-esp" and medium.written["kiosk-boot-b"] > 0

    def after_the_switch(part: str | None) -> bool:
        """The loader's block was written and flushed: whatever comes next."""
        if before_the_switch(part):
            switch.add("written")
        elif part is None and switch == {"written"}:
            switch.add("flushed")
            return False
        return "flushed" in switch

    switch: set[str] = set()
    with ForgetfulDisk(medium, tmp_path / "disk") as disk:
        for pulls, loss in ((while_it_is_written, Loss.TORN), (before_the_switch, Loss.ALL), (after_the_switch, Loss.SOME)):
            medium.plug_in(None)
            with plugged_in(disk, town, tmp_path) as terminal:
                terminal.await_home()
                assert terminal.say(RUNS).split() == [FIRST, "rauc.slot=A"]
                medium.plug_in(pulls)
                channel.does("rollout", "resume")
                assert medium.is_pulled.wait(WITHIN_S), f"{medium.written}\n{channel.standing()}"
            channel.does("rollout", "pause")
            medium.lose(loss, chance)
        medium.plug_in(None)
        with plugged_in(disk, town, tmp_path) as terminal:
            await_version(terminal, GOOD, "B", channel)
            terminal.await_home()
            assert "GOOD=B" in terminal.say("grub-editenv /boot/grub/grubenv list")
            terminal.await_state("kiosk-update")
            standing = channel.await_told(terminal, good=1)
    assert standing["failed"] == 0, "a cut is no failure of a release"
    medium.close()
