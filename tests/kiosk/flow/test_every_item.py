"""Every item of the counter walked as a list of taps, from the first touch to the slip: by its applicant, and by a helper where one may."""

import random
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import msgspec
import pytest

from kiosk.flow.effects import HandIn, PrintSlip
from kiosk.flow.eligible import refusal
from kiosk.flow.errands import ErrandKind
from kiosk.flow.events.applying import AnswerGiven, CapturePressed, ConsentTicked, HelperWanted, Inked
from kiosk.flow.events.choosing import ErrandChosen, ItemChosen, ProviderOpened, ServiceOpened
from kiosk.flow.events.devices import CameraOpened, CardAnswered, CardFound, PictureTaken, SlipAnswered
from kiosk.flow.events.glass import FinishPressed, GlassTouched, NextPressed
from kiosk.flow.events.terminal import CommunityLoaded, ItemsLoaded, Stored, Timer, TimerFired
from kiosk.flow.views import Capture, Done, Eligible, Form, Guide, HandingIn, Home, LayCard, Paper, Review, Sign, Whose
from kiosk.flow.visit import Visit
from peripherals.document_camera import Picture
from peripherals.id_card_reader import CardReading, CardReadStatus, IdCard, Sex
from peripherals.receipt_printer import PrinterStatus, Printing
from peripherals.secret import Secret
from sync.contract.answers import fields_asked, materials_asked
from sync.contract.application import Applicant
from sync.contract.directory import ServiceKind
from sync.contract.item import Control, Door, ItemPackage
from sync.contract.names import ApplicationId, ReceiptNumber
from tests.answering import fitting, id_number
from tests.kiosk.flow.happenings import PUBLISHED
from tests.kiosk.flow.walk import GOOD, INK, ITEMS, NOW, Walk, card, item

CODES = sorted(path.parent.name for path in ITEMS.glob("*/item.json"))
BIRTHDAYS = [date(1984, 3, 9), date(1944, 3, 9), date(1963, 3, 9), date(2009, 3, 9)]
"""People of working age, old, nearly old and young: one of them may apply for whatever there is."""
TAPS_AT_MOST = 400
PICTURE = Picture(GOOD, Secret(b"jpeg"), 1240, 1754)


@cache
def everything() -> tuple[ItemPackage, ...]:
    return tuple(item(code) for code in CODES)


def person(birth: date, sex: Sex) -> IdCard:
    return replace(card("周样例", id_number(birth, 17 if sex is Sex.MALE else 18)), birth_date=Secret(birth), sex=sex)


def as_applicant(laid: IdCard) -> Applicant:
    return Applicant(
        card_kind="resident", name=laid.name.reveal(), sex=laid.sex.value, ethnic_group="汉", birth_date=laid.birth_date.reveal(),
        address=laid.address.reveal(), id_number=laid.id_number.reveal(), issuer="样例", valid_until="long_term",
    )  # fmt: skip


class Applying:
    """Somebody who knows the answers; `taps` counts what was pressed."""

    def __init__(self, package: ItemPackage, laid: IdCard, *, helped: bool) -> None:
        self.package = package
        self.laid = laid
        self.helped = helped
        self.answers = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in fitting(package, random.Random(7), helped=helped, card=as_applicant(laid)).items()
        }
        self.walk = Walk().happen(ItemsLoaded(everything()), GlassTouched())
        self.taps = 0

    def go(self) -> bool:
        """Walk to the last page; False when this person may not apply."""
        self._choose()
        while self.taps < TAPS_AT_MOST:
            self.taps += 1
            match self.walk.state.view:
                case Done():
                    return True
                case Eligible(place):
                    if not self._answer_before(place):
                        return False
                case _:
                    self._step()
        raise AssertionError(f"{self.package.code}: stuck at {self.walk.state.view}")

    @property
    def visit(self) -> Visit:
        assert self.walk.state.application is not None
        return self.walk.state.application

    def _choose(self) -> None:
        match self.package.door:
            case Door.GRID:
                self.walk.happen(ErrandChosen(ErrandKind.REPORT))
            case Door.DIRECTORY:
                kind = self.package.serves[0] if self.package.serves else ServiceKind.LENDING  # for which there is no item of its own
                around = replace(PUBLISHED, providers=(msgspec.structs.replace(PUBLISHED.providers[0], kind=kind),))
                self.walk.happen(CommunityLoaded(around), ErrandChosen(ErrandKind.SERVICES), ServiceOpened(kind), ProviderOpened("a"))
                self.walk.happen(NextPressed())
            case _:
                self.walk.happen(ItemChosen(self.package.code))
        assert self.walk.state.view == Guide()

    def _answer_before(self, place: int) -> bool:
        """Answer a question before the form so that it leads on, if any answer does."""
        question = self.package.eligibility[place].question
        if question.control is Control.DERIVED:
            return refusal(self.visit, place, NOW.date()) is None
        offered: list[Any] = [True, False] if question.control is Control.YES_NO else [option.value for option in question.options]
        for value in offered:
            self.walk.happen(AnswerGiven(question.name, value))
            if refusal(self.visit, place, NOW.date()) is None:
                self.walk.happen(NextPressed())
                return True
        return False

    def _step(self) -> None:
        walk, token = self.walk, self.walk.token
        match walk.state.view:
            case Guide(agreed=False):
                walk.happen(ConsentTicked(agreed=True))
            case Guide():
                walk.happen(HelperWanted() if self.helped else NextPressed())
            case Whose():
                question = self.package.helping
                assert question is not None
                walk.happen(AnswerGiven(question.question.name, self.answers[question.question.name]), NextPressed())
            case LayCard(whose=whose):
                laid = self.laid if whose == "applicant" else person(date(1975, 6, 7), Sex.FEMALE)
                walk.happen(CardFound(token), CardAnswered(token, CardReading(CardReadStatus.READ, laid)), TimerFired(Timer.CARD_SHOWN))
            case Form(page):
                self._fill(page)
            case Capture():
                walk.happen(
                    CameraOpened(token, GOOD.hint), CapturePressed(), PictureTaken(token, Picture(GOOD, Secret(b"jpeg"), 1240, 1754))
                )
                walk.happen(NextPressed())
            case Sign():
                walk.happen(Inked(INK), NextPressed())
            case Review():
                walk.happen(NextPressed())
            case HandingIn():
                walk.happen(Stored(token, ApplicationId("id"), ReceiptNumber("7F3K29QD"), NOW), TimerFired(Timer.CITY))
                walk.happen(SlipAnswered(token, Printing(printed=True, status=PrinterStatus.READY)))
            case other:
                raise AssertionError(f"{self.package.code}: nobody knows what to do at {other}")

    def _fill(self, page: int) -> None:
        """Answer what is asked on a page, one tap after another, as each answer may bring or take others; then go on."""
        done: set[str] = set()
        while names := [
            one.name
            for one in fields_asked(self.package.pages[page], self.visit.answers)
            if one.name in self.answers and one.name not in done and one.control is not Control.DERIVED
        ]:
            done.add(names[0])
            self.walk.happen(AnswerGiven(names[0], self.answers[names[0]]))
        self.walk.happen(NextPressed())
        view = self.walk.state.view
        assert not (isinstance(view, Form) and view.problems), f"{self.package.code}: {view} with {self.answers}"


def walked(code: str, *, helped: bool) -> Applying:
    """Return the walk of the first person who may apply."""
    for birth in BIRTHDAYS:
        for sex in (Sex.FEMALE, Sex.MALE):
            applying = Applying(item(code), person(birth, sex), helped=helped)
            if applying.go():
                return applying
    raise AssertionError(f"{code}: nobody may apply")


def check(applying: Applying) -> None:
    """What is handed in is whole: answers that both ends take, every paper, the signatures; and a slip was ordered for it."""
    package, walk = applying.package, applying.walk
    (order,) = [effect for effect in walk.effects if isinstance(effect, HandIn)]
    visit = order.visit
    assert visit.item is package
    wanted = {material.id for material in materials_asked(package, visit.answers) if material.required}
    assert {paper.material for paper in visit.papers} >= wanted
    if package.signed:
        assert visit.ink.is_enough or not visit.applicant_signs
        assert visit.helper_ink.is_enough == visit.is_helped
    assert walk.ordered(PrintSlip)
    assert isinstance(walk.state.view, Done)
    assert walk.state.view.paper is Paper.PRINTED
    walk.happen(FinishPressed())
    assert (walk.state.view, walk.state.visit) == (Home(), None)


@pytest.mark.parametrize("code", CODES)
def test_an_item_is_walked_to_its_slip(code: str) -> None:
    check(walked(code, helped=False))


@pytest.mark.parametrize("code", [code for code in CODES if item(code).helping is not None])
def test_somebody_hands_in_for_the_applicant(code: str) -> None:
    applying = walked(code, helped=True)
    (order,) = [effect for effect in applying.walk.effects if isinstance(effect, HandIn)]
    assert order.visit.is_helped
    assert order.visit.helper is not None
    check(applying)
