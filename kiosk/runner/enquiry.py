"""Carries out what somebody asks the city and waits for; nothing of a question is kept here."""

from collections.abc import Callable

from kiosk.flow.effects import Enquire
from kiosk.flow.events import Event
from kiosk.flow.events.terminal import CityTold
from kiosk.lane import Lane
from sync.ask import City, new_question_id


class EnquiryDesk:
    """The way to the city and the thread that waits on it; one question after the other, as one resident asks them."""

    def __init__(self, city: City, post: Callable[[Event], None], failed: Callable[[BaseException], None]) -> None:
        self._city = city
        self._post = post
        self._wanted: Enquire | None = None
        self._lane = Lane("enquiry", failed).start()

    def ask(self, enquire: Enquire) -> None:
        """Ask this; an earlier question of the visit is not waited for any more."""
        self._wanted = enquire
        self._lane.do(lambda: self._ask(enquire))

    def forget(self) -> None:
        """Nobody waits for the answer any more."""
        self._wanted = None

    def close(self) -> None:
        """Stop; a question under way ends by its own time."""
        self.forget()
        self._lane.close()

    def _ask(self, enquire: Enquire) -> None:
        if self._wanted is not enquire:
            return
        question_id = enquire.question_id or new_question_id()
        question = enquire.question(question_id) if callable(enquire.question) else enquire.question
        outcome = self._city.ask(enquire.kind, question, enquire.within_s, question_id)
        if self._wanted is enquire:
            self._post(CityTold(enquire.token, enquire.kind.name, question_id, outcome))
