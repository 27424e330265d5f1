"""Every target on its corpus, on every find, and on what hypothesis makes of both."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.corpus import FINDS, SEEDS, finds
from tests.fuzz.targets import TARGETS


def test_every_target_has_seeds_and_every_find_a_target() -> None:
    assert SEEDS.keys() == TARGETS.keys()
    if FINDS.exists():
        assert {path.name for path in FINDS.iterdir()} <= TARGETS.keys()


@pytest.mark.parametrize("name", TARGETS)
def test_the_corpus_and_every_find_come_to_declared_outcomes(name: str) -> None:
    for data in (b"", *SEEDS[name], *finds(name)):
        TARGETS[name](data)


@pytest.mark.parametrize("name", TARGETS)
def test_whatever_is_done_to_them(name: str) -> None:
    seeds = st.sampled_from(SEEDS[name])
    places, junk, skipped = st.integers(0, 1400), st.binary(max_size=12), st.integers(0, 8)
    spoiled = st.builds(lambda seed, at, new, skip: seed[:at] + new + seed[at + skip :], seeds, places, junk, skipped)

    @settings(max_examples=150, deadline=None)
    @given(st.binary(max_size=400) | spoiled | st.lists(spoiled, max_size=3).map(b"".join))
    def fuzz(data: bytes) -> None:
        TARGETS[name](data)

    fuzz()
