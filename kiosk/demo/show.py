"""`make demo`: the whole main job, by hand where there is a display, by itself where there is none."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from kiosk.demo import clerk
from kiosk.demo.display import DisplayError, OffScreenDisplay
from kiosk.demo.town import Town, TownError
from kiosk.sandbox import SandboxError
from kiosk.supervisor import die_with_parent
from peripherals.deadline import Deadline

STEPS_A_VISIT = 14
_AT_CITY_WITHIN_S = 60.0


class DemoError(RuntimeError):
    """The demo did not come to its end; the message says where it stood."""


@dataclass(slots=True)
class Told:
    """What the demo leaves in summary.json."""

    began_at: str
    steps: list[dict[str, Any]] = field(default_factory=list)
    applications: list[dict[str, Any]] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    outcome: str = "unfinished"
    duration_s: float = 0.0


def show_by_itself(out: Path, visits: int, cut: bool) -> Told:
    """Walk the visits on an off-screen display and leave pictures and a summary in `out`.

    Raises:
        DemoError: Something did not come; what there is so far stays in `out`.
    """
    try:
        _empty(out)
    except OSError as error:
        raise DemoError(f"{out}: pictures cannot be kept there: {error.strerror}") from error
    told, began = Told(datetime.now(UTC).isoformat(timespec="seconds")), time.monotonic()
    console = Console(stderr=True)
    try:
        with _progress(console) as progress, tempfile.TemporaryDirectory(prefix="bianmin-demo-") as scratch:
            task = progress.add_task("starting the city and the terminal", total=(visits + cut) * STEPS_A_VISIT + 4)
            with Town(Path(scratch) / "town") as town:
                progress.update(task, advance=1)
                with OffScreenDisplay(town.config.panel.width_px, town.config.panel.height_px) as display:
                    _walk(town, display.name, out, visits, cut, told, progress, task)
                _at_city(town, told, progress, task)
                _collect(town, out, told, progress, task)
                told.outcome = "done"
                progress.update(task, completed=progress.tasks[0].total or 0, description="done")
    except (TownError, SandboxError, DisplayError, clerk.ClerkError) as error:
        raise DemoError(str(error)) from error
    finally:
        told.duration_s = round(time.monotonic() - began, 1)
        told.pictures = sorted(path.name for path in out.glob("*.png"))
        (out / "summary.json").write_text(json.dumps(_plain(told), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return told


def _walk(town: Town, display: str, out: Path, visits: int, cut: bool, told: Told, progress: Progress, task: TaskID) -> None:
    command = [
        sys.executable,
        "-m",
        "kiosk.demo.screen",
        "--config",
        str(town.sandbox.config),
        "--pictures",
        str(out),
        "--visits",
        str(visits),
    ]
    with _screen([*command, *(["--cut"] if cut else [])], display, out / "screen.log") as screen:
        for line in screen.stdout or ():
            step = json.loads(line)
            if "failed" in step:
                raise DemoError(f"{step['failed']} (the pictures so far and screen.log are in {out})")
            told.steps.append(step)
            progress.update(task, advance=1, description=step["name"])
    if screen.returncode != 0:
        raise DemoError(f"the screen ended ({screen.returncode}); see {out / 'screen.log'}")
    (out / "screen.log").unlink()


@contextmanager
def _screen(command: list[str], display: str, log: Path) -> "Iterator[subprocess.Popen[str]]":
    with log.open("w", encoding="utf-8") as errors:
        process = subprocess.Popen(
            command,
            env={**os.environ, "DISPLAY": display},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            preexec_fn=die_with_parent,  # noqa: PLW1509 - one prctl, no locks
        )
        try:
            yield process
            process.wait(30)
        finally:
            process.kill()
            process.wait()
            if process.stdout:
                process.stdout.close()


def _at_city(town: Town, told: Told, progress: Progress, task: TaskID) -> None:
    """Wait until the city has everything that was handed in, whole."""
    progress.update(task, description="with the city")
    handed_in = sum(step["name"].endswith("hand in") for step in told.steps)
    deadline = Deadline.after(_AT_CITY_WITHIN_S)
    while True:
        told.applications = town.applications()
        if sum(case["complete"] for case in told.applications) >= handed_in:
            break
        if deadline.is_past:
            raise DemoError(f"the city has {len(told.applications)} of {handed_in} applications after {_AT_CITY_WITHIN_S:.0f} s")
        time.sleep(0.5)
    progress.update(task, advance=1)


def _collect(town: Town, out: Path, told: Told, progress: Progress, task: TaskID) -> None:
    for number, slip in enumerate(sorted(town.bench.receipts.glob("*.png")), 1):
        shutil.copyfile(slip, out / f"receipt-{number}.png")
    progress.update(task, advance=1, description="the clerk looks at it")
    clerk.photograph(town.sandbox, told.applications[0], out)
    progress.update(task, advance=1)


def _progress(console: Console) -> Progress:
    return Progress(SpinnerColumn(), TextColumn("{task.description:<34}"), BarColumn(), TimeElapsedColumn(), console=console)


def _empty(out: Path) -> None:
    """Make `out`, and remove what an earlier demo left there, and nothing else."""
    out.mkdir(parents=True, exist_ok=True)
    for old in (*out.glob("*.png"), out / "summary.json", out / "screen.log"):
        old.unlink(missing_ok=True)


def _plain(told: Told) -> Mapping[str, Any]:
    return {name: getattr(told, name) for name in told.__slots__}
