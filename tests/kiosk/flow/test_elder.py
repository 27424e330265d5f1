"""The elder mode: begun at home, kept while its resident is there, gone with them."""

from kiosk.flow.display import Display, Scale
from kiosk.flow.errands import ErrandKind
from kiosk.flow.events.choosing import CategoryOpened, ErrandChosen, ItemChosen, ShelfOpened
from kiosk.flow.events.glass import BackPressed, ElderChosen, FinishPressed, LeaveConfirmed
from kiosk.flow.events.terminal import Timer, TimerFired
from kiosk.flow.patience import LISTENING_PATIENCE_S
from kiosk.flow.views import Guide, Home, Idle, Shelf
from sync.contract.item import Category
from tests.kiosk.flow.test_patience import idle_timers
from tests.kiosk.flow.walk import CODE, Walk


def test_it_brings_the_largest_type_and_ends_with_the_usual_one() -> None:
    walk = Walk().at_home().happen(ElderChosen(on=True))
    assert (walk.state.display.elder, walk.state.display.scale) == (True, Scale.LARGEST)
    assert walk.happen(ElderChosen(on=False)).state.display == Display()


def test_it_gives_the_longest_time() -> None:
    walk = Walk().at_home().happen(ElderChosen(on=True), ItemChosen(CODE))
    assert idle_timers(walk)[-1] == LISTENING_PATIENCE_S


def test_shelves_open_at_home_only_and_lead_back_step_by_step() -> None:
    assert Walk().at_form().happen(ShelfOpened(Shelf.OTHER)).state.view != Home(shelf=Shelf.OTHER)
    walk = Walk().at_home().happen(ElderChosen(on=True), ShelfOpened(Shelf.OTHER))
    assert walk.state.view == Home(shelf=Shelf.OTHER)
    assert walk.happen(CategoryOpened(Category.WORK)).state.view == Home(Category.WORK, Shelf.OTHER)
    assert walk.happen(BackPressed()).state.view == Home(shelf=Shelf.OTHER)
    assert walk.happen(BackPressed()).state.view == Home()


def test_ending_it_on_a_shelf_shows_the_usual_home() -> None:
    walk = Walk().at_home().happen(ElderChosen(on=True), ShelfOpened(Shelf.MEDICAL), ElderChosen(on=False))
    assert walk.state.view == Home()


def test_it_is_kept_through_an_item_and_when_going_back_from_it() -> None:
    walk = Walk().at_home().happen(ElderChosen(on=True), ShelfOpened(Shelf.ALLOWANCES), ItemChosen(CODE))
    assert walk.state.view == Guide()
    assert walk.state.display.elder
    assert walk.happen(BackPressed()).state.display.elder
    assert walk.happen(ErrandChosen(ErrandKind.FITTING), BackPressed()).state.display.elder


def test_the_next_resident_begins_as_usual() -> None:
    left = Walk().at_home().happen(ElderChosen(on=True), ItemChosen(CODE)).at_form().happen(FinishPressed(), LeaveConfirmed())
    assert (left.state.view, left.state.display) == (Home(), Display())
    asleep = Walk().at_home().happen(ElderChosen(on=True), TimerFired(Timer.IDLE))
    assert (asleep.state.view, asleep.state.display) == (Idle(), Display())
