"""A bill's account by card: what the provider has under it, one chosen, and of the card nothing kept longer than the question."""

import pytest

from kiosk.flow.community import Community
from kiosk.flow.desk_errands import HolderCard, LayStage
from kiosk.flow.effects import Enquire, PrintProof, ReadCard, StopReading, WatchPlate
from kiosk.flow.errands import AccountEntry, AccountList, AccountsStage, BillShown, BillStage, ErrandKind, Paying, UtilityList
from kiosk.flow.events.applying import AnswerGiven
from kiosk.flow.events.choosing import AccountChosen, ErrandChosen, NumberPreferred, UtilityChosen
from kiosk.flow.events.devices import CardAnswered, CardFound, PlateSeen
from kiosk.flow.events.glass import BackPressed, FinishPressed, NextPressed
from kiosk.flow.events.terminal import CityTold, CommunityLoaded
from kiosk.flow.patience import seconds
from kiosk.flow.views import CardLeft, Home
from peripherals.id_card_reader import CardReading, CardReadStatus, PlateStatus
from sync.contract.bills import (
    ACCOUNTS,
    BILL,
    PAY,
    PAYMENT,
    Accounts,
    AccountsQuestion,
    AccountsStatus,
    BillQuestion,
    HeldAccount,
    PayQuestion,
    Utility,
    UtilityKind,
)
from sync.contract.question import Answered, Declined, NoLine, Outcome
from sync.contract.words import Words
from sync.offline import OfflineReason
from tests.kiosk.flow.test_paying import AWAITING, ID, OWED, PAID
from tests.kiosk.flow.walk import Walk, card

WATER = Utility("water", UtilityKind.WATER, Words("样例自来水"), Words("户号"), 8, 12, by_card=True)
GAS = Utility("gas", UtilityKind.GAS, Words("样例燃气"), Words("户号"), 8, 12)
ONE = HeldAccount("10002345", "样例小区 * 号楼 101 室")
TWO = HeldAccount("10009871", "样例路 ** 号 车库")
KNOWN = Answered(Accounts(AccountsStatus.KNOWN, (ONE, TWO)))
NUMBER = "110101199003078670"
OFFLINE: NoLine = NoLine(OfflineReason.NO_LINE)


def laying() -> Walk:
    walk = Walk().at_home().happen(CommunityLoaded(Community(utilities=(WATER, GAS))), ErrandChosen(ErrandKind.BILLS))
    walk.happen(UtilityChosen("water"))
    assert walk.state.view == HolderCard()
    return walk


def read(walk: Walk) -> Walk:
    return walk.happen(CardFound(walk.token), CardAnswered(walk.token, CardReading(CardReadStatus.READ, card())))


def asking() -> Walk:
    return read(laying())


def told(walk: Walk, outcome: Outcome[Accounts]) -> Walk:
    return walk.happen(CityTold(walk.token, ACCOUNTS.name, ID, outcome))


def choosing() -> Walk:
    return told(asking(), KNOWN)


def errand(walk: Walk) -> Paying:
    assert isinstance(walk.state.visit, Paying)
    return walk.state.visit


def test_from_the_card_to_the_printed_proof() -> None:
    walk = asking()
    assert walk.state.view == AccountList(AccountsStage.ASKING)
    (ask,) = walk.ordered(Enquire)
    assert ask.question == AccountsQuestion("water", NUMBER)
    assert walk.ordered(StopReading)
    assert walk.ordered(WatchPlate)
    told(walk, KNOWN)
    assert walk.state.view == AccountList(AccountsStage.CHOOSE)
    walk.happen(AccountChosen(1))
    assert walk.state.view == BillShown(BillStage.ASKING)
    assert walk.ordered(Enquire)[-1].question == BillQuestion("water", TWO.account)
    walk.happen(CityTold(walk.token, BILL.name, ID, Answered(OWED)), NextPressed())
    pay = walk.ordered(Enquire)[-1].question
    assert isinstance(pay, PayQuestion)
    assert pay.account == TWO.account
    walk.happen(CityTold(walk.token, PAY.name, ID, Answered(AWAITING)), CityTold(walk.token, PAYMENT.name, ID, Answered(PAID)))
    (proof,) = walk.ordered(PrintProof)
    assert proof.account.reveal() == TWO.account


def test_the_cards_number_is_held_until_the_answer_and_no_longer() -> None:
    walk = asking()
    held = errand(walk).id_number
    assert held is not None
    assert held.reveal() == NUMBER
    assert errand(told(walk, KNOWN)).id_number is None
    assert not any(NUMBER in repr(thing) for thing in (walk.state, *walk.effects))
    assert not any(ONE.account in repr(thing) for thing in (walk.state, *walk.effects))


def test_a_single_account_is_no_choice() -> None:
    walk = told(asking(), Answered(Accounts(AccountsStatus.KNOWN, (ONE,))))
    assert walk.state.view == BillShown(BillStage.ASKING)
    assert walk.ordered(Enquire)[-1].question == BillQuestion("water", ONE.account)
    walk.happen(CityTold(walk.token, BILL.name, ID, OFFLINE), BackPressed())
    assert walk.state.view == UtilityList(), "the card may still lie there and would only lead back"


def test_a_single_one_of_several_is_a_choice_with_the_way_by_number() -> None:
    walk = told(asking(), Answered(Accounts(AccountsStatus.KNOWN, (ONE,), more=True)))
    assert walk.state.view == AccountList(AccountsStage.CHOOSE)


def test_another_account_can_be_chosen_after_looking_at_one() -> None:
    walk = choosing().happen(AccountChosen(0))
    walk.happen(CityTold(walk.token, BILL.name, ID, Answered(OWED)), BackPressed())
    assert walk.state.view == AccountList(AccountsStage.CHOOSE)
    assert errand(walk).bill is None
    walk.happen(AccountChosen(1))
    assert walk.ordered(Enquire)[-1].question == BillQuestion("water", TWO.account)


@pytest.mark.parametrize("place", [-1, 2, 99])
def test_what_was_not_told_cannot_be_chosen(place: int) -> None:
    walk = choosing()
    before = len(walk.ordered(Enquire))
    assert walk.happen(AccountChosen(place)).state.view == AccountList(AccountsStage.CHOOSE)
    assert len(walk.ordered(Enquire)) == before


@pytest.mark.parametrize(
    ("outcome", "stage"),
    [
        (Answered(Accounts(AccountsStatus.NONE_KNOWN)), AccountsStage.NONE_KNOWN),
        (Answered(Accounts(AccountsStatus.NOT_OFFERED)), AccountsStage.NOT_OFFERED),
        (Declined("unknown", is_passing=False), AccountsStage.NOT_OFFERED),
        (Answered(Accounts(AccountsStatus.KNOWN)), AccountsStage.NOT_OFFERED),
    ],
)
def test_where_the_card_finds_nothing_the_number_leads_on(outcome: Outcome[Accounts], stage: AccountsStage) -> None:
    walk = told(asking(), outcome)
    assert walk.state.view == AccountList(stage)
    assert errand(walk).id_number is None
    walk.happen(NextPressed())
    assert walk.state.view == AccountEntry()
    walk.happen(AnswerGiven("account", "10007777"), NextPressed())
    assert walk.ordered(Enquire)[-1].question == BillQuestion("water", "10007777")


@pytest.mark.parametrize(
    ("outcome", "stage"), [(OFFLINE, AccountsStage.NO_LINE), (Answered(Accounts(AccountsStatus.PROVIDER_DOWN)), AccountsStage.DOWN)]
)
def test_what_was_not_answered_can_be_asked_again_without_the_card(outcome: Outcome[Accounts], stage: AccountsStage) -> None:
    walk = told(asking(), outcome)
    assert walk.state.view == AccountList(stage)
    walk.happen(NextPressed())
    assert walk.state.view == AccountList(AccountsStage.ASKING)
    assert walk.ordered(Enquire)[-1].question == AccountsQuestion("water", NUMBER)
    assert told(walk, KNOWN).state.view == AccountList(AccountsStage.CHOOSE)


def test_the_number_can_be_preferred_before_a_card_and_instead_of_the_list() -> None:
    walk = laying().happen(NumberPreferred())
    assert walk.state.view == AccountEntry()
    assert walk.ordered(StopReading), "nobody is read who did not ask for it"
    assert walk.happen(BackPressed()).state.view == HolderCard()
    walk = choosing().happen(NumberPreferred())
    assert (walk.state.view, errand(walk).held) == (AccountEntry(), ())
    assert walk.happen(BackPressed()).state.view == UtilityList(), "a card that was read is not read again by going back"


def test_a_provider_that_does_not_look_by_card_offers_the_number_alone() -> None:
    walk = laying().happen(BackPressed(), UtilityChosen("gas"))
    assert walk.state.view == AccountEntry()
    assert walk.happen(NumberPreferred(), BackPressed()).state.view == UtilityList()


def test_a_card_that_cannot_be_read_says_why_and_the_number_stays_open() -> None:
    walk = laying().happen(CardFound(1))
    assert walk.happen(NumberPreferred(), BackPressed()).state.view == HolderCard(LayStage.READING), "a moment of patience"
    walk.happen(CardAnswered(walk.token, CardReading(CardReadStatus.CARD_MOVED)))
    assert walk.state.view == HolderCard(LayStage.REFUSED, CardReadStatus.CARD_MOVED)
    assert walk.happen(NumberPreferred()).state.view == AccountEntry()


def test_of_one_provider_nothing_goes_on_to_the_next() -> None:
    walk = choosing().happen(BackPressed())
    assert (walk.state.view, walk.state.visit) == (UtilityList(), Paying(walk.token, by_card=True))
    assert walk.happen(UtilityChosen("gas")).state.view == AccountEntry()
    assert errand(walk).held == ()


def test_home_keeps_nothing_and_calls_the_card_back() -> None:
    walk = choosing().happen(PlateSeen(PlateStatus.OCCUPIED), FinishPressed())
    assert (walk.state.view, walk.state.visit, walk.state.overlay) == (Home(), None, CardLeft())
    assert walk.ordered(WatchPlate)


def test_a_late_answer_of_another_visit_changes_nothing() -> None:
    walk = asking().happen(CityTold(0, ACCOUNTS.name, ID, KNOWN))
    assert walk.state.view == AccountList(AccountsStage.ASKING)
    assert walk.happen(BackPressed(), NumberPreferred(), NextPressed()).state.view == AccountList(AccountsStage.ASKING)
    assert seconds(walk.state) is None, "nobody is sent home while the city is asked"
    assert walk.ordered(ReadCard)
