"""The update agent: one step at a time, each of which may be the last before a power cut.

Every order that survives a restart is written down before it is given; after a restart the slots say what runs, and the notes say what
was meant.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Protocol, assert_never

import msgspec

from sync.contract.names import TerminalId
from sync.contract.update_report import UpdateOutcome, UpdateReport
from sync.update.channel import Bundle, Distrusted, Offer, Unreachable
from sync.update.decide import REFUSALS, Decision, Do, Keep, Moment, Standing, Wait, decide
from sync.update.journal import Journal, Notes, Switch
from sync.update.slots import InstallStatus, Slots, SlotState
from sync.update.staging import FetchStatus, Staging

PASSED = ""


class OpensOffers(Protocol):
    """A channel."""

    def offer(self) -> Offer | Unreachable | Distrusted | None:
        """Return what it wants."""


class OpenStaging(Staging, Protocol):
    """Staging whose content can be opened for the slots."""

    def opened(self, bundle: Bundle) -> AbstractContextManager[BinaryIO]:
        """Open a gathered release that has been checked through the same open file."""


@dataclass(frozen=True, slots=True)
class Restarting:
    """The other slot is next; the machine restarts."""

    release: str


@dataclass(frozen=True, slots=True)
class Failed:
    """Something about this release did not go; what ran runs."""

    release: str
    stage: str


Step = Keep | Wait | FetchStatus | Restarting | Failed | Unreachable | Distrusted


@dataclass(slots=True)
class Agent:
    """One terminal's agent.

    Attributes:
        terminal: Its id.
        form: Its make.
        channel: Says what is wanted.
        staging: Gathers it.
        slots: Write and start it.
        journal: Remembers.
        moment: Says how the terminal is now.
        visit: Walks a simulated visit on virtual devices; returns the stage that failed, or `PASSED`.
        now: The agent's clock, for reports.
    """

    terminal: TerminalId
    form: str
    channel: OpensOffers
    staging: OpenStaging
    slots: Slots
    journal: Journal
    moment: Callable[[], Moment]
    visit: Callable[[], str]
    now: Callable[[], datetime]

    def settle(self) -> Step | None:
        """Do what a restart left open: prove the new version, or note that it did not stay. None: nothing was open."""
        notes, state = self.journal.read(), self.slots.state()
        switch = notes.switch
        if switch is None:
            if not state.is_good:  # a machine that this agent did not update, such as one fresh from the workshop
                self._prove_or_leave(state)
            return None
        if state.running != switch.release:
            return self._came_back(notes, switch)
        if switch.failed_stage:
            return self._leave(notes, switch)  # the power went before it had left
        stage = PASSED if state.is_good else self.visit()
        if stage != PASSED:
            return self._leave(notes, msgspec.structs.replace(switch, failed_stage=stage))
        self.slots.mark_good()
        proven = notes.told(self._report(switch, UpdateOutcome.GOOD))
        self.journal.write(msgspec.structs.replace(proven, switch=None, ran_before=switch.back_to))
        self.staging.clear()
        return Keep.UP_TO_DATE

    def step(self) -> Step:
        """Ask the channel and take the next step."""
        offer = self.channel.offer()
        if isinstance(offer, Unreachable | Distrusted):
            return offer
        decision = self.decision(offer)
        bundle = offer.bundle if offer is not None else None
        match decision:
            case Keep():
                if decision is not Keep.PAUSED:
                    self.staging.clear(bundle if decision is Keep.NOT_STARTED else None)
                if offer is not None and decision in REFUSALS:
                    self._note_refusal(offer, decision)
                return decision
            case Wait():
                return decision
            case Do.FETCH:
                return self._fetch(bundle)
            case Do.INSTALL:
                return self._install(offer, bundle)
            case Do.GO_BACK:
                return self._recall(offer)
            case _:
                assert_never(decision)

    def decision(self, offer: Offer | None) -> Decision:
        """Return what is to be done about an offer now."""
        state, notes, moment = self.slots.state(), self.journal.read(), self.moment()
        bundle = offer.bundle if offer is not None else None
        can_go_back = state.is_other_good and state.other is not None
        failures = {} if moment.is_any_time else notes.failures  # what was given up is still had by somebody who stands there and wants it
        standing = Standing(self.terminal, self.form, state.running, state.is_good, can_go_back, failures)
        return decide(
            offer.rollout if offer is not None else None,
            standing,
            moment,
            has_bundle=bundle is not None,
            is_staged=bundle is not None and self.staging.has(bundle),
            may_fetch=offer is None or offer.may_fetch,
            may_install=offer is None or offer.may_install,
        )

    def _fetch(self, bundle: Bundle | None) -> Step:
        if bundle is None:
            return Keep.NO_BUNDLE
        self.staging.clear(bundle)
        # Other bytes are no failure of the release: whoever sits on the line could make every terminal give up on it for good.
        return self.staging.fetch(bundle, lambda: True)

    def _install(self, offer: Offer | None, bundle: Bundle | None) -> Step:
        if offer is None or bundle is None:
            return Keep.NO_BUNDLE
        notes, state = self.journal.read(), self.slots.state()
        release = offer.rollout.release
        switch = Switch(offer.rollout.rollout, release, notes.failures.get(release, 0) + 1, state.running)
        # Written before the slot: should the power go between the slot's switch and our next line, the restart finds the note.
        self.journal.write(msgspec.structs.replace(notes, switch=switch))
        try:
            with self.staging.opened(bundle) as file:
                status = self.slots.install(file, release)
        except (OSError, ValueError):
            status = InstallStatus.DAMAGED
        if status is InstallStatus.NOT_GOOD_YET:
            self.journal.write(notes)
            return Wait.UNPROVEN
        if status is not InstallStatus.INSTALLED:
            self.journal.write(notes)
            self.staging.clear()
            return self._note_failure(offer, f"install:{status}")
        ordered = msgspec.structs.replace(switch, is_ordered=True)
        self.journal.write(msgspec.structs.replace(notes.told(self._report(switch, UpdateOutcome.SWITCHING)), switch=ordered))
        self.slots.restart()
        return Restarting(release)

    def _recall(self, offer: Offer | None) -> Step:
        if offer is None:
            return Keep.NO_ROLLOUT
        notes, state = self.journal.read(), self.slots.state()
        rollout = offer.rollout
        recalled = UpdateReport(rollout.rollout, rollout.release, 1, UpdateOutcome.RECALLED, self.now(), running=state.other or "")
        self.journal.write(notes.told(recalled))
        self.slots.go_back()
        self.slots.restart()
        return Restarting(state.other or "")

    def _prove_or_leave(self, state: SlotState) -> None:
        if self.visit() == PASSED:
            self.slots.mark_good()
        elif state.is_other_good:
            self.slots.go_back()
            self.slots.restart()

    def _leave(self, notes: Notes, switch: Switch) -> Failed:
        """Go back to what ran before; noted first, so that a cut on the way does not give it a second chance."""
        self.journal.write(msgspec.structs.replace(notes, switch=switch))
        self.slots.go_back()
        self.slots.restart()
        return Failed(switch.release, switch.failed_stage)

    def _came_back(self, notes: Notes, switch: Switch) -> Step | None:
        """What ran before runs again: it failed its visit, or never came so far; or the power went while it was written."""
        stage = switch.failed_stage or ("boot" if switch.is_ordered else "")
        settled = msgspec.structs.replace(notes, switch=None)
        if not stage:
            self.journal.write(settled)
            return None
        report = self._report(switch, UpdateOutcome.FAILED, stage, switch.back_to)
        failures = notes.failures | {switch.release: switch.attempt}
        self.journal.write(msgspec.structs.replace(settled.told(report), failures=failures))
        self.staging.clear()
        return Failed(switch.release, stage)

    def _note_failure(self, offer: Offer, stage: str) -> Failed:
        notes, running = self.journal.read(), self.slots.state().running
        release = offer.rollout.release
        attempt = notes.failures.get(release, 0) + 1
        report = self._report(Switch(offer.rollout.rollout, release, attempt, running), UpdateOutcome.FAILED, stage, running)
        self.journal.write(msgspec.structs.replace(notes.told(report), failures=notes.failures | {release: attempt}))
        return Failed(release, stage)

    def _note_refusal(self, offer: Offer, why: Keep) -> None:
        """Tell why it is not begun here; once for each rollout, however often that is asked."""
        notes, running = self.journal.read(), self.slots.state().running
        told = {(past.rollout, past.stage) for past in notes.history if past.outcome is UpdateOutcome.REFUSED}
        if (offer.rollout.rollout, why.value) not in told:
            switch = Switch(offer.rollout.rollout, offer.rollout.release, notes.failures.get(offer.rollout.release, 0) + 1, running)
            self.journal.write(notes.told(self._report(switch, UpdateOutcome.REFUSED, why.value, running)))

    def _report(self, switch: Switch, outcome: UpdateOutcome, stage: str = "", running: str = "") -> UpdateReport:
        return UpdateReport(switch.rollout, switch.release, switch.attempt, outcome, self.now(), stage, running or switch.release)
