"""Boots the image where what it is made of is not what it was when it was booted last, and says what it did, or why nothing.

What it was is noted in the repository, by content: a clean clone may be shallow, and knows neither what was pushed together nor what a run
before saw. Whatever is a reason of the machine that it runs on, its hours included, is no failure.
"""

import contextlib
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from terminal_image.mirror import mirror_of_this_machine
from terminal_image.root import packages_in
from terminal_image.stage import BuildError, run

WATCHED = ("image-build", "systemd", "debian-packages.txt", "requirements/terminal.txt", "pyproject.toml")
NOTE = Path("tests/image/booted.json")
"""Beside the tests: what is watched does not change by its own note."""

LIMIT_S = 25 * 60.0
"""For everything, the build included: the whole of a CI run has an hour and a half, and its tests take half an hour."""

VISIT_WITHIN_S = 240.0
"""A machine on which the terminal needs longer to come home than this is too slow for a visit: its waits would say nothing of the image."""

FREE_BYTES = 8 << 30
_ENDS_WITHIN_S = 60.0
_MIRROR_WITHIN_S = 120.0
_TESTS = "tests/image/test_booted.py"
_CHOSEN = "idle_screen or own_user or marked_good or visit_ends"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program ended; None for one that had to be stopped, since its time was over."""

    code: int | None


def sources(project: Path) -> str:
    """Return one digest over what git holds of the watched files: names, contents, and whether they are programs.

    Raises:
        BuildError: There is no repository.
    """
    return hashlib.sha256(run("git", "-C", project, "ls-files", "-s", "--", *WATCHED).encode()).hexdigest()


def noted(project: Path) -> Mapping[str, str]:
    """Return what is noted of the last time; nothing where nothing is."""
    try:
        return dict(json.loads((project / NOTE).read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def note(project: Path, digest: str, on: str) -> bool:
    """Note that this was booted; not where files are changed that git does not hold yet, since they were booted, too."""
    if run("git", "-C", project, "status", "--porcelain", "--", *WATCHED).strip():
        return False
    (project / NOTE).write_text(json.dumps({"sources": digest, "on": on}, indent=2) + "\n", encoding="utf-8")
    return True


def why_not_here(project: Path) -> str | None:
    """Return why this machine cannot build and boot it, or None."""
    if os.geteuid() != 0:
        return "it takes root"
    tools = packages_in((project / "image-build/tools.txt").read_text(encoding="utf-8"))
    if missing := [name for name in tools if not _is_installed(name)]:
        return f"not installed: {', '.join(missing)}; make image-tools installs them"
    if (free := shutil.disk_usage(project).free) < FREE_BYTES:
        return f"{free >> 30} GB are free here, and it needs {FREE_BYTES >> 30}"
    if (load := os.getloadavg()[0]) > 2 * (os.cpu_count() or 1):
        return f"this machine has other work (load {load:.0f})"
    return _why_no_mirror()


def _is_installed(package: str) -> bool:
    asked = subprocess.run(("dpkg-query", "-W", "-f=${Status}", package), capture_output=True, text=True, check=False)
    return asked.stdout == "install ok installed"


def _why_no_mirror() -> str | None:
    try:
        mirror_of_this_machine()
    except BuildError as error:
        return str(error)
    try:
        words = ("apt-get", "-qq", "-o", "APT::Update::Error-Mode=any", "update")
        answered = subprocess.run(words, capture_output=True, check=False, timeout=_MIRROR_WITHIN_S).returncode == 0
    except subprocess.TimeoutExpired:
        answered = False
    return None if answered else "Debian's mirror does not answer"


def within(limit_s: float, words: Sequence[str], folder: Path) -> Ended:
    """Run a program and all that it starts; what is not done in time is stopped, and that says nothing of it."""
    process = subprocess.Popen(words, cwd=folder, start_new_session=True)
    try:
        return Ended(process.wait(max(0.0, limit_s)))
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGINT)  # a test switches its machine off
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_ENDS_WITHIN_S)
        return Ended(None)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def was_skipped(report: Path) -> bool:
    """Tell whether pytest's report has a test that was left out."""
    return ET.parse(report).find(".//skipped") is not None  # noqa: S314 - written by our own tests just now


def boot_if_changed(project: Path) -> int:
    """Return 0, or 1 when the image was built or booted wrongly."""
    began = time.monotonic()
    try:
        digest = sources(project)
    except BuildError:
        return _not_booted("there is no repository to compare with")
    last = noted(project)
    if digest == last.get("sources"):
        return _not_booted(f"what it is made of is as it was when it was booted on {last.get('on')}")
    if (reason := why_not_here(project)) is not None:
        return _not_booted(f"it has changed since it was booted on {last.get('on', 'no day')}, but {reason}")
    _say(f"it has changed since it was booted on {last.get('on', 'no day')}; built and booted now, for {LIMIT_S / 60:.0f} minutes at most")
    python = (sys.executable, "-u")
    report = project / "build/image-booted.xml"
    tests = ("pytest", "-m", "image", _TESTS, "-k", _CHOSEN, f"--visit-within={VISIT_WITHIN_S:.0f}", f"--junit-xml={report}")
    for step, words in (("building", (*python, "image-build", "--quick")), ("booting", (*python, "-m", *tests))):
        ended = within(LIMIT_S - (time.monotonic() - began), words, project)
        if ended.code is None:
            return _not_booted(
                f"its {LIMIT_S / 60:.0f} minutes were over while {step}: nothing is said of it. make test-image takes its time"
            )
        if ended.code != 0:
            _say(f"{step} it failed: {' '.join(words[2:])}")
            return 1
    _say(f"built and booted in {time.monotonic() - began:.0f} s")
    if was_skipped(report):
        _say("but not all of it was tried, see above: it is not noted, and booted again")
    elif note(project, digest, datetime.now(UTC).date().isoformat()):
        _say(f"noted in {NOTE}; commit it, and it is not booted again until something changes")
    return 0


def _not_booted(reason: str) -> int:
    _say(f"not booted: {reason}")
    return 0


def _say(told: str) -> None:
    print(f"image: {told}", flush=True)
