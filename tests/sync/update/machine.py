"""A terminal's update side, whole: real channel client, staging, journal, agent and two slots in files, with a restart button."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sync.contract.names import TerminalId
from sync.contract.update_report import UpdateReport
from sync.update.agent import Agent, Step
from sync.update.channel import Channel
from sync.update.decide import Moment
from sync.update.journal import JournalFile
from sync.update.known_time import KnownTime
from sync.update.line import Line
from sync.update.staging import StagingFolder
from sync.update.virtual_slots import VirtualSlots
from tests.sync.update.channel_server import BOARD, Published

FIRST = "1.0.0"


class Machine:
    """One terminal with version 1.0.0 in slot A. `visit_fails` names a stage that the visit fails at, by version."""

    def __init__(self, folder: Path, published: Published, name: str = "SY-UPD-01", *, version: str = FIRST, board: str = BOARD) -> None:
        self.folder = folder
        self.published = published
        self.clock_offset = timedelta()
        self.visit_fails: dict[str, str] = {}
        self.moment_facts: dict[str, object] = {}
        self.restarts = 0
        self.name = TerminalId(name)
        self.board = board
        if not (folder / "slots").exists():
            VirtualSlots.make(folder / "slots", version)
            (folder / "channel").mkdir(parents=True)
            (folder / "channel" / "root.json").write_bytes(published.root)
        self.line = Line(file_s=5.0)
        self.built_at = published.now - timedelta(days=1)

    def clock(self) -> datetime:
        return datetime.now(UTC) + self.clock_offset

    def agent(self) -> Agent:
        """Return the agent as it starts after a power-on."""
        time = KnownTime(self.folder / "known-time", self.built_at, self.clock)
        return Agent(
            terminal=self.name,
            form=self.board,
            channel=Channel(self.published.url, "stable", self.board, self.folder / "channel", self.line, time),
            staging=StagingFolder(self.folder / "staging", self.line, bytes_s=1e12, spare_bytes=0, sleep=lambda _s: None),
            slots=self.slots(),
            journal=JournalFile(self.folder / "journal.json"),
            moment=lambda: Moment(time.now(), **self.moment_facts),  # type: ignore[arg-type]
            visit=self.visit,
            now=time.now,
        )

    def slots(self) -> VirtualSlots:
        return VirtualSlots(self.folder / "slots", self.board, self.published.image_authority, self._note_restart)

    def _note_restart(self) -> None:
        self.restarts += 1

    def visit(self) -> str:
        return self.visit_fails.get(self.running, "")

    @property
    def running(self) -> str:
        return self.slots().state().running

    def power_on(self) -> Step | None:
        """Boot, and let the agent settle; follow its restarts."""
        settled: Step | None = None
        for _ in range(6):
            before = self.restarts
            self.slots().boot()
            outcome = self.agent().settle()
            settled = outcome if outcome is not None else settled
            if self.restarts == before:
                return settled
        raise AssertionError("it restarts for ever")

    def turn(self, most: int = 6) -> list[Step]:
        """Step until nothing more happens, through restarts."""
        seen: list[Step] = []
        for _ in range(most):
            before = self.restarts
            step = self.agent().step()
            if seen and step == seen[-1]:
                break
            seen.append(step)
            if self.restarts != before:
                settled = self.power_on()
                if settled is not None:
                    seen.append(settled)
        return seen

    def told(self) -> tuple[UpdateReport, ...]:
        return JournalFile(self.folder / "journal.json").read().history
