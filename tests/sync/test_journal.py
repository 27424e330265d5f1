"""What the sending process writes down: events and figures, never text, and no flood."""

import json

import pytest

from sync.contract.names import ApplicationId
from sync.journal import Journal, LogEvent
from sync.loop import Sender
from sync.offline import OfflineReason
from sync.settings import SyncSettings
from tests.sync.counter import CANARY, CANARY_ID, Counter, photo
from tests.sync.standin import StandInCity


class Paper:
    """Where a journal writes to."""

    def __init__(self) -> None:
        self.lines: list[dict[str, object]] = []
        self.raw = ""
        self.now_s = 0.0
        self.journal = Journal(self._write, lambda: self.now_s)

    def _write(self, line: str) -> None:
        self.raw += line
        self.lines.append(json.loads(line))


def test_an_event_is_a_name_with_figures_and_words_of_closed_sets() -> None:
    paper = Paper()
    paper.journal.note(LogEvent.LINE_CHANGED, reason=OfflineReason.NO_LINE, clock_offset_s=-3.5, count=2, is_new=True, nothing=None)
    (line,) = paper.lines
    assert line.pop("at")
    assert line == {"event": "line_changed", "reason": "no_line", "clock_offset_s": -3.5, "count": 2, "is_new": True, "nothing": None}


@pytest.mark.parametrize("text", ["王样本", ApplicationId("019a"), b"bytes", ["a"]])
def test_text_is_not_written_down(text: object) -> None:
    with pytest.raises(TypeError, match="closed set"):
        Paper().journal.note(LogEvent.DELIVERED, who=text)  # type: ignore[arg-type]


def test_a_flood_is_counted_instead_of_written() -> None:
    paper = Paper()
    for _ in range(10_000):
        paper.journal.note(LogEvent.HEARTBEAT_UNANSWERED)
    paper.journal.note(LogEvent.STARTED)
    assert [line["event"] for line in paper.lines] == ["heartbeat_unanswered"] * 10 + ["started"]
    paper.now_s = 31.0
    paper.journal.note(LogEvent.HEARTBEAT_UNANSWERED)
    assert paper.lines[-1]["unsaid"] == 9_990


def test_a_week_of_a_terminal_names_nobody(settings: SyncSettings, city: StandInCity, counter: Counter) -> None:
    paper = Paper()
    sender = Sender.open(settings)
    sender.journal = paper.journal
    handed = counter.hand_in(photo())
    city.stop()
    sender.deliver()
    city.start()
    sender.deliver()
    sender.fetch_down()
    sender.beat()
    city.misbehave = lambda _asked: (502, {}, "<h1>王</h1>".encode())
    counter.hand_in()
    sender.deliver()
    sender.close()
    assert handed.header is not None
    for secret in (CANARY, CANARY_ID, handed.header.number, handed.header.application_id, handed.header.item, "h1"):
        assert secret not in paper.raw
    events = [line["event"] for line in paper.lines]
    assert events[:3] == ["line_changed", "line_changed", "delivered"]
    assert "feed_fetched" in events
