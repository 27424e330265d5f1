"""A contract under the camera, read for real behind the visit: what it says is offered at the review, and the resident decides."""

from kiosk.config import load
from kiosk.demo.town import Town
from kiosk.flow.events.applying import OfferTaken
from kiosk.flow.events.glass import FinishPressed, GlassTouched, LeaveConfirmed
from kiosk.flow.offering import PaperOffer, offer_for
from kiosk.flow.state import Kiosk
from kiosk.flow.visit import Visit
from kiosk.runner.printed import READ_WITHIN_S
from peripherals.deadline import Deadline
from peripherals.secret import Secret
from tests.journeys.counter import WindowlessCounter
from tests.journeys.test_one_application import lay_everything, walk


def visit_of(state: Kiosk) -> Visit:
    assert state.application is not None
    return state.application


def test_the_landlord_s_name_on_the_contract_is_offered_and_taken(town: Town) -> None:
    path = town.sandbox.config
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("[document_camera]\n", '[document_camera]\nocr = "rapidocr"\n'), encoding="utf-8")
    lay_everything(town)
    with WindowlessCounter(load(path)) as counter:
        walk(counter)
        assert visit_of(counter.state).answers["landlord_name"] == "样例乙"
        deadline = Deadline.after(READ_WITHIN_S)
        while offer_for(visit_of(counter.state), "landlord_name") is None:
            assert not deadline.is_past, "the contract was not read"
            counter.tap(GlassTouched())  # somebody is still there
            counter.pump(1.0)
        assert offer_for(visit_of(counter.state), "landlord_name") == PaperOffer("landlord_name", Secret("王样例"), differs=True)
        counter.tap(OfferTaken("landlord_name"))
        assert visit_of(counter.state).answers["landlord_name"] == "王样例"
        counter.tap(FinishPressed(), LeaveConfirmed())
        assert counter.state.visit is None
