"""A technician's look at what waits and at the way to the city."""

from contextlib import closing
from pathlib import Path

from kiosk.config import load
from kiosk.flow.events.technician import (
    ErrandOver,
    PartFound,
    QueueLookedAt,
    SpeedMeasured,
    WayStepped,
)
from kiosk.flow.technician import Errand
from kiosk.flow.technician_orders import (
    LookAtQueue,
    MeasureSpeed,
    TakeStock,
    WalkWay,
)
from kiosk.maintenance.finding import Check, Verdict
from kiosk.own_outbox import open_outbox
from kiosk.sandbox import make_sandbox
from sync.contract.suites import new_city_key
from sync.contract.technicians import ActKind
from sync.line_speed import LineSpeed, SpeedOutcome
from sync.way_steps import StepOutcome
from tests.kiosk.runner.upkeep_desk import NOW, STAFF, Desk
from tests.sync.counter import Counter


def test_the_queue_is_shown_and_an_empty_one_is_sent_at_once(desk: Desk) -> None:
    desk.desk.carry_out(LookAtQueue(1, STAFF, send=True))
    look = desk.wait(QueueLookedAt).look
    assert (look.waiting, look.rows) == (0, ())
    assert desk.wait(ErrandOver).errand is Errand.SENDING


def test_what_the_city_refused_is_in_line_again_once_somebody_says_send(desk: Desk, tmp_path: Path) -> None:
    desk._config = load(make_sandbox(tmp_path / "own").config)
    with closing(open_outbox(desk._config)) as outbox:
        counter = Counter(outbox, new_city_key(NOW).public_key())
        counter.hand_in()
        counter.hand_in()
        for parcel in outbox.deliveries.claim(2, 60):
            outbox.deliveries.quarantine(parcel.place, "invalid")
    desk.desk.carry_out(LookAtQueue(1, STAFF))
    refused = desk.wait(QueueLookedAt).look
    assert refused is not None
    assert (refused.waiting, refused.aside, {row.reason for row in refused.rows}) == (0, 2, {"invalid"}), "a look changes nothing"
    desk.desk.carry_out(LookAtQueue(1, STAFF, send=True))
    asked = desk.wait(QueueLookedAt).look
    assert asked is not None
    assert (asked.waiting, asked.aside, {row.state for row in asked.rows}) == (2, 0, {"sealed"})


def test_without_the_sending_process_the_way_says_so(desk: Desk) -> None:
    desk.desk.carry_out(WalkWay(1, STAFF))
    assert desk.wait(WayStepped).walked.outcome is StepOutcome.NOT_ASKED
    assert desk.wait(ErrandOver).errand is Errand.WALKING


def test_without_the_sending_process_there_is_no_speed_and_the_try_is_written_down(desk: Desk) -> None:
    desk.desk.carry_out(MeasureSpeed(1, STAFF))
    assert desk.wait(SpeedMeasured).speed == LineSpeed(SpeedOutcome.NOT_ASKED)
    assert desk.acts() == [(ActKind.WALKED_THE_WAY, "T-07", "speed")]


def test_an_outbox_that_cannot_be_opened_is_found_and_keeps_nobody_out(desk: Desk) -> None:
    desk.outbox_fails = True
    desk.desk.carry_out(TakeStock(1, STAFF))
    findings = {one.check: one for one in (desk.wait(PartFound).finding for _ in Check)}
    assert (findings[Check.QUEUE].verdict, findings[Check.QUEUE].saying) == (Verdict.FAULT, "unreadable")
    assert findings[Check.ITEMS].verdict is Verdict.GOOD, "the checks after it are made"
    desk.desk.carry_out(LookAtQueue(1, STAFF, send=True))
    assert desk.wait(PartFound).finding.saying == "unreadable"
    assert desk.wait(QueueLookedAt).look is None
    assert desk.wait(ErrandOver).errand is Errand.SENDING
    desk.outbox_fails = False
    desk.desk.carry_out(LookAtQueue(1, STAFF))
    assert desk.wait(QueueLookedAt).look is not None
