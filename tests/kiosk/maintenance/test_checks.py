"""What is measured becomes a verdict that a technician can act on; every threshold from both sides."""

from datetime import UTC, date, datetime, timedelta

import pytest

from kiosk.maintenance import checks
from kiosk.maintenance.checks import Disk
from kiosk.maintenance.finding import Check, Finding, Verdict, worst
from kiosk.texts import table
from peripherals.document_camera import PaperHint
from peripherals.id_card_reader import CardReadStatus, ModuleReport
from peripherals.receipt_printer import PrinterStatus
from sync.contract.words import Language
from sync.line import Line, LineState
from sync.offline import OfflineReason
from sync.reckoning import Stats
from tests.kiosk.screens.desk import item

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
GIB = 1024**3


def stats(**changes: object) -> Stats:
    plain: dict[str, object] = {
        "sealed": 0, "sent": 0, "complete": 0, "purged": 0, "quarantined": 0, "ratings_waiting": 0, "oldest_waiting_s": None,
        "waiting_bytes": 0, "free_bytes": GIB, "is_taking": True, "set_aside": 0, "install": "00", "last_sequence": 0,
    }  # fmt: skip
    return Stats(**{**plain, **changes})  # type: ignore[typeddict-item]


def all_findings() -> list[Finding]:
    found = [checks.of_reader(ModuleReport(status, "05.03")) for status in CardReadStatus]
    found += [checks.of_printer(status) for status in PrinterStatus]
    found += [checks.of_camera(hint) for hint in PaperHint]
    found += [
        checks.of_line(Line(state, reason, NOW), NOW) for state in LineState for reason in (None, *(one.value for one in OfflineReason))
    ]
    found += [
        checks.of_queue(stats(**one))
        for one in ({}, {"sealed": 1}, {"sealed": 1, "oldest_waiting_s": 4e3}, {"quarantined": 1}, {"set_aside": 1}, {"is_taking": False})
    ]
    found.append(checks.of_unreadable_queue())
    found += [checks.of_clock(off) for off in (None, 0.0, 11.0, -11.0, 300.0)]
    found += [checks.of_storage(Disk(free, 10 * GIB, 100, ok)) for free, ok in ((GIB, True), (200, True), (50, True), (GIB, False))]
    found += [checks.of_certificate(until, NOW) for until in (None, NOW - timedelta(1), NOW + timedelta(5), NOW + timedelta(80))]
    found += [checks.of_items(items, NOW.date()) for items in ((), (item("elder-card"),))]
    found += [checks.of_items((item("elder-card"),), item("elder-card").valid_until - timedelta(3))]
    return found


def test_every_finding_has_its_sentence_and_its_remedy_in_three_languages() -> None:
    texts = table()
    for one in all_findings():
        wanted = [one.text_key, f"maintenance.{one.check}", f"maintenance.verdict_{one.verdict}"]
        wanted += [one.remedy_key] if one.verdict in (Verdict.FAULT, Verdict.NOTICE) else []
        for key in wanted:
            for language in Language:
                said = texts[key].said_in(language)
                assert said, (key, language)
                said.format(**one.facts)


def test_every_check_is_made() -> None:
    assert {one.check for one in all_findings()} == set(Check)


@pytest.mark.parametrize("status", [CardReadStatus.ABSENT, CardReadStatus.SILENT, CardReadStatus.MODULE_FAULT])
def test_a_reader_that_cannot_read_is_a_fault(status: CardReadStatus) -> None:
    assert checks.of_reader(ModuleReport(status)).verdict is Verdict.FAULT


def test_paper_that_ends_soon_is_a_notice_and_no_paper_a_fault() -> None:
    assert checks.of_printer(PrinterStatus.PAPER_LOW).verdict is Verdict.NOTICE
    assert checks.of_printer(PrinterStatus.PAPER_OUT).verdict is Verdict.FAULT


def test_a_line_that_is_down_stops_nobody_and_a_terminal_that_is_not_admitted_does() -> None:
    assert checks.of_line(Line(LineState.DOWN, "no_line", NOW - timedelta(hours=30)), NOW) == Finding(
        Check.LINE, Verdict.NOTICE, "down", {"hours": 30}
    )
    assert checks.of_line(Line(LineState.STOPPED, "unknown-terminal", NOW), NOW).verdict is Verdict.FAULT


def test_somebody_who_poses_as_the_city_is_told_from_a_cable() -> None:
    assert checks.of_line(Line(LineState.DOWN, "certificate", NOW), NOW).saying == "down_certificate"


@pytest.mark.parametrize(
    ("waits_s", "verdict"), [(3599.0, Verdict.GOOD), (3600.0, Verdict.NOTICE), (86399.0, Verdict.NOTICE), (86400.0, Verdict.FAULT)]
)
def test_what_waits_long_is_seen_to(waits_s: float, verdict: Verdict) -> None:
    assert checks.of_queue(stats(sealed=2, oldest_waiting_s=waits_s)).verdict is verdict


def test_the_worst_of_the_queue_is_said_first() -> None:
    everything = stats(sealed=1, oldest_waiting_s=1e6, quarantined=1, set_aside=1, is_taking=False)
    assert checks.of_queue(everything).saying == "not_taking"


@pytest.mark.parametrize(
    ("off_s", "saying", "verdict"),
    [
        (9.9, "good", Verdict.GOOD),
        (-9.9, "good", Verdict.GOOD),
        (10.0, "slow", Verdict.NOTICE),
        (-119.9, "fast", Verdict.NOTICE),
        (120.0, "slow", Verdict.FAULT),
    ],
)
def test_the_clock(off_s: float, saying: str, verdict: Verdict) -> None:
    found = checks.of_clock(off_s)
    assert (found.saying, found.verdict) == (saying, verdict)


def test_room_runs_out_in_three_steps() -> None:
    verdicts = [checks.of_storage(Disk(free, GIB, 1000)).verdict for free in (4000, 3999, 999)]
    assert verdicts == [Verdict.GOOD, Verdict.NOTICE, Verdict.FAULT]


def test_a_certificate_that_did_not_renew_itself_is_noticed_before_it_is_over() -> None:
    days = [checks.of_certificate(NOW + timedelta(days=left, seconds=1), NOW).verdict for left in (20, 19, -1)]
    assert days == [Verdict.GOOD, Verdict.NOTICE, Verdict.FAULT]


def test_a_terminal_without_services_is_out_of_order() -> None:
    assert checks.of_items((), date(2026, 11, 23)).verdict is Verdict.FAULT


def test_the_worst_finding_comes_first_and_good_ones_never() -> None:
    good, notice, fault = (checks.of_printer(one) for one in (PrinterStatus.READY, PrinterStatus.PAPER_LOW, PrinterStatus.COVER_OPEN))
    assert worst([good, notice, fault, notice]) == fault
    assert worst([good, notice]) == notice
    assert worst([good]) is None
