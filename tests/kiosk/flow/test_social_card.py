"""A social security card instead of the identity card: only where the item takes it, never with a PIN, and the other card goes first."""

from dataclasses import replace
from datetime import date

import msgspec
import pytest

from kiosk.flow.desk_errands import HolderCard
from kiosk.flow.effects import LeaveSlot, ReadCard, ReadChip, StopReading, StopReadingChip, WatchPlate, WatchSlot
from kiosk.flow.errands import FindCases
from kiosk.flow.events.applying import ConsentTicked
from kiosk.flow.events.choosing import ItemChosen
from kiosk.flow.events.devices import CardAnswered, CardFound, ChipAnswered, ChipFound, PlateSeen, SlotSeen
from kiosk.flow.events.glass import BackPressed, FinishPressed, GlassTouched, LeaveConfirmed, NextPressed
from kiosk.flow.events.terminal import ItemsLoaded, Timer, TimerFired
from kiosk.flow.social_card import applicant_of, is_in_vain
from kiosk.flow.views import CardLeft, CardStage, Form, Guide, Home, LayCard, Medium
from peripherals.card_reader import BankCardSeen, ChipReading, ChipReadStatus, ContactlessUid, SlotStatus
from peripherals.id_card_reader import CardReading, CardReadStatus, PlateStatus, Sex
from peripherals.secret import Secret
from sync.contract.application import SOCIAL_SECURITY
from sync.contract.item import CardField
from tests.kiosk.flow.walk import CODE, Walk, card, item, social_card

TAKING = msgspec.structs.replace(item(), by_social_card=True)
READ = ChipReading(ChipReadStatus.READ, social_card())


def at_card(*, chips: bool = True, taken: bool = True) -> Walk:
    walk = Walk()
    walk.state = replace(walk.state, place=replace(walk.state.place, chips=chips))
    package = TAKING if taken else item()
    return walk.happen(ItemsLoaded((package,)), GlassTouched(), ItemChosen(CODE), ConsentTicked(agreed=True), NextPressed())


def view(walk: Walk) -> LayCard:
    assert isinstance(walk.state.view, LayCard)
    return walk.state.view


def test_both_readers_wait_and_the_card_that_comes_is_read() -> None:
    walk = at_card()
    assert len(walk.ordered(ReadCard)) == len(walk.ordered(ReadChip)) == 1
    walk.happen(ChipFound(walk.token))
    assert (view(walk).stage, view(walk).medium) == (CardStage.READING, Medium.SOCIAL)
    walk.happen(ChipAnswered(walk.token, READ))
    assert (view(walk).stage, view(walk).expired) == (CardStage.READ, False)
    assert walk.ordered(WatchSlot)
    assert not walk.ordered(WatchPlate)
    assert walk.ordered(StopReading)
    assert walk.ordered(StopReadingChip)
    visit = walk.happen(TimerFired(Timer.CARD_SHOWN)).state.application
    assert isinstance(walk.state.view, Form)
    assert visit is not None
    assert visit.card is not None
    known = visit.card.reveal()
    assert (known.card_kind, known.name, known.id_number) == (SOCIAL_SECURITY, "样例甲", "110101199003078670")
    assert (known.address, known.ethnic_group, known.valid_until) == (None, None, None)


@pytest.mark.parametrize(("chips", "taken"), [(False, True), (True, False)])
def test_where_it_is_not_taken_nobody_waits_for_it_and_its_answer_means_nothing(chips: bool, taken: bool) -> None:
    walk = at_card(chips=chips, taken=taken)
    assert not walk.ordered(ReadChip)
    before = walk.state
    walk.happen(ChipFound(walk.token), ChipAnswered(walk.token, READ))
    assert walk.state == before


def test_a_card_put_in_where_it_is_not_taken_gets_a_word_and_is_not_read() -> None:
    walk = at_card(taken=False)
    assert walk.ordered(WatchSlot) == [WatchSlot(stays=True)]
    assert not is_in_vain(walk.state)
    walk.happen(SlotSeen(SlotStatus.OCCUPIED))
    assert is_in_vain(walk.state)
    assert (view(walk).stage, walk.state.overlay) == (CardStage.WAITING, None)
    assert not walk.ordered(ReadChip)
    walk.happen(SlotSeen(SlotStatus.EMPTY))
    assert not is_in_vain(walk.state)
    walk.happen(SlotSeen(SlotStatus.OCCUPIED), BackPressed())
    assert walk.ordered(LeaveSlot)
    assert not is_in_vain(walk.state)
    walk.happen(FinishPressed(), LeaveConfirmed())
    assert walk.state.overlay == CardLeft(Medium.SOCIAL)  # and it is called back all the same
    assert walk.happen(SlotSeen(SlotStatus.EMPTY)).state.overlay is None


def test_following_one_s_cases_a_card_put_in_gets_the_same_word() -> None:
    walk = at_card(taken=False)
    walk.state = replace(walk.state, view=FindCases(), card_in_slot=True)
    assert is_in_vain(walk.state)
    walk.state = replace(walk.state, view=HolderCard())
    assert is_in_vain(walk.state)


@pytest.mark.parametrize(("chips", "taken"), [(False, False), (True, True)])
def test_no_such_word_without_a_reader_or_where_the_card_will_do(chips: bool, taken: bool) -> None:
    walk = at_card(chips=chips, taken=taken).happen(SlotSeen(SlotStatus.OCCUPIED))
    assert not is_in_vain(walk.state)
    assert not walk.ordered(WatchSlot)


def test_an_answer_for_an_earlier_visit_means_nothing() -> None:
    walk = at_card()
    before = walk.state
    assert walk.happen(ChipFound(walk.token + 1), ChipAnswered(walk.token - 1, READ)).state == before


@pytest.mark.parametrize(
    "status", [ChipReadStatus.NEEDS_PIN, ChipReadStatus.CARD_MOVED, ChipReadStatus.UNSUPPORTED_CARD, ChipReadStatus.CORRUPT]
)
def test_a_card_that_cannot_be_read_is_told_politely_and_the_other_one_will_do(status: ChipReadStatus) -> None:
    walk = at_card()
    walk.happen(ChipFound(walk.token), ChipAnswered(walk.token, ChipReading(status)))
    assert (view(walk).stage, view(walk).chip, view(walk).status) == (CardStage.REFUSED, status, None)
    walk.happen(TimerFired(Timer.LOOK_AGAIN))
    assert (view(walk).stage, view(walk).chip) == (CardStage.WAITING, status)  # the reason stays until another card comes
    assert len(walk.ordered(ReadCard)) == len(walk.ordered(ReadChip)) == 2
    walk.happen(CardFound(walk.token))
    assert (view(walk).chip, view(walk).medium) == (None, Medium.IDENTITY)
    walk.happen(CardAnswered(walk.token, CardReading(CardReadStatus.READ, card())))
    assert view(walk).stage is CardStage.READ


@pytest.mark.parametrize("other", [ContactlessUid(Secret("04A1B2C3")), BankCardSeen()])
def test_a_card_known_by_its_number_alone_says_nothing_of_a_person(other: ContactlessUid | BankCardSeen) -> None:
    walk = at_card()
    walk.happen(ChipAnswered(walk.token, ChipReading(ChipReadStatus.READ, other)))
    assert (view(walk).stage, view(walk).chip) == (CardStage.REFUSED, ChipReadStatus.UNSUPPORTED_CARD)
    assert walk.state.application is not None
    assert walk.state.application.card is None


@pytest.mark.parametrize("status", [ChipReadStatus.ABSENT, ChipReadStatus.SILENT])
def test_a_reader_out_of_order_does_not_disturb_who_lays_the_other_card(status: ChipReadStatus) -> None:
    walk = at_card()
    before = walk.state
    assert walk.happen(ChipAnswered(walk.token, ChipReading(status))).state == before
    walk.happen(ChipFound(walk.token), ChipAnswered(walk.token, ChipReading(status)))
    assert (view(walk).stage, view(walk).chip) == (CardStage.REFUSED, status)


def test_no_card_is_waited_for_again() -> None:
    walk = at_card()
    walk.happen(ChipAnswered(walk.token, ChipReading(ChipReadStatus.NO_CARD)))
    assert view(walk).stage is CardStage.WAITING
    assert len(walk.ordered(ReadChip)) == 2
    walk.happen(ChipFound(walk.token), ChipAnswered(walk.token, ChipReading(ChipReadStatus.NO_CARD)))
    assert view(walk).stage is CardStage.WAITING
    assert len(walk.ordered(ReadChip)) == 3


def test_while_one_card_is_read_the_other_reader_s_trouble_can_wait() -> None:
    walk = at_card()
    walk.happen(ChipFound(walk.token), CardAnswered(walk.token, CardReading(CardReadStatus.ABSENT)))
    assert (view(walk).stage, view(walk).medium) == (CardStage.READING, Medium.SOCIAL)
    assert len(walk.ordered(ReadCard)) == 2
    walk = at_card()
    walk.happen(CardFound(walk.token), ChipFound(walk.token), ChipAnswered(walk.token, ChipReading(ChipReadStatus.NEEDS_PIN)))
    assert (view(walk).stage, view(walk).medium) == (CardStage.READING, Medium.IDENTITY)
    assert len(walk.ordered(ReadChip)) == 2


def test_what_comes_after_a_card_was_read_changes_nothing() -> None:
    walk = at_card()
    walk.happen(ChipAnswered(walk.token, READ))
    before = walk.state
    walk.happen(ChipFound(walk.token), ChipAnswered(walk.token, ChipReading(ChipReadStatus.CARD_MOVED)), CardFound(walk.token))
    assert walk.state == before


@pytest.mark.parametrize("status", list(ChipReadStatus))
def test_an_answer_that_comes_while_the_reason_is_read_orders_nothing(status: ChipReadStatus) -> None:
    walk = at_card()
    walk.happen(ChipFound(walk.token), ChipAnswered(walk.token, ChipReading(ChipReadStatus.NEEDS_PIN)))
    before, ordered = walk.state, len(walk.effects)
    walk.happen(ChipFound(walk.token), ChipAnswered(walk.token, ChipReading(status)))
    assert (walk.state, len(walk.effects)) == (before, ordered)


def test_an_expired_card_is_said_and_goes_on() -> None:
    walk = at_card()
    walk.happen(ChipAnswered(walk.token, ChipReading(ChipReadStatus.READ, social_card(valid_until=date(2020, 1, 1)))))
    assert (view(walk).stage, view(walk).expired) == (CardStage.READ, True)


def test_a_card_left_in_its_slot_is_called_back_and_nobody_begins_before() -> None:
    walk = at_card()
    walk.happen(ChipAnswered(walk.token, READ), TimerFired(Timer.CARD_SHOWN), FinishPressed(), LeaveConfirmed())
    assert walk.state.overlay == CardLeft(Medium.SOCIAL)
    assert walk.happen(ItemChosen(CODE)).state.visit is None
    walk.happen(SlotSeen(SlotStatus.EMPTY))
    assert (walk.state.overlay, walk.state.view) == (None, Home())
    assert isinstance(walk.happen(ItemChosen(CODE)).state.view, Guide)


def test_two_cards_left_are_called_back_one_after_the_other() -> None:
    walk = Walk().at_home().happen(PlateSeen(PlateStatus.OCCUPIED), SlotSeen(SlotStatus.OCCUPIED))
    assert walk.state.overlay == CardLeft(Medium.IDENTITY)
    assert walk.happen(PlateSeen(PlateStatus.EMPTY)).state.overlay == CardLeft(Medium.SOCIAL)
    assert walk.happen(SlotSeen(SlotStatus.ABSENT)).state.overlay is None


def test_leaving_the_page_ends_the_waiting() -> None:
    walk = at_card().happen(BackPressed())
    assert walk.ordered(StopReadingChip)


def test_only_what_the_item_may_know_is_taken_and_nothing_made_up() -> None:
    known = applicant_of(social_card(), (CardField.NAME,))
    assert (known.name, known.id_number, known.birth_date, known.sex) == ("样例甲", None, None, None)
    old = social_card(sex=None, birth_date=None)
    known = applicant_of(old, (CardField.SEX, CardField.BIRTH_DATE, CardField.NATIONALITY))
    assert (known.sex, known.birth_date, known.nationality) == (Sex.MALE.value, date(1990, 3, 7), None)
    foreign = social_card("ABC123456789012", sex=None, birth_date=None)
    known = applicant_of(foreign, (CardField.SEX, CardField.BIRTH_DATE, CardField.ID_NUMBER))
    assert (known.sex, known.birth_date, known.id_number) == (None, None, "ABC123456789012")
