"""The main job: one resident's application, on real parts, with the line up and with the line cut."""

from kiosk.demo.town import Town
from kiosk.flow.events.applying import Rated
from kiosk.flow.events.glass import NextPressed
from kiosk.flow.views import Done, Home, Paper
from peripherals.deadline import Deadline
from tests.journeys.counter import WindowlessCounter


def lay_everything(town: Town, card: str = "zhou-guilan") -> None:
    town.bench.do("id_card_reader", "lay", card=card)
    town.bench.do("document_camera", "lay", paper="tenancy-contract")


def walk(counter: WindowlessCounter) -> None:
    counter.begin()
    counter.fill()
    counter.photograph()
    counter.sign()


def wait_for_city(town: Town, complete: bool = True, within_s: float = 40.0) -> dict[str, object]:
    deadline = Deadline.after(within_s)
    while not (listed := [case for case in town.applications() if case["complete"] is complete]):
        assert not deadline.is_past, f"the city has {town.applications()}, the outbox {town.outbox()}"
    return listed[0]


def test_an_application_reaches_the_city_and_the_slip_carries_its_number(town: Town) -> None:
    lay_everything(town)
    with WindowlessCounter(town.config) as counter:
        counter.until(lambda state: state.line_up, "the line is up")
        walk(counter)
        done = counter.hand_in()
        assert isinstance(done.view, Done)
        assert done.view.paper is Paper.PRINTED
        handed_in = done.visit.handed_in
        assert handed_in.case_number is not None, "the city answered within the slip's patience"
        counter.tap(Rated(5))
        town.bench.do("id_card_reader", "lift")
        counter.tap(NextPressed())
        assert counter.state.view == Home()
        assert counter.state.visit is None
    case = wait_for_city(town)
    assert (case["application_id"], case["number"]) == (handed_in.application_id, handed_in.number)
    assert len(list(town.bench.receipts.glob("*.png"))) == 1
    row = town.outbox()[0]
    assert row["digest"] == case["digest"]


def test_with_the_line_cut_everything_works_and_it_is_delivered_when_the_line_returns(town: Town) -> None:
    lay_everything(town)
    town.bench.do("line", "cut")
    with WindowlessCounter(town.config) as counter:
        walk(counter)
        done = counter.hand_in()
        assert done.view.paper is Paper.PRINTED
        assert done.visit.handed_in.case_number is None
        assert town.applications() == []
        town.bench.do("line", "mend")
        arrived = counter.until(lambda state: state.visit.handed_in.case_number is not None, "the line returned and the page says so", 90.0)
        assert isinstance(arrived.view, Done)
    case = wait_for_city(town)
    assert case["application_id"] == done.visit.handed_in.application_id
