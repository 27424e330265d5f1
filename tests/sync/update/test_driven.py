"""A terminal that a DDI server drives: it says which and when, the signatures say whether."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sync.update.agent import Agent, Failed, Restarting, Step
from sync.update.channel import Channel, Distrust, Distrusted, Unreachable
from sync.update.decide import Keep, Moment, Wait
from sync.update.driven import DdiServer, Driven
from sync.update.journal import JournalFile
from sync.update.known_time import KnownTime
from sync.update.line import LineTrouble
from sync.update.staging import FetchStatus
from tests.sync.update.channel_server import Lie, Published
from tests.sync.update.hawkbit import TOKEN, HawkBit
from tests.sync.update.machine import Machine


class DrivenMachine(Machine):
    """A machine whose channel is driven; what each step comes to is told."""

    server: DdiServer
    driven: Driven

    def agent(self) -> Agent:
        agent = super().agent()
        time = KnownTime(self.folder / "known-time", self.built_at, self.clock)
        channel = Channel(self.published.url, "stable", self.board, self.folder / "channel", self.line, time)
        journal = JournalFile(self.folder / "journal.json")
        facts = {"hw_boardname": self.board, "sw_version": self.running}
        self.driven = Driven(self.server, channel, self.slots(), journal, lambda: facts, 300.0)
        agent.channel = self.driven
        return agent

    def poll(self) -> Step:
        """One round of `kiosk update run`; follows a restart."""
        before, agent = self.restarts, self.agent()
        step = agent.step()
        self.driven.tell(step)
        if self.restarts != before:
            self.power_on()
        return step


@pytest.fixture
def hawkbit() -> Iterator[HawkBit]:
    server = HawkBit()
    yield server
    server.close()


@pytest.fixture
def driven(tmp_path: Path, published: Published, hawkbit: HawkBit) -> DrivenMachine:
    machine = DrivenMachine(tmp_path / "terminal", published)
    machine.server = DdiServer(hawkbit.url, machine.name, TOKEN)
    return machine


def last(hawkbit: HawkBit) -> tuple[str, str]:
    status = hawkbit.said("deploymentBase")[-1]
    return status["execution"], status["result"]["finished"]


def test_a_release_is_assigned_taken_and_closed_as_good(published: Published, hawkbit: HawkBit, driven: DrivenMachine) -> None:
    published.release("2.0.0")
    hawkbit.assign("17", "2.0.0")
    assert [driven.poll() for _ in range(4)] == [FetchStatus.WHOLE, Restarting("2.0.0"), Keep.UP_TO_DATE, Keep.NO_ROLLOUT]
    assert driven.running == "2.0.0"
    said = [(one["execution"], one["result"]["finished"]) for one in hawkbit.said("deploymentBase")]
    assert said == [("proceeding", "none"), ("proceeding", "none"), ("closed", "success")]
    assert "visit" in hawkbit.said("deploymentBase")[-1]["details"][0]
    assert [one.rollout for one in driven.told()] == ["ddi-17", "ddi-17"], "the city hears of it, too"


def test_a_release_that_fails_its_visit_twice_is_closed_as_failed_with_the_stage(
    published: Published, hawkbit: HawkBit, driven: DrivenMachine
) -> None:
    published.release("2.0.0")
    hawkbit.assign("18", "2.0.0")
    driven.visit_fails["2.0.0"] = "print"
    steps = [driven.poll() for _ in range(5)]
    assert steps.count(Restarting("2.0.0")) == 2
    assert steps[-1] is Keep.GIVEN_UP
    assert last(hawkbit) == ("closed", "failure")
    assert "print" in hawkbit.said("deploymentBase")[-1]["details"][0]
    assert driven.running == "1.0.0"


def test_what_the_keys_did_not_sign_is_not_taken(published: Published, hawkbit: HawkBit, driven: DrivenMachine) -> None:
    hawkbit.assign("19", "3.0.0")
    assert driven.poll() is Keep.NO_BUNDLE
    assert last(hawkbit) == ("closed", "failure")
    assert driven.running == "1.0.0"


def test_an_older_release_is_refused_whoever_assigns_it(published: Published, hawkbit: HawkBit, driven: DrivenMachine) -> None:
    published.release("0.9.0")
    hawkbit.assign("20", "0.9.0")
    assert driven.poll() is Keep.OLDER
    assert last(hawkbit) == ("closed", "failure")


def test_another_artifact_under_the_same_version_is_refused(published: Published, hawkbit: HawkBit, driven: DrivenMachine) -> None:
    published.release("2.0.0")
    hawkbit.assign("21", "2.0.0", sha256="ab" * 32)
    assert driven.poll() is Keep.NO_ROLLOUT
    assert last(hawkbit) == ("closed", "failure")
    hawkbit.assign("22", "2.0.0", sha256=driven_digest(published))
    assert driven.poll() is FetchStatus.WHOLE


def driven_digest(published: Published) -> str:
    (target,) = published.files.releases("stable").values()
    return target.hashes["sha256"].upper()


def test_a_halt_that_the_owners_signed_has_the_last_word(published: Published, hawkbit: HawkBit, driven: DrivenMachine) -> None:
    published.release("2.0.0")
    published.roll_out("2.0.0")
    published.halt()
    hawkbit.assign("23", "2.0.0")
    assert driven.poll() is Keep.NO_ROLLOUT
    assert last(hawkbit) == ("closed", "failure")
    assert "halted" in hawkbit.said("deploymentBase")[-1]["details"][0]


def test_a_share_of_the_signed_rollout_does_not_bind_whom_a_server_drives(
    published: Published, hawkbit: HawkBit, driven: DrivenMachine
) -> None:
    published.release("2.0.0")
    published.roll_out("2.0.0", percent=0, pilots=["SOMEBODY-ELSE"])
    assert driven.poll() is Keep.NO_ROLLOUT, "and without an assignment nothing happens"
    hawkbit.assign("24", "2.0.0")
    assert driven.poll() is FetchStatus.WHOLE


@pytest.mark.parametrize(
    ("facts", "steps"),
    [
        ({"handling": ("skip", "skip")}, [Wait.HELD, Wait.HELD]),
        ({"handling": ("forced", "skip")}, [FetchStatus.WHOLE, Wait.HELD]),
        ({"handling": ("forced", "forced"), "window": "unavailable"}, [FetchStatus.WHOLE, Wait.HELD]),
        ({"handling": ("attempt", "attempt"), "window": "available"}, [FetchStatus.WHOLE, Restarting("2.0.0")]),
    ],
)
def test_a_maintenance_window_is_the_server_s(
    published: Published, hawkbit: HawkBit, driven: DrivenMachine, facts: dict[str, object], steps: list[Step]
) -> None:
    published.release("2.0.0")
    hawkbit.assign("25", "2.0.0", **facts)
    assert [driven.poll(), driven.poll()] == steps
    if steps[-1] is Wait.HELD:
        hawkbit.assign("25", "2.0.0", handling=("forced", "forced"), window="available")
        assert Restarting("2.0.0") in [driven.poll(), driven.poll()]


@pytest.mark.parametrize(("hour", "step"), [(14, Wait.OUTSIDE_WINDOW), (2, Restarting("2.0.0"))])
def test_an_attempt_is_made_at_night(published: Published, hawkbit: HawkBit, driven: DrivenMachine, hour: int, step: Step) -> None:
    published.release("2.0.0")
    hawkbit.assign("26", "2.0.0", handling=("attempt", "attempt"))
    assert driven.poll() is FetchStatus.WHOLE
    agent = driven.agent()
    agent.moment = lambda: Moment(datetime.now(UTC).replace(hour=hour, minute=30))
    assert agent.step() == step


def test_forced_is_not_under_somebody_s_hands(published: Published, hawkbit: HawkBit, driven: DrivenMachine) -> None:
    published.release("2.0.0")
    hawkbit.assign("27", "2.0.0")
    driven.poll()
    driven.moment_facts = {"is_idle": False}
    assert driven.poll() is Wait.IN_USE
    assert driven.poll() is Wait.IN_USE
    assert [one["details"] for one in hawkbit.said("deploymentBase")].count(["waits: in_use"]) == 2, "each agent says it once"


def test_a_cancelled_action_is_left_and_nothing_of_it_can_be_installed(
    published: Published, hawkbit: HawkBit, driven: DrivenMachine
) -> None:
    published.release("2.0.0")
    hawkbit.assign("28", "2.0.0", window="unavailable")
    assert driven.poll() is FetchStatus.WHOLE
    hawkbit.stop = "28"
    assert driven.poll() is Keep.NO_ROLLOUT
    (status,) = hawkbit.said("cancelAction")
    assert (status["execution"], status["result"]["finished"]) == ("closed", "success")
    left = {path.suffix for path in (driven.folder / "staging").iterdir()}
    assert left == {".seed", ".chunks"}, "its bytes may serve another release"
    assert driven.running == "1.0.0"


def test_what_is_written_already_cannot_be_cancelled(published: Published, hawkbit: HawkBit, driven: DrivenMachine) -> None:
    published.release("2.0.0")
    hawkbit.assign("29", "2.0.0")
    driven.poll()
    driven.poll()
    hawkbit.stop = "29"
    driven.poll()
    assert [one["execution"] for one in hawkbit.said("cancelAction")] == ["rejected"]
    assert driven.poll() is Keep.UP_TO_DATE
    assert last(hawkbit) == ("closed", "success")


def test_it_says_what_it_is_when_asked_and_keeps_the_server_s_pace(hawkbit: HawkBit, driven: DrivenMachine) -> None:
    hawkbit.wants_facts, hawkbit.sleep = True, "01:02:03"
    assert driven.poll() is Keep.NO_ROLLOUT
    assert hawkbit.heard == [("/configData", {"data": {"hw_boardname": "virtual", "sw_version": "1.0.0"}, "mode": "merge"})]
    assert driven.driven.poll_s == 3723
    hawkbit.sleep = "00:00:00"
    driven.poll()
    assert driven.driven.poll_s == 10, "no server makes a terminal ask without a pause"
    hawkbit.sleep = "soon"
    driven.poll()
    assert driven.driven.poll_s == 300


def test_no_address_of_the_server_is_followed(published: Published, hawkbit: HawkBit, driven: DrivenMachine) -> None:
    published.release("2.0.0")
    hawkbit.assign("30", "2.0.0", elsewhere="http://elsewhere.invalid/DEFAULT/controller/v1/SY-UPD-01")
    assert driven.poll() is FetchStatus.WHOLE
    assert [path for path in hawkbit.asked if "elsewhere" in path] == []


@pytest.mark.parametrize(
    ("facts", "why"),
    [({"chunks": 0}, "0 modules"), ({"chunks": 2}, "2 modules"), ({"release": "../../root"}, "a version is")],
)
def test_a_deployment_that_is_none_is_closed_as_failed(hawkbit: HawkBit, driven: DrivenMachine, facts: dict[str, object], why: str) -> None:
    hawkbit.assign("31", str(facts.pop("release", "2.0.0")), **facts)
    assert driven.poll() is Keep.NO_ROLLOUT
    assert last(hawkbit) == ("closed", "failure")
    assert why in hawkbit.said("deploymentBase")[-1]["details"][0]


@pytest.mark.parametrize(
    ("answer", "distrust"),
    [
        (b"<html>", Distrust.MALFORMED),
        (b'{"_links": {"deploymentBase": {"href": "/no/action"}}}', Distrust.MALFORMED),
        (b'{"_links": {"cancelAction": {"href": "x/cancelAction/../../y"}}}', Distrust.MALFORMED),
        (b'{"_links": {"deploymentBase": 7}}', Distrust.MALFORMED),
        (b" " * 300_000, Distrust.TOO_LONG),
    ],
)
def test_a_server_that_talks_nonsense_changes_nothing(
    published: Published, hawkbit: HawkBit, driven: DrivenMachine, answer: bytes, distrust: Distrust
) -> None:
    published.release("2.0.0")
    hawkbit.answer = answer
    step = driven.poll()
    assert isinstance(step, Distrusted)
    assert step.why is distrust
    assert driven.running == "1.0.0"


def test_a_server_that_refuses_the_token_or_is_gone_is_out_of_reach(hawkbit: HawkBit, driven: DrivenMachine) -> None:
    hawkbit.status = 403
    assert driven.poll() == Unreachable(LineTrouble.MISSING)
    hawkbit.status = 302
    assert driven.poll() == Unreachable(LineTrouble.NO_LINE), "nor is a redirect followed"
    driven.server = DdiServer("http://127.0.0.1:9/DEFAULT", driven.name, TOKEN)
    assert driven.poll() == Unreachable(LineTrouble.NO_LINE)


def test_a_channel_that_lies_is_told_and_the_action_stays_open(published: Published, hawkbit: HawkBit, driven: DrivenMachine) -> None:
    published.release("2.0.0")
    hawkbit.assign("32", "2.0.0")
    lie: Lie = lambda path, honest: b"{}" if path.endswith("timestamp.json") else (honest or None)  # noqa: E731
    published.lie = lie
    assert isinstance(driven.poll(), Distrusted)
    assert last(hawkbit) == ("proceeding", "none")
    published.lie = None
    assert driven.poll() is FetchStatus.WHOLE


def test_feedback_that_was_not_heard_is_said_again(published: Published, hawkbit: HawkBit, driven: DrivenMachine) -> None:
    published.release("2.0.0")
    hawkbit.assign("33", "2.0.0")
    driven.poll()
    driven.poll()
    agent = driven.agent()
    step = agent.step()
    hawkbit.status = 503
    driven.driven.tell(step)
    assert hawkbit.action == "33"
    hawkbit.status = 200
    assert driven.poll() is Keep.UP_TO_DATE
    assert last(hawkbit) == ("closed", "success")


def test_a_failed_write_is_told_and_tried_once_more(published: Published, hawkbit: HawkBit, driven: DrivenMachine) -> None:
    published.release("2.0.0", as_board="another-board")
    hawkbit.assign("34", "2.0.0")
    steps = [driven.poll() for _ in range(5)]
    assert [step for step in steps if isinstance(step, Failed)] == [Failed("2.0.0", "install:other_board")] * 2
    assert last(hawkbit) == ("closed", "failure")
