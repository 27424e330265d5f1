"""When CI boots the image and pulls its plug: by what it is made of, and never red for want of time."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
from terminal_image import changed
from terminal_image.changed import CUTS, Ended, Noted

HERE = "terminal_image.changed."


def git(project: Path, *words: str) -> None:
    subprocess.run(("git", "-C", project, "-c", "user.name=t", "-c", "user.email=t@example.org", *words), check=True, capture_output=True)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository whose image has been booted, and its plug pulled as often as is wanted."""
    project = tmp_path / "project"
    for name in ("systemd/system/kiosk-ui.service", "image-build/packages.txt", "kiosk/main.py", "tests/image/test_booted.py"):
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text("as it was", encoding="utf-8")
    git(project, "init", "-q")
    commit(project)
    assert changed.note(project, Noted(changed.sources(project), "2026-11-30", CUTS))
    commit(project)
    return project


def commit(project: Path) -> None:
    git(project, "add", "-A")
    git(project, "commit", "-q", "-m", "x")


class Station:
    """A machine that can boot images, and on which all goes well: what was run on it, and how many cuts it has time for."""

    def __init__(self) -> None:
        self.ran: list[str] = []
        self.cuts_in_time = CUTS

    def within(self, _limit_s: float, words: tuple[str, ...], _folder: Path) -> Ended:
        values = dict(word.split("=", 1) for word in words if word.startswith("--") and "=" in word)
        self.ran.append(next(name for name in ("image-build", "test_booted", "test_power_cuts") if any(name in word for word in words)))
        if (report := values.get("--junit-xml")) is not None:
            cuts = min(int(values.get("--cuts", "0")), self.cuts_in_time)
            told = f'<properties><property name="cuts" value="{cuts}"/></properties>' if "--cuts" in values else ""
            Path(report).parent.mkdir(exist_ok=True)
            Path(report).write_text(f"<testsuites><testsuite><testcase>{told}</testcase></testsuite></testsuites>", encoding="utf-8")
        return Ended(0)


@pytest.fixture
def station(monkeypatch: pytest.MonkeyPatch) -> Station:
    station = Station()
    monkeypatch.setattr(HERE + "why_not_here", lambda _project: None)
    monkeypatch.setattr(HERE + "within", station.within)
    return station


def test_what_was_booted_and_is_the_same_is_not_booted_again(project: Path, station: Station, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "kiosk/main.py").write_text("another program", encoding="utf-8")
    commit(project)
    assert changed.boot_if_changed(project) == 0
    assert station.ran == []
    assert "as it was when it was booted on 2026-11-30" in capsys.readouterr().out


def test_a_clone_that_knows_one_commit_knows_what_was_booted(project: Path, tmp_path: Path, station: Station) -> None:
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{project}", "clone")
    assert changed.boot_if_changed(tmp_path / "clone") == 0
    assert station.ran == []


@pytest.mark.parametrize("name", ["systemd/system/kiosk-ui.service", "image-build/packages.txt", "pyproject.toml"])
def test_what_has_changed_is_built_and_booted_and_noted(project: Path, station: Station, name: str) -> None:
    before = changed.noted(project)
    (project / name).write_text("otherwise", encoding="utf-8")
    commit(project)
    assert changed.boot_if_changed(project) == 0
    assert station.ran == ["image-build", "test_booted", "test_power_cuts"]
    assert changed.noted(project) != before
    assert changed.noted(project).cuts == CUTS
    assert changed.boot_if_changed(project) == 0
    assert len(station.ran) == 3, "once"


def test_cuts_that_there_was_no_time_for_are_made_by_the_next_run(project: Path, station: Station) -> None:
    (project / "pyproject.toml").write_text("otherwise", encoding="utf-8")
    commit(project)
    station.cuts_in_time = 12
    assert changed.boot_if_changed(project) == 0
    assert changed.noted(project).cuts == 12
    assert changed.boot_if_changed(project) == 0
    assert changed.noted(project).cuts == CUTS
    assert station.ran[3:] == ["image-build", "test_power_cuts"], "it is not booted again for that"


def test_no_plug_is_pulled_with_no_time_for_a_start(
    project: Path, station: Station, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "pyproject.toml").write_text("otherwise", encoding="utf-8")
    commit(project)
    monkeypatch.setattr(HERE + "LIMIT_S", 400.0)
    assert changed.boot_if_changed(project) == 0
    assert station.ran == ["image-build", "test_booted"]
    assert changed.noted(project).cuts == 0
    assert f"no time is left to pull its plug; done 0 times of {CUTS}" in capsys.readouterr().out


def test_the_same_words_in_a_file_that_is_a_program_now_are_a_change(project: Path, station: Station) -> None:
    (project / "systemd/system/kiosk-ui.service").chmod(0o755)
    commit(project)
    changed.boot_if_changed(project)
    assert station.ran


def test_what_git_does_not_hold_yet_is_not_noted(project: Path) -> None:
    (project / "systemd/system/kiosk-ui.service").write_text("tried by hand", encoding="utf-8")
    assert not changed.note(project, Noted(changed.sources(project), "2026-12-01"))
    assert changed.noted(project).on == "2026-11-30"


def test_a_machine_that_cannot_says_why_and_is_not_red(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "pyproject.toml").write_text("new", encoding="utf-8")
    commit(project)
    monkeypatch.setattr(HERE + "why_not_here", lambda _project: "not installed: mmdebstrap")
    assert changed.boot_if_changed(project) == 0
    assert "changed since it was booted on 2026-11-30, but not installed: mmdebstrap" in capsys.readouterr().out


@pytest.mark.usefixtures("station")
@pytest.mark.parametrize(("ended", "code", "said"), [(Ended(None), 0, "nothing is said of that"), (Ended(1), 1, "building it failed")])
def test_only_what_really_failed_is_red(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], ended: Ended, code: int, said: str
) -> None:
    (project / "pyproject.toml").write_text("new", encoding="utf-8")
    commit(project)
    monkeypatch.setattr(HERE + "within", lambda *_: ended)
    assert changed.boot_if_changed(project) == code
    assert said in capsys.readouterr().out
    assert changed.noted(project).on == "2026-11-30"


def test_a_terminal_that_does_not_come_back_from_a_cut_is_red_and_what_was_booted_stays_noted(
    project: Path, station: Station, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "pyproject.toml").write_text("new", encoding="utf-8")
    commit(project)

    def within(limit_s: float, words: tuple[str, ...], folder: Path) -> Ended:
        went_well = station.within(limit_s, words, folder)
        return Ended(1) if station.ran[-1] == "test_power_cuts" else went_well

    monkeypatch.setattr(HERE + "within", within)
    assert changed.boot_if_changed(project) == 1
    assert "pulling its plug it failed" in capsys.readouterr().out
    assert (changed.noted(project).sources, changed.noted(project).cuts) == (changed.sources(project), 0)


def test_a_note_that_nobody_can_read_is_none(project: Path, station: Station) -> None:
    (project / changed.NOTE).write_text('{"sources": 1, "cuts"', encoding="utf-8")
    assert changed.noted(project) == Noted()
    assert changed.boot_if_changed(project) == 0
    assert station.ran


def test_a_visit_that_was_left_out_is_not_noted_as_walked(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text('<testsuites><testsuite><testcase><skipped message="slow"/></testcase></testsuite></testsuites>', encoding="utf-8")
    assert changed.was_skipped(report)


def test_what_takes_too_long_is_stopped_with_all_that_it_started(tmp_path: Path) -> None:
    started = tmp_path / "started"
    program = f"import subprocess,sys; p=subprocess.Popen(['sleep','1000']); open({str(started)!r},'w').write(str(p.pid)); p.wait()"
    began = time.monotonic()
    assert changed.within(3, (sys.executable, "-c", program), tmp_path) == Ended(None)
    assert time.monotonic() - began < 60
    sleeping = Path("/proc", started.read_text(encoding="ascii"))
    until = time.monotonic() + 10
    while sleeping.exists() and "Z" not in (sleeping / "stat").read_text(encoding="ascii").split():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_what_ends_in_time_ends_as_it_does(tmp_path: Path) -> None:
    assert changed.within(60, (sys.executable, "-c", "raise SystemExit(3)"), tmp_path) == Ended(3)
