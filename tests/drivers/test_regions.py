"""Region names, of today and of before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.regions import _names, region_name


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("210000", "辽宁省"),
        ("210100", "辽宁省沈阳市"),
        ("210103", "辽宁省沈阳市沈河区"),
        ("210112", "辽宁省沈阳市浑南区"),  # was 东陵区 until 2015, with the same code
        ("110101", "北京市东城区"),
        ("429004", "湖北省仙桃市"),  # directly under its province
        ("810000", "香港特别行政区"),
        ("820000", "澳门特别行政区"),
        ("830000", "台湾省"),
    ],
)
def test_a_region_of_today(code: str, name: str) -> None:
    assert region_name(code) == name


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("110103", "北京市崇文区"),
        ("210122", "辽宁省沈阳市辽中县"),
        ("341400", "安徽省巢湖市"),
        ("120221", "天津市宁河县"),
        ("512301", "四川省涪陵地区涪陵市"),
        ("320520", "江苏省苏州市常熟市"),
        ("210101", "辽宁省沈阳市市辖区"),
    ],
)
def test_a_withdrawn_region_keeps_its_last_name(code: str, name: str) -> None:
    assert region_name(code) == name


@pytest.mark.parametrize("code", ["000000", "999999", "219999", "21010", "2101030", "", "21010a", "２１０１０３", "²10103"])
def test_what_was_never_a_code_has_no_name(code: str) -> None:
    assert region_name(code) is None


@given(st.text(max_size=8) | st.from_regex(r"[0-9]{6}", fullmatch=True))
def test_any_text_is_a_known_code_or_has_no_name(code: str) -> None:
    name = region_name(code)
    assert (name is not None) == (code in _names())
    assert name is None or name.endswith(_names()[code].own)


def test_every_code_has_a_province_before_it() -> None:
    assert all(code[:2] + "0000" in _names() for code in _names())
    assert len(_names()) > 7000


def test_a_name_that_held_for_a_year_only_is_not_taken_for_todays() -> None:
    assert region_name("430528") == "湖南省邵阳市新宁县", "430500 was called Hengyang in 1982 and 1983, and stands last in the table"
    assert region_name("430321") == "湖南省湘潭市湘潭县"
