"""A visit that nobody makes, with a card that is nobody's: the states that the film of the screens shows.

They come from the flow alone. What it orders is not carried out: no device is asked, nothing is stored, printed or sent.
"""

from collections.abc import Iterator
from datetime import date
from math import sin
from pathlib import Path
from typing import Final

from kiosk.flow import advance
from kiosk.flow.events import Event
from kiosk.flow.events.applying import AnswerGiven, CapturePressed, ConsentTicked, Inked, PaperSkipped, Rated
from kiosk.flow.events.choosing import ItemChosen
from kiosk.flow.events.devices import CameraOpened, CardAnswered, CardFound, PaperSeen, PictureTaken, PlateSeen, SlipAnswered
from kiosk.flow.events.glass import FinishPressed, GlassTouched, NextPressed
from kiosk.flow.events.terminal import CityReceived, ItemsLoaded, LineSeen, Stored, Timer, TimerFired
from kiosk.flow.route import paper_of
from kiosk.flow.state import Kiosk
from kiosk.flow.views import Capture, Done, Eligible, Form, Guide, HandingIn, LayCard, Review, Sign
from kiosk.flow.visit import Ink, Visit
from kiosk.screens.gallery_entry import paper_picture, paper_view
from kiosk.screens.invented_answers import ADDRESS, BORN, NAME, answer_to, id_number
from peripherals.document_camera import PaperHint, Picture
from peripherals.id_card_reader import CardKind, CardReading, CardReadStatus, IdCard, PlateStatus, Sex
from peripherals.receipt_printer import PrinterStatus, Printing
from peripherals.secret import Secret
from sync.contract.answers import questions_asked
from sync.contract.item import Door, ItemPackage
from sync.contract.names import ApplicationId, CaseNumber, ReceiptNumber

STATES_MOST: Final = 30
"""Of a longer visit nobody watches the film to its end."""

_PICTURE_PX: Final = (900, 1395)
_INK: Final = Ink(180.0, 60.0, (tuple((20.0 + step, 30.0 + 12 * sin(step / 8), step * 12) for step in range(120)),))
_APPLICATION: Final = ApplicationId("00000000-0000-7000-8000-000000000000")
_CARD: Final = IdCard(
    kind=CardKind.RESIDENT,
    name=Secret(NAME),
    name_latin=None,
    sex=Sex.FEMALE,
    ethnic_code="01",
    ethnic_group="汉",
    birth_date=Secret(BORN),
    address=Secret(ADDRESS),
    newest_address=None,
    id_number=Secret(id_number()),
    issuer="虚构市公安局",
    valid_from=date(2020, 1, 1),
    valid_until="long_term",
    nationality=None,
    travel_permit_number=None,
    times_issued=None,
    earlier_number=None,
    has_photo=False,
)


def invented_visit(at: Kiosk, fonts: Path) -> tuple[Kiosk, ...]:
    """Return the states of a visit from the idle screen back home, as the terminal `at` would show them; none where no item can be walked.

    Of `at` the place, the time, the items on offer and the look of the glass are used, and nothing that anybody has entered.
    """
    for item in at.items:
        if item.door is Door.CATALOGUE:
            states = tuple(_Walk(at, item, fonts).states())
            if len(states) <= STATES_MOST and any(isinstance(state.view, Done) for state in states):
                return states
    return ()


class _Walk:
    """One item, walked as far as it goes."""

    def __init__(self, at: Kiosk, item: ItemPackage, fonts: Path) -> None:
        self._item = item
        self._fonts = fonts
        self._state = Kiosk(at.place, at.now, display=at.display)
        self._happen(ItemsLoaded(at.items), LineSeen(up=True))

    def states(self) -> Iterator[Kiosk]:
        """Yield what is worth a picture, and end with home, or where it went no further."""
        yield self._state
        yield self._happen(GlassTouched())
        yield self._happen(ItemChosen(self._item.code))
        seen = 0
        while isinstance(visit := self._state.visit, Visit) and seen <= STATES_MOST:
            before = self._state
            for state in self._steps(visit):
                seen += 1
                yield state
            if self._state is before:
                return

    def _happen(self, *events: Event) -> Kiosk:
        for event in events:
            self._state, _ = advance(self._state, event)
        return self._state

    def _steps(self, visit: Visit) -> Iterator[Kiosk]:
        """Do what the page that is shown asks for."""
        token = visit.token
        match self._state.view:
            case Guide():
                yield self._happen(ConsentTicked(agreed=True))
                yield self._happen(NextPressed())
            case LayCard():
                yield self._happen(CardFound(token))
                yield self._happen(CardAnswered(token, CardReading(CardReadStatus.READ, _CARD)))
                yield self._happen(TimerFired(Timer.CARD_SHOWN), PlateSeen(PlateStatus.EMPTY))
            case Eligible(place):
                yield self._answer_before(visit, place)
            case Form(page):
                yield self._fill(page)
                yield self._happen(NextPressed())
            case Capture() as view:
                yield from self._photograph(token, is_wanted=paper_of(visit, view).required)
            case Sign():
                yield self._happen(Inked(_INK))
                yield self._happen(NextPressed())
            case Review():
                yield self._happen(NextPressed())
            case HandingIn():
                yield self._happen(Stored(token, _APPLICATION, ReceiptNumber("00000000"), self._state.now))
                yield self._happen(CityReceived(token, CaseNumber("0000-00000000-00000"), complete=True))
            case Done():
                yield self._happen(SlipAnswered(token, Printing(printed=True, status=PrinterStatus.READY)), Rated(5))
                yield self._happen(FinishPressed())
            case _:
                return

    def _answer_before(self, visit: Visit, place: int) -> Kiosk:
        question = visit.item.eligibility[place].question
        for value in (True, False, *(option.value for option in question.options)):
            if self._happen(AnswerGiven(question.name, value), NextPressed()).view != Eligible(place):
                break
        return self._state

    def _fill(self, page: int) -> Kiosk:
        """Answer one question after another, for each answer may bring or take others."""
        tried: set[str] = set()
        while isinstance(visit := self._state.visit, Visit):
            asked = (field for field in questions_asked(visit.item.pages[page], visit.answers) if field.name not in tried)
            if (field := next(asked, None)) is None:
                break
            tried.add(field.name)
            if field.name not in visit.answers and (value := answer_to(visit, field, self._state.now.date())) is not None:
                self._happen(AnswerGiven(field.name, value))
        return self._state

    def _photograph(self, token: int, *, is_wanted: bool) -> Iterator[Kiosk]:
        if not is_wanted:
            yield self._happen(PaperSkipped())
            return
        good = paper_view(PaperHint.GOOD)
        yield self._happen(CameraOpened(token, PaperHint.GOOD), PaperSeen(token, good))
        yield self._happen(CapturePressed(), PictureTaken(token, Picture(good, paper_picture(self._fonts), *_PICTURE_PX)))
        yield self._happen(NextPressed())
