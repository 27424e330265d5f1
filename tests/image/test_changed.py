"""When CI boots the image: by what it is made of, and never red for want of time."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
from terminal_image import changed
from terminal_image.changed import Ended

HERE = "terminal_image.changed."


def git(project: Path, *words: str) -> None:
    subprocess.run(("git", "-C", project, "-c", "user.name=t", "-c", "user.email=t@example.org", *words), check=True, capture_output=True)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository whose image has been booted."""
    project = tmp_path / "project"
    for name in ("systemd/system/kiosk-ui.service", "image-build/packages.txt", "kiosk/main.py", "tests/image/test_booted.py"):
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text("as it was", encoding="utf-8")
    git(project, "init", "-q")
    commit(project)
    assert changed.note(project, changed.sources(project), "2026-11-30")
    commit(project)
    return project


def commit(project: Path) -> None:
    git(project, "add", "-A")
    git(project, "commit", "-q", "-m", "x")


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """A machine that can boot images; what was run on it, and all of it well."""
    ran: list[tuple[str, ...]] = []

    def within(limit_s: float, words: tuple[str, ...], folder: Path) -> Ended:
        ran.append(tuple(words[2:]))
        report = next((Path(word.partition("=")[2]) for word in words if word.startswith("--junit-xml=")), None)
        if report is not None:
            report.parent.mkdir(exist_ok=True)
            report.write_text("<testsuites><testsuite><testcase/></testsuite></testsuites>", encoding="utf-8")
        return Ended(0)

    monkeypatch.setattr(HERE + "why_not_here", lambda _project: None)
    monkeypatch.setattr(HERE + "within", within)
    return ran


def test_what_was_booted_and_is_the_same_is_not_booted_again(
    project: Path, ran: list[tuple[str, ...]], capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "kiosk/main.py").write_text("another program", encoding="utf-8")
    commit(project)
    assert changed.boot_if_changed(project) == 0
    assert ran == []
    assert "as it was when it was booted on 2026-11-30" in capsys.readouterr().out


def test_a_clone_that_knows_one_commit_knows_what_was_booted(project: Path, tmp_path: Path, ran: list[tuple[str, ...]]) -> None:
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{project}", "clone")
    assert changed.boot_if_changed(tmp_path / "clone") == 0
    assert ran == []


@pytest.mark.parametrize("name", ["systemd/system/kiosk-ui.service", "image-build/packages.txt", "pyproject.toml"])
def test_what_has_changed_is_built_and_booted_and_noted(project: Path, ran: list[tuple[str, ...]], name: str) -> None:
    before = changed.noted(project)
    (project / name).write_text("otherwise", encoding="utf-8")
    commit(project)
    assert changed.boot_if_changed(project) == 0
    assert [words[0] for words in ran] == ["image-build", "-m"]
    assert changed.noted(project) != before
    assert changed.boot_if_changed(project) == 0
    assert len(ran) == 2, "once"


def test_the_same_words_in_a_file_that_is_a_program_now_are_a_change(project: Path, ran: list[tuple[str, ...]]) -> None:
    (project / "systemd/system/kiosk-ui.service").chmod(0o755)
    commit(project)
    changed.boot_if_changed(project)
    assert ran


def test_what_git_does_not_hold_yet_is_not_noted(project: Path) -> None:
    (project / "systemd/system/kiosk-ui.service").write_text("tried by hand", encoding="utf-8")
    assert not changed.note(project, changed.sources(project), "2026-12-01")
    assert changed.noted(project)["on"] == "2026-11-30"


def test_a_machine_that_cannot_says_why_and_is_not_red(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "pyproject.toml").write_text("new", encoding="utf-8")
    commit(project)
    monkeypatch.setattr(HERE + "why_not_here", lambda _project: "not installed: mmdebstrap")
    assert changed.boot_if_changed(project) == 0
    assert "changed since it was booted on 2026-11-30, but not installed: mmdebstrap" in capsys.readouterr().out


@pytest.mark.usefixtures("ran")
@pytest.mark.parametrize(("ended", "code", "said"), [(Ended(None), 0, "nothing is said of it"), (Ended(1), 1, "building it failed")])
def test_only_what_really_failed_is_red(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], ended: Ended, code: int, said: str
) -> None:
    (project / "pyproject.toml").write_text("new", encoding="utf-8")
    commit(project)
    monkeypatch.setattr(HERE + "within", lambda *_: ended)
    assert changed.boot_if_changed(project) == code
    assert said in capsys.readouterr().out
    assert changed.noted(project)["on"] == "2026-11-30"


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
