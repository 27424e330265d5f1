"""Time running out."""

import pytest

from kiosk.flow.display import Display, Scale, Theme
from kiosk.flow.effects import CancelTimer, Forget, SetTimer
from kiosk.flow.events.applying import CapturePressed, FieldEntered
from kiosk.flow.events.devices import CardFound
from kiosk.flow.events.glass import GlassTouched, LeaveConfirmed, NextPressed, ScaleChosen, StillHerePressed, ThemeChosen
from kiosk.flow.events.terminal import Timer, TimerFired
from kiosk.flow.patience import COUNTDOWN_S, LONG_PATIENCE_S, PATIENCE_S
from kiosk.flow.views import Home, Idle, StillThere
from tests.kiosk.flow.walk import Walk


def idle_timers(walk: Walk) -> list[float]:
    return [effect.after_s for effect in walk.ordered(SetTimer) if effect.timer is Timer.IDLE]


def test_silence_leads_to_a_question_and_then_home() -> None:
    walk = Walk().at_form().happen(TimerFired(Timer.IDLE))
    assert walk.state.overlay == StillThere(COUNTDOWN_S)
    for _ in range(COUNTDOWN_S):
        walk.happen(TimerFired(Timer.COUNTDOWN))
    assert walk.state.visit is None
    assert walk.ordered(Forget)


@pytest.mark.parametrize("answer", [StillHerePressed(), FieldEntered("reason"), NextPressed()])
def test_any_answer_goes_on_where_it_was(answer: object) -> None:
    walk = Walk().at_form()
    view = walk.state.view
    walk.happen(TimerFired(Timer.IDLE), TimerFired(Timer.COUNTDOWN), answer)
    assert walk.state.overlay is None
    assert walk.state.view == view
    assert CancelTimer(Timer.COUNTDOWN) in walk.effects


def test_the_bare_touch_is_left_to_the_button_under_it() -> None:
    walk = Walk().at_form().happen(TimerFired(Timer.IDLE), GlassTouched())
    assert walk.state.overlay == StillThere(COUNTDOWN_S)
    walk.happen(LeaveConfirmed())
    assert walk.state.visit is None


def test_laying_the_card_answers_the_question() -> None:
    walk = Walk().at_card().happen(TimerFired(Timer.IDLE))
    walk.happen(CardFound(walk.token))
    assert walk.state.overlay is None


def test_the_question_can_be_answered_again_and_again() -> None:
    walk = Walk().at_form()
    for _ in range(20):
        walk.happen(TimerFired(Timer.IDLE), StillHerePressed())
    assert walk.state.visit is not None


def test_large_type_gives_more_time() -> None:
    walk = Walk().at_form()
    assert idle_timers(walk)[-1] == PATIENCE_S
    walk.happen(ScaleChosen(Scale.LARGE))
    assert idle_timers(walk)[-1] == LONG_PATIENCE_S


def test_nobody_is_asked_while_the_terminal_works() -> None:
    walk = Walk().at_papers().happen(TimerFired(Timer.IDLE), StillHerePressed())
    walk.state = Walk().at_papers().state
    walk.happen(CapturePressed())
    walk.happen(TimerFired(Timer.IDLE))
    assert walk.state.overlay is None or isinstance(walk.state.overlay, StillThere)
    handing = Walk().at_review().happen(NextPressed(), TimerFired(Timer.IDLE))
    assert handing.state.overlay is None


def test_home_falls_asleep_and_takes_the_display_of_the_last_resident_along() -> None:
    walk = Walk().at_home().happen(ThemeChosen(Theme.CONTRAST), TimerFired(Timer.IDLE))
    assert walk.state.view == Idle()
    assert walk.state.display == Display()
    assert walk.happen(GlassTouched()).state.view == Home()
