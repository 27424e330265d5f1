"""What printers say of themselves, in the counter's words."""

import pytest

from drivers.ipp.messages import Answer
from drivers.ipp.states import JobState, job_state, printer_status
from peripherals.document_printer import DocumentPrinterStatus as Status


def said(*reasons: str, state: int = 3, accepting: bool = True) -> Answer:
    attributes = {"printer-state": (state,), "printer-state-reasons": reasons, "printer-is-accepting-jobs": (accepting,)}
    return Answer(0, 1, attributes)


@pytest.mark.parametrize(
    ("reasons", "status"),
    [
        (("none",), Status.READY),
        ((), Status.READY),
        (("media-empty-error",), Status.PAPER_OUT),
        (("media-needed",), Status.PAPER_OUT),
        (("media-jam-error", "media-empty"), Status.JAMMED),
        (("door-open-report", "media-jam"), Status.COVER_OPEN),
        (("toner-low-warning",), Status.TONER_LOW),
        (("marker-supply-empty-error", "media-low-warning"), Status.TONER_OUT),
        (("offline-report",), Status.OFFLINE),
        (("fuser-over-temp-warning",), Status.OVERHEATED),
        (("output-area-full-warning",), Status.TRAY_FULL),
        (("paused",), Status.PAUSED),
        (("other-error",), Status.FAULT),
        (("com.example-brand-new-trouble",), Status.READY),
        (("connecting-to-device",), Status.READY),  # CUPS, while each job begins
    ],
)
def test_the_worst_news_wins(reasons: tuple[str, ...], status: Status) -> None:
    assert printer_status(said(*reasons)) is status


def test_a_printer_that_stopped_without_a_reason_or_takes_nothing_is_paused() -> None:
    assert printer_status(said("none", state=5)) is Status.PAUSED
    assert printer_status(said("none", accepting=False)) is Status.PAUSED
    assert printer_status(said("connecting-to-device", state=5)) is Status.OFFLINE


def test_only_three_statuses_let_a_document_be_begun() -> None:
    assert {status for status in Status if status.can_print} == {Status.READY, Status.PAPER_LOW, Status.TONER_LOW}


@pytest.mark.parametrize(("number", "state"), [(3, JobState.PENDING), (9, JobState.COMPLETED), (0, None), (10, None), (-1, None)])
def test_a_job_s_state_is_one_of_seven_or_unknown(number: int, state: JobState | None) -> None:
    assert job_state(Answer(0, 1, {"job-state": (number,)})) is state


def test_only_three_states_are_an_end() -> None:
    assert {state.value for state in JobState if state.is_end} == {7, 8, 9}
