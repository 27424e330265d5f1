"""How much one terminal may ask in a while."""

import pytest

from city.api import signed
from city.api.pace import BURST_S, Pace
from sync.contract import routes
from tests.city.terminal import Terminal


class Clock:
    now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def test_a_silent_terminal_may_ask_in_a_burst_and_then_steadily() -> None:
    clock = Clock()
    pace = Pace(2, clock)
    assert [pace.wait_s("a") for _ in range(int(2 * BURST_S))] == [0.0] * int(2 * BURST_S)
    assert pace.wait_s("a") == pytest.approx(0.5)
    assert pace.wait_s("b") == 0.0, "one that has gone wild takes nothing from another"
    clock.now_s += 0.5
    assert pace.wait_s("a") == 0.0
    assert pace.wait_s("a") > 0
    clock.now_s += 10 * BURST_S
    assert sum(pace.wait_s("a") == 0.0 for _ in range(1000)) == int(2 * BURST_S), "silence fills no more than the burst"


@pytest.mark.django_db
def test_too_many_requests_are_told_when_the_next_may_come(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    pace = Pace(0.5, clock)
    monkeypatch.setattr(signed, "_pace", lambda _per_second: pace)
    answers = [terminal.send("GET", routes.CATALOGUE_PATH) for _ in range(32)]
    assert [answer.status_code for answer in answers] == [200] * 30 + [429] * 2
    assert answers[-1]["Retry-After"] == "2"
    assert answers[-1].json()["retry"] == "later"
    clock.now_s += 2
    assert terminal.send("GET", routes.CATALOGUE_PATH).status_code == 200
