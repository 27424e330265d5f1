"""The community's map on the glass: what its grids are called where there is little room."""

import pytest

from tests.kiosk.screens import desk as desk  # noqa: PLC0414  sets Kivy up before anything imports it

from kiosk.screens.entry.plan import told_apart  # isort: skip


@pytest.mark.parametrize(
    ("names", "short"),
    [
        (["06 网格", "07 网格", "10 网格"], ["06", "07", "10"]),
        (["Grid 06", "Grid 07"], ["06", "07"]),
        (["North grid 06", "South grid 06"], ["North", "South"]),
        (["市场", "花园"], ["市场", "花园"]),
        (["Old market", "Garden"], ["Old market", "Garden"]),
        (["06 网格"], ["06 网格"]),
        (["06 网格", "06 网格"], ["06 网格", "06 网格"]),
        ([], []),
    ],
)
def test_grids_are_told_apart_by_the_words_that_are_their_own(names: list[str], short: list[str]) -> None:
    assert told_apart(names) == short
