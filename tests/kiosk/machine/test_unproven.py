"""Which release is left when it does not come up, and when the machine stays as it is."""

import pytest

from kiosk.machine.unproven import LEFT_AFTER_S, Verdict, judge
from sync.update.journal import Notes, Switch
from tests.systemd.test_units import setting

ON_TRIAL = Notes(switch=Switch("r1", "0.2.0", 1, "0.1.0", is_ordered=True))


@pytest.mark.parametrize("proof", ["dead", "failed", "auto-restart", ""])
def test_a_release_on_trial_that_never_proves_itself_is_left(proof: str) -> None:
    """Also one whose proof is begun again and again because its screen never stays."""
    assert judge(ON_TRIAL, "0.2.0", proof) is Verdict.LEFT


@pytest.mark.parametrize("proof", ["exited", "start"])
def test_one_that_is_good_or_still_being_tried_stays(proof: str) -> None:
    assert judge(ON_TRIAL, "0.2.0", proof) is Verdict.STAYS


def test_what_ran_before_stays_whatever_ails_it() -> None:
    """The loader has taken the old slot already: starting it again would never end."""
    assert judge(ON_TRIAL, "0.1.0", "failed") is Verdict.STAYS


def test_a_terminal_without_an_update_under_way_is_never_started_again() -> None:
    assert judge(Notes(), "0.1.0", "failed") is Verdict.STAYS


def test_the_timer_says_the_same() -> None:
    assert setting("kiosk-unproven.timer", "Timer", "OnBootSec") == f"{LEFT_AFTER_S // 60}min"
