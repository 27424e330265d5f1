"""Who is meant by a rollout: shares, versions, names, windows."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.contract.names import TerminalId
from sync.contract.rollout import ReleaseNameError, Window, bundle_target, share, version_key

numbers = st.lists(st.integers(0, 999), min_size=1, max_size=4).map(lambda parts: ".".join(map(str, parts)))


def test_shares_are_even() -> None:
    found = [share("2.4.2-1", TerminalId(f"SY-{number:05}")) for number in range(10_000)]
    for percent in (1, 5, 25, 50):
        meant = sum(one < percent * 100 for one in found)
        assert abs(meant - percent * 100) < 4 * (percent * 100 * (1 - percent / 100)) ** 0.5


@given(st.text(max_size=20), st.text(max_size=20))
def test_a_share_is_sticky_and_in_range(rollout: str, terminal: str) -> None:
    assert 0 <= share(rollout, TerminalId(terminal)) < 10_000
    assert share(rollout, TerminalId(terminal)) == share(rollout, TerminalId(terminal))


def test_another_rollout_begins_with_others() -> None:
    first, second = ({n for n in range(1000) if share(name, TerminalId(f"SY-{n}")) < 500} for name in ("2.4.2-1", "2.4.3-2"))
    assert len(first & second) < 20


@given(numbers, numbers)
def test_versions_are_ordered_by_their_numbers(one: str, other: str) -> None:
    assert (version_key(one) < version_key(other)) == (list(version_key(one)) < list(version_key(other)))


def test_ten_is_newer_than_nine() -> None:
    assert version_key("2.4.10") > version_key("2.4.9")
    assert version_key("2.4") == version_key("2.4.0.0")


@pytest.mark.parametrize("bad", ["", "2.4.x", "v2", "2..4", "1.2.3.4.5", "-1", "２.4", "2.4\n"])
def test_what_is_no_version_is_refused(bad: str) -> None:
    with pytest.raises(ReleaseNameError):
        version_key(bad)


@pytest.mark.parametrize(("channel", "board"), [("../x", "a"), ("stable", "../../etc"), ("Stable", "a"), ("stable", ""), ("a/b", "c")])
def test_no_name_leaves_its_folder(channel: str, board: str) -> None:
    with pytest.raises(ReleaseNameError):
        bundle_target(channel, "1.0", board)


@pytest.mark.parametrize(
    ("opens", "closes", "at", "holds"),
    [
        ((23, 0), (5, 0), (23, 30), True),
        ((23, 0), (5, 0), (4, 59), True),
        ((23, 0), (5, 0), (5, 0), False),
        ((1, 0), (3, 0), (2, 0), True),
        ((1, 0), (3, 0), (0, 59), False),
        ((0, 0), (0, 0), (12, 0), True),
    ],
)
def test_a_window_may_cross_midnight(opens: tuple[int, int], closes: tuple[int, int], at: tuple[int, int], *, holds: bool) -> None:
    assert Window(time(*opens), time(*closes)).holds(time(*at)) is holds
