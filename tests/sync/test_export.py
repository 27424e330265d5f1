"""Sealed applications on a stick: what waits is there, sealed and listed; what changed meanwhile is noticed; half a folder has no list."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from sync import identity
from sync.contract.export import FOLDER, MANIFEST, PAYLOAD_TYPE, Carried, Manifest, ManifestSigned
from sync.contract.names import ApplicationId, digest_of
from sync.contract.signed import SignatureError, verify_as
from sync.contract.signing_keys import key_id_of
from sync.contract.suites import new_city_key
from sync.export import ExportError, give_out, signed_manifest, write_export
from sync.outbox import Outbox
from tests.sync.conftest import SMALL as LIMITS
from tests.sync.counter import CANARY, CANARY_ID, TERMINAL, Counter, photo


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    from datetime import UTC, datetime

    with closing(Outbox.open(tmp_path / "outbox", identity.outbox_key(tmp_path / "keys" / "outbox.key"), {}, LIMITS)) as outbox:
        yield Counter(outbox, new_city_key(datetime.now(UTC)).public_key())


def listed(counter: Counter, folder: Path) -> bytes:
    return signed_manifest(
        counter.outbox.sealed_rows(), identity.request_key(folder / "keys" / "request.pem", TERMINAL), TERMINAL
    ).statement


def test_everything_that_waits_is_on_the_stick_sealed_and_listed(counter: Counter, tmp_path: Path) -> None:
    counter.hand_in(photo(50_000), photo(60_000))
    counter.hand_in()
    statement = listed(counter, tmp_path)
    folder, count = write_export(tmp_path, statement, counter.outbox.sealed_rows())
    assert count == 2
    key = identity.request_key(tmp_path / "keys" / "request.pem", TERMINAL).key.public_key()
    manifest = verify_as((folder / MANIFEST).read_bytes(), PAYLOAD_TYPE, {key_id_of(key): key}, Manifest)
    assert [len(one.photos) for one in manifest.applications] == [2, 0]
    for one in manifest.applications:
        assert digest_of((folder / f"{one.application_id}.sealed").read_bytes()) == one.digest
        assert all(digest_of((folder / f"{name}.photo").read_bytes()) == name for name in one.photos)
    written = b"".join(path.read_bytes() for path in folder.iterdir())
    assert CANARY.encode() not in written
    assert CANARY_ID.encode() not in written
    assert counter.outbox.stats()["sealed"] == 2, "they stay until the city's receipt"


def test_what_does_not_go_into_one_list_goes_into_several(counter: Counter, tmp_path: Path) -> None:
    key = identity.request_key(tmp_path / "keys" / "request.pem", TERMINAL)
    handed = [header.application_id for header in (counter.hand_in(photo()).header for _ in range(7)) if header is not None]
    one_bytes = len(msgspec.json.encode(Carried(handed[0], digest_of(b""), (digest_of(b""),)))) + 1

    def list_after(after: ApplicationId | None) -> ManifestSigned:
        return signed_manifest(counter.outbox.sealed_rows(after), key, TERMINAL, 3 * one_bytes)

    folders, count = give_out(tmp_path / "stick", list_after, counter.outbox.sealed_rows)
    keys = {key_id_of(key.key.public_key()): key.key.public_key()}
    lists = [verify_as((folder / MANIFEST).read_bytes(), PAYLOAD_TYPE, keys, Manifest).applications for folder in folders]
    assert ([len(one) for one in lists], count) == ([3, 3, 1], 7)
    assert [one.application_id for named in lists for one in named] == handed
    for folder, named in zip(folders, lists, strict=True):
        assert {path.stem for path in folder.glob("*.sealed")} == {one.application_id for one in named}
        assert {path.stem for path in folder.glob("*.photo")} == {photo for one in named for photo in one.photos}


def test_one_that_is_larger_than_a_list_may_be_has_one_of_its_own(counter: Counter, tmp_path: Path) -> None:
    key = identity.request_key(tmp_path / "keys" / "request.pem", TERMINAL)
    for _ in range(2):
        counter.hand_in()
    folders, count = give_out(
        tmp_path, lambda after: signed_manifest(counter.outbox.sealed_rows(after), key, TERMINAL, 1), counter.outbox.sealed_rows
    )
    assert (len(folders), count) == (2, 2)


def test_two_exports_in_one_second_do_not_write_over_each_other(counter: Counter, tmp_path: Path) -> None:
    counter.hand_in()
    statement = listed(counter, tmp_path)
    first, second = (write_export(tmp_path, statement, counter.outbox.sealed_rows())[0] for _ in range(2))
    assert first != second
    assert all((folder / MANIFEST).read_bytes() == statement for folder in (first, second))


def test_an_empty_outbox_gives_an_empty_list(counter: Counter, tmp_path: Path) -> None:
    folder, count = write_export(tmp_path, listed(counter, tmp_path), counter.outbox.sealed_rows())
    assert count == 0
    assert [path.name for path in folder.iterdir()] == [MANIFEST]


def test_what_was_handed_in_after_the_list_waits_for_the_next(counter: Counter, tmp_path: Path) -> None:
    counter.hand_in()
    statement = listed(counter, tmp_path)
    counter.hand_in()
    folder, count = write_export(tmp_path, statement, counter.outbox.sealed_rows())
    assert count == 1
    assert len(list(folder.glob("*.sealed"))) == 1


def test_a_list_that_the_outbox_does_not_hold_any_more_is_not_finished(counter: Counter, tmp_path: Path) -> None:
    counter.hand_in()
    statement = listed(counter, tmp_path)
    with pytest.raises(ExportError, match="1 applications"):
        write_export(tmp_path, statement, iter(()))
    assert not list((tmp_path / FOLDER).rglob(MANIFEST))


def test_a_photo_that_is_lost_here_holds_nothing_else_back(counter: Counter, tmp_path: Path) -> None:
    lost, whole = (counter.hand_in(photo(), photo()).header for _ in range(2))
    assert lost is not None
    assert whole is not None
    (tmp_path / "outbox" / "photos" / lost.attachments[0].digest).unlink()
    folder, count = write_export(tmp_path, listed(counter, tmp_path), counter.outbox.sealed_rows())
    assert count == 2
    assert (folder / MANIFEST).exists()
    there = {path.name for path in folder.iterdir()}
    assert {f"{one.application_id}.sealed" for one in (lost, whole)} <= there
    named = [one.digest for one in (*lost.attachments[1:], *whole.attachments)]
    assert {name for name in there if name.endswith(".photo")} == {f"{one}.photo" for one in named}


def test_a_stick_that_is_full_or_gone_leaves_no_list(counter: Counter, tmp_path: Path) -> None:
    counter.hand_in()
    stick = tmp_path / "stick"
    stick.write_text("no folder")
    with pytest.raises(OSError, match="stick"):
        write_export(stick, listed(counter, tmp_path), counter.outbox.sealed_rows())


def test_a_list_that_somebody_changed_is_not_believed(counter: Counter, tmp_path: Path) -> None:
    counter.hand_in()
    statement = msgspec.json.decode(listed(counter, tmp_path))
    key = identity.request_key(tmp_path / "keys" / "request.pem", TERMINAL).key.public_key()
    statement["payload"] = statement["payload"][:-8] + "AAAAAAA="
    with pytest.raises(SignatureError):
        verify_as(msgspec.json.encode(statement), PAYLOAD_TYPE, {key_id_of(key): key}, Manifest)
