"""Appointments and certificates from the glass to the city and back, over the real line, onto virtual paper."""

import subprocess
import sys
from pathlib import Path

import numpy as np
from PIL import Image

from drivers.codes import codes_in
from kiosk.demo.town import Town
from kiosk.flow.desk_errands import (
    AskStage,
    BookCheck,
    BookedShown,
    BookStage,
    GiveBackStage,
    MineList,
    MineShown,
    ProofShown,
    ProofStage,
    SlipStage,
    TimeList,
)
from kiosk.flow.errands import ErrandKind
from kiosk.flow.events.applying import AnswerGiven, ReprintPressed
from kiosk.flow.events.choosing import (
    AppointmentOpened,
    DayChosen,
    ErrandChosen,
    GiveBackPressed,
    MatterChosen,
    MinePressed,
    NoCardPressed,
    ProofChosen,
    TimeChosen,
)
from kiosk.flow.events.glass import GlassTouched, NextPressed
from kiosk.flow.state import Kiosk
from tests.journeys.counter import WindowlessCounter
from tests.journeys.test_one_application import lay_everything, wait_for_city, walk

ROOT = Path(__file__).parents[2]


def ready(counter: WindowlessCounter) -> None:
    counter.until(lambda state: state.line_up and bool(state.community.windows) and bool(state.community.proofs), "the feeds are here", 60)
    counter.tap(GlassTouched())


def choose(counter: WindowlessCounter) -> Kiosk:
    """Choose the first time that is free, at the first window."""
    window = counter.state.community.windows[0]
    counter.tap(ErrandChosen(ErrandKind.APPOINTMENTS), MatterChosen(window.id, window.matters[0].code))
    return counter.until(lambda state: isinstance(state.view, TimeList) and state.view.stage is not AskStage.ASKING, "the times are told")


def test_a_time_is_booked_printed_found_again_and_not_booked_twice(town: Town) -> None:
    with WindowlessCounter(town.config) as counter:
        ready(counter)
        days = choose(counter).visit.times
        day = next(one for one in days if any(slot.left for slot in one.slots))
        begins = next(slot.begins for slot in day.slots if slot.left)
        town.bench.do("id_card_reader", "lay", card="zhou-guilan")
        counter.tap(DayChosen(day.day), TimeChosen(begins))
        counter.until(lambda state: state.view == BookCheck(), "the card is read")
        counter.tap(NextPressed())
        done = counter.until(
            lambda state: isinstance(state.view, BookedShown) and state.view.paper is not SlipStage.PRINTING, "it is booked and printed"
        )
        assert done.view == BookedShown(SlipStage.PRINTED)
        booked = done.visit.booked
        assert (booked.day, booked.begins, booked.call) == (day.day, begins, "A001")
        assert len(list(town.bench.receipts.glob("*.png"))) == 1
        town.bench.do("id_card_reader", "lift")
        counter.tap(NextPressed())
        assert counter.state.visit is None

        counter.until(lambda state: state.overlay is None, "the card is off the plate")
        town.bench.do("id_card_reader", "lay", card="zhou-guilan")
        counter.tap(ErrandChosen(ErrandKind.APPOINTMENTS), MinePressed())
        counter.until(lambda state: state.view == MineList(AskStage.ANSWERED), "one's times are told")
        assert counter.state.visit.mine == (booked,)


def test_without_a_card_a_number_books_and_the_slip_s_code_gives_it_back(town: Town) -> None:
    with WindowlessCounter(town.config) as counter:
        ready(counter)
        days = choose(counter).visit.times
        day = next(one for one in days if any(slot.left for slot in one.slots))
        begins = next(slot.begins for slot in day.slots if slot.left)
        counter.tap(
            DayChosen(day.day), TimeChosen(begins), NoCardPressed(), AnswerGiven("mobile", "13900000123"), NextPressed(), NextPressed()
        )
        done = counter.until(
            lambda state: isinstance(state.view, BookedShown) and state.view.paper is not SlipStage.PRINTING, "it is booked and printed"
        )
        assert done.view == BookedShown(SlipStage.PRINTED)
        booked = done.visit.booked
        code = done.visit.holder.code.reveal()
        (paper,) = town.bench.receipts.glob("*.png")
        assert [read.text.reveal() for read in codes_in(np.array(Image.open(paper).convert("L")))] == [f"BA2:{code}"]
        counter.tap(NextPressed())
        assert counter.state.visit is None

        counter.tap(ErrandChosen(ErrandKind.APPOINTMENTS), MinePressed(), NoCardPressed(), AnswerGiven("code", code), NextPressed())
        counter.until(lambda state: state.view == MineList(AskStage.ANSWERED), "the one time is told")
        assert counter.state.visit.mine == (booked,)
        counter.tap(AppointmentOpened(booked.id), GiveBackPressed(), NextPressed())
        counter.until(lambda state: state.view == MineShown(booked.id, GiveBackStage.GIVEN_BACK), "it is given back")
    kept = [path for path in town.config.terminal.folder.rglob("*") if path.is_file()]
    assert not [path for path in kept if b"13900000123" in path.read_bytes() or code.encode() in path.read_bytes()]


def test_without_a_line_nothing_is_promised(town: Town) -> None:
    with WindowlessCounter(town.config) as counter:
        ready(counter)
        days = choose(counter).visit.times
        day = next(one for one in days if any(slot.left for slot in one.slots))
        begins = next(slot.begins for slot in day.slots if slot.left)
        town.bench.do("id_card_reader", "lay", card="zhou-guilan")
        counter.tap(DayChosen(day.day), TimeChosen(begins))
        counter.until(lambda state: state.view == BookCheck(), "the card is read")
        town.bench.do("line", "cut")
        counter.tap(NextPressed())
        counter.until(lambda state: state.view == BookCheck(BookStage.NO_LINE), "no answer is said to be none", 40)
        assert list(town.bench.receipts.glob("*.png")) == []
        town.bench.do("line", "mend")
        counter.until(lambda state: state.line_up, "the line is there again", 90)
        counter.tap(NextPressed())
        done = counter.until(lambda state: isinstance(state.view, BookedShown), "the same question books it once")
        assert done.visit.booked.call == "A001"


def test_a_certificate_is_issued_printed_and_left_nowhere(town: Town) -> None:
    lay_everything(town)
    with WindowlessCounter(town.config) as counter:
        ready(counter)
        walk(counter)
        counter.hand_in()
        wait_for_city(town)
        accept = [sys.executable, "-m", "tests.journeys.desk_program", str(town.sandbox.city)]
        accepted = subprocess.run(accept, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
        assert len(accepted) == 1
        town.bench.do("id_card_reader", "lift")
        counter.tap(NextPressed())
        counter.until(lambda state: state.overlay is None and state.visit is None, "home")

        town.bench.do("document_printer", "fault", fault="paper_out")
        town.bench.do("id_card_reader", "lay", card="zhou-guilan")
        counter.tap(ErrandChosen(ErrandKind.PROOFS), ProofChosen("acceptance"))
        shown = counter.until(
            lambda state: isinstance(state.view, ProofShown) and state.view.stage not in (ProofStage.ASKING, ProofStage.PRINTING),
            "it is issued and the printer is out of paper",
            60,
        )
        assert shown.view.stage is ProofStage.NOT_PRINTED
        town.bench.do("document_printer", "fault", fault="none")
        counter.tap(ReprintPressed())
        counter.until(lambda state: isinstance(state.view, ProofShown) and state.view.stage is ProofStage.PRINTED, "it is printed", 60)
        number = counter.state.visit.number
    documents = list((town.config.bench.folder / "documents").glob("*.pdf"))
    assert len(documents) == 1
    from pypdf import PdfReader

    said = PdfReader(documents[0]).pages[0].extract_text().replace("\n", "")
    assert accepted[0] in said
    assert number
    kept = [path for path in town.config.terminal.folder.rglob("*") if path.is_file() and b"%PDF" in path.read_bytes()]
    assert kept == [], "the terminal's folder holds no page"
