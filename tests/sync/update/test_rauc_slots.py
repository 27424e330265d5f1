"""What RAUC says, as the agent takes it: RAUC's own command is played by a script, which answers as RAUC 1.13 does on a terminal."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sync.update.rauc_slots import RaucError, RaucSlots
from sync.update.slots import InstallStatus, SlotState

Said = Callable[..., RaucSlots]


def slot(state: str, name: str, boot: str, version: str | None) -> dict[str, Any]:
    written = {} if version is None else {"bundle": {"compatible": "bianmin-kiosk-x86-64", "version": version}, "status": "ok"}
    return {"class": "rootfs", "type": "raw", "bootname": name, "state": state, "boot_status": boot, "slot_status": written}


def status(*slots: dict[str, Any]) -> str:
    """Return RAUC's answer for a terminal: each root, and its boot partition, which has no name for the loader."""
    named = [{f"rootfs.{number}": facts} for number, facts in enumerate(slots)]
    boots = [{f"boot.{number}": {"class": "boot", "bootname": None, "state": "active"}} for number in range(len(slots))]
    return json.dumps({"compatible": "bianmin-kiosk-x86-64", "booted": "A", "slots": [*named, *boots]})


@pytest.fixture
def said(tmp_path: Path) -> Said:
    """Slots whose RAUC says this of its status, and this when it is to install, and then ends so."""

    def make(of_status: str, of_install: str = "", ended: int = 0, ran_before: str = "") -> RaucSlots:
        (tmp_path / "status").write_text(of_status, encoding="utf-8")
        (tmp_path / "install").write_text(of_install, encoding="utf-8")
        script = tmp_path / "rauc"
        script.write_text(
            f'#!/bin/sh\n[ "$1" = status ] && exec cat {tmp_path}/status\ncat {tmp_path}/install >&2; exit {ended}\n', encoding="utf-8"
        )
        script.chmod(0o755)
        return RaucSlots("1.0.0", lambda: ran_before, (str(script),))

    return make


def test_a_slot_that_rauc_wrote_has_the_version_of_its_bundle(said: Said) -> None:
    slots = said(status(slot("inactive", "A", "good", "0.9.0"), slot("booted", "B", "good", "1.0.0")), ran_before="0.1.0")
    assert slots.state() == SlotState("B", "1.0.0", is_good=True, other="0.9.0", is_other_good=True)


def test_a_slot_as_the_disk_was_made_has_the_version_that_ran_before(said: Said) -> None:
    """RAUC has no record of it; without the terminal's own note there would be no way back after the first update."""
    slots = said(status(slot("inactive", "A", "good", None), slot("booted", "B", "good", "1.0.0")), ran_before="0.1.0")
    assert slots.state() == SlotState("B", "1.0.0", is_good=True, other="0.1.0", is_other_good=True)


def test_a_slot_that_cannot_be_started_is_no_version_to_go_back_to(said: Said) -> None:
    slots = said(status(slot("booted", "A", "good", None), slot("inactive", "B", "bad", None)), ran_before="0.1.0")
    assert slots.state() == SlotState("A", "1.0.0", is_good=True, other=None, is_other_good=False)


@pytest.mark.parametrize("words", ["", "[]", "{}", '{"slots": []}', '{"slots": [{"rootfs.0": {"bootname": "A"}}]}'])
def test_an_answer_that_is_none_is_said_to_be_none(said: Said, words: str) -> None:
    with pytest.raises(RaucError):
        said(words).state()


@pytest.mark.parametrize(
    ("words", "outcome"),
    [
        ("signature verification failed: Verify error: self-signed certificate in certificate chain", InstallStatus.FOREIGN),
        ("signature verification failed: Verify error: unable to get local issuer certificate", InstallStatus.FOREIGN),
        ("Compatible mismatch: Expected 'bianmin-kiosk-x86-64' but bundle manifest has 'other'", InstallStatus.OTHER_BOARD),
        (
            "Installation error: Failed updating slot boot.1: Failed to copy data: Error reading from file: Input/output error",
            InstallStatus.DAMAGED,
        ),
        ("Failed to open /run/anything: Permission denied", InstallStatus.FAILED),
    ],
)
def test_a_refusal_has_its_reason(said: Said, tmp_path: Path, words: str, outcome: InstallStatus) -> None:
    slots = said(status(slot("booted", "A", "good", None)), f"LastError: {words}\nInstalling failed\n", ended=1)
    with (tmp_path / "install").open("rb") as bundle:
        assert slots.install(bundle, "2.0.0") is outcome


def test_nothing_is_installed_while_the_running_slot_is_not_good(said: Said, tmp_path: Path) -> None:
    slots = said(status(slot("booted", "A", "bad", None)))
    with (tmp_path / "install").open("rb") as bundle:
        assert slots.install(bundle, "2.0.0") is InstallStatus.NOT_GOOD_YET
