"""Fault 28: the database of another version is opened or refused, and never rewritten downward."""

from pathlib import Path

import pytest

from sync.errors import LedgerVersionError
from sync.ledger import MIGRATIONS
from sync.set_aside import set_aside_folders
from tests.faults.outbox_ground import opened


def test_a_newer_versions_database_is_left_as_it_is(folder: Path) -> None:
    outbox = opened(folder)
    with outbox._ledger.writing() as db:
        db.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    outbox.close()
    before = (folder / "outbox.db").read_bytes()
    with pytest.raises(LedgerVersionError, match="written by version"):
        opened(folder)
    assert (folder / "outbox.db").read_bytes() == before
    assert set_aside_folders(folder) == []
