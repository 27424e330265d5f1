"""A question from the screen: over the socket, to the city and back, or an honest word that there is no line."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import msgspec
import pytest

from sync import identity
from sync.ask import City, reachable
from sync.client import CityClient
from sync.contract import routes
from sync.contract.problem import ProblemCode, Retry
from sync.contract.question import REPLY_TYPE, Answered, Declined, NoLine, Question, QuestionKind
from sync.contract.question import Reply as SignedReply
from sync.enquiries import Enquiries
from sync.exchange import Exchange
from sync.offline import OfflineReason
from sync.settings import SyncSettings
from tests.sync.standin import Asked, HangUp, Reply, StandInCity, refusal


class Weight(msgspec.Struct, frozen=True):
    """An invented question."""

    of: str


class Grams(msgspec.Struct, frozen=True):
    """Its invented answer."""

    grams: int


WEIGH = QuestionKind("weigh", Weight, Grams)
QUESTION = Weight("a feather")


@contextmanager
def enquiries(settings: SyncSettings, total_s: float = 5.0) -> Iterator[None]:
    """Run the sending process' half."""
    exchange = Exchange(settings.url, settings.ca_file, identity.request_key(settings.request_key, settings.terminal), total_s)
    client = CityClient(exchange, settings.terminal, identity.trusted_keys(settings.receipt_keys))
    with Enquiries(settings.ask_socket, client, lambda: None):
        yield
    exchange.close()


@pytest.fixture
def here(settings: SyncSettings, city: StandInCity) -> Iterator[City]:
    city.replies["weigh"] = lambda _content: Grams(3)
    with enquiries(settings):
        yield City(settings.ask_socket)


def test_a_question_is_answered_by_the_city(here: City, city: StandInCity) -> None:
    asked: list[bytes] = []
    city.replies["weigh"] = lambda content: asked.append(content) or Grams(3)
    assert here.ask(WEIGH, QUESTION, 5.0) == Answered(Grams(3))
    assert asked == [b'{"of":"a feather"}']
    assert here.ask(WEIGH, QUESTION, 5.0) == Answered(Grams(3)), "the socket serves more than one"


def test_without_a_line_it_says_so_at_once(here: City, city: StandInCity) -> None:
    city.stop()
    began = time.monotonic()
    assert here.ask(WEIGH, QUESTION, 20.0) == NoLine(OfflineReason.NO_LINE)
    assert time.monotonic() - began < 10


def test_a_city_that_drips_is_no_answer_at_the_deadline(here: City, city: StandInCity) -> None:
    def drip(asked: Asked) -> Reply | None:
        for _ in range(100):
            asked.wire.wfile.write(b"H")
            asked.wire.wfile.flush()
            time.sleep(0.05)
        raise HangUp

    city.misbehave = drip
    began = time.monotonic()
    assert here.ask(WEIGH, QUESTION, 1.0) == NoLine(OfflineReason.TOO_SLOW)
    assert time.monotonic() - began < 4


def test_without_the_sending_process_there_is_no_line(settings: SyncSettings) -> None:
    assert City(settings.ask_socket).ask(WEIGH, QUESTION, 2.0) == NoLine(OfflineReason.NO_LINE)


def test_what_the_city_declines_is_told_with_its_reason(here: City, city: StandInCity) -> None:
    del city.replies["weigh"]
    told = here.ask(WEIGH, QUESTION, 5.0)
    assert isinstance(told, Declined)
    assert (told.reason, told.is_passing) == (ProblemCode.UNKNOWN, True)
    city.misbehave = lambda _asked: refusal(422, ProblemCode.INVALID, Retry.NEVER)
    told = here.ask(WEIGH, QUESTION, 5.0)
    assert isinstance(told, Declined)
    assert (told.reason, told.is_passing) == (ProblemCode.INVALID, False)


def _for_another_question(city: StandInCity, asked: Asked) -> SignedReply:
    question = msgspec.json.decode(asked.body, type=Question)
    return SignedReply(1, question.terminal, "0" * 64, datetime.now(UTC), msgspec.Raw(b'{"grams":9}'))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "answer",
    [
        lambda _city, _asked: (200, {"Content-Type": "text/html"}, b"<h1>Welcome</h1>"),
        lambda _city, _asked: (200, {}, msgspec.json.encode(Grams(9))),
        lambda city, asked: (200, {}, city.say(_for_another_question(city, asked), REPLY_TYPE)),
        lambda city, _asked: (302, {"Location": city.url + routes.HEALTH_PATH}, b""),
    ],
    ids=["a portal's page", "unsigned", "signed for another question", "a redirect"],
)
def test_an_answer_that_is_not_the_citys_to_this_question_is_none(
    here: City, city: StandInCity, answer: Callable[[StandInCity, Asked], Reply]
) -> None:
    city.misbehave = lambda asked: answer(city, asked)
    assert here.ask(WEIGH, QUESTION, 5.0) == NoLine(OfflineReason.NOT_THE_CITY)


def test_an_answer_of_another_shape_is_none(here: City, city: StandInCity) -> None:
    city.replies["weigh"] = lambda _content: {"tons": 3}
    assert here.ask(WEIGH, QUESTION, 5.0) == NoLine(OfflineReason.NOT_THE_CITY)


def test_a_repeated_question_keeps_its_id_so_that_it_is_done_once(here: City, city: StandInCity) -> None:
    ids: list[str] = []

    def note(asked: Asked) -> Reply | None:
        ids.append(msgspec.json.decode(asked.body, type=Question).id)
        return None

    city.misbehave = note
    here.ask(WEIGH, QUESTION, 5.0, question_id="019ab000-0000-7000-8000-000000000001")  # type: ignore[arg-type]
    here.ask(WEIGH, QUESTION, 5.0, question_id="019ab000-0000-7000-8000-000000000001")  # type: ignore[arg-type]
    here.ask(WEIGH, QUESTION, 5.0)
    assert ids[0] == ids[1] != ids[2]


def test_several_wait_in_line_and_rubbish_on_the_socket_harms_nobody(here: City, settings: SyncSettings) -> None:
    for rubbish in (b"", b"\0", b"\xff\xff\xff\xff", b"\0\0\0\3abc"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line, reachable(settings.ask_socket) as address:
            line.connect(address)
            line.sendall(rubbish)
    told: list[object] = []
    threads = [threading.Thread(target=lambda: told.append(here.ask(WEIGH, QUESTION, 20.0))) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told == [Answered(Grams(3))] * 5


def test_nothing_asked_for_any_more_reaches_the_city(here: City, city: StandInCity) -> None:
    """Whoever waited in line and went away gets nothing done."""
    release = threading.Event()
    city.replies["weigh"] = lambda _content: (release.wait(10), Grams(3))[1]
    first = threading.Thread(target=lambda: here.ask(WEIGH, QUESTION, 20.0))
    first.start()
    while not any(path == routes.question_path("weigh") for _, path in city.asked):
        time.sleep(0.01)
    assert here.ask(WEIGH, QUESTION, 0.3) == NoLine(OfflineReason.TOO_SLOW)
    release.set()
    first.join()
    assert here.ask(WEIGH, QUESTION, 10.0) == Answered(Grams(3))
    assert sum(path == routes.question_path("weigh") for _, path in city.asked) == 2
