"""There and back: what is handed in on the glass is decided at the city's desk, and the glass says so to whoever handed it in."""

import subprocess
import sys
from pathlib import Path

from kiosk.demo.town import Town
from kiosk.flow.errands import CaseList, CaseShown, ErrandKind, FindCases, FindStage, Following
from kiosk.flow.events.choosing import ErrandChosen
from kiosk.flow.events.glass import FinishPressed, GlassTouched, LeaveConfirmed, NextPressed
from kiosk.flow.views import Idle
from sync.contract.progress import CaseProgress, CaseState
from tests.journeys.counter import WindowlessCounter
from tests.journeys.test_one_application import lay_everything, wait_for_city, walk

ROOT = Path(__file__).parents[2]


def decide(town: Town) -> list[str]:
    """The desk accepts what waits; return the numbers of those cases."""
    desk = [sys.executable, "-m", "tests.journeys.desk_program", str(town.sandbox.city)]
    return subprocess.run(desk, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()


def look_up(counter: WindowlessCounter, town: Town, card: str) -> None:
    """Ask at home how one's cases stand, by laying the card."""
    if counter.state.visit is not None:
        counter.tap(FinishPressed())
        if counter.state.visit is not None:
            counter.tap(LeaveConfirmed())
    town.bench.do("id_card_reader", "lift")
    counter.until(lambda state: state.visit is None and state.overlay is None, "home, and no card left lying")
    if isinstance(counter.state.view, Idle):
        counter.tap(GlassTouched())
    town.bench.do("id_card_reader", "lay", card=card)
    counter.tap(ErrandChosen(ErrandKind.PROGRESS))


def cases_told(counter: WindowlessCounter) -> tuple[CaseProgress, ...]:
    """Wait for the city's answer, shown as a list or, of a single case, whole."""
    told = counter.until(lambda state: isinstance(state.view, CaseList | CaseShown), "the city tells", 60).visit
    assert isinstance(told, Following)
    return told.cases


def test_the_resident_sees_at_the_terminal_what_the_desk_decided(town: Town) -> None:
    lay_everything(town)
    with WindowlessCounter(town.config) as counter:
        counter.until(lambda state: state.line_up, "the line is up", 60)
        walk(counter)
        handed_in = counter.hand_in().visit.handed_in
        wait_for_city(town)
        counter.tap(NextPressed())

        look_up(counter, town, "zhou-guilan")
        (delivered,) = cases_told(counter)
        assert (delivered.number, delivered.state, delivered.accepted_on) == (handed_in.number, CaseState.DELIVERED, None)
        accepted = decide(town)
        look_up(counter, town, "zhou-guilan")
        (case,) = cases_told(counter)
        assert (case.number, case.state, [case.case_number]) == (handed_in.number, CaseState.ACCEPTED, accepted)
        assert case.decide_by is not None


def test_nobody_sees_another_s_case_and_without_a_line_nothing_is_guessed(town: Town) -> None:
    lay_everything(town)
    with WindowlessCounter(town.config) as counter:
        counter.until(lambda state: state.line_up, "the line is up", 60)
        walk(counter)
        counter.hand_in()
        wait_for_city(town)
        counter.tap(NextPressed())

        look_up(counter, town, "wang-xiaoli")
        assert cases_told(counter) == ()
        town.bench.do("line", "cut")
        look_up(counter, town, "zhou-guilan")
        counter.until(lambda state: state.view == FindCases(FindStage.NO_LINE), "it says that there is no line", 60)
