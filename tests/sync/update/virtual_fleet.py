"""A fleet in virtual time: real agents, real rollout arithmetic, the real controller; only disks and lines are in memory.

    .venv/bin/python -m tests.sync.update.virtual_fleet docs/pictures/rollout-in-rings.png

draws how a release goes round among ten thousand of them.
"""

import io
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

from city.channel.repository import TIMESTAMP_LIFE
from city.channel.rollouts import RINGS, Known, Policy, Said, Turn, next_ring, paused, standing, turn, widened
from sync.contract.names import TerminalId
from sync.contract.rollout import Rollout, RolloutState, Window
from sync.update.agent import Agent
from sync.update.channel import Bundle, Distrust, Distrusted, Offer, Unreachable
from sync.update.decide import Moment
from sync.update.journal import Notes
from sync.update.known_time import KnownTime
from sync.update.line import LineTrouble
from sync.update.slots import InstallStatus, SlotState
from sync.update.staging import FetchStatus

OLD, NEW = "2.4.1", "2.4.2"
BEGINS = datetime(2026, 11, 18, 14, tzinfo=UTC)  # 22:00 in Shenyang
SHENYANG = timezone(timedelta(hours=8))
TICK = timedelta(hours=2)
POLICY = Policy()
BUNDLE = Bundle(NEW, "http://channel/bundle", 1, "00" * 32)


@dataclass
class Sky:
    """What all terminals see: the clock and the document."""

    rollout: Rollout
    now: datetime = BEGINS


class Watch(KnownTime):
    """The agent's clock on a machine whose own is wrong; what is known to be past is remembered as on a disk."""

    def __init__(self, sky: Sky, is_told: Callable[[], bool]) -> None:
        """Begin. `is_told`: whether the city has said how wrong the clock is."""
        super().__init__(Path("/nonexistent"), BEGINS - timedelta(days=30), self._machine)
        self.error = timedelta()
        self.is_flat = False  # no battery: it begins in 1970 with every start, and this machine was started just now
        self._sky = sky
        self._is_told = is_told

    def _machine(self) -> datetime:
        if self._is_told():
            return self._sky.now
        return datetime(1970, 1, 1, tzinfo=UTC) if self.is_flat else self._sky.now + self.error

    def learn(self, moment: datetime) -> None:
        self._least = max(self._least, moment)


@dataclass
class Terminal:
    """One terminal in memory, as channel, staging, slots and journal of its agent."""

    name: TerminalId
    form: str
    sky: Sky
    is_dead_until: datetime | None = None
    is_broken_by: str = ""  # a stage of the visit that the new version fails on this machine
    dies_of_it: bool = False  # it is silent once the new version runs
    notes: Notes = field(default_factory=Notes)
    staged: bool = False
    running: str = OLD
    other: str | None = None
    is_good: bool = True
    wants_restart: bool = False
    is_gone: bool = False
    clock_error: timedelta = timedelta()
    has_flat_battery: bool = False
    is_untold_until: datetime | None = None  # so long the city does not tell it the time

    def __post_init__(self) -> None:
        self.watch = Watch(self.sky, lambda: self.is_untold_until is None or self.sky.now >= self.is_untold_until)

    def offer(self) -> Offer | Unreachable | Distrusted | None:
        if self.is_dead_until is not None and self.sky.now < self.is_dead_until:
            return Unreachable(LineTrouble.NO_LINE)
        self.watch.error, self.watch.is_flat = self.clock_error, self.has_flat_battery
        if self.watch.now() >= self.sky.now + TIMESTAMP_LIFE:
            return Distrusted(Distrust.EXPIRED, "by this machine's clock what is signed is long out of date")
        self.watch.learn(max(self.watch.now(), self.sky.rollout.widened_at))  # as the channel does with what was signed
        return Offer(self.sky.rollout, BUNDLE)

    def has(self, _bundle: Bundle) -> bool:
        return self.staged

    def fetch(self, _bundle: Bundle, _go_on: Callable[[], bool]) -> FetchStatus:
        self.staged = True
        return FetchStatus.WHOLE

    def clear(self, keep: Bundle | None = None) -> None:
        self.staged = self.staged and keep is not None

    @contextmanager
    def opened(self, _bundle: Bundle) -> Iterator[BinaryIO]:
        yield io.BytesIO()

    def state(self) -> SlotState:
        return SlotState("A", self.running, self.is_good, self.other, self.other is not None)

    def install(self, _bundle: BinaryIO, version: str) -> InstallStatus:
        self.other = version
        return InstallStatus.INSTALLED

    def mark_good(self) -> None:
        self.is_good = True

    def go_back(self) -> None:
        pass

    def restart(self) -> None:
        self.wants_restart = True

    def read(self) -> Notes:
        return self.notes

    def write(self, notes: Notes) -> None:
        self.notes = notes

    def agent(self) -> Agent:
        return Agent(
            self.name,
            self.form,
            self,
            self,
            self,
            self,
            lambda: Moment(self.watch.now().astimezone(SHENYANG)),
            lambda: self.is_broken_by if self.running == NEW else "",
            self.watch.now,
        )

    def live(self) -> None:
        """Two hours of it: a poll, and the restarts that follow from it."""
        if self.is_gone:
            return
        agent = self.agent()
        for _ in range(3):
            agent.step()
            while self.wants_restart:
                self.wants_restart = False
                self.running, self.other = str(self.other), self.running
                self.is_good = self.running == OLD
                if self.running == NEW and self.dies_of_it:
                    self.is_gone = True
                    return
                agent.settle()


@dataclass
class Fleet:
    """All of them, and the controller."""

    sky: Sky
    terminals: list[Terminal]
    said: dict[TerminalId, Said] = field(default_factory=dict)
    turns: list[Turn] = field(default_factory=list)

    def pass_(self, time: timedelta) -> None:
        ends = self.sky.now + time
        known = [Known(one.name, one.form) for one in self.terminals]
        while self.sky.now < ends:
            self.sky.now += TICK
            for one in self.terminals:
                one.live()
                for report in one.notes.untold:
                    self.said[one.name] = Said(report.outcome, self.sky.now, report.stage)
                one.notes = Notes(one.notes.switch, one.notes.failures)
            stands = standing(self.sky.rollout, known, self.said, self.sky.now, POLICY)
            now = turn(self.sky.rollout, stands, self.sky.now, POLICY)
            if now is Turn.PAUSE:
                self.sky.rollout = paused(self.sky.rollout)
            elif now is Turn.WIDEN and (ring := next_ring(self.sky.rollout)) is not None:
                self.sky.rollout = widened(self.sky.rollout, ring.percent, self.sky.now)
            if now is not Turn.NOTHING:
                self.turns.append(now)

    def on(self, version: str) -> set[TerminalId]:
        return {one.name for one in self.terminals if one.running == version}


def fleet(count: int, **facts: Callable[[int], object]) -> Fleet:
    names = [TerminalId(f"SY-{number:05}") for number in range(count)]
    rollout = Rollout(
        format=1,
        rollout=f"{NEW}-1",
        number=1,
        channel="stable",
        release=NEW,
        state=RolloutState.RUNNING,
        percent=0,
        starts_at=BEGINS,
        expires_at=BEGINS + timedelta(days=60),
        widened_at=BEGINS,
        rings=RINGS,
        pilots=tuple(names[:12]),
        window=Window(),
    )
    sky = Sky(rollout)
    terminals = [Terminal(name, "X86-B2" if number % 8 == 0 else "X86-A1", sky) for number, name in enumerate(names)]
    for number, one in enumerate(terminals):
        for name, fact in facts.items():
            setattr(one, name, fact(number))
    return Fleet(sky, terminals)


def drawn(path: Path, count: int = 10_000) -> None:
    """Draw how a release reaches a fleet in which a fiftieth is out of reach for twelve days and a tenth has a wrong clock."""
    from PIL import Image, ImageDraw, ImageFont

    one = fleet(
        count,
        is_dead_until=lambda number: BEGINS + timedelta(days=12) if number % 50 == 49 else None,
        clock_error=lambda number: timedelta(hours=-2) if number % 10 == 4 else timedelta(),
    )
    seen = [(0.0, 0.0, 0)]
    while one.sky.now < BEGINS + timedelta(days=14):
        one.pass_(TICK)
        days = (one.sky.now - BEGINS) / timedelta(days=1)
        seen.append((days, len(one.on(NEW)) * 100 / count, one.sky.rollout.percent))
    font = ImageFont.truetype("assets/fonts/NotoSansSC_400Regular.ttf", 22)
    picture = Image.new("RGB", (1200, 560), "#ffffff")
    pen = ImageDraw.Draw(picture)

    def at(days: float, percent: float) -> tuple[float, float]:
        return 90 + days * 1060 / 14, 470 - percent * 4

    for percent in (0, 5, 25, 50, 100):
        pen.line((*at(0, percent), *at(14, percent)), fill="#d8d2c4")
        pen.text((14, at(0, percent)[1] - 14), f"{percent} %", font=font, fill="#44505a")
    for day in range(0, 15, 2):
        pen.text((at(day, 0)[0] - 8, 484), str(day), font=font, fill="#44505a")
    rings = [corner for (days, _, ring), after in pairwise(seen) for corner in (at(days, ring), at(after[0], ring))]
    pen.line(rings, fill="#c98f3c", width=3)
    pen.line([at(days, share) for days, share, _ in seen], fill="#0f5c4a", width=4)
    pen.text((90, 14), f"{count:,} terminals, virtual time: share with the release, and the ring that is open", font=font, fill="#1d2730")
    pen.text((90, 520), "days since the rollout began; a fiftieth of the fleet is out of reach until day 12", font=font, fill="#44505a")
    picture.quantize(32).save(path, optimize=True)


if __name__ == "__main__":
    drawn(Path(sys.argv[1]))
