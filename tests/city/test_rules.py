"""The small rules: working days, masks, item packages, the data directory, and tables that must be complete."""

import json
import os
import threading
import time
from dataclasses import fields
from datetime import date
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from city.catalogue import Catalogue, publish
from city.folder import _KEYS, TOML, CityFolder, FolderError, Settings
from city.keyring import make_keys, read_keys
from city.onewindow.legal_clock import add_working_days, is_working_day, strip, working_days_until
from city.onewindow.masks import Mask, mask_for, masked
from city.onewindow.states import PLAIN, State
from city.refused import _MEANING
from city.settings import database
from sync.contract.problem import ProblemCode
from tests.city.terminal import ITEM

DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))


# The legal clock


def test_five_working_days_pass_over_a_weekend() -> None:
    assert add_working_days(date(2026, 11, 23), 5) == date(2026, 11, 30)


def test_holidays_do_not_count_and_make_up_days_do() -> None:
    assert not is_working_day(date(2026, 10, 1))
    assert is_working_day(date(2026, 10, 10))  # a Saturday that makes up for the National Day week
    assert any(day.is_make_up for day in strip(date(2026, 10, 9), date(2026, 10, 12)))


def test_beyond_the_published_calendar_weekdays_count() -> None:
    assert is_working_day(date(2031, 1, 6))
    assert not is_working_day(date(2031, 1, 5))


@given(start=DAYS, count=st.integers(1, 60))
def test_the_limit_is_a_working_day_and_as_many_lie_between(start: date, count: int) -> None:
    due = add_working_days(start, count)
    assert is_working_day(due)
    assert working_days_until(start, due) == count
    assert strip(start, due)[-1].count == count


@given(due=DAYS, later=st.integers(1, 60))
def test_what_is_over_is_over_by_at_least_one_day(due: date, later: int) -> None:
    assert working_days_until(date.fromordinal(due.toordinal() + later), due) <= -1


# Masks


@pytest.mark.parametrize(
    ("value", "mask", "shown"),
    [
        ("张样例", Mask.NAME, "张**"),
        ("𠮷", Mask.NAME, "𠮷*"),
        ("210102199003075129", Mask.ID_NUMBER, "2101**********5129"),
        ("1234", Mask.ID_NUMBER, "******"),
        ("13800000000", Mask.PHONE, "138****0000"),
        ("6222000000000000", Mask.ACCOUNT, "**** **** **** 0000"),
        ("沈阳市和平区虚构街 1 号", Mask.PLACE, "沈阳市和平区******"),
        ("虚构街 1 号", Mask.PLACE, "******"),
        ("1990-03-07", Mask.WHOLE, "******"),
        ("", Mask.WHOLE, ""),
    ],
)
def test_a_mask_shows_enough_to_recognise_and_no_more(value: str, mask: Mask, shown: str) -> None:
    assert masked(value, mask) == shown


@given(value=st.text(min_size=2, max_size=40).filter(lambda text: text.strip() == text and "\0" not in text), mask=st.sampled_from(Mask))
def test_no_mask_but_none_shows_a_whole_value(value: str, mask: Mask) -> None:
    if mask is not Mask.NONE and not set(value) <= {"*"}:
        assert masked(value, mask) != value


def test_what_a_question_asks_for_decides_its_mask() -> None:
    assert mask_for("person-name", "text", "landlord_name") is Mask.NAME
    assert mask_for(None, "address", "home") is Mask.PLACE
    assert mask_for(None, "id_number", "x") is Mask.ID_NUMBER
    assert mask_for(None, "choice", "housing") is Mask.NONE


# Packages


def written(folder: Path, package: object) -> Path:
    """Write a package as a person would have it."""
    folder.mkdir(parents=True)
    path = folder / "item.json"
    path.write_bytes(package if isinstance(package, bytes) else msgspec.json.encode(package))
    return path


@pytest.fixture
def city(tmp_path: Path) -> CityFolder:
    folder = CityFolder(tmp_path / "city")
    folder.create()
    make_keys(folder)
    return folder


def test_a_good_package_is_signed_and_a_second_time_left_as_it_is(city: CityFolder, tmp_path: Path) -> None:
    written(tmp_path / "items" / "one", ITEM)
    signer = read_keys(city).catalogue
    assert publish(tmp_path / "items", city.catalogue, signer).published == ("sample-registration 3",)
    assert publish(tmp_path / "items", city.catalogue, signer).unchanged == ("sample-registration 3",)


def test_other_content_under_a_published_version_is_refused(city: CityFolder, tmp_path: Path) -> None:
    path = written(tmp_path / "items" / "one", ITEM)
    signer = read_keys(city).catalogue
    publish(path, city.catalogue, signer)
    path.write_bytes(msgspec.json.encode(msgspec.structs.replace(ITEM, fee_fen=100)))
    outcome = publish(path, city.catalogue, signer)
    assert [one.advice for one in outcome.complaints if one.where == "version"] == ["raise `version` by one"]
    assert not outcome.is_done


PLAIN_ITEM = json.loads(msgspec.json.encode(ITEM))


@pytest.mark.parametrize(
    ("package", "where", "line"),
    [
        (b'{\n  "format": 1,\n  oops\n}', "", 3),
        (b"\xff", "", 1),
        (json.dumps(PLAIN_ITEM | {"limit": {"working_days": "ten"}}, indent=1).encode(), "limit.working_days", None),
        (json.dumps(PLAIN_ITEM | {"pages": []}).encode(), "", 1),
        (json.dumps(PLAIN_ITEM | {"code": "../../etc"}).encode(), "code", None),
    ],
)
def test_one_package_that_cannot_be_shown_forbids_publishing_all(
    city: CityFolder, tmp_path: Path, package: bytes, where: str, line: int | None
) -> None:
    path = written(tmp_path / "items" / "bad", package)
    written(tmp_path / "items" / "good", ITEM)
    outcome = publish(tmp_path / "items", city.catalogue, read_keys(city).catalogue)
    assert not outcome.is_done
    assert [one for one in outcome.complaints if one.file == str(path) and one.where.startswith(where) and line in (None, one.line)]
    assert not list(city.catalogue.iterdir())


def test_an_empty_folder_says_so(city: CityFolder, tmp_path: Path) -> None:
    (complaint,) = publish(tmp_path, city.catalogue, read_keys(city).catalogue).complaints
    assert "no item.json" in complaint.what


def test_a_package_that_was_changed_in_the_catalogue_is_not_offered(
    city: CityFolder, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    written(tmp_path / "items" / "one", ITEM)
    keys = read_keys(city).catalogue
    publish(tmp_path / "items", city.catalogue, keys)
    (path,) = city.catalogue.iterdir()
    path.write_bytes(path.read_bytes().replace(b'"sig":"', b'"sig":"AAAA'))
    assert Catalogue(city.catalogue, keys.public).on_offer(date(2026, 11, 23)) == ()
    assert path.name in caplog.text


def test_the_catalogue_sees_a_new_package_at_once_and_one_that_was_changed_where_it_lies_within_a_second(
    city: CityFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys, day, now_s = read_keys(city).catalogue, date(2026, 11, 23), 1000.0
    monkeypatch.setattr("city.catalogue.time.monotonic", lambda: now_s)
    catalogue = Catalogue(city.catalogue, keys.public)
    assert catalogue.on_offer(day) == ()
    written(tmp_path / "items" / "one", ITEM)
    publish(tmp_path / "items", city.catalogue, keys)
    assert len(catalogue.on_offer(day)) == 1, "it came within the same tick of the folder's clock"
    an_hour_ago_ns = time.time_ns() - 3600 * 10**9
    os.utime(city.catalogue, ns=(an_hour_ago_ns, an_hour_ago_ns))
    assert len(catalogue.on_offer(day)) == 1
    (path,) = city.catalogue.iterdir()
    path.write_bytes(b"{}")
    now_s += 0.9
    assert len(catalogue.on_offer(day)) == 1
    now_s += 0.2
    assert catalogue.on_offer(day) == ()
    path.unlink()
    publish(tmp_path / "items", city.catalogue, keys)
    assert len(catalogue.on_offer(day)) == 1


def test_a_thread_that_asks_while_another_reads_the_catalogue_waits_for_no_empty_one(city: CityFolder, tmp_path: Path) -> None:
    """A city that has just started answers several terminals at once; whoever met an empty catalogue would be refused for good."""
    keys = read_keys(city).catalogue
    written(tmp_path / "items" / "one", ITEM)
    publish(tmp_path / "items", city.catalogue, keys)
    an_hour_ago_ns = time.time_ns() - 3600 * 10**9
    os.utime(city.catalogue, ns=(an_hour_ago_ns, an_hour_ago_ns))
    catalogue = Catalogue(city.catalogue, keys.public)
    seen: list[object] = []

    class AsksMeanwhile(dict[str, Ed25519PublicKey]):
        def get(self, *words: object) -> Ed25519PublicKey | None:  # type: ignore[override]
            if not seen:
                seen.append(None)
                asking = threading.Thread(target=lambda: seen.append(catalogue.package(ITEM.code, ITEM.version)))
                asking.start()
                asking.join()
            return keys.public.get(*words)  # type: ignore[call-overload,no-any-return]

    catalogue._keys = AsksMeanwhile(keys.public)
    assert catalogue.package(ITEM.code, ITEM.version) == ITEM
    assert seen == [None, ITEM]


# The data directory


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[city]\nregoin = '2101'\n", "[city] has no key 'regoin'"),
        ("[database]\nurl = 7\n", "[database] url must be of type str"),
        ("[limits]\nprecheck_working_days = true\n", "must be of type int"),
        ("loose = 1\n", "'loose' must be a table"),
        ("[city\n", "line 1"),
    ],
)
def test_a_settings_file_with_a_mistake_says_where(city: CityFolder, text: str, said: str) -> None:
    city.toml.write_text(text, encoding="utf-8")
    with pytest.raises(FolderError) as caught:
        city.settings()
    assert said in str(caught.value)
    assert str(city.toml) in str(caught.value)


def test_the_settings_file_shows_every_key_with_its_built_in_value(city: CityFolder) -> None:
    for (table, key), (name, _) in _KEYS.items():
        assert f"[{table}]" in TOML
        assert f"# {key} = " in TOML, name
    assert city.settings() == Settings()
    assert {field.name for field in fields(Settings)} == {name for name, _ in _KEYS.values()}


def test_postgresql_is_one_setting(city: CityFolder) -> None:
    entry = database(city, "postgresql://clerk:p%40ss@db.example:5433/city")
    assert (entry["HOST"], entry["PORT"], entry["PASSWORD"], entry["NAME"]) == ("db.example", "5433", "p@ss", "city")
    assert database(city, "postgresql://city@/city?host=/run/postgresql")["HOST"] == "/run/postgresql"
    with pytest.raises(FolderError, match="must look like"):
        database(city, "mysql://x/y")


def test_keys_are_readable_by_their_owner_only_and_kept_for_good(city: CityFolder) -> None:
    before = {path.name: path.read_bytes() for path in city.keys.iterdir()}
    make_keys(city)
    assert {path.name: path.read_bytes() for path in city.keys.iterdir()} == before
    assert city.keys.stat().st_mode & 0o777 == 0o700
    assert all(path.stat().st_mode & 0o077 == 0 for path in city.keys.iterdir())


def test_a_damaged_key_is_named_with_what_to_do(city: CityFolder) -> None:
    (city.keys / "receipt.pem").write_bytes(b"broken")
    with pytest.raises(FolderError, match=r"receipt\.pem.*backup"):
        read_keys(city)


# Complete tables


def test_every_problem_has_its_status_and_every_state_its_plain_word() -> None:
    assert set(_MEANING) == set(ProblemCode)
    assert set(PLAIN) == set(State)
