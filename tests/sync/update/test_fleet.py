"""A fleet in virtual time: real agents, real rollout arithmetic, the real controller; only disks and lines are in memory.

Ten thousand terminals in `make test-faults`, six hundred in `make test`. The release reaches everyone that it should, and nobody else.
"""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import BinaryIO

import pytest

from city.channel.rollouts import RINGS, Known, Policy, Said, Turn, next_ring, paused, resumed, standing, turn, widened
from sync.contract.names import TerminalId
from sync.contract.rollout import Rollout, RolloutState, Window, is_meant
from sync.update.agent import Agent
from sync.update.channel import Bundle, Distrusted, Offer, Unreachable
from sync.update.decide import Moment
from sync.update.journal import Notes
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

    def offer(self) -> Offer | Unreachable | Distrusted | None:
        if self.is_dead_until is not None and self.sky.now < self.is_dead_until:
            return Unreachable(LineTrouble.NO_LINE)
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
            lambda: Moment(self.sky.now.astimezone(SHENYANG)),
            lambda: self.is_broken_by if self.running == NEW else "",
            lambda: self.sky.now,
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


sizes = pytest.mark.parametrize("count", [600, pytest.param(10_000, marks=[pytest.mark.slow, pytest.mark.timeout(1800)])])


@sizes
def test_a_good_release_goes_round_in_rings_and_stragglers_come_after(count: int) -> None:
    one = fleet(count, is_dead_until=lambda number: BEGINS + timedelta(days=12) if number % 50 == 49 else None)
    one.pass_(timedelta(hours=6))
    assert one.on(NEW) == set(one.sky.rollout.pilots), "first the pilots, and nobody else"
    shares = [one.sky.rollout.percent]
    while one.sky.now < BEGINS + timedelta(days=11):
        one.pass_(timedelta(days=1))
        shares.append(one.sky.rollout.percent)
        assert all(is_meant(one.sky.rollout, name) for name in one.on(NEW)), "nobody before his turn"
    assert sorted(set(shares)) == [0, 5, 25, 50, 100]
    assert shares == sorted(shares)
    assert len(one.on(OLD)) == count // 50, "only those that are out of reach"
    one.pass_(timedelta(days=2))
    assert one.on(OLD) == set(), "and they come after by themselves"
    assert Turn.PAUSE not in one.turns


@sizes
def test_a_release_that_fails_on_one_make_pauses_itself_and_goes_on_without_it(count: int) -> None:
    one = fleet(count, is_broken_by=lambda number: "papers" if number % 8 == 0 and number >= 12 else "")
    one.pass_(timedelta(days=4))
    assert one.sky.rollout.state is RolloutState.PAUSED
    assert one.sky.rollout.percent <= 25, "long before everybody had it"
    had_it, failed = one.on(NEW), {name for name, said in one.said.items() if said.stage == "papers"}
    assert failed
    assert not failed & had_it, "who failed runs what it ran"
    one.pass_(timedelta(days=3))
    assert one.on(NEW) == had_it, "a pause is a pause"
    one.said = {name: said for name, said in one.said.items() if name not in failed}
    one.sky.rollout = resumed(one.sky.rollout, one.sky.now, ["X86-B2"])
    one.pass_(timedelta(days=8))
    assert one.on(NEW) >= {terminal.name for terminal in one.terminals if terminal.form != "X86-B2"}
    assert all(name in had_it for name in one.on(NEW) if int(name[3:]) % 8 == 0)


@sizes
def test_terminals_that_fall_silent_count_as_failed(count: int) -> None:
    one = fleet(count, dies_of_it=lambda number: number in (3, 4))
    one.pass_(timedelta(days=2))
    assert one.sky.rollout.state is RolloutState.PAUSED
    assert len(one.on(NEW)) == 12, "two of the twelve pilots are gone; nobody follows them"


def test_a_terminal_that_failed_twice_leaves_the_release_alone() -> None:
    one = fleet(40, is_broken_by=lambda _number: "print")
    for _ in range(4):  # somebody insists
        one.pass_(timedelta(days=1))
        one.said.clear()
        if one.sky.rollout.state is RolloutState.PAUSED:
            one.sky.rollout = resumed(one.sky.rollout, one.sky.now)
    tried = [terminal.notes.failures for terminal in one.terminals if terminal.notes.failures]
    assert len(tried) >= 12
    assert all(failures == {NEW: 2} for failures in tried[:12])
    assert one.on(NEW) == set()
