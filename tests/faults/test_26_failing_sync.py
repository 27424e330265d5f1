"""Fault 26: a sync that failed is never a yes."""

from pathlib import Path

import pytest

from sync.contract.suites import CitySecretKey
from tests.faults.outbox_ground import everything_is_whole, hand_in_under, opened


@pytest.mark.parametrize("call", ["fsync", "rename"])
@pytest.mark.parametrize("fault", ["EIO", "ENOSPC", "EROFS"])
def test_a_failing_call_is_never_a_yes(call: str, fault: str, folder: Path, city_key: CitySecretKey) -> None:
    """The kernel's answer is changed on its way to the process, for photos and database alike, from then on for ever."""
    opened(folder).close()
    inject = f"inject={call}:error={fault}:when={'1+' if call == 'rename' else '2+3'}"
    acknowledged, said, is_hit = hand_in_under(["-e", f"trace={call}", "-e", inject], folder)
    assert is_hit
    assert said
    there = everything_is_whole(folder, city_key)
    assert there == acknowledged
