"""Asking the city on behalf of the flow, against the real socket and a city behind it."""

import threading
import time
from collections.abc import Iterator

import msgspec
import pytest

from kiosk.flow.effects import Enquire
from kiosk.flow.events.terminal import CityTold
from kiosk.runner.enquiry import EnquiryDesk
from sync.ask import City, new_question_id
from sync.contract.question import Answered, NoLine, QuestionKind
from sync.settings import SyncSettings
from tests.kiosk.runner.said import Said
from tests.sync.standin import StandInCity
from tests.sync.test_ask import enquiries


class Hello(msgspec.Struct, frozen=True):
    """An invented question."""

    name: str


HELLO = QuestionKind("hello", Hello, Hello)


@pytest.fixture
def desk(settings: SyncSettings, said: Said) -> Iterator[EnquiryDesk]:
    desk = EnquiryDesk(City(settings.ask_socket), said.post, said.fail)
    yield desk
    desk.close()


def test_an_answer_names_the_visit_and_the_question_that_it_is_for(
    desk: EnquiryDesk, said: Said, settings: SyncSettings, city: StandInCity
) -> None:
    city.replies["hello"] = msgspec.json.decode
    name = new_question_id()
    with enquiries(settings):
        desk.ask(Enquire(4, HELLO, Hello("样例"), 10.0, name))
        told = said.next(CityTold)
    assert told == CityTold(4, "hello", name, Answered(Hello("样例")))


def test_without_a_sending_process_the_flow_hears_that_there_is_no_line(desk: EnquiryDesk, said: Said) -> None:
    desk.ask(Enquire(4, HELLO, Hello("样例"), 5.0))
    assert isinstance(said.next(CityTold).outcome, NoLine)


def test_after_forget_nothing_is_said(desk: EnquiryDesk, said: Said, settings: SyncSettings, city: StandInCity) -> None:
    release = threading.Event()
    city.replies["hello"] = lambda content: (release.wait(10), msgspec.json.decode(content))[1]
    with enquiries(settings):
        desk.ask(Enquire(4, HELLO, Hello("first"), 10.0))
        while not city.asked:
            time.sleep(0.01)
        desk.forget()
        release.set()
        desk.ask(Enquire(5, HELLO, Hello("second"), 10.0))
        assert said.next(CityTold).token == 5


def test_what_was_asked_is_not_shown_by_the_order(desk: EnquiryDesk) -> None:
    assert "样例" not in repr(Enquire(4, HELLO, Hello("样例"), 5.0))
