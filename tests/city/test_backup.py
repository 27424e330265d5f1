"""A city in one file and back: nothing missing, nothing taken from a damaged file, nothing left of a failed attempt."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.city.cluster import Cluster, newest_programs
from tests.city.test_command import city, said

ITEMS = Path(__file__).parents[2] / "city" / "items"


def filled(root: Path) -> list[object]:
    """A city with a few cases; what it lists."""
    assert said(city("publish-items", "--data", root, "--from", ITEMS, "--json"))["status"] == "done"
    assert said(city("samples", "--data", root, "--from", ITEMS, "--count", 6, "--json"))["cases"] == 6
    listed: list[object] = said(city("applications", "--data", root, "--json"))
    return listed


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[object], Path]:
    """A city on SQLite, what it lists, and its backup."""
    place = tmp_path_factory.mktemp("backup")
    city("init", "--data", place / "data")
    listed = filled(place / "data")
    assert said(city("backup", "--data", place / "data", "--to", place / "city.tar.zst", "--json"))["status"] == "done"
    return place / "data", listed, place / "city.tar.zst"


def test_what_was_backed_up_comes_back_whole(made: tuple[Path, list[object], Path], tmp_path: Path) -> None:
    data, listed, backup = made
    assert backup.stat().st_mode & 0o077 == 0
    assert said(city("restore", "--data", tmp_path / "again", "--from", backup, "--json"))["status"] == "done"
    assert said(city("applications", "--data", tmp_path / "again", "--json")) == listed
    for folder in ("keys", "catalogue", "blobs", "public"):
        before = {path.relative_to(data): path.read_bytes() for path in (data / folder).rglob("*") if path.is_file()}
        after = {
            path.relative_to(tmp_path / "again"): path.read_bytes() for path in (tmp_path / "again" / folder).rglob("*") if path.is_file()
        }
        assert before == after
        assert before
    assert not (tmp_path / "again" / "database.dump").exists()


def test_a_restored_city_is_brought_up_to_date_and_has_its_people(made: tuple[Path, list[object], Path], tmp_path: Path) -> None:
    city("restore", "--data", tmp_path / "again", "--from", made[2])
    answer = said(city("init", "--data", tmp_path / "again", "--json"))
    assert answer["people"] == []  # they are there already


@pytest.mark.parametrize("harm", ["cut", "changed", "empty", "other"])
def test_nothing_is_taken_from_a_damaged_file(made: tuple[Path, list[object], Path], tmp_path: Path, harm: str) -> None:
    whole = made[2].read_bytes()
    middle = len(whole) // 2
    damaged = {
        "cut": whole[:middle],
        "changed": whole[:middle] + bytes([whole[middle] ^ 0xFF]) + whole[middle + 1 :],
        "empty": b"",
        "other": b"not a backup at all" * 100,
    }[harm]
    (tmp_path / "damaged").write_bytes(damaged)
    answer = said(city("restore", "--data", tmp_path / "again", "--from", tmp_path / "damaged", "--json"))
    assert answer["status"] == "not_restored"
    assert "not a whole backup" in answer["message"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["damaged"]


def test_neither_overwrites_what_is_there(made: tuple[Path, list[object], Path], tmp_path: Path) -> None:
    data, _, backup = made
    assert said(city("backup", "--data", data, "--to", backup, "--json"))["status"] == "not_made"
    assert said(city("restore", "--data", data, "--from", backup, "--json"))["status"] == "not_restored"
    assert said(city("backup", "--data", data, "--to", tmp_path / "no" / "such", "--json"))["status"] == "no_folder"


def test_a_city_on_postgresql_goes_into_an_empty_database_only(tmp_path: Path) -> None:
    place = Path("/tmp") / f"backup-{tmp_path.name}-{tmp_path.parent.name}"  # a socket's path must be short
    shutil.rmtree(place, ignore_errors=True)
    cluster = Cluster(place)
    cluster.start()
    try:
        for name in ("one", "two"):
            subprocess.run([newest_programs() / "createdb", "-h", place, "-U", "city", name], check=True)
        root = tmp_path / "data"
        root.mkdir()
        (root / "city.toml").write_text(f'[database]\nurl = "postgresql://city@/one?host={place}"\n')
        city("init", "--data", root)
        listed = filled(root)
        assert said(city("backup", "--data", root, "--to", tmp_path / "b", "--json"))["status"] == "done"
        refused = said(city("restore", "--data", tmp_path / "again", "--from", tmp_path / "b", "--json"))
        assert "not empty" in refused["message"]
        second = f"postgresql://city@/two?host={place}"
        assert (
            said(city("restore", "--data", tmp_path / "again", "--from", tmp_path / "b", "--database", second, "--json"))["status"]
            == "done"
        )
        assert said(city("applications", "--data", tmp_path / "again", "--json")) == listed
        photos = {path.name: path.read_bytes() for path in (root / "blobs").rglob("*") if path.is_file()}
        assert photos
        assert photos == {path.name: path.read_bytes() for path in (tmp_path / "again" / "blobs").rglob("*") if path.is_file()}
    finally:
        cluster.stop()
        shutil.rmtree(place, ignore_errors=True)
