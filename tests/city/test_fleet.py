"""The fleet's console: the worst first, alerts that open, rise and close, figures for Prometheus, and nothing beyond one's area."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.http import HttpResponse
from django.test import Client

from city import here
from city.channel.keys import KeyFolder
from city.channel.repository import Repository
from city.fleet import rollout_pages
from city.fleet.admission import open_admission
from city.fleet.health import judge
from city.fleet.models import Admission, AdmissionState, Alert, Cause, FleetLine, Severity
from city.fleet.models import Heartbeat as Beat
from city.fleet.models import Terminal as Row
from city.fleet.watch import sweep
from city.staff.models import Clerk, Posting
from city.staff.roles import Role
from sync.contract import routes
from sync.contract.enrolment import EnrolRequest
from sync.contract.heartbeat import DeviceHealth, Heartbeat
from sync.contract.names import InstallId
from sync.contract.update_report import UpdateOutcome, UpdateReport
from tests.city.terminal import HOST, Terminal

pytestmark = pytest.mark.django_db


def told(terminal: Terminal, **changes: Any) -> Heartbeat:  # noqa: ANN401
    facts: dict[str, Any] = {
        "format": 1,
        "terminal": terminal.id,
        "install": InstallId("one"),
        "sent_at": datetime.now(UTC),
        "release": "2.4.1",
        "is_taking": True,
        "waiting": 0,
        "quarantined": 0,
        "free_bytes": 20 * 1024**3,
        "last_sequence": 1,
        "certificate_days": 60,
        "devices": (DeviceHealth("receipt_printer", "ready"), DeviceHealth("id_card_reader", "ready")),
    }
    return Heartbeat(**(facts | changes))


def beats(terminal: Terminal, **changes: Any) -> None:  # noqa: ANN401
    body = msgspec.json.encode(told(terminal, **changes))
    path = routes.HEARTBEAT_PATTERN.format(terminal=terminal.id)
    assert terminal.send("PUT", path, body, routes.JSON_TYPE).status_code == 204


def clerk(name: str, *roles: Role, area: str = "") -> Client:
    made = Clerk.objects.create(username=name, staff_number=name, full_name=name, office="样例")
    for role in roles:
        Posting.objects.create(clerk=made, role=role, area=area)
    client = Client(headers={"host": HOST})
    client.force_login(made)
    return client


@pytest.fixture
def operator(db: None) -> Client:
    return clerk("ops", Role.FLEET_OPERATOR)


def get(client: Client, path: str) -> HttpResponse:
    return client.get(path, secure=True)  # type: ignore[return-value]


def post(client: Client, path: str, **said: str) -> HttpResponse:
    return client.post(path, said, secure=True)  # type: ignore[return-value]


def text(response: HttpResponse) -> str:
    assert response.status_code == 200, response.status_code
    return response.content.decode()


@pytest.mark.parametrize(
    ("changes", "severity", "cause"),
    [
        ({}, Severity.WELL, None),
        ({"is_taking": False}, Severity.FAULT, Cause.NOT_TAKING),
        ({"devices": (DeviceHealth("id_card_reader", "absent"),)}, Severity.FAULT, Cause.DEVICE),
        ({"devices": (DeviceHealth("receipt_printer", "paper_out"),)}, Severity.FAULT, Cause.PAPER_OUT),
        ({"quarantined": 1}, Severity.FAULT, Cause.SET_ASIDE),
        ({"certificate_days": 3}, Severity.ATTENTION, Cause.CERTIFICATE),
        ({"clock_offset_s": -41.0}, Severity.ATTENTION, Cause.CLOCK),
        ({"waiting": 7, "oldest_waiting_s": 8000.0}, Severity.ATTENTION, Cause.QUEUE),
        ({"waiting": 7, "oldest_waiting_s": 20.0}, Severity.WELL, None),
        ({"free_bytes": 1000}, Severity.ATTENTION, Cause.STORAGE),
        ({"devices": (DeviceHealth("receipt_printer", "paper_low"),)}, Severity.ATTENTION, Cause.PAPER_LOW),
    ],
)
def test_a_heartbeat_is_judged_by_its_worst_news(changes: dict[str, Any], severity: Severity, cause: Cause | None) -> None:
    assert judge(told(Terminal("SY-1", None), **changes)) == (severity, cause)  # type: ignore[arg-type]


def test_the_one_that_needs_a_person_most_comes_first(enrol: Callable[[str], Terminal], operator: Client) -> None:
    well, low, broken, silent = (enrol(f"SY-T-{n}") for n in "1234")
    beats(well)
    beats(low, devices=(DeviceHealth("receipt_printer", "paper_low"),))
    beats(broken, devices=(DeviceHealth("id_card_reader", "absent"),))
    page = text(get(operator, "/fleet"))
    shown = re.findall(r'href="/fleet/terminals/(SY-T-\d)"', page)
    assert list(dict.fromkeys(shown)) == [silent.id, broken.id, low.id, well.id]
    assert "设备故障" in page
    assert "没有心跳" in page
    only = text(get(operator, "/fleet?state=fault"))
    assert set(re.findall(r"SY-T-\d", only.partition("<tbody>")[2])) == {broken.id}


def test_search_and_release_filter(enrol: Callable[[str], Terminal], operator: Client) -> None:
    one, two = enrol("SY-A-1"), enrol("SY-B-2")
    beats(one)
    beats(two, release="2.4.2")
    assert "SY-B-2" not in text(get(operator, "/fleet?q=sy-a")).partition("<tbody>")[2].partition("</tbody>")[0]
    assert "SY-A-1" not in text(get(operator, "/fleet?release=2.4.2")).partition("<tbody>")[2].partition("</tbody>")[0]


def test_a_terminals_page_says_what_it_said(enrol: Callable[[str], Terminal], operator: Client) -> None:
    one = enrol("SY-A-1")
    beats(one, devices=(DeviceHealth("id_card_reader", "absent"),), versions={"cryptography": "50.0"})
    report = UpdateReport("2.4.2-1", "2.4.2", 1, UpdateOutcome.FAILED, datetime.now(UTC), "papers", "2.4.1")
    for _ in range(2):
        assert one.send("POST", routes.UPDATE_REPORT_PATH, msgspec.json.encode(report), routes.JSON_TYPE).status_code == 204
    page = text(get(operator, f"/fleet/terminals/{one.id}"))
    for said in ("读卡器", "absent", "papers", "cryptography", "50.0"):
        assert said in page
    assert page.count("papers") == 1, "told twice is told once"
    assert get(operator, "/fleet/terminals/SY-NONE").status_code == 404


@pytest.mark.parametrize("body", [b"{}", b'{"rollout":"x","release":"1","attempt":1,"outcome":"good","at":"2026-01-01T00:00:00"}'])
def test_a_report_that_is_none_is_refused(terminal: Terminal, body: bytes) -> None:
    assert terminal.send("POST", routes.UPDATE_REPORT_PATH, body, routes.JSON_TYPE).status_code == 400


def test_withdrawing_needs_a_reason_and_is_at_once(enrol: Callable[[str], Terminal], operator: Client) -> None:
    one = enrol("SY-A-1")
    assert post(operator, f"/fleet/terminals/{one.id}/do", act="withdraw", why="").status_code == 422
    assert one.send("GET", routes.CATALOGUE_PATH).status_code == 200
    assert post(operator, f"/fleet/terminals/{one.id}/do", act="withdraw", why="终端被盗").status_code == 302
    assert one.send("GET", routes.CATALOGUE_PATH).status_code == 403
    assert FleetLine.objects.filter(act="withdrawn", terminal_id=one.id, clerk__username="ops").exists()


def test_alerts_open_rise_are_taken_and_close(enrol: Callable[[str], Terminal], operator: Client) -> None:
    one = enrol("SY-A-1")
    beats(one, devices=(DeviceHealth("receipt_printer", "paper_out"),))
    now = here.now()
    assert sweep(now).opened == 1
    assert sweep(now).opened == 0, "one for each cause"
    Alert.objects.update(opened_at=now - timedelta(hours=1))
    assert sweep(now).escalated == 1
    assert "已升级" in text(get(operator, "/fleet"))
    alert = Alert.objects.get()
    assert post(operator, f"/fleet/alerts/{alert.pk}/take").status_code == 302
    assert "在处理" in text(get(operator, f"/fleet/terminals/{one.id}"))
    post(operator, f"/fleet/alerts/{alert.pk}/take")
    assert FleetLine.objects.filter(act="alert_taken").count() == 1, "taken once"
    beats(one)
    assert sweep(here.now()).closed == 1
    assert Alert.objects.get().closed_at is not None


def test_silence_is_an_alert(enrol: Callable[[str], Terminal]) -> None:
    one = enrol("SY-A-1")
    beats(one)
    assert sweep(here.now()).opened == 0
    Beat.objects.update(received_at=here.now() - timedelta(minutes=16))
    assert sweep(here.now()).opened == 1
    assert Alert.objects.get().cause == Cause.SILENT


def test_a_copied_disk_stops_both_machines_until_a_person_has_looked(enrol: Callable[[str], Terminal], operator: Client) -> None:
    one = enrol("SY-A-1")
    beats(one, boot="first", uptime_s=1000.0)
    beats(one, boot="copy", uptime_s=50.0)  # might be a restart
    body = msgspec.json.encode(told(one, boot="first", uptime_s=1400.0))
    path = routes.HEARTBEAT_PATTERN.format(terminal=one.id)
    assert one.send("PUT", path, body, routes.JSON_TYPE).status_code == 403, "the first goes on: it was none"
    for method, address in (("GET", routes.CATALOGUE_PATH), ("PUT", path)):
        assert one.send(method, address, None if method == "GET" else body, routes.JSON_TYPE).status_code == 403
    assert one.send("POST", routes.CERTIFICATE_PATH, b"{}", routes.JSON_TYPE).status_code == 403
    assert sweep(here.now()).opened == 1
    assert Alert.objects.get().cause == Cause.DOUBLED
    assert "像是硬盘被复制" in text(get(operator, f"/fleet/terminals/{one.id}"))
    assert post(operator, f"/fleet/terminals/{one.id}/do", act="release", why="").status_code == 422
    assert post(operator, f"/fleet/terminals/{one.id}/do", act="release", why="收回旧硬盘").status_code == 302
    assert one.send("GET", routes.CATALOGUE_PATH).status_code == 200


def test_restarts_and_overtaken_heartbeats_are_no_copy(enrol: Callable[[str], Terminal]) -> None:
    one = enrol("SY-A-1")
    for number in range(12):
        beats(one, boot=f"start-{number}", uptime_s=40.0)
        beats(one, boot=f"start-{number}", uptime_s=4000.0)
    beats(one, boot="start-10", uptime_s=4001.0)  # sent before the last restart, arrived after it
    assert Row.objects.get(pk=one.id).doubled_at is None
    assert Row.objects.get(pk=one.id).starts.count() <= 8


def test_an_operator_sees_only_the_own_area(enrol: Callable[[str], Terminal]) -> None:
    mine, other = enrol("SY-A-1"), enrol("SY-B-2")
    Row.objects.filter(pk=mine.id).update(area="210102")
    Row.objects.filter(pk=other.id).update(area="210103")
    local = clerk("local", Role.FLEET_OPERATOR, area="210102")
    page = text(get(local, "/fleet"))
    assert mine.id in page
    assert other.id not in page
    assert get(local, f"/fleet/terminals/{other.id}").status_code == 404
    assert post(local, f"/fleet/terminals/{other.id}/do", act="withdraw", why="不是我的").status_code == 404
    assert post(local, "/admissions/open", terminal="SY-C-3", place="样例", area="210103").status_code == 422


def test_admission_in_the_console_takes_two_people(operator: Client) -> None:
    page = text(post(operator, "/admissions/open", terminal="SY-N-1", place="松风社区"))
    code = re.search(r"<strong>([0-9A-Z-]{14})</strong>", page)
    assert code
    assert "<svg" in page
    one = Admission.objects.get()
    assert code[1] not in text(get(operator, f"/admissions/{one.pk}")), "shown once"
    machine = Terminal("SY-N-1", None)  # type: ignore[arg-type]
    body = msgspec.json.encode(EnrolRequest(machine.id, code[1], machine.key.public_key().public_bytes_raw()))
    machine.send("POST", routes.ENROLMENT_PATH, body, routes.JSON_TYPE)
    one.refresh_from_db()
    page = text(get(operator, f"/admissions/{one.pk}"))
    assert all(word in page for word in one.words.split())
    post(operator, f"/admissions/{one.pk}/do", act="same")
    assert post(operator, f"/admissions/{one.pk}/do", act="same").status_code == 409, "not the same person twice"
    witness = clerk("community", Role.OFFICE_CLERK)
    post(witness, f"/admissions/{one.pk}/do", act="same")
    one.refresh_from_db()
    assert one.state == AdmissionState.ADMITTED
    assert machine.send("GET", routes.CATALOGUE_PATH).status_code == 200


def test_words_that_differ_end_it(operator: Client) -> None:
    opened = open_admission("SY-N-1", "松风社区")
    post(operator, f"/admissions/{opened.admission.pk}/do", act="differ")
    assert Admission.objects.get().state == AdmissionState.VOID
    assert post(operator, f"/admissions/{opened.admission.pk}/do", act="differ").status_code == 409


def test_figures_for_prometheus_need_the_secret_and_are_numbers(enrol: Callable[[str], Terminal], client: Client) -> None:
    beats(enrol("SY-A-1"), waiting=3, release='2.4.1"\\')
    assert client.get("/v1/metrics", secure=True, headers={"host": HOST}).status_code == 401
    assert client.get("/v1/metrics", secure=True, headers={"host": HOST, "authorization": "Bearer caf\xe9"}).status_code == 401
    secret = (here.folder().keys / "metrics.secret").read_text()
    answer = client.get("/v1/metrics", secure=True, headers={"host": HOST, "authorization": f"Bearer {secret}"})
    lines = answer.content.decode().splitlines()
    assert 'bianmin_terminals{state="well"} 1' in lines
    assert "bianmin_waiting_applications 3" in lines
    for line in lines:
        assert line.startswith("# ") or re.fullmatch(r'[a-z_]+({([a-z_]+="([^"\\\n]|\\.)*",?)+})? [0-9.e+]+', line), line


def test_a_channel_that_cannot_be_read_is_a_figure_and_takes_none_of_the_others(enrol: Callable[[str], Terminal], client: Client) -> None:
    beats(enrol("SY-A-1"))
    secret = (here.folder().keys / "metrics.secret").read_text()
    torn = here.folder().updates / "metadata" / "timestamp.json"
    torn.parent.mkdir(parents=True, exist_ok=True)
    torn.write_bytes(b'{"torn')
    answer = client.get("/v1/metrics", secure=True, headers={"host": HOST, "authorization": f"Bearer {secret}"})
    torn.unlink()
    lines = answer.content.decode().splitlines()
    assert "bianmin_channel_readable 0" in lines
    assert 'bianmin_terminals{state="well"} 1' in lines


def test_ten_thousand_cost_no_more_queries_than_ten(
    enrol: Callable[[str], Terminal],
    operator: Client,
    django_assert_max_num_queries: Any,  # noqa: ANN401
) -> None:
    beats(enrol("SY-A-1"))
    with django_assert_max_num_queries(20):
        get(operator, "/fleet")
    key = Row.objects.get(pk="SY-A-1").public_key
    Row.objects.bulk_create([Row(id=f"SY-X-{n:05}", public_key=key, place=f"样例{n % 90}社区") for n in range(500)])
    with django_assert_max_num_queries(20):
        page = text(get(operator, "/fleet"))
    assert page.count("data-row") == 40


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Repository:
    """A channel with one release, on the console's pages."""
    files = Repository(tmp_path / "updates", KeyFolder(tmp_path / "on"), KeyFolder(tmp_path / "off"), here.now())
    files.make()
    (tmp_path / "bundle").write_bytes(b"invented")
    files.add_release("stable", "2.4.2", "virtual", tmp_path / "bundle")
    monkeypatch.setattr(rollout_pages, "_files", lambda: Repository(files.folder, files.online, files.offline, here.now()))
    return files


def test_who_did_not_get_a_release_stands_on_its_page_with_the_reason(
    enrol: Callable[[str], Terminal],
    operator: Client,
    files: Repository,
) -> None:
    """A terminal that refuses it has a reason of its own: it counts neither against the release nor as waited for."""
    from city.channel.rollouts import Policy, current, publish, start
    from city.fleet.updates import stands

    publish(files, start(files, "stable", "2.4.2", percent=100))
    for name, outcome, stage in (("SY-A-1", UpdateOutcome.REFUSED, "older"), ("SY-A-2", UpdateOutcome.FAILED, "install:foreign")):
        report = UpdateReport("2.4.2-1", "2.4.2", 1, outcome, datetime.now(UTC), stage, "2.4.1")
        assert enrol(name).send("POST", routes.UPDATE_REPORT_PATH, msgspec.json.encode(report), routes.JSON_TYPE).status_code == 204
    page = text(get(operator, "/fleet/rollout"))
    for said in ("SY-A-1", "终端不装", ">older<", "SY-A-2", ">install:foreign<"):
        assert said in page
    seen = stands(current(files, "stable"), here.now(), Policy())
    assert (seen.refused, seen.failed, seen.bad, seen.decided) == (1, 1, 1, 2)


def test_a_rollout_is_paused_resumed_and_halted_from_the_page(operator: Client, files: Repository) -> None:
    from city.channel.rollouts import current, publish, start

    assert "还没有推送过版本" in text(get(operator, "/fleet/rollout"))
    publish(files, start(files, "stable", "2.4.2", percent=5))
    assert "2.4.2" in text(get(operator, "/fleet/rollout"))
    assert post(operator, "/fleet/rollout/do", act="pause", number="1").status_code == 302
    assert post(operator, "/fleet/rollout/do", act="pause", number="1").status_code == 409, "somebody was quicker"
    assert post(operator, "/fleet/rollout/do", act="resume", number="2").status_code == 302
    assert post(operator, "/fleet/rollout/do", act="recall", number="3").status_code == 302
    now = current(files, "stable")
    assert now is not None
    assert (now.state, now.recall, now.number) == ("halted", True, 4)
