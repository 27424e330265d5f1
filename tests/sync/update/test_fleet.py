"""A release among a fleet in virtual time: it reaches everyone that it should, and nobody else.

Ten thousand terminals in `make test-faults`, six hundred in `make test`.
"""

from datetime import timedelta

import pytest

from city.channel.rollouts import Turn, resumed
from sync.contract.rollout import RolloutState, is_meant
from sync.update.channel import Distrusted
from tests.sync.update.virtual_fleet import BEGINS, NEW, OLD, fleet

sizes = pytest.mark.parametrize("count", [600, pytest.param(10_000, marks=[pytest.mark.slow, pytest.mark.timeout(1800)])])


@sizes
def test_a_good_release_goes_round_in_rings_and_stragglers_come_after(count: int) -> None:
    one = fleet(count, is_dead_until=lambda number: BEGINS + timedelta(days=12) if number % 50 == 49 else None)
    one.pass_(timedelta(hours=6))
    assert one.on(NEW) == set(one.sky.rollout.pilots), "first the pilots, and nobody else"
    shares = [one.sky.rollout.percent]
    while one.sky.now < BEGINS + timedelta(days=11):
        one.pass_(timedelta(days=1))
        shares.append(one.sky.rollout.percent)
        assert all(is_meant(one.sky.rollout, name) for name in one.on(NEW)), "nobody before his turn"
    assert sorted(set(shares)) == [0, 5, 25, 50, 100]
    assert shares == sorted(shares)
    assert len(one.on(OLD)) == count // 50, "only those that are out of reach"
    one.pass_(timedelta(days=2))
    assert one.on(OLD) == set(), "and they come after by themselves"
    assert Turn.PAUSE not in one.turns


@sizes
def test_a_release_that_fails_on_one_make_pauses_itself_and_goes_on_without_it(count: int) -> None:
    one = fleet(count, is_broken_by=lambda number: "papers" if number % 8 == 0 and number >= 12 else "")
    one.pass_(timedelta(days=4))
    assert one.sky.rollout.state is RolloutState.PAUSED
    assert one.sky.rollout.percent <= 25, "long before everybody had it"
    had_it, failed = one.on(NEW), {name for name, said in one.said.items() if said.stage == "papers"}
    assert failed
    assert not failed & had_it, "who failed runs what it ran"
    one.pass_(timedelta(days=3))
    assert one.on(NEW) == had_it, "a pause is a pause"
    one.said = {name: said for name, said in one.said.items() if name not in failed}
    one.sky.rollout = resumed(one.sky.rollout, one.sky.now, ["X86-B2"])
    one.pass_(timedelta(days=8))
    assert one.on(NEW) >= {terminal.name for terminal in one.terminals if terminal.form != "X86-B2"}
    assert all(name in had_it for name in one.on(NEW) if int(name[3:]) % 8 == 0)


@sizes
def test_terminals_that_fall_silent_count_as_failed(count: int) -> None:
    one = fleet(count, dies_of_it=lambda number: number in (3, 4))
    one.pass_(timedelta(days=2))
    assert one.sky.rollout.state is RolloutState.PAUSED
    assert len(one.on(NEW)) == 12, "two of the twelve pilots are gone; nobody follows them"


def test_a_terminal_that_failed_twice_leaves_the_release_alone() -> None:
    one = fleet(40, is_broken_by=lambda _number: "print")
    for _ in range(4):  # somebody insists
        one.pass_(timedelta(days=1))
        one.said.clear()
        if one.sky.rollout.state is RolloutState.PAUSED:
            one.sky.rollout = resumed(one.sky.rollout, one.sky.now)
    tried = [terminal.notes.failures for terminal in one.terminals if terminal.notes.failures]
    assert len(tried) >= 12
    assert all(failures == {NEW: 2} for failures in tried[:12])
    assert one.on(NEW) == set()


@sizes
def test_wrong_clocks_keep_nobody_from_it_once_the_city_has_told_the_time(count: int) -> None:
    """Days ahead, hours behind, a year ahead, and no battery at all: the city's answers put all of them right."""
    errors = {3: timedelta(days=3), 4: timedelta(hours=-2), 5: timedelta(days=400), 6: timedelta(days=-4000)}
    one = fleet(
        count,
        clock_error=lambda number: errors.get(number % 10, timedelta()),
        has_flat_battery=lambda number: number % 10 == 7,
    )
    while one.sky.now < BEGINS + timedelta(days=12):
        one.pass_(timedelta(days=1))
        assert all(is_meant(one.sky.rollout, name) for name in one.on(NEW)), "nobody before his turn, whatever his clock says"
    assert one.on(OLD) == set()
    assert Turn.PAUSE not in one.turns


@sizes
def test_clocks_that_nobody_puts_right_delay_their_own_terminal_and_no_other(count: int) -> None:
    """The city says nothing for twelve days, while the channel's files come: who is a year ahead believes none of them, and comes after."""
    told, wrong = BEGINS + timedelta(days=12), {50: timedelta(days=400), 51: timedelta(hours=-2)}
    one = fleet(
        count,
        clock_error=lambda number: wrong.get(number % 100, timedelta()),
        has_flat_battery=lambda number: number % 100 == 52,
        is_untold_until=lambda number: told if number % 100 in (50, 51, 52) else None,
    )
    one.pass_(timedelta(days=11))
    late = {terminal.name for terminal in one.terminals if terminal.clock_error == timedelta(days=400)}
    assert late <= one.on(OLD), "by its clock what is signed is out of date"
    flat = {terminal.name for terminal in one.terminals if terminal.has_flat_battery}
    assert one.on(OLD) <= late | flat, "two hours behind is no hindrance"
    assert isinstance(one.terminals[50].agent().step(), Distrusted)
    one.pass_(timedelta(days=3))
    assert one.on(OLD) == set(), "told the time, they come after by themselves"
