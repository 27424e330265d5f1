"""Each adult of a family signs where the item wants it, and whoever saw a mark made says who they are."""

from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Any

import msgspec

from kiosk.flow.events.applying import CardSkipped, Inked, MarkMade, ReviewChanged, SignerAway
from kiosk.flow.events.devices import CardAnswered, CardFound
from kiosk.flow.events.glass import BackPressed, NextPressed
from kiosk.flow.events.terminal import Timer, TimerFired
from kiosk.flow.signers import family_of, ink_of, is_settled, signers
from kiosk.flow.views import CardOf, CardStage, LayCard, Review, Sign
from kiosk.flow.visit import Ink, Visit
from kiosk.freeze import freeze
from peripherals.id_card_reader import CardReading, CardReadStatus
from peripherals.secret import Secret
from peripherals.virtual.cards import _with_check
from sync.contract.application import Applicant, Application
from sync.contract.names import TerminalId
from sync.contract.suites import new_city_key, open_sealed
from tests.kiosk.flow.walk import INK, NOW, Walk, card, item

LIVING = item("minimum-living")
OWN = "110101199003078670"
MOTHER, AUNT, CHILD = (_with_check(f"210102{born}001X") for born in ("19600101", "19620202", "20150505"))
WITNESS = LayCard(whose=CardOf.WITNESS)


def row(name: str, number: str) -> dict[str, Any]:
    return {"m_name": name, "m_id": number}


def signing(*rows: dict[str, Any]) -> Walk:
    """A resident of OWN before the sheet, with this family."""
    walk = Walk().at_signature()
    visit = replace(
        walk.state.application,
        item=LIVING,
        card=Secret(Applicant("resident", name="样例甲", id_number=OWN)),
        answers=MappingProxyType({"household": rows}),
    )
    walk.state = replace(walk.state, visit=visit, view=Sign())
    return walk


def visit(walk: Walk) -> Visit:
    assert walk.state.application is not None
    return walk.state.application


def handed_in(walk: Walk) -> Application:
    key = new_city_key(NOW)
    sealed = freeze(visit(walk), TerminalId("SY-TEST-0001"), "zh", NOW, key.public_key()).sealed(1, "install")
    return msgspec.json.decode(open_sealed(sealed.body, {key.key_id: key}).content, type=Application)


def lay(walk: Walk, number: str) -> Walk:
    reading = CardReading(CardReadStatus.READ, card("样例乙", number))
    return walk.happen(CardFound(walk.token), CardAnswered(walk.token, reading))


def test_every_adult_signs_one_after_the_other_and_no_child() -> None:
    walk = signing(row("样例母", MOTHER), row("样例童", CHILD), row("样例姨", AUNT)).happen(Inked(INK), NextPressed())
    assert walk.state.view == Sign(member=0)
    walk.happen(NextPressed())
    assert walk.state.view == Sign(member=0, asked=True), "an empty sheet is asked for"
    walk.happen(Inked(INK), NextPressed())
    assert walk.state.view == Sign(member=1)
    walk.happen(Inked(INK), NextPressed())
    assert isinstance(walk.state.view, Review)
    assert [(one.row, one.signature is not None) for one in handed_in(walk).family] == [(0, True), (2, True)]


def test_the_way_back_leads_through_the_same_sheets() -> None:
    walk = signing(row("样例母", MOTHER)).happen(Inked(INK), NextPressed(), Inked(INK), NextPressed(), BackPressed())
    assert walk.state.view == Sign(member=0)
    assert ink_of(visit(walk), Sign(member=0)) == INK
    walk.happen(BackPressed())
    assert walk.state.view == Sign()


def test_who_is_not_here_keeps_nobody_from_going_on_and_the_city_is_told() -> None:
    walk = signing(row("样例母", MOTHER)).happen(Inked(INK), NextPressed(), SignerAway())
    assert isinstance(walk.state.view, Review)
    (mother,) = handed_in(walk).family
    assert mother.signature is None
    assert is_settled(visit(walk), Sign(member=0)), "nothing is open"
    walk.happen(ReviewChanged())
    assert walk.state.view == Sign()
    assert signing(row("样例母", MOTHER)).happen(SignerAway()).state.view == Sign(), "the applicant cannot be away"


def test_whoever_signs_after_all_is_not_away() -> None:
    walk = signing(row("样例母", MOTHER)).happen(Inked(INK), NextPressed(), SignerAway(), BackPressed(), Inked(INK), NextPressed())
    assert handed_in(walk).family[0].signature is not None


def test_a_signature_goes_with_the_person_and_not_with_the_row() -> None:
    walk = signing(row("样例母", MOTHER), row("样例姨", AUNT)).happen(Inked(INK), NextPressed(), Inked(INK), NextPressed())
    without = replace(visit(walk), answers=MappingProxyType({"household": (row("样例姨", AUNT),)}))
    assert [adult.id_number for adult in family_of(without)] == [AUNT]
    assert not is_settled(without, Sign(member=0)), "the aunt has not signed"


def test_nobody_signs_twice() -> None:
    assert signers(visit(signing(row("样例甲", OWN), row("样例母", MOTHER), row("样例母", MOTHER)))) == (Sign(), Sign(member=0))


def test_an_item_that_does_not_want_it_asks_no_family() -> None:
    walk = signing(row("样例母", MOTHER))
    other = replace(visit(walk), item=msgspec.structs.replace(LIVING, family_signs=None))
    assert signers(other) == (Sign(),)
    unsigned = replace(visit(walk), item=msgspec.structs.replace(LIVING, signed=False))
    assert signers(unsigned) == ()


def test_somebody_is_of_age_on_their_birthday() -> None:
    walk = signing(row("样例童", CHILD))
    for today, count in ((date(2033, 5, 4), 0), (date(2033, 5, 5), 1)):
        at = NOW.replace(year=today.year, month=today.month, day=today.day)
        assert len(family_of(replace(visit(walk), agreed_at=at))) == count


def test_a_mark_wants_a_witness_by_their_own_card() -> None:
    walk = signing().happen(Inked(INK), MarkMade(), NextPressed())
    assert walk.state.view == WITNESS
    lay(walk, MOTHER)
    assert walk.state.view.stage is CardStage.READ
    walk.happen(TimerFired(Timer.CARD_SHOWN))
    assert isinstance(walk.state.view, Review)
    witness = handed_in(walk).witness
    assert witness == Applicant("resident", name="样例乙", id_number=MOTHER), "and nothing else of the card"


def test_nobody_is_their_own_witness() -> None:
    walk = lay(signing().happen(Inked(INK), MarkMade(), NextPressed()), OWN)
    assert (walk.state.view.stage, walk.state.view.is_own) == (CardStage.REFUSED, True)
    assert visit(walk).witness is None
    walk.happen(TimerFired(Timer.LOOK_AGAIN), CardFound(walk.token))
    assert not walk.state.view.is_own
    mother = lay(signing(row("样例母", MOTHER)).happen(Inked(INK), NextPressed(), Inked(INK), MarkMade(), NextPressed()), MOTHER)
    assert mother.state.view.is_own, "nor does a member of the family"


def test_with_nobody_beside_them_the_mark_goes_without_and_a_new_one_is_asked_about_again() -> None:
    walk = signing().happen(Inked(INK), MarkMade(), NextPressed(), CardSkipped())
    assert isinstance(walk.state.view, Review)
    assert handed_in(walk).witness is None
    walk.happen(BackPressed(), Inked(INK), MarkMade(), NextPressed())
    assert walk.state.view == WITNESS
    walk.happen(BackPressed())
    assert walk.state.view == Sign()


def test_a_signature_wants_no_witness_and_one_for_a_mark_that_is_gone_is_not_told() -> None:
    walk = signing().happen(Inked(INK), NextPressed())
    assert isinstance(walk.state.view, Review)
    witnessed = lay(signing().happen(Inked(INK), MarkMade(), NextPressed()), MOTHER).happen(TimerFired(Timer.CARD_SHOWN))
    witnessed.happen(BackPressed(), Inked(INK), NextPressed())
    assert handed_in(witnessed).witness is None


def test_ink_of_nobody_is_empty() -> None:
    assert ink_of(visit(signing()), Sign(member=3)) == Ink()
