"""A contract under the camera, read for real behind the visit: what it says is offered at the review, and the resident decides."""

from kiosk.config import load
from kiosk.demo.town import Town
from kiosk.flow.events import FinishPressed, LeaveConfirmed, OfferTaken
from kiosk.flow.offering import PaperOffer, offer_for
from kiosk.flow.state import Kiosk, Visit
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
        counter.until(lambda state: offer_for(visit_of(state), "landlord_name") is not None, "the contract is read", 120)
        assert offer_for(visit_of(counter.state), "landlord_name") == PaperOffer("landlord_name", Secret("王样例"), differs=True)
        counter.tap(OfferTaken("landlord_name"))
        assert visit_of(counter.state).answers["landlord_name"] == "王样例"
        counter.tap(FinishPressed(), LeaveConfirmed())
        assert counter.state.visit is None


def test_without_a_reader_nothing_is_offered(town: Town) -> None:
    lay_everything(town)
    with WindowlessCounter(town.config) as counter:
        walk(counter)
        counter.pump(0.5)
        assert not counter.state.place.reads
        assert offer_for(visit_of(counter.state), "landlord_name") is None
