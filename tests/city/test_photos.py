"""Photos follow the application in pieces, survive every cut, and complete the case with the last one."""

import fcntl
from datetime import timedelta

import msgspec
import pytest

from city import here
from city.folder import CityFolder
from city.here import keys
from city.onewindow import blobs
from city.onewindow.models import Attachment, Case, Event
from city.onewindow.states import Kind, State
from sync.contract import routes
from sync.contract.receipt import PAYLOAD_TYPE, PutAnswer, Receipt, ReceiptState
from sync.contract.signed import verify_as
from tests.city.terminal import JPEG, Terminal

pytestmark = pytest.mark.django_db

BIG = JPEG + b"x" * 300_000


def state_of(terminal: Terminal, path: str) -> ReceiptState:
    """Ask the city for the receipt as it stands."""
    answer = msgspec.json.decode(terminal.send("GET", path).content, type=PutAnswer)
    return verify_as(answer.receipt, PAYLOAD_TYPE, keys().receipts.public, Receipt).state


def test_the_last_photo_completes_the_case_and_changes_the_receipt(terminal: Terminal) -> None:
    sealed = terminal.application(photos=(JPEG, BIG))
    terminal.put(sealed)
    assert terminal.patch(sealed, 1, 0, sealed.attachments[1]).status_code == 204
    assert state_of(terminal, terminal.path(sealed)) is ReceiptState.RECEIVED
    assert terminal.patch(sealed, 0, 0, sealed.attachments[0]).status_code == 204
    assert state_of(terminal, terminal.path(sealed)) is ReceiptState.COMPLETE
    assert Case.objects.get().state == State.RECEIVED
    assert Event.objects.filter(kind=Kind.COMPLETED).count() == 1
    again = msgspec.json.decode(terminal.put(sealed).content, type=PutAnswer)
    assert again.missing == ()


def test_a_cut_upload_continues_where_it_stands(terminal: Terminal) -> None:
    sealed = terminal.application(photos=(BIG,))
    terminal.put(sealed)
    photo, path = sealed.attachments[0], routes.blob_path(sealed.header.attachments[0].digest)
    assert terminal.send("HEAD", path).status_code == 404
    terminal.patch(sealed, 0, 0, photo[:100_000])
    stands = terminal.send("HEAD", path)
    assert (stands[routes.OFFSET_HEADER], stands[routes.LENGTH_HEADER]) == ("100000", str(len(photo)))
    wrong = terminal.patch(sealed, 0, 50_000, photo[50_000:150_000])
    assert (wrong.status_code, wrong[routes.OFFSET_HEADER]) == (409, "100000")
    last = terminal.patch(sealed, 0, 100_000, photo[100_000:])
    assert (last.status_code, last[routes.OFFSET_HEADER]) == (204, str(len(photo)))
    assert Case.objects.get().is_complete


def test_a_photo_that_is_here_is_not_taken_again(terminal: Terminal) -> None:
    sealed = terminal.application()
    terminal.put(sealed)
    terminal.upload(sealed)
    size = len(sealed.attachments[0])
    again = terminal.patch(sealed, 0, 0, sealed.attachments[0])
    assert (again.status_code, again[routes.OFFSET_HEADER]) == (409, str(size))
    assert terminal.send("HEAD", routes.blob_path(sealed.header.attachments[0].digest))[routes.OFFSET_HEADER] == str(size)


def test_bytes_that_are_not_the_photo_are_thrown_away_and_the_upload_begins_anew(terminal: Terminal, city_folder: CityFolder) -> None:
    sealed = terminal.application()
    terminal.put(sealed)
    photo = sealed.attachments[0]
    refused = terminal.patch(sealed, 0, 0, b"\0" * len(photo))
    assert (refused.status_code, refused[routes.OFFSET_HEADER]) == (422, "0")
    assert not list(city_folder.blobs.rglob("*"))
    assert terminal.patch(sealed, 0, 0, photo).status_code == 204


def test_a_photo_that_no_application_names_is_refused(terminal: Terminal) -> None:
    sealed = terminal.application()
    assert terminal.patch(sealed, 0, 0, sealed.attachments[0]).status_code == 404
    assert terminal.send("HEAD", routes.blob_path(sealed.header.attachments[0].digest)).status_code == 404


@pytest.mark.parametrize("name", ["..%2F..%2Fcity.toml", "A" * 64, "0" * 63, "0" * 65, "%00"])
def test_a_name_that_is_no_digest_reaches_no_file(terminal: Terminal, name: str) -> None:
    assert terminal.send("HEAD", f"/v1/blobs/{name}").status_code in (401, 404)


def test_another_terminal_can_neither_see_nor_spoil_an_upload(terminal: Terminal, enrol: object) -> None:
    sealed = terminal.application()
    terminal.put(sealed)
    other = enrol("SY-TEST-07")  # type: ignore[operator]
    assert other.patch(sealed, 0, 0, b"spoilt").status_code == 404
    assert other.send("HEAD", routes.blob_path(sealed.header.attachments[0].digest)).status_code == 404
    terminal.upload(sealed)
    assert Case.objects.get().is_complete


def test_more_than_was_announced_is_refused(terminal: Terminal) -> None:
    sealed = terminal.application()
    terminal.put(sealed)
    assert terminal.patch(sealed, 0, 0, sealed.attachments[0] + b"more").status_code == 400
    wrong = {routes.OFFSET_HEADER: "minus one", routes.LENGTH_HEADER: "9"}
    path = routes.blob_path(sealed.header.attachments[0].digest)
    assert terminal.send("PATCH", path, b"x", routes.PIECE_TYPE, wrong).status_code == 400


def test_a_city_that_stopped_between_file_and_row_settles_it_with_the_next_question(terminal: Terminal) -> None:
    sealed = terminal.application()
    terminal.put(sealed)
    terminal.upload(sealed)
    Attachment.objects.update(stored_at=None)
    Case.objects.update(state=State.ARRIVING, completed_at=None)
    terminal.send("HEAD", routes.blob_path(sealed.header.attachments[0].digest))
    assert Case.objects.get().is_complete


@pytest.mark.parametrize("asked", ["HEAD", "PATCH"])
def test_a_city_that_stopped_between_the_last_piece_and_keeping_it_keeps_it_when_the_terminal_returns(
    terminal: Terminal, city_folder: CityFolder, asked: str
) -> None:
    sealed = terminal.application()
    terminal.put(sealed)
    photo, digest = sealed.attachments[0], sealed.header.attachments[0].digest
    left = city_folder.uploads / f"{terminal.id}.{digest}.part"
    left.write_bytes(photo)
    answer = terminal.send("HEAD", routes.blob_path(digest)) if asked == "HEAD" else terminal.patch(sealed, 0, 0, photo)
    assert answer[routes.OFFSET_HEADER] == str(len(photo))
    assert Case.objects.get().is_complete
    assert not left.exists()


def test_other_bytes_of_the_same_length_that_were_left_lying_are_thrown_away(terminal: Terminal, city_folder: CityFolder) -> None:
    sealed = terminal.application()
    terminal.put(sealed)
    photo, digest = sealed.attachments[0], sealed.header.attachments[0].digest
    (city_folder.uploads / f"{terminal.id}.{digest}.part").write_bytes(b"\0" * len(photo))
    refused = terminal.send("HEAD", routes.blob_path(digest))
    assert (refused.status_code, refused[routes.OFFSET_HEADER]) == (422, "0")
    assert not Case.objects.get().is_complete
    assert terminal.patch(sealed, 0, 0, photo).status_code == 204
    assert Case.objects.get().is_complete


def test_two_equal_photos_of_one_application_are_two_places(terminal: Terminal) -> None:
    sealed = terminal.application(photos=(JPEG, JPEG))
    terminal.put(sealed)
    terminal.upload(sealed)
    assert Case.objects.get().is_complete
    assert Attachment.objects.filter(stored_at=None).count() == 0


def test_an_upload_that_nobody_goes_on_with_expires_and_begins_anew(
    terminal: Terminal, city_folder: CityFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed = terminal.application(photos=(BIG,))
    terminal.put(sealed)
    photo, path = sealed.attachments[0], routes.blob_path(sealed.header.attachments[0].digest)
    terminal.patch(sealed, 0, 0, photo[:100_000])
    assert blobs.expire_leftovers() == 0
    later = here.now() + blobs.LEFTOVER_AFTER + timedelta(minutes=1)
    monkeypatch.setattr(here, "now", lambda: later)
    assert blobs.expire_leftovers() == 1
    assert not list(city_folder.uploads.glob("*.part"))
    assert terminal.send("HEAD", path).status_code == 404
    terminal.upload(sealed)
    assert Case.objects.get().is_complete


def test_leftovers_are_looked_for_when_another_photo_begins(
    terminal: Terminal, city_folder: CityFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    abandoned, other = terminal.application(photos=(BIG,)), terminal.application()
    for sealed in (abandoned, other):
        terminal.put(sealed)
    terminal.patch(abandoned, 0, 0, abandoned.attachments[0][:100])
    later = here.now() + blobs.LEFTOVER_AFTER + timedelta(minutes=1)
    monkeypatch.setattr(here, "now", lambda: later)
    terminal.upload(other)
    assert not list(city_folder.uploads.glob("*.part"))


def test_an_upload_under_way_does_not_expire(terminal: Terminal, monkeypatch: pytest.MonkeyPatch, city_folder: CityFolder) -> None:
    sealed = terminal.application(photos=(BIG,))
    terminal.put(sealed)
    terminal.patch(sealed, 0, 0, sealed.attachments[0][:100])
    (part,) = city_folder.uploads.glob("*.part")
    later = here.now() + blobs.LEFTOVER_AFTER + timedelta(minutes=1)
    monkeypatch.setattr(here, "now", lambda: later)
    with part.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert blobs.expire_leftovers() == 0
    assert blobs.expire_leftovers() == 1
