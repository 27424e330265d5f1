"""Messages to residents against an invented gateway over real HTTP: by choice only, once, without details, whatever gets lost."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
import requests
from django.db import DatabaseError, connection, transaction
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from city import here
from city.folder import CityFolder, FolderError
from city.messaging import gateway as adapter
from city.messaging.gateway import NAME, SECRET, HttpGateway, Outcome, gateway_of
from city.messaging.models import Message, MessageLine, MessageState
from city.messaging.outbox import AGAIN_AFTER, Worked, text_of, work
from city.messaging.sandbox import RECEIPTS, SandboxGateway
from city.onewindow.models import Case
from city.shared_secret import SIGNATURE, signature
from city.staff.roles import Role
from sync.contract.item import Control, Field, ItemPackage, Option
from sync.contract.names import ItemCode
from sync.contract.words import Words
from tests.city.colleagues import Person, person
from tests.city.terminal import ANSWERS, HOST, ITEM, PERSON, Terminal
from tests.city.test_command import city, said

pytestmark = pytest.mark.django_db

KEY = b"an invented secret of the tests"
WAYS = tuple(Option(one, Words(one)) for one in ("sms", "call", "visit", "kiosk"))
ASKING: ItemPackage = msgspec.structs.replace(
    ITEM,
    code=ItemCode("sample-telling"),
    schema=ITEM.schema
    | {"properties": ITEM.schema["properties"] | {"notice_way": {"type": "array", "items": {"enum": [one.value for one in WAYS]}}}},
    pages=(
        msgspec.structs.replace(
            ITEM.pages[0], fields=(*ITEM.pages[0].fields, Field("notice_way", Control.CHOICES, Words("怎么通知您", "How"), options=WAYS))
        ),
    ),
)


@pytest.fixture
def post() -> Iterator[SandboxGateway]:
    gateway = SandboxGateway(0, KEY)
    thread = threading.Thread(target=gateway.serve_forever, daemon=True)
    thread.start()
    yield gateway
    gateway.shutdown()
    gateway.server_close()


@pytest.fixture
def gateway(post: SandboxGateway, monkeypatch: pytest.MonkeyPatch) -> HttpGateway:
    monkeypatch.setattr(adapter, "PATIENCE_S", 5.0)
    return HttpGateway(post.url, "样例", KEY)


@pytest.fixture
def desk() -> Person:
    return person("前台员", Role.FRONT_DESK)


@pytest.fixture
def accept(terminal: Terminal, desk: Person, offer: Callable[[ItemPackage], None]) -> Callable[..., Message]:
    """Hand something in, with the ways that the resident chose, and accept it."""
    offer(ASKING)
    terminal.item = ASKING

    def make(*ways: str, mobile: str = "13800000001", language: str = "zh") -> Message:
        answers: dict[str, Any] = ANSWERS | {"mobile": mobile} | ({"notice_way": list(ways)} if ways else {})
        sealed = terminal.application(answers=answers, language=language)
        terminal.put(sealed)
        terminal.upload(sealed)
        case = Case.objects.latest("pk")
        where = f"/cases/{case.case_number}"
        assert desk.send(f"{where}/accept", where, version=case.version)[0] == 302
        return Message.objects.get(case=case)

    return make


def state(message: Message) -> str:
    message.refresh_from_db()
    return message.state


def test_who_chose_a_message_gets_one_that_tells_nothing(
    accept: Callable[..., Message], gateway: HttpGateway, post: SandboxGateway
) -> None:
    message = accept("sms", "kiosk")
    assert work(gateway, here.now()) == Worked(sent=1)
    assert state(message) == MessageState.SENT
    (sent,) = post.sent.values()
    assert sent["to"] == "13800000001"
    for detail in (str(PERSON.name), str(PERSON.id_number), ITEM.name.zh, "受理", "不予", "批准", message.case.masked_name):
        assert detail not in sent["text"]
    assert message.case.case_number[4:8] in sent["text"]
    assert work(gateway, here.now()) == Worked()


@pytest.mark.parametrize(("language", "word"), [("zh", "新进展"), ("en", "news"), ("ko", "소식")])
def test_it_speaks_the_residents_language(language: str, word: str) -> None:
    assert word in text_of("2101112300001", language)


@pytest.mark.parametrize(
    ("ways", "left"),
    [
        ((), MessageState.NOT_WANTED),
        (("kiosk",), MessageState.NOT_WANTED),
        (("call",), MessageState.TO_PRINT),
        (("visit", "kiosk"), MessageState.TO_PRINT),
    ],
)
def test_nobody_who_did_not_choose_it_gets_one(
    accept: Callable[..., Message], gateway: HttpGateway, post: SandboxGateway, ways: tuple[str, ...], left: str
) -> None:
    message = accept(*ways)
    work(gateway, here.now())
    assert state(message) == left
    assert post.sent == {}


def test_without_a_gateway_a_person_tells(accept: Callable[..., Message]) -> None:
    message = accept("sms")
    assert work(None, here.now()) == Worked(to_print=1)
    assert state(message) == MessageState.TO_PRINT


def test_a_number_that_is_refused_is_told_by_a_person(accept: Callable[..., Message], gateway: HttpGateway) -> None:
    message = accept("sms", mobile="13800000000")
    assert work(gateway, here.now()).to_print == 1
    assert state(message) == MessageState.TO_PRINT


@pytest.mark.parametrize("fault", ["silent", "late", "forged"])
def test_an_answer_that_is_lost_is_asked_for_again_and_nothing_goes_out_twice(
    accept: Callable[..., Message], gateway: HttpGateway, post: SandboxGateway, fault: str
) -> None:
    message = accept("sms")
    post.orders.faults.append(fault)
    now = here.now()
    assert work(gateway, now) == Worked(again=1)
    assert work(gateway, now) == Worked()  # not before its time
    assert work(gateway, now + AGAIN_AFTER[0]) == Worked(sent=1)
    assert state(message) == MessageState.SENT
    assert len(post.sent) == 1


def test_a_gateway_that_never_answers_leaves_it_to_a_person(accept: Callable[..., Message], post: SandboxGateway) -> None:
    message, dead = accept("sms"), HttpGateway("http://127.0.0.1:9", "样例", KEY)
    now = here.now()
    for place in range(len(AGAIN_AFTER)):
        assert work(dead, now) == Worked(again=1), place
        now += timedelta(hours=7)
    assert work(dead, now) == Worked(to_print=1)
    assert message.lines.filter(outcome=Outcome.NO_ANSWER).count() == len(AGAIN_AFTER) + 1


def test_another_secret_is_no_gateway_of_ours(accept: Callable[..., Message], post: SandboxGateway) -> None:
    accept("sms")
    assert work(HttpGateway(post.url, "样例", b"another"), here.now()) == Worked(again=1)
    assert post.sent == {}


def test_no_number_is_kept_and_the_record_only_grows(accept: Callable[..., Message], gateway: HttpGateway) -> None:
    message = accept("sms")
    work(gateway, here.now())
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM messaging_message")
        assert "13800000001" not in str(cursor.fetchall())
    assert MessageLine.objects.filter(message=message).count() == 1
    for verb in ("UPDATE messaging_messageline SET outcome = 'x'", "DELETE FROM messaging_messageline"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(verb)


def test_whom_a_person_tells_is_listed_with_the_paper_and_noted_once(accept: Callable[..., Message], desk: Person) -> None:
    message = accept("call")
    work(None, here.now())
    text = desk.page("/messages")
    assert f"/cases/{message.case.case_number}/documents/acceptance.pdf" in text
    assert "138" not in text.partition("<main")[2].partition("<footer")[0]
    assert desk.send(f"/messages/{message.pk}/told", "/messages")[2] == "/messages"
    assert (state(message), message.told_by) == (MessageState.TOLD, desk.clerk)
    assert desk.send(f"/messages/{message.pk}/told", "/messages")[2] == "/messages?overtaken=1"
    assert MessageLine.objects.filter(message=message, outcome=MessageState.TOLD).count() == 1
    for each in MessageState.values:
        desk.page(f"/messages?state={each}")


def test_somebody_of_another_area_neither_sees_nor_notes_it(accept: Callable[..., Message], areas: dict[str, Any]) -> None:
    message = accept("call")
    work(None, here.now())
    Case.objects.update(area=areas["here"].code)
    elsewhere = person("别处", Role.FRONT_DESK, area=areas["there"].code)
    assert message.case.case_number not in elsewhere.page("/messages")
    assert elsewhere.send(f"/messages/{message.pk}/told", "/messages")[0] == 404


@pytest.mark.parametrize(
    "settings", [b"{", b'{"url": "http://gateway.example"}', b'{"url": "ftp://127.0.0.1:1"}', b'{"url": "https://gateway.example"}']
)
def test_settings_that_cannot_be_are_refused(tmp_path: Path, settings: bytes) -> None:
    folder = CityFolder(tmp_path)
    folder.create()
    assert gateway_of(folder) is None
    (tmp_path / NAME).write_bytes(settings)  # the last one is right, but has no secret
    with pytest.raises(FolderError):
        gateway_of(folder)
    (folder.keys / SECRET).write_bytes(KEY + b"\n")
    if b"https" in settings:
        assert gateway_of(folder) == HttpGateway("https://gateway.example", "便民服务", KEY)


def test_the_command_is_for_a_timer(tmp_path: Path) -> None:
    city("init", "--data", tmp_path / "data", "--json")
    body = said(city("messages", "--data", tmp_path / "data", "--json"))
    nobody = {"reminded": 0, "not_reminded": 0, "again": 0}
    assert body == {"status": "done", "gateway": False, "sent": 0, "to_print": 0, "not_wanted": 0, "again": 0, "reminders": nobody}
    (tmp_path / "data" / NAME).write_bytes(b"{")
    assert said(city("messages", "--data", tmp_path / "data", "--json"))["status"] == "bad_data_directory"


# What became of a message that the gateway took


@pytest.fixture
def secret(city_folder: CityFolder) -> Iterator[bytes]:
    """The city has a gateway, and shares a secret with it."""
    (city_folder.root / NAME).write_text('{"url": "https://sms.test"}', encoding="utf-8")
    (city_folder.keys / SECRET).write_bytes(KEY)
    yield KEY
    (city_folder.root / NAME).unlink()
    (city_folder.keys / SECRET).unlink()


def say(message: str, state: str, key: bytes = KEY, body: bytes | None = None) -> int:
    content = body if body is not None else msgspec.json.encode({"message": message, "state": state})
    headers = {"host": HOST, SIGNATURE: signature(key, "POST", RECEIPTS, content)}
    return Client().post(RECEIPTS, content, content_type="application/json", secure=True, headers=headers).status_code


def name_of(message: Message) -> str:
    return f"{message.pk}-{message.event_id}"


@pytest.mark.django_db(transaction=True)
def test_the_gateway_says_over_the_wire_what_reached_its_telephone(
    accept: Callable[..., Message], gateway: HttpGateway, post: SandboxGateway, secret: bytes, live_server: LiveServer
) -> None:
    reached, lost = accept("sms"), accept("sms", mobile="13800001111")
    work(gateway, here.now())
    post.receipts = live_server.url
    assert requests.post(post.url + "/control/deliver", timeout=30).json()["statuses"] == [204, 204]
    assert (state(reached), state(lost)) == (MessageState.DELIVERED, MessageState.TO_PRINT)
    assert [line.outcome for line in MessageLine.objects.filter(message=lost).order_by("pk")] == ["taken", "undelivered"]


def test_a_message_that_did_not_arrive_is_told_by_a_person(
    accept: Callable[..., Message], gateway: HttpGateway, desk: Person, secret: bytes
) -> None:
    message = accept("sms")
    work(gateway, here.now())
    assert say(name_of(message), "failed") == 204
    assert "没有送到居民手机" in desk.page("/messages?state=to_print")


def test_a_receipt_that_comes_twice_or_late_changes_nothing(
    accept: Callable[..., Message], gateway: HttpGateway, desk: Person, secret: bytes
) -> None:
    message = accept("sms")
    work(gateway, here.now())
    assert [say(name_of(message), "delivered"), say(name_of(message), "delivered"), say(name_of(message), "failed")] == [204] * 3
    assert state(message) == MessageState.DELIVERED
    assert MessageLine.objects.filter(message=message, outcome="delivered").count() == 1


def test_what_the_gateway_did_not_sign_or_what_is_no_receipt_is_refused(
    accept: Callable[..., Message], gateway: HttpGateway, secret: bytes
) -> None:
    message = accept("sms")
    work(gateway, here.now())
    assert say(name_of(message), "delivered", key=b"another") == 401
    assert say(name_of(message), "eaten") == 400
    assert say("", "", body=b"[" * 5000) == 413  # larger than any receipt
    for made_up in ("1", "x-y", "1-", f"{message.pk}-{message.event_id}0", "9" * 30 + "-1"):
        assert say(made_up, "delivered") == 404
    assert state(message) == MessageState.SENT


def test_a_city_without_a_gateway_takes_no_receipts(accept: Callable[..., Message]) -> None:
    assert say(name_of(accept("sms")), "delivered") == 404
