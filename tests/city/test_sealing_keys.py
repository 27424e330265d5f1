"""Rotation of the keys that terminals seal to: nothing that was sealed to an older one is lost by it."""

import argparse
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from city import here
from city.commands import sealing_key
from city.commands.answer import Answer
from city.fleet.models import Heartbeat as Beat
from city.fleet.models import Terminal as Row
from city.folder import CityFolder
from city.keyring import make_keys, read_keys
from city.onewindow.content import Content, open_content
from city.onewindow.models import Case, SealedBody
from sync.contract import routes
from sync.contract.city_keys import newest_known
from sync.contract.feed import PAYLOAD_TYPE, Issue
from sync.contract.heartbeat import Heartbeat
from sync.contract.names import InstallId
from sync.contract.problem import Problem
from sync.contract.sealing_keys import SealingKeys
from sync.contract.signed import verify_as
from sync.contract.suites import CityPublicKey, SuiteName, new_city_key
from tests.city.terminal import Terminal

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def keys_as_before(city_folder: CityFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every test begins with the one key; commands find Django started."""
    monkeypatch.setattr("city.commands.sealing_key.use", lambda _: None)
    places = (city_folder.keys, city_folder.public / "sealing-keys")
    for place in places:
        shutil.copytree(place, tmp_path / place.name)
    yield
    for place in places:
        for path in place.glob("*.json"):
            path.unlink()
        for path in (tmp_path / place.name).glob("*.json"):
            shutil.copy2(path, place)


def command(city_folder: CityFolder, *words: str) -> Answer:
    """Run `city sealing-key` in this process."""
    parser = argparse.ArgumentParser()
    sealing_key.add(parser.add_subparsers())
    read = parser.parse_args(["sealing-key", words[0], "--data", str(city_folder.root), *words[1:]])
    answer: Answer = read.run(read)
    return answer


def fetched(terminal: Terminal) -> tuple[Issue, CityPublicKey]:
    """Fetch the feed as a terminal does; returns it and what is sealed to from then on."""
    answer = terminal.send("GET", routes.feed_path("sealing-keys"))
    said = verify_as(answer.content, PAYLOAD_TYPE, here.keys().receipts.public, Issue)
    newest = newest_known(msgspec.json.decode(said.content, type=SealingKeys).keys)
    assert newest is not None
    return said, newest


def beat(terminal: Terminal, said: Issue, *, waiting: int = 0, quarantined: int = 0, later: timedelta = timedelta(minutes=11)) -> None:
    """Say what waits, so long after the keys were fetched."""
    versions = {"feed/sealing-keys": str(said.version)}
    body = Heartbeat(1, terminal.id, InstallId("i"), datetime.now(UTC), "0.1.0", True, waiting, quarantined, 10**9, 1, versions=versions)
    assert terminal.send("PUT", routes.heartbeat_path(terminal.id), msgspec.json.encode(body), routes.JSON_TYPE).status_code == 204
    Beat.objects.filter(pk=terminal.id).update(received_at=said.issued_at + later)


def test_terminals_take_the_new_key_and_an_older_terminal_still_delivers(terminal: Terminal, city_folder: CityFolder) -> None:
    old = terminal.city_key
    before = terminal.application()
    made = command(city_folder, "new")
    assert (made.done, made.body["suite"]) == (True, SuiteName.HYBRID)
    assert terminal.put(before).status_code == 201  # sealed before it heard of the new key
    _, terminal.city_key = fetched(terminal)
    assert terminal.city_key.key_id == made.body["key"] != old.key_id
    after = terminal.application()
    assert terminal.put(after).status_code == 201
    for case in Case.objects.all():
        assert isinstance(open_content(bytes(case.sealed.body)), Content)
    rows = [(row["key"], row["state"], row["stored"]) for row in command(city_folder, "list").body]
    assert rows == [(old.key_id, "older", 1), (made.body["key"], "newest", 1)]
    assert (city_folder.public / "sealing-keys" / f"{made.body['key']}.public.json").exists()


def test_a_clock_that_went_back_does_not_keep_the_old_key_in_use(
    terminal: Terminal, city_folder: CityFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = command(city_folder, "new").body["key"]
    with monkeypatch.context() as back:
        back.setattr(here, "now", lambda: datetime(2026, 1, 1, tzinfo=UTC))
        second = command(city_folder, "new").body["key"]
    assert fetched(terminal)[1].key_id == second != first


def test_a_key_of_an_older_suite_gives_way_to_one_of_the_usual_suite(terminal: Terminal, city_folder: CityFolder) -> None:
    (only,) = city_folder.keys.glob("*.secret.json")
    only.unlink()
    old = new_city_key(datetime(2026, 1, 1, tzinfo=UTC), SuiteName.CLASSIC_SINGLE)
    (city_folder.keys / f"{old.key_id}.secret.json").write_bytes(msgspec.json.encode(old))
    terminal.city_key = old.public_key()
    sealed = terminal.application()
    command(city_folder, "new")
    assert fetched(terminal)[1].suite == SuiteName.HYBRID
    assert terminal.put(sealed).status_code == 201


def test_a_key_that_nothing_needs_is_removed_and_what_comes_to_it_is_refused(terminal: Terminal, city_folder: CityFolder) -> None:
    old, late = terminal.city_key, terminal.application()
    command(city_folder, "new")
    said, _ = fetched(terminal)
    beat(terminal, said)
    answer = command(city_folder, "retire", "--key", old.key_id)
    assert answer.body == {"status": "retired", "key": old.key_id, "stored": 0, "removed": True}
    assert not list(city_folder.keys.glob(f"{old.key_id}.*"))
    assert not list((city_folder.public / "sealing-keys").glob(f"{old.key_id}.*"))
    refused = terminal.put(late)
    assert (refused.status_code, msgspec.json.decode(refused.content, type=Problem).type) == (422, "urn:bianmin:problem:cannot-open")
    assert not Case.objects.exists()


def test_a_key_that_something_stored_is_sealed_to_leaves_the_feed_and_still_opens(terminal: Terminal, city_folder: CityFolder) -> None:
    old, late = terminal.city_key, terminal.application()
    terminal.put(terminal.application())
    command(city_folder, "new")
    said, _ = fetched(terminal)
    beat(terminal, said)
    answer = command(city_folder, "retire", "--key", old.key_id)
    assert (answer.done, answer.body["stored"], answer.body["removed"]) == (True, 1, False)
    offered = msgspec.json.decode(fetched(terminal)[0].content, type=SealingKeys).keys
    assert old.key_id not in {key.key_id for key in offered}
    assert isinstance(open_content(bytes(SealedBody.objects.get().body)), Content)
    assert terminal.put(late).status_code == 201
    assert [row["state"] for row in command(city_folder, "list").body] == ["retired", "newest"]
    make_keys(city_folder)  # `city init` once more brings it back for nobody
    assert old.key_id not in read_keys(city_folder).offered
    assert not (city_folder.public / "sealing-keys" / f"{old.key_id}.public.json").exists()


@pytest.mark.parametrize(
    "how",
    [
        lambda _terminal, _said: None,
        lambda terminal, said: beat(terminal, said, waiting=1),
        lambda terminal, said: beat(terminal, said, quarantined=1),
        lambda terminal, said: beat(terminal, said, later=timedelta(minutes=9)),
        lambda terminal, said: beat(terminal, msgspec.structs.replace(said, version=said.version - 1)),
    ],
    ids=["never heard", "something waits", "something set aside", "too soon after", "older keys"],
)
def test_a_key_is_not_retired_while_something_may_be_on_its_way(
    how: Callable[[Terminal, Issue], None], terminal: Terminal, city_folder: CityFolder
) -> None:
    old, late = terminal.city_key, terminal.application()
    command(city_folder, "new")
    said, _ = fetched(terminal)
    how(terminal, said)
    refused = command(city_folder, "retire", "--key", old.key_id)
    assert (refused.done, refused.body["status"], refused.body["terminals"]) == (False, "on_the_way", [terminal.id])
    assert terminal.put(late).status_code == 201
    told = command(city_folder, "retire", "--key", old.key_id, "--even-if-on-the-way")
    assert (told.done, told.body["removed"]) == (True, False)  # the late one is stored now


def test_a_terminal_that_has_not_fetched_the_keys_holds_them_up_unless_it_was_withdrawn_empty(
    terminal: Terminal, city_folder: CityFolder
) -> None:
    old = terminal.city_key
    said, _ = fetched(terminal)
    beat(terminal, said, waiting=2)
    command(city_folder, "new")
    Row.objects.filter(pk=terminal.id).update(withdrawn_at=here.now())
    assert command(city_folder, "retire", "--key", old.key_id).body["status"] == "on_the_way"
    Beat.objects.update(waiting=0)
    Row.objects.update(withdrawn_at=None)
    assert command(city_folder, "retire", "--key", old.key_id).body["status"] == "on_the_way"
    Row.objects.update(withdrawn_at=here.now())
    assert command(city_folder, "retire", "--key", old.key_id).done


def test_the_only_key_and_the_newest_are_not_retired_whatever_is_said(terminal: Terminal, city_folder: CityFolder) -> None:
    refused = command(city_folder, "retire", "--key", terminal.city_key.key_id, "--even-if-on-the-way")
    assert (refused.done, refused.body["status"]) == (False, "in_use")
    newest = command(city_folder, "new").body["key"]
    assert command(city_folder, "retire", "--key", newest, "--even-if-on-the-way").body["status"] == "in_use"
    assert set(read_keys(city_folder).offered) == {terminal.city_key.key_id, newest}


@pytest.mark.parametrize("key", ["0123456789abcdef", "", "../receipt"])
def test_a_key_that_the_city_does_not_have_is_said_to_be_unknown(key: str, city_folder: CityFolder) -> None:
    refused = command(city_folder, "retire", "--key", key, "--even-if-on-the-way")
    assert (refused.done, refused.body["status"]) == (False, "unknown")


def test_somebody_who_does_not_own_the_keys_makes_none(city_folder: CityFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    own = city_folder.keys.stat().st_uid
    monkeypatch.setattr("city.keyring.os.geteuid", lambda: own + 1)
    with pytest.raises(PermissionError, match="another user"):
        command(city_folder, "new")
    assert len(list(city_folder.keys.glob("*.secret.json"))) == 1
