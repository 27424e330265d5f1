"""What one terminal gave out to a stick, another one delivers: to the real city, with the stick and the line gone at every step."""

import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from sync import identity
from sync.ask import City
from sync.carrier import Carrier, take_receipts, unread_on
from sync.contract.city_keys import newest_public_key
from sync.contract.export import CARRY, FOLDER, MANIFEST, PAYLOAD_TYPE, CarriedOn, CarryWanted, Manifest
from sync.contract.names import TerminalId
from sync.contract.problem import MEDIA_TYPE, Problem
from sync.contract.question import Answered
from sync.contract.routes import SEALED_MAX_BYTES
from sync.contract.signed import payload_unverified, sign
from sync.contract.signing_keys import key_id_of
from sync.exchange import Answer, Exchange
from sync.export import write_export
from sync.loop import carry, manifest, once, run
from sync.offline import Offline, OfflineReason
from sync.settings import SyncSettings
from sync.wake import wake
from tests.sync.conftest import open_outbox
from tests.sync.counter import CANARY, CANARY_ID, TERMINAL, Counter
from tests.sync.real_city import ITEM, serving
from tests.sync.test_against_the_city import picture

OTHER = TerminalId("SY-TEST-0002")
REQUESTS = 9  # of two applications with a photo each: the list, and for each the body, how far the photo is, a piece, the last word
Town = tuple[SyncSettings, SyncSettings]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A terminal whose line is dead, and one whose line is not."""
    with serving(tmp_path_factory.mktemp("carried"), TERMINAL, OTHER) as terminals:
        yield terminals[TERMINAL], terminals[OTHER]


def given_out(cut_off: SyncSettings, stick: Path, count: int = 2) -> list[str]:
    """Hand in so many with a photo each, give everything that waits out to a stick, and return the ids."""
    with closing(open_outbox(cut_off)) as outbox:
        counter = Counter(outbox, newest_public_key(cut_off.city_keys))
        counter.take_up(ITEM)
        handed = [counter.hand_in(picture(200, 150)) for _ in range(count)]
        write_export(stick, manifest(cut_off).statement, outbox.sealed_rows())
    return [one.header.application_id for one in handed if one.header is not None]


def states(settings: SyncSettings, names: list[str]) -> set[str]:
    with closing(open_outbox(settings)) as outbox:
        return {entry["state"] for entry in msgspec.to_builtins(outbox.list()) if entry["application_id"] in names}


def settled(settings: SyncSettings, stick: Path) -> int:
    with closing(open_outbox(settings)) as outbox:
        return take_receipts(stick, outbox, settings.terminal)


def exchange_of(settings: SyncSettings, kind: type[Exchange] = Exchange) -> Exchange:
    return kind(settings.url, settings.ca_file, identity.request_key(settings.request_key, settings.terminal), 30)


def carried_with(exchange: Exchange, settings: SyncSettings, stick: Path) -> CarriedOn:
    with closing(exchange):
        return Carrier(exchange, identity.trusted_keys(settings.receipt_keys), 60).carry(stick)


@pytest.fixture
def stick(tmp_path: Path, town: Town) -> Iterator[Path]:
    """A stick; whatever the test left in the cut-off terminal's outbox is delivered by its own line afterwards."""
    stick = tmp_path / "stick"
    stick.mkdir()
    yield stick
    once(town[0])


def test_another_terminal_delivers_them_and_the_receipts_come_home(town: Town, stick: Path) -> None:
    cut_off, other = town
    names = given_out(cut_off, stick)
    done = carry(other, stick)
    assert (done.lists, done.complete, done.left, done.refused, done.distrusted) == (1, 2, 0, 0, 0), done
    with closing(open_outbox(other)) as outbox:
        assert outbox.list() == [], "nothing of another's lies in this one's outbox"
    assert states(cut_off, names) == {"sealed"}, "only a receipt settles"
    written = b"".join(path.read_bytes() for path in stick.rglob("*") if path.is_file())
    assert CANARY.encode() not in written
    assert CANARY_ID.encode() not in written
    assert settled(cut_off, stick) == 2
    assert states(cut_off, names) == {"complete"}
    assert settled(cut_off, stick) == 0, "again, it changes nothing"
    assert once(cut_off)["sent"] == 0


def test_the_same_stick_twice_delivers_nothing_twice(town: Town, stick: Path, tmp_path: Path) -> None:
    cut_off, other = town
    names = given_out(cut_off, stick)
    shutil.copytree(stick, tmp_path / "copy")
    assert carry(other, stick).complete == 2
    again = carry(other, stick)
    assert (again.complete, again.left, again.moved_bytes) == (2, 0, 0)
    copied = carry(other, tmp_path / "copy")  # without receipts: the city knows them, and gives the same ones
    assert (copied.complete, copied.left, copied.refused) == (2, 0, 0)
    assert {one.read_bytes() for one in stick.rglob("*.receipt")} == {one.read_bytes() for one in (tmp_path / "copy").rglob("*.receipt")}
    result = once(cut_off)
    assert (result["sent"] + result["complete"], result["quarantined"]) == (2, 0), "its own line finds them delivered"
    assert states(cut_off, names) == {"complete"}


class Counted(Exchange):
    """A line on which something happens before the request of a number."""

    at = 0
    count = 0

    def happen(self) -> Offline | None:
        raise NotImplementedError

    def ask(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] = {},
        body: bytes | None = None,
        answer_max_bytes: int = 1 << 20,
        within_s: float | None = None,
    ) -> Answer | Offline:
        type(self).count += 1
        if self.count == self.at and (instead := self.happen()) is not None:
            return instead
        return super().ask(method, path, headers, body, answer_max_bytes, within_s)


@pytest.mark.parametrize("at", range(1, REQUESTS + 1))
def test_a_stick_that_is_pulled_at_any_moment_goes_on_where_it_was(town: Town, stick: Path, at: int) -> None:
    cut_off, other = town
    names = given_out(cut_off, stick)

    class Pulled(Counted):
        def happen(self) -> None:
            stick.rename(stick.with_name("pulled"))

    Pulled.at = at
    done = carried_with(exchange_of(other, Pulled), other, stick)
    assert done.is_stick_gone, done
    stick.with_name("pulled").rename(stick)
    again = carry(other, stick)
    assert (again.complete, again.left, again.refused) == (2, 0, 0), again
    assert settled(cut_off, stick) == 2
    assert states(cut_off, names) == {"complete"}


@pytest.mark.parametrize("at", range(1, REQUESTS + 1))
def test_a_line_that_goes_at_any_moment_loses_nothing(town: Town, stick: Path, at: int) -> None:
    cut_off, other = town
    names = given_out(cut_off, stick)

    class Cut(Counted):
        def happen(self) -> Offline:
            return Offline(OfflineReason.NO_LINE)

    Cut.at = at
    done = carried_with(exchange_of(other, Cut), other, stick)
    assert done.is_held_up
    assert done.complete + done.left == 2
    assert done.left
    assert carry(other, stick).complete == 2
    assert settled(cut_off, stick) == 2
    assert states(cut_off, names) == {"complete"}


def test_all_of_the_requests_are_cut_above(town: Town, stick: Path) -> None:
    cut_off, other = town
    given_out(cut_off, stick)

    class Only(Counted):
        pass

    assert carried_with(exchange_of(other, Only), other, stick).complete == 2
    assert Only.count == REQUESTS


def test_what_was_changed_on_the_way_is_not_delivered_and_its_neighbour_is(town: Town, stick: Path) -> None:
    cut_off, other = town
    names = given_out(cut_off, stick)
    changed = next(stick.rglob(f"{names[0]}.sealed"))
    changed.write_bytes(changed.read_bytes().replace(b'"sequence":', b'"Sequence":'))
    done = carry(other, stick)
    assert (done.complete, done.refused, done.left) == (1, 1, 0)
    changed.unlink()
    changed.symlink_to("/etc/passwd")
    assert carry(other, stick).refused == 1
    assert settled(cut_off, stick) == 1
    assert states(cut_off, names) == {"sealed", "complete"}, "it is still where it came from"


def test_one_that_is_refused_takes_the_time_of_one_slice_and_not_of_all(town: Town, stick: Path) -> None:
    """On a narrow line a large body that the city will not have would fill each slice anew, and nothing behind it would have its turn."""
    cut_off, other = town
    names = given_out(cut_off, stick)
    slices: list[Carrier] = []

    class Refusing(Exchange):
        def ask(
            self,
            method: str,
            path: str,
            headers: Mapping[str, str] = {},
            body: bytes | None = None,
            answer_max_bytes: int = 1 << 20,
            within_s: float | None = None,
        ) -> Answer | Offline:
            if method == "PUT" and path.endswith(names[0]):
                slices[-1]._until_s = 0  # so long it took
                refused = Problem("urn:bianmin:problem:invalid", "refused", 422, "never")
                return Answer(422, {"content-type": MEDIA_TYPE}, msgspec.json.encode(refused))
            return super().ask(method, path, headers, body, answer_max_bytes, within_s)

    outcomes = []
    for _ in range(2):
        with closing(exchange_of(other, Refusing)) as exchange:
            slices.append(Carrier(exchange, identity.trusted_keys(other.receipt_keys), 60))
            outcomes.append(slices[-1].carry(stick))
    assert [(one.complete, one.refused, one.left) for one in outcomes] == [(0, 1, 1), (1, 1, 0)]
    assert carry(other, stick).complete == 2, "a city that takes it after all gets it from the same stick"


def test_a_changed_photo_is_not_delivered(town: Town, stick: Path) -> None:
    cut_off, other = town
    given_out(cut_off, stick, 1)
    (photo,) = stick.rglob("*.photo")
    photo.write_bytes(photo.read_bytes()[:-1] + b"!")
    done = carry(other, stick)
    assert (done.complete, done.refused) == (0, 1)
    assert settled(cut_off, stick) == 1, "the city has it without its photo, and says so"
    assert once(cut_off)["photos"] == 1, "which its own line brings"


def test_a_list_that_no_admitted_terminal_signed_is_not_believed(town: Town, stick: Path, tmp_path: Path) -> None:
    cut_off, other = town
    given_out(cut_off, stick)
    (path,) = stick.rglob(MANIFEST)
    listed = msgspec.json.decode(payload_unverified(path.read_bytes(), PAYLOAD_TYPE), type=Manifest)
    for claimed, signer in ((TerminalId("SY-NO-0001"), "stranger"), (TERMINAL, "stranger"), (OTHER, "stranger")):
        key = identity.request_key(tmp_path / signer / "request.pem", claimed)
        forged = msgspec.structs.replace(listed, terminal=claimed)
        path.write_bytes(sign(msgspec.json.encode(forged), PAYLOAD_TYPE, key_id_of(key.key.public_key()), key.key))
        done = carry(other, stick)
        assert (done.lists, done.distrusted, done.complete) == (1, 1, 0), claimed
    path.write_bytes(b"{}")
    assert carry(other, stick).lists == 0


def test_a_list_of_another_admitted_terminal_carries_none_of_this_ones(town: Town, stick: Path) -> None:
    """The other terminal signs a list of its own over what this one gave out: the city finds that its header names this one."""
    cut_off, other = town
    names = given_out(cut_off, stick, 1)
    (path,) = stick.rglob(MANIFEST)
    listed = msgspec.json.decode(payload_unverified(path.read_bytes(), PAYLOAD_TYPE), type=Manifest)
    key = identity.request_key(other.request_key, OTHER)
    forged = msgspec.structs.replace(listed, terminal=OTHER)
    path.write_bytes(sign(msgspec.json.encode(forged), PAYLOAD_TYPE, key_id_of(key.key.public_key()), key.key))
    done = carry(other, stick)
    assert done.complete == 0
    assert settled(cut_off, stick) == 0
    assert states(cut_off, names) == {"sealed"}


def test_a_receipt_that_the_city_did_not_sign_settles_nothing_and_spares_nothing(town: Town, stick: Path, tmp_path: Path) -> None:
    cut_off, other = town
    names = given_out(cut_off, stick, 1)
    (sealed,) = stick.rglob("*.sealed")
    stranger = identity.request_key(tmp_path / "stranger.pem", TERMINAL)
    receipt = {"format": 1, "terminal": TERMINAL, "application_id": names[0], "state": "complete", "case_number": "1"}
    body = msgspec.json.encode(receipt | {"digest": "0" * 64, "received_at": datetime.now(UTC)})
    forged = sign(body, "application/vnd.bianmin.receipt+json", key_id_of(stranger.key.public_key()), stranger.key)
    sealed.with_suffix(".receipt").write_bytes(forged)
    assert settled(cut_off, stick) == 0
    assert states(cut_off, names) == {"sealed"}
    assert carry(other, stick).complete == 1
    assert settled(cut_off, stick) == 1


def test_a_stick_with_nothing_on_it_is_told(town: Town, stick: Path) -> None:
    assert carry(town[1], stick) == CarriedOn()
    (stick / FOLDER / "half").mkdir(parents=True)
    assert carry(town[1], stick) == CarriedOn(), "without its list it was not written to its end"


def test_a_list_that_cannot_be_read_is_told_and_its_neighbours_are_delivered(town: Town, stick: Path) -> None:
    names = given_out(town[0], stick)
    for name, content in (("too-large", b" " * (SEALED_MAX_BYTES + 1)), ("damaged", b"{"), ("empty", b"")):
        (stick / FOLDER / name).mkdir()
        (stick / FOLDER / name / MANIFEST).write_bytes(content)
    (stick / FOLDER / "linked").mkdir()
    (stick / FOLDER / "linked" / MANIFEST).symlink_to("/etc/hostname")
    done = carry(town[1], stick)
    assert (done.lists, done.complete, done.unread) == (1, len(names), 4), done


def test_more_lists_than_a_stick_may_have_are_told(stick: Path) -> None:
    for place in range(203):
        (stick / FOLDER / f"{place:03}").mkdir(parents=True)
        (stick / FOLDER / f"{place:03}" / MANIFEST).write_bytes(b"{}")
    assert unread_on(stick) == 203, "three are not even looked at"


def test_the_screen_asks_the_sending_process_for_it(town: Town, stick: Path) -> None:
    cut_off, other = town
    given_out(cut_off, stick)
    settings, stop = replace(other, stick=stick), threading.Event()
    sending = threading.Thread(target=run, args=(settings, stop))
    sending.start()
    try:
        answered = None
        pause = threading.Event()
        for _ in range(300):  # until it listens
            answered = City(settings.ask_socket).ask(CARRY, CarryWanted(), 120)
            if isinstance(answered, Answered):
                break
            pause.wait(0.2)
        assert isinstance(answered, Answered)
        assert answered.answer.complete == 2
    finally:
        stop.set()
        wake(settings.outbox)
        sending.join()
