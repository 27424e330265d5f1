"""What is taken for a display before the screen starts: the script, on folders as sysfs has them."""

import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "systemd/lib/await-display"
WITHIN_S = 60


def plugged(cards: Path, connector: str, status: str) -> None:
    folder = cards / connector
    folder.mkdir(parents=True)
    (folder / "status").write_text(f"{status}\n", encoding="ascii")


def waited(cards: Path, note: Path, patience_s: int = 0) -> int:
    done = subprocess.run([SCRIPT, cards, note, str(patience_s)], check=False, capture_output=True, text=True, timeout=WITHIN_S)
    assert "there is no display" in done.stderr if done.returncode else done.stderr == ""
    return done.returncode


@pytest.mark.parametrize("status", ["connected", "unknown"])
def test_a_display_is_found_beside_empty_sockets(tmp_path: Path, status: str) -> None:
    note = tmp_path / "no-display"
    note.touch()
    plugged(tmp_path, "card0-HDMI-A-1", "disconnected")
    plugged(tmp_path, "card0-HDMI-A-2", status)
    assert waited(tmp_path, note) == 0
    assert not note.exists()


@pytest.mark.parametrize(
    ("connector", "status"),
    [("card0-HDMI-A-1", "disconnected"), ("card0-HDMI-A-1", ""), ("renderD128", "connected"), ("card0", "connected")],
    ids=["an empty socket", "nonsense", "a card that only reckons", "a card and no connector"],
)
def test_nothing_else_is_one_and_it_is_noted(tmp_path: Path, connector: str, status: str) -> None:
    plugged(tmp_path, connector, status)
    assert waited(tmp_path, tmp_path / "no-display") == 1
    assert (tmp_path / "no-display").exists()


def test_no_card_at_all_is_no_display(tmp_path: Path) -> None:
    assert waited(tmp_path / "none", tmp_path / "no-display") == 1


def test_who_looked_in_vain_does_not_wait_again(tmp_path: Path) -> None:
    """With a patience that is longer than the test's own."""
    (tmp_path / "no-display").touch()
    assert waited(tmp_path / "none", tmp_path / "no-display", 100 * WITHIN_S) == 1


def test_one_that_comes_late_is_waited_for(tmp_path: Path) -> None:
    waiting = subprocess.Popen([SCRIPT, tmp_path, tmp_path / "no-display", str(WITHIN_S)], stderr=subprocess.DEVNULL)
    try:
        with pytest.raises(subprocess.TimeoutExpired):
            waiting.wait(0.5)
        plugged(tmp_path / "made", "card0-HDMI-A-1", "connected")
        (tmp_path / "made/card0-HDMI-A-1").rename(tmp_path / "card0-HDMI-A-1")
        assert waiting.wait(WITHIN_S) == 0
    finally:
        waiting.kill()
        waiting.wait()
