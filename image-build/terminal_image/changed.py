"""Boots the image and pulls its plug where that has not been done with what it is made of, and says what it did, or why nothing.

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
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from terminal_image.mirror import mirror_of_this_machine
from terminal_image.root import packages_in
from terminal_image.stage import BuildError, run

WATCHED = ("image-build", "systemd", "debian-packages.txt", "requirements/terminal.txt", "pyproject.toml")
NOTE = Path("tests/image/booted.json")
"""Beside the tests: what is watched does not change by its own note."""

LIMIT_S = 35 * 60.0
"""For everything, the build included: the whole of a CI run has an hour and a half, and its tests take half an hour."""

CUTS = 20
"""How often the plug of an image is pulled. What one run has no time for, the next one does: they are counted in the note."""

VISIT_WITHIN_S = 240.0
"""A machine on which the terminal needs longer to come home than this is too slow for a visit: its waits would say nothing of the image."""

FREE_BYTES = 8 << 30
_ENDS_WITHIN_S = 60.0
_MIRROR_WITHIN_S = 120.0
_CHOSEN = "idle_screen or own_user or marked_good or visit_ends"
_BOOTED = ("tests/image/test_booted.py", "-k", _CHOSEN, f"--visit-within={VISIT_WITHIN_S:.0f}")
_POWER_CUTS = "tests/image/test_power_cuts.py"
_LAST_START_S = 5 * 60.0
_FIRST_START_S = 3 * 60.0


class _NotInTimeError(Exception):
    """A step was stopped, since the time was over."""


class _WrongError(Exception):
    """A step ended as it must not."""


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


@dataclass(frozen=True, slots=True)
class Noted:
    """What was seen: of which sources, on which day, and how often the plug was pulled since."""

    sources: str = ""
    on: str = "no day"
    cuts: int = 0


def noted(project: Path) -> Noted:
    """Return what is noted of the last time; nothing where nothing is."""
    try:
        return Noted(**json.loads((project / NOTE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return Noted()


def note(project: Path, seen: Noted) -> bool:
    """Note what was seen; not where files are changed that git does not hold yet, since they were booted, too."""
    if run("git", "-C", project, "status", "--porcelain", "--", *WATCHED).strip():
        return False
    (project / NOTE).write_text(json.dumps(asdict(seen), indent=2) + "\n", encoding="utf-8")
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


def cuts_in(report: Path) -> int:
    """Return how often the plug was pulled, as the test of power cuts tells pytest's report."""
    told = ET.parse(report).find(".//property[@name='cuts']")  # noqa: S314 - as above
    return 0 if told is None else int(told.attrib["value"])


def boot_if_changed(project: Path) -> int:
    """Return 0, or 1 when the image was built or booted wrongly, or did not come back from a cut."""
    ends = time.monotonic() + LIMIT_S
    try:
        digest = sources(project)
    except BuildError:
        return _nothing_done("there is no repository to compare with")
    last = noted(project)
    if is_booted := digest == last.sources:
        if last.cuts >= CUTS:
            return _nothing_done(f"what it is made of is as it was when it was booted on {last.on} and its plug pulled {last.cuts} times")
        why = f"it was booted on {last.on}, and its plug pulled {last.cuts} times of {CUTS}"
    else:
        why = f"it has changed since it was booted on {last.on}"
    if (reason := why_not_here(project)) is not None:
        return _nothing_done(f"{why}, but {reason}")
    _say(f"{why}; that is done now, for {LIMIT_S / 60:.0f} minutes at most")
    try:
        _step("building", ends, project, "image-build", "--quick")
        seen = last if is_booted else _booted(project, ends, digest)
        if seen is not None:
            _cut(project, ends, seen)
    except _NotInTimeError as error:
        _say(f"its {LIMIT_S / 60:.0f} minutes were over while {error}: nothing is said of that. make test-image takes its time")
    except _WrongError as error:
        _say(str(error))
        return 1
    return 0


def _booted(project: Path, ends: float, digest: str) -> Noted | None:
    """Boot it and walk a visit, and note that; None where not all of it was tried."""
    report = project / "build/image-booted.xml"
    _step("booting", ends, project, *_pytest(report), *_BOOTED)
    if was_skipped(report):
        _say("booted, but not all of it was tried, see above: it is not noted, and booted again")
        return None
    seen = Noted(digest, datetime.now(UTC).date().isoformat())
    _write(project, seen)
    return seen


def _cut(project: Path, ends: float, seen: Noted) -> None:
    """Pull the plug as often as is left to do and as there is time for, and note how often that was."""
    within_s = ends - time.monotonic() - _LAST_START_S
    if within_s < _FIRST_START_S:
        _say(f"no time is left to pull its plug; done {seen.cuts} times of {CUTS}")
        return
    report = project / "build/image-cuts.xml"
    how_often = (f"--cuts={CUTS - seen.cuts}", f"--cuts-within={within_s:.0f}")
    _step("pulling its plug", ends, project, *_pytest(report), _POWER_CUTS, *how_often)
    seen = replace(seen, cuts=seen.cuts + cuts_in(report))
    _say(f"its plug was pulled {seen.cuts} times of {CUTS}, and it came back")
    _write(project, seen)


def _pytest(report: Path) -> tuple[str, ...]:
    return "-m", "pytest", "-m", "image", f"--junit-xml={report}"


def _step(doing: str, ends: float, project: Path, *words: str) -> None:
    ended = within(ends - time.monotonic(), (sys.executable, "-u", *words), project)
    if ended.code is None:
        raise _NotInTimeError(doing)
    if ended.code != 0:
        raise _WrongError(f"{doing} it failed: {' '.join(words)}")


def _write(project: Path, seen: Noted) -> None:
    if note(project, seen):
        _say(f"noted in {NOTE}; commit it, and that is not done again until something changes")


def _nothing_done(reason: str) -> int:
    _say(f"nothing done: {reason}")
    return 0


def _say(told: str) -> None:
    print(f"image: {told}", flush=True)
