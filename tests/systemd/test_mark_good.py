"""What keeps a slot from being marked good: the script, with a `systemctl` that knows which units run."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.systemd.test_units import setting

SCRIPT = Path(__file__).resolve().parents[2] / "systemd/lib/mark-good"
NEEDED = ("kiosk-ui", "kiosk-sync")
TOO_EARLY = 75


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


def test_what_falls_while_it_waits_does_not_take_its_job_along() -> None:
    """What is required and starts anew twice drops the jobs of what requires it; what is wanted does not."""
    wanted = setting("kiosk-health.service", "Unit", "Wants").split()
    assert set(wanted) == {f"{unit}.service" for unit in NEEDED} <= set(setting("kiosk-health.service", "Unit", "After").split())
    with pytest.raises(KeyError):
        setting("kiosk-health.service", "Unit", "Requires")
