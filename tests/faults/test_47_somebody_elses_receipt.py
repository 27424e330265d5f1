"""Fault 47: a receipt for something else settles nothing."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from sync.contract.names import CaseNumber, Digest, TerminalId
from sync.contract.receipt import PutAnswer, Receipt, ReceiptState
from sync.loop import once
from sync.outbox import Outbox
from sync.settings import SyncSettings
from tests.faults.outbox_ground import JSON, always, nothing_was_believed
from tests.sync.counter import Counter
from tests.sync.standin import StandInCity


def test_somebody_elses_receipt_settles_nothing(settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter) -> None:
    first = counter.hand_in()
    assert first.header is not None
    assert once(settings)["complete"] == 1
    replayed = msgspec.json.encode(city.put_answer(first.header.application_id))
    city.misbehave = always((200, JSON, replayed))
    counter.hand_in()
    result = once(settings)
    assert (result["complete"], result["waiting"]) == (0, 1)


@pytest.mark.parametrize("wrong", ["digest", "terminal", "key"])
def test_a_receipt_for_other_bytes_or_another_terminal_or_by_another_key_settles_nothing(
    wrong: str, settings: SyncSettings, city: StandInCity, outbox: Outbox, counter: Counter, tmp_path: Path
) -> None:
    handed = counter.hand_in()
    assert handed.header is not None
    assert handed.digest is not None
    case, now = CaseNumber("C000009"), datetime.now(UTC)
    said = Receipt(1, handed.header.terminal, handed.header.application_id, handed.digest, case, ReceiptState.COMPLETE, now)
    if wrong == "digest":
        said = msgspec.structs.replace(said, digest=Digest("0" * 64))
    if wrong == "terminal":
        said = msgspec.structs.replace(said, terminal=TerminalId("SY-TEST-0002"))
    statement = city.sign_receipt(said)
    if wrong == "key":
        statement = StandInCity(tmp_path / "another").sign_receipt(said)
    city.misbehave = always((201, JSON, msgspec.json.encode(PutAnswer(statement))))
    nothing_was_believed(once(settings), outbox)
