"""Settings by area and orders from afar: previewed, signed, bounded, audited; answered in pieces; nothing beyond one's area."""

import io
import tarfile
from datetime import timedelta
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from django.http import HttpResponse
from django.test import Client

from city import here
from city.fleet.models import Act, Alert, Cause, FleetLine, OrderRow, SettingsVersion
from city.fleet.models import Terminal as Row
from city.fleet.steering import SteeringError, order, publish_settings, settings_of
from city.fleet.watch import sweep
from city.here import keys
from city.staff.roles import Role
from sync.contract import routes
from sync.contract.feed import PAYLOAD_TYPE, FeedKind, Issue
from sync.contract.question import REPLY_TYPE, Question, QuestionId, Reply
from sync.contract.signed import verify_as
from sync.contract.steering import (
    ORDER_ANSWER,
    ORDERS,
    PIECE_BYTES,
    SETTINGS,
    OrderAnswer,
    OrderAnswered,
    OrderOutcome,
    RemoteAct,
    RemoteDevice,
    SettingsTold,
    applied,
)
from sync.contract.words import Words
from tests.city.terminal import Terminal
from tests.city.test_fleet import beats, clerk, get, post, text

pytestmark = pytest.mark.django_db
SPEED = "500000"


@pytest.fixture
def operator(db: None) -> Client:
    return clerk("ops", Role.FLEET_OPERATOR)


@pytest.fixture
def placed(terminal: Terminal) -> Row:
    Row.objects.filter(pk=terminal.id).update(area="990101001001")
    return Row.objects.get(pk=terminal.id)


def fed(terminal: Terminal, kind: FeedKind[Any]) -> Any:  # noqa: ANN401
    answer = terminal.send("GET", routes.feed_path(kind.name))
    assert answer.status_code == 200
    said = verify_as(answer.content, PAYLOAD_TYPE, keys().receipts.public, Issue)
    assert said.terminal == terminal.id
    return msgspec.json.decode(said.content, type=kind.content)


def answer(terminal: Terminal, told: OrderAnswer) -> HttpResponse:
    question = Question(1, QuestionId(str(uuid4())), terminal.id, msgspec.Raw(msgspec.json.encode(told)))
    return terminal.send("POST", routes.question_path(ORDER_ANSWER.name), msgspec.json.encode(question), routes.QUESTION_TYPE)


def wanted(response: HttpResponse) -> int:
    reply = verify_as(response.content, REPLY_TYPE, keys().receipts.public, Reply)
    return msgspec.json.decode(reply.content, type=OrderAnswered).next_piece


def ordered(row: Row, act: RemoteAct = RemoteAct.COLLECT_LOGS, text: Words | None = None) -> OrderRow:
    return order(row, act, here.now() + timedelta(hours=1), None, "样例原因", text)


def bundle(size: int = 10) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:xz", preset=0) as tar:
        member = tarfile.TarInfo("about.json")
        member.size = size
        tar.addfile(member, io.BytesIO(bytes(size)))
    return packed.getvalue()


# Settings


def test_the_nearer_area_s_word_holds_key_by_key(placed: Row) -> None:
    assert settings_of(placed.area) is None
    publish_settings("", {"hotline": "12345", "staff": "1 号窗口"}, None)
    publish_settings("990101", {"staff": "2 号窗口"}, None)
    publish_settings("77", {"staff": "别处"}, None)
    assert settings_of(placed.area) == SettingsTold(2, {"hotline": "12345", "staff": "2 号窗口"})


def test_a_terminal_is_told_and_says_which_number_it_runs(terminal: Terminal, placed: Row, operator: Client) -> None:
    assert terminal.send("GET", routes.feed_path(SETTINGS.name)).status_code == 404
    publish_settings("", {"hotline": "024-12345"}, None)
    assert fed(terminal, SETTINGS) == SettingsTold(1, {"hotline": "024-12345"})
    beats(terminal, versions={"settings": "1 refused: poll_s"})
    assert "1 refused: poll_s" in text(get(operator, f"/fleet/terminals/{placed.id}"))


@pytest.mark.parametrize(
    "values",
    [{"hotline": "call me"}, {"poll_s": 1}, {"poll_s": "60"}, {"download_bytes_s": 10**12}, {"city.url": "https://x"}, {"staff": "a\nb"}],
)
def test_what_a_terminal_would_refuse_is_not_published(values: dict[str, Any]) -> None:
    with pytest.raises(SteeringError):
        publish_settings("", values, None)
    assert not SettingsVersion.objects.exists()
    assert applied(SettingsTold(1, values)).values == {}
    assert applied(SettingsTold(1, {**values, "poll_s": 600})).refused == tuple(sorted(key for key in values if key != "poll_s"))


def test_a_preview_changes_nothing_and_names_how_many(operator: Client, placed: Row) -> None:
    page = text(post(operator, "/fleet/settings/do", act="preview", area="", hotline="12345", download_bytes_s=SPEED))
    assert "涉及 1 台终端" in page
    assert SPEED in page
    assert not SettingsVersion.objects.exists()


def test_published_from_the_page_it_is_kept_and_can_be_set_again(operator: Client, placed: Row) -> None:
    assert post(operator, "/fleet/settings/do", act="publish", area="", hotline="12345", poll_s="600").status_code == 302
    assert post(operator, "/fleet/settings/do", act="publish", area="", poll_s="900").status_code == 302
    assert settings_of(placed.area) == SettingsTold(2, {"poll_s": 900})
    first = SettingsVersion.objects.get(number=1)
    assert (
        post(operator, "/fleet/settings/do", act="publish", area="", **{key: str(value) for key, value in first.values.items()}).status_code
        == 302
    )
    assert settings_of(placed.area) == SettingsTold(3, first.values)
    assert FleetLine.objects.filter(act=Act.SETTINGS_PUBLISHED).count() == 3


def test_nothing_new_is_not_published(operator: Client) -> None:
    post(operator, "/fleet/settings/do", act="publish", area="", poll_s="600")
    assert post(operator, "/fleet/settings/do", act="publish", area="", poll_s="600").status_code == 422


def test_nobody_sets_beyond_the_own_area(placed: Row) -> None:
    district = clerk("district", Role.FLEET_OPERATOR, area="990101")
    assert post(district, "/fleet/settings/do", act="publish", area="", poll_s="600").status_code == 422
    assert post(district, "/fleet/settings/do", act="publish", area="99", poll_s="600").status_code == 422
    assert post(district, "/fleet/settings/do", act="publish", area="990101001", poll_s="600").status_code == 302
    assert post(clerk("desk", Role.FRONT_DESK), "/fleet/settings/do", act="publish", area="", poll_s="600").status_code == 403


# Orders


def test_an_order_goes_down_once_and_its_answer_ends_it(terminal: Terminal, placed: Row) -> None:
    assert terminal.send("GET", routes.feed_path(ORDERS.name)).status_code == 404
    row = ordered(placed)
    (told,) = fed(terminal, ORDERS).orders
    assert (told.id, told.act) == (str(row.uuid), RemoteAct.COLLECT_LOGS)
    assert wanted(answer(terminal, OrderAnswer(told.id, OrderOutcome.DONE, body=bundle()))) == 1
    row.refresh_from_db()
    assert (row.outcome, bytes(row.body)) == ("done", bundle())
    assert fed(terminal, ORDERS).orders == ()


def test_a_large_answer_comes_in_pieces_each_kept_once(terminal: Terminal, placed: Row) -> None:
    row = ordered(placed)
    whole = bytes(range(256)) * 400
    pieces = [whole[at : at + PIECE_BYTES] for at in range(0, len(whole), PIECE_BYTES)]

    def said(piece: int) -> OrderAnswer:
        return OrderAnswer(str(row.uuid), OrderOutcome.DONE, "", piece, len(pieces), pieces[piece])

    assert wanted(answer(terminal, said(0))) == 1
    assert wanted(answer(terminal, said(2))) == 1, "a hole is not filled with what comes later"
    assert wanted(answer(terminal, said(0))) == 1, "told again"
    assert OrderRow.objects.get().outcome == ""
    assert wanted(answer(terminal, said(1))) == 2
    assert wanted(answer(terminal, said(2))) == 3
    assert bytes(OrderRow.objects.get().body) == whole


@pytest.mark.parametrize(
    "wrong",
    [
        {"piece": -1},
        {"piece": 5, "pieces": 2},
        {"pieces": 10_000},
        {"body": bytes(PIECE_BYTES + 1)},
        {"piece": 0, "pieces": 2, "body": b"short"},
        {"detail": "x" * 41},
        {"detail": "a\nb"},
    ],
)
def test_an_answer_that_is_none_is_refused(terminal: Terminal, placed: Row, wrong: dict[str, Any]) -> None:
    row = ordered(placed)
    told = msgspec.structs.replace(OrderAnswer(str(row.uuid), OrderOutcome.DONE), **wrong)
    assert answer(terminal, told).status_code == 422
    assert OrderRow.objects.get().outcome == ""


def test_nobody_answers_for_another_terminal(terminal: Terminal, placed: Row, enrol: Any) -> None:  # noqa: ANN401
    row = ordered(placed)
    other = enrol("SY-TEST-02")
    assert answer(other, OrderAnswer(str(row.uuid), OrderOutcome.DONE)).status_code == 404
    assert answer(terminal, OrderAnswer("no uuid", OrderOutcome.DONE)).status_code == 404


def test_out_of_service_holds_until_it_is_taken_back(terminal: Terminal, placed: Row, operator: Client) -> None:
    said = {
        "act": "order",
        "order": "out_of_service",
        "hours": "4",
        "why": "换新机器",
        "text_zh": "正在换新机器，请到 1 号窗口",
        "text_en": "Being replaced",
    }
    assert post(operator, f"/fleet/terminals/{placed.id}/do", **said).status_code == 302
    (told,) = fed(terminal, ORDERS).orders
    assert told.text == Words("正在换新机器，请到 1 号窗口", "Being replaced")
    answer(terminal, OrderAnswer(told.id, OrderOutcome.DONE))
    assert len(fed(terminal, ORDERS).orders) == 1, "it still holds"
    row = OrderRow.objects.get()
    assert post(operator, f"/fleet/terminals/{placed.id}/do", act="cancel", order=str(row.pk)).status_code == 302
    assert fed(terminal, ORDERS).orders == ()
    assert FleetLine.objects.filter(act=Act.ORDER_CANCELLED).exists()


def test_an_order_that_is_over_goes_down_no_more(terminal: Terminal, placed: Row) -> None:
    row = ordered(placed)
    OrderRow.objects.filter(pk=row.pk).update(until=here.now() - timedelta(seconds=1))
    assert fed(terminal, ORDERS).orders == ()


@pytest.mark.parametrize(
    "said",
    [
        {"order": "out_of_service", "why": "换新机器"},
        {"order": "rm -rf", "why": "换新机器"},
        {"order": "collect_logs", "why": "短"},
        {"order": "", "why": "换新机器"},
        {"order": "unknown", "why": "换新机器"},
        {"order": "restart_device", "why": "换新机器"},
        {"order": "restart_device", "device": "sshd", "why": "换新机器"},
    ],
)
def test_what_cannot_be_ordered_is_not(operator: Client, placed: Row, said: dict[str, str]) -> None:
    assert post(operator, f"/fleet/terminals/{placed.id}/do", act="order", **said).status_code == 422
    assert not OrderRow.objects.exists()


def test_a_device_s_process_and_the_machine_are_ordered_to_start_anew(terminal: Terminal, placed: Row, operator: Client) -> None:
    for device in ("receipt_printer", "id_card_reader"):
        said = {"order": "restart_device", "device": device, "why": "反复卡住"}
        assert post(operator, f"/fleet/terminals/{placed.id}/do", act="order", **said).status_code == 302
    said = {"order": "restart_machine", "device": "receipt_printer", "why": "反复卡住"}
    assert post(operator, f"/fleet/terminals/{placed.id}/do", act="order", **said).status_code == 302
    told = [(one.act, one.device) for one in fed(terminal, ORDERS).orders]
    assert told == [
        (RemoteAct.RESTART_DEVICE, RemoteDevice.RECEIPT_PRINTER),
        (RemoteAct.RESTART_DEVICE, RemoteDevice.ID_CARD_READER),
        (RemoteAct.RESTART_MACHINE, None),
    ]
    assert FleetLine.objects.filter(act=Act.ORDERED, note__startswith="restart_device receipt_printer").count() == 1


def test_what_was_refused_is_ordered_to_be_sent_once_more(terminal: Terminal, placed: Row, operator: Client) -> None:
    assert post(operator, f"/fleet/terminals/{placed.id}/do", act="order", order="send_again", why="事项包已改好").status_code == 302
    (told,) = fed(terminal, ORDERS).orders
    assert told.act is RemoteAct.SEND_AGAIN
    answer(terminal, OrderAnswer(told.id, OrderOutcome.DONE, "3"))
    page = operator.get(f"/fleet/terminals/{placed.id}").content.decode()
    assert "重送拒收的件" in page
    assert "3" in OrderRow.objects.get().detail


def test_there_are_no_two_of_a_kind_and_none_is_open_for_ever(placed: Row) -> None:
    ordered(placed)
    with pytest.raises(SteeringError, match="already"):
        ordered(placed)
    with pytest.raises(SteeringError, match="sooner"):
        order(placed, RemoteAct.RESTART, here.now() + timedelta(days=30), None, "样例原因")
    with pytest.raises(SteeringError, match="sooner"):
        order(placed, RemoteAct.RESTART, here.now(), None, "样例原因")


def test_what_a_terminal_brought_is_given_only_as_what_it_is(terminal: Terminal, placed: Row, operator: Client) -> None:
    logs = ordered(placed)
    answer(terminal, OrderAnswer(str(logs.uuid), OrderOutcome.DONE, body=bundle()))
    given = get(operator, f"/fleet/orders/{logs.pk}")
    assert (given["Content-Type"], given["X-Content-Type-Options"]) == ("application/x-xz", "nosniff")
    picture = ordered(placed, RemoteAct.SCREENSHOT)
    answer(terminal, OrderAnswer(str(picture.uuid), OrderOutcome.DONE, body=b"<script>alert(1)</script>"))
    assert get(operator, f"/fleet/orders/{picture.pk}").status_code == 404
    elsewhere = clerk("elsewhere", Role.FLEET_OPERATOR, area="77")
    assert get(elsewhere, f"/fleet/orders/{logs.pk}").status_code == 404


# Alerts


def causes() -> set[str]:
    sweep(here.now())
    return set(Alert.objects.filter(closed_at=None).values_list("cause", flat=True))


def test_a_refused_record_is_an_alert_until_somebody_has_looked(terminal: Terminal, placed: Row, operator: Client) -> None:
    from datetime import UTC, datetime

    from sync.contract.technicians import ACTS, NOTHING_BEFORE, ActKind, ActRecord, ActsTold

    beats(terminal)
    assert causes() == set()
    hole = ActRecord(7, datetime(2026, 11, 23, 2, 0, tzinfo=UTC), "T-07", ActKind.SIGNED_IN, "", NOTHING_BEFORE)
    question = Question(1, QuestionId(str(uuid4())), terminal.id, msgspec.Raw(msgspec.json.encode(ActsTold((hole,)))))
    assert terminal.send("POST", routes.question_path(ACTS.name), msgspec.json.encode(question), routes.QUESTION_TYPE).status_code == 422
    assert causes() == {Cause.RECORD}
    assert "要查明" in text(get(operator, f"/fleet/terminals/{placed.id}"))
    assert post(operator, f"/fleet/terminals/{placed.id}/do", act="looked", why="短").status_code == 422
    assert post(operator, f"/fleet/terminals/{placed.id}/do", act="looked", why="硬盘坏道").status_code == 302
    assert causes() == set()
    assert FleetLine.objects.filter(act=Act.LOOKED_INTO).exists()


def test_a_terminal_that_starts_again_and_again_is_an_alert(terminal: Terminal, placed: Row) -> None:
    for start in range(3):
        beats(terminal, boot=f"boot-{start}", uptime_s=30.0)
    assert causes() == set()
    beats(terminal, boot="boot-3", uptime_s=30.0)
    assert causes() == {Cause.CRASHES}
    Row.objects.filter(pk=terminal.id).update(crashed_at=here.now() - timedelta(hours=2))
    assert causes() == set(), "an hour without one"


def test_an_open_door_is_an_alert(terminal: Terminal, placed: Row) -> None:
    from sync.contract.heartbeat import DeviceHealth

    beats(terminal, devices=(DeviceHealth("door", "open"),))
    assert causes() == {Cause.TAMPER}
