"""What keeps a slot from being marked good: the script, with a `systemctl` that knows which units run."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.systemd.test_units import UNITS, setting

SCRIPT = Path(__file__).resolve().parents[2] / "systemd/lib/mark-good"
NEEDED = ("kiosk-ui", "kiosk-sync")
TOO_EARLY = 75
BONDS = ("Wants", "Requires", "Requisite", "BindsTo", "PartOf", "Upholds")


@pytest.mark.parametrize("down", NEEDED)
def test_nothing_is_marked_before_the_screen_and_delivery_run_and_it_is_looked_at_again(tmp_path: Path, down: str) -> None:
    others = " ".join(f"{unit}.service" for unit in NEEDED if unit != down)
    systemctl = tmp_path / "systemctl"
    systemctl.write_text(
        f'#!/bin/sh\nfor last; do :; done\ncase " {others} " in *" $last "*) exit 0 ;; *) exit 3 ;; esac\n', encoding="ascii"
    )
    systemctl.chmod(0o755)
    done = subprocess.run([SCRIPT], check=False, capture_output=True, text=True, timeout=60, env={"PATH": f"{tmp_path}:{os.defpath}"})
    assert done.stderr == f"{down} does not run yet\n"
    assert done.returncode == TOO_EARLY
    assert str(TOO_EARLY) not in setting("kiosk-health.service", "Service", "RestartPreventExitStatus").split()


def test_the_proof_comes_after_what_it_needs_and_is_bound_to_none_of_it() -> None:
    """Required, what starts anew twice drops the jobs of what requires it; wanted, it is started at each new look."""
    assert {f"{unit}.service" for unit in NEEDED} <= set(setting("kiosk-health.service", "Unit", "After").split())
    for bond in BONDS:
        with pytest.raises(KeyError):
            setting("kiosk-health.service", "Unit", bond)


def test_nothing_but_the_terminal_as_a_whole_starts_the_screen() -> None:
    """Whoever does it in passing takes the picture "out of order" off the glass."""
    starters = {path.name for path in UNITS.iterdir() if path.is_file() and "kiosk-ui.service" in bonds(path.read_text(encoding="utf-8"))}
    assert starters == {"kiosk.target"}


def bonds(unit: str) -> list[str]:
    """Return what a unit's file brings up with it."""
    return [name for line in unit.splitlines() for bond in BONDS if line.startswith(f"{bond}=") for name in line.partition("=")[2].split()]
