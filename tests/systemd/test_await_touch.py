"""What is taken for a touch panel before the screen starts: the script, on folders as sysfs has them."""

import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "systemd/lib/await-touch"
WITHIN_S = 60

LEFT, TOUCH = 0x110, 0x14A


def words(*bits: int) -> str:
    """Bits as sysfs writes them: words of 64, the highest first."""
    whole = sum(1 << bit for bit in bits)
    parts = []
    while whole or not parts:
        parts.append(f"{whole & ((1 << 64) - 1):x}")
        whole >>= 64
    return " ".join(reversed(parts)) + "\n"


def plugged(inputs: Path, number: int, axes: str, keys: str) -> None:
    capabilities = inputs / f"event{number}/device/capabilities"
    capabilities.mkdir(parents=True)
    (capabilities / "abs").write_text(axes, encoding="ascii")
    (capabilities / "key").write_text(keys, encoding="ascii")


def waited(inputs: Path, note: Path, patience_s: int = 0) -> int:
    done = subprocess.run([SCRIPT, inputs, note, str(patience_s)], check=False, capture_output=True, text=True, timeout=WITHIN_S)
    assert "there is no touch panel" in done.stderr if done.returncode else done.stderr == ""
    return done.returncode


@pytest.mark.parametrize(
    ("axes", "keys"),
    [
        (words(0, 1, 0x2F, 0x35, 0x36, 0x39), words(TOUCH)),
        (words(0, 1), words(LEFT)),
        (words(0, 1), words(TOUCH, 0x145)),
        ("260800000000003\n", "400 0 0 0 0 0\n"),  # as a panel of ten fingers has it
    ],
    ids=["many fingers", "one finger", "with more keys", "a real one's words"],
)
def test_a_panel_is_found_beside_whatever_else_there_is(tmp_path: Path, axes: str, keys: str) -> None:
    note = tmp_path / "trouble"
    note.write_text("touch\n", encoding="ascii")
    plugged(tmp_path, 0, words(), words(116))
    plugged(tmp_path, 1, axes, keys)
    assert waited(tmp_path, note) == 0
    assert not note.exists()


@pytest.mark.parametrize(
    ("axes", "keys"),
    [
        (words(), words(*range(1, 120))),
        (words(), words(LEFT, LEFT + 1)),
        (words(0, 1, 2), words()),
        (words(0), words(TOUCH)),
        (words(1), words(LEFT)),
        ("nonsense\n", words(LEFT)),
        ("", ""),
    ],
    ids=["keyboard", "mouse", "sensor", "a slider", "another slider", "nonsense", "nothing"],
)
def test_nothing_else_is_one_and_the_picture_says_so(tmp_path: Path, axes: str, keys: str) -> None:
    plugged(tmp_path, 0, axes, keys)
    assert waited(tmp_path, tmp_path / "trouble") == 1
    assert (tmp_path / "trouble").read_text(encoding="ascii") == "touch\n"


def test_no_input_at_all_is_no_panel(tmp_path: Path) -> None:
    assert waited(tmp_path / "none", tmp_path / "trouble") == 1


def test_another_trouble_is_not_its_to_take_back(tmp_path: Path) -> None:
    note = tmp_path / "trouble"
    note.write_text("config", encoding="ascii")
    plugged(tmp_path, 0, words(0, 1), words(TOUCH))
    assert waited(tmp_path, note) == 0
    assert note.read_text(encoding="ascii") == "config"


def test_who_looked_in_vain_does_not_wait_again(tmp_path: Path) -> None:
    """With a patience that is longer than the test's own."""
    (tmp_path / "trouble").write_text("touch\n", encoding="ascii")
    assert waited(tmp_path / "none", tmp_path / "trouble", 100 * WITHIN_S) == 1


def test_one_that_comes_late_is_waited_for(tmp_path: Path) -> None:
    note = tmp_path / "trouble"
    waiting = subprocess.Popen([SCRIPT, tmp_path, note, str(WITHIN_S)], stderr=subprocess.DEVNULL)
    try:
        with pytest.raises(subprocess.TimeoutExpired):
            waiting.wait(0.5)
        plugged(tmp_path / "made", 0, words(0, 1), words(TOUCH))
        (tmp_path / "made/event0").rename(tmp_path / "event0")
        assert waiting.wait(WITHIN_S) == 0
    finally:
        waiting.kill()
        waiting.wait()
