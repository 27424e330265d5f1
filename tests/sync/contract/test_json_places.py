import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.contract.json_places import JsonFaultError, Place, read

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


@given(json_values, st.sampled_from([None, 0, 2, "\t"]), st.booleans())
def test_everything_that_is_json_is_read_as_everybody_reads_it(value: object, indent: int | str | None, ascii_only: bool) -> None:
    assert read(json.dumps(value, indent=indent, ensure_ascii=ascii_only).encode()).value == value


@given(st.text('{}[]",:0123456789.eE+-truefalsn \\u\n', max_size=40))
def test_what_others_refuse_is_refused_and_nothing_else_happens(text: str) -> None:
    try:
        value = read(text.encode()).value
    except JsonFaultError:
        return
    assert value == json.loads(text)


@given(st.binary(max_size=40))
def test_noise_is_refused_or_read(noise: bytes) -> None:
    with contextlib.suppress(JsonFaultError):
        assert read(noise).value == json.loads(noise)


def test_each_value_knows_where_it_stands() -> None:
    placed = read('{\n  "name": {"zh": "梯子", "en": "Ladder"},\n  "pages": [\n    1,\n    {"x": true}\n  ]\n}'.encode())
    assert placed.places["name", "zh"] == Place(2, 18)
    assert placed.places["name", "en"] == Place(2, 30)
    assert placed.places["pages", 0] == Place(4, 5)
    assert placed.places["pages", 1, "x"] == Place(5, 11)
    assert placed.nearest(("pages", 1, "y", "z")) == Place(5, 5)
    assert placed.nearest(("nowhere",)) == Place(1, 1)


@pytest.mark.parametrize(
    ("text", "place", "what"),
    [
        ('{"a": 1,\n "a": 2}', Place(2, 2), "'a' is there twice"),
        ('{"a": 1\n "b": 2}', Place(2, 2), "a comma or } is missing"),
        ('{"a": [1, 2,]}', Place(1, 12), "the comma before ] is one too many"),
        ('{"a" 1}', Place(1, 6), "a colon is missing after 'a'"),
        ("{a: 1}", Place(1, 2), "a name in"),
        ('{"a": "b\n"}', Place(1, 7), "not closed"),
        ('{"a": "\\ud83d"}', Place(1, 7), "half a character"),
        ('{"a": wahr}', Place(1, 7), "here should stand a value"),
        ('{"a": NaN}', Place(1, 7), "here should stand a value"),
        ('{"a": 01}', Place(1, 8), "a comma or } is missing"),
        ('{"a": ' + "9" * 5000 + "}", Place(1, 7), "a number of more than"),
        ('{"a": 1} {}', Place(1, 10), "something follows"),
        ('{"a": ', Place(1, 7), "ends too early"),
        ("", Place(1, 1), "ends too early"),
        ("[" * 100_000, Place(1, 66), "nested more than 64 deep"),
    ],
)
def test_a_fault_says_what_and_where(text: str, place: Place, what: str) -> None:
    with pytest.raises(JsonFaultError, match=what) as fault:
        read(text.encode())
    assert fault.value.place == place


def test_bytes_of_another_encoding_are_named_with_their_place() -> None:
    with pytest.raises(JsonFaultError, match="not UTF-8") as fault:
        read(b'{"a": 1,\n"b": "' + "梯子".encode("gb18030") + b'"}')
    assert fault.value.place == Place(2, 7)
