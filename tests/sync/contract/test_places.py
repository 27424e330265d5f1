"""Places on the community's own map: written as a short text, named in every language, and never outside a grid."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.contract.geojson import MapError, read_map
from sync.contract.places import Place, is_inside, place_at, place_said, read_place
from sync.contract.words import Language

SAMPLE = Path(__file__).parents[3] / "city" / "samples" / "map.geojson"
PLAN = read_map(SAMPLE.read_bytes())


def drawn(**changes: object) -> bytes:
    square = [[[0, 0], [100, 0], [100, 100], [0, 100], [0, 0]]]
    features = [
        {"geometry": {"type": "Polygon", "coordinates": square}, "properties": {"role": "grid", "code": "9901", "name": {"zh": "一"}}}
    ]
    known: dict[str, Any] = {"type": "FeatureCollection", "community": "99", "name": {"zh": "样例"}, "width": 100, "height": 100}
    return json.dumps(known | {"features": features} | changes).encode()


def feature(role: str, kind: str, coordinates: object, **more: object) -> dict[str, Any]:
    return {"geometry": {"type": kind, "coordinates": coordinates}, "properties": {"role": role, **more}}


def test_the_sample_map_is_one_and_says_so() -> None:
    assert PLAN.sample
    assert len(PLAN.grids) == 12
    assert all(any(is_inside(grid.outline, spot.at) and grid.code == spot.grid for grid in PLAN.grids) for spot in PLAN.spots)


@settings(deadline=None)
@given(st.integers(0, 9999), st.integers(0, 9999), st.from_regex(r"\A[0-9A-Za-z-]{1,32}\Z"))
def test_a_place_is_read_as_it_was_written(x: int, y: int, grid: str) -> None:
    assert read_place(Place(grid, (x, y)).text) == Place(grid, (x, y))


@settings(deadline=None)
@given(st.text() | st.none() | st.integers())
def test_whatever_is_no_place_is_none(text: object) -> None:
    read = read_place(text)
    assert read is None or read.text.partition("@")[0] == str(text).partition("@")[0]


@settings(deadline=None)
@given(st.integers(0, PLAN.width - 1), st.integers(0, PLAN.height - 1))
def test_every_point_of_the_plane_lies_in_at_most_one_grid(x: int, y: int) -> None:
    found = [grid.code for grid in PLAN.grids if is_inside(grid.outline, (x, y))]
    assert len(found) <= 1
    place = place_at(PLAN, (x, y))
    assert (place.grid if place else None) == (found[0] if found else None)


def test_a_place_is_named_by_what_is_near_in_the_language_of_the_reader() -> None:
    spot = PLAN.spots[0]
    place = Place(spot.grid, (spot.at[0] + 9, spot.at[1]))
    assert place_said(PLAN, place, Language.ZH) == "晴岚里 1 号楼 · 01 网格"
    assert place_said(PLAN, place, Language.KO) == "칭란리 1동 · 01 구역"
    assert place_said(PLAN, Place("elsewhere", (9000, 9000)), Language.EN) == "elsewhere"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"width": 0}, "width and height"),
        ({"features": []}, "at least one grid"),
        ({"features": "none"}, "not a map"),
        ({"features": [feature("grid", "Point", [1, 1])]}, "cannot be"),
        ({"features": [feature("grid", "Polygon", [[[0, 0], [9, 0], [9, 9], [0, 0]]])]}, "a code and a name"),
        ({"features": [feature("grid", "Polygon", [[[0, 0], [9, 0], [9, 9]]], code="1", name={"zh": "一"})]}, "ends where it began"),
        ({"features": [feature("grid", "Polygon", [], code="1", name={"zh": "一"})]}, "one ring"),
        ({"features": [feature("way", "LineString", [[0, 99999]])]}, "outside the plane"),
        ({"features": [feature("way", "LineString", [["a", 1]])]}, "features[0]"),
        ({"features": [feature("way", "LineString", [[0, 1], [2, 3]], name="路")]}, "name"),
    ],
)
def test_a_map_that_is_none_says_where(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(MapError) as refused:
        read_map(drawn(**wrong))
    assert said in str(refused.value)


def test_a_spot_that_lies_nowhere_is_refused() -> None:
    grid = json.loads(drawn())["features"][0]
    with pytest.raises(MapError, match="'s9' lies in no grid"):
        read_map(drawn(features=[grid, feature("spot", "Point", [500, 500], id="s9", name={"zh": "门"})]))
