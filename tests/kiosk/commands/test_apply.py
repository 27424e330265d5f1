"""`kiosk sandbox`, `apply`, `outbox` and `sync`, as a script calls them: what they answer, and what a mistake is told."""

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from kiosk.config import load
from kiosk.sandbox import Sandbox, SandboxError, make_sandbox
from tests.kiosk.commands.conftest import Ended, Run


@pytest.fixture
def example(sandbox: Sandbox) -> dict[str, Any]:
    return sandbox.example


def apply(
    kiosk: Run, sandbox: Sandbox, answers: Path, *attached: str, item: str = "residence-registration", more: tuple[object, ...] = ()
) -> Ended:
    words: list[object] = ["apply", "--config", sandbox.config, "--item", item, "--answers", answers, "--json", *more]
    for paper in attached:
        words += ["--attach", paper]
    return kiosk(*words)


def papers(example: dict[str, Any]) -> list[str]:
    return [f"{material}={file}" for material, file in example["attachments"].items()]


def counted(kiosk: Run, sandbox: Sandbox) -> int:
    return len(kiosk("outbox", "list", "--config", sandbox.config, "--json").body)


def test_the_example_is_handed_in_and_listed_without_contents(script: Run, sandbox: Sandbox, example: dict[str, Any]) -> None:
    before = counted(script, sandbox)
    ended = apply(script, sandbox, Path(example["answers"]), *papers(example))
    assert ended.code == 0
    assert ended.body["status"] == "handed_in"
    listed = script("outbox", "list", "--config", sandbox.config, "--json")
    assert len(listed.body) == before + 1
    assert listed.body[-1]["application_id"] == ended.body["application_id"]
    assert listed.body[-1]["number"] == ended.body["number"]
    answers = json.loads(Path(example["answers"]).read_text(encoding="utf-8"))
    assert all(str(value) not in listed.out for value in answers.values() if len(str(value)) > 6)
    stats = script("outbox", "stats", "--config", sandbox.config, "--json").body
    assert stats["sealed"] == before + 1
    assert script("outbox", "list", "--config", sandbox.config).code == 0


def test_without_a_city_the_pass_says_so_and_nothing_is_lost(script: Run, sandbox: Sandbox, example: dict[str, Any]) -> None:
    apply(script, sandbox, Path(example["answers"]), *papers(example))
    before = counted(script, sandbox)
    ended = script("sync", "--once", "--config", sandbox.config, "--json")
    assert (ended.code, ended.body["status"]) == (1, "offline")
    assert counted(script, sandbox) == before


def wrong_answers(folder: Path, example: dict[str, Any], **changes: object) -> Path:
    answers = json.loads(Path(example["answers"]).read_text(encoding="utf-8"))
    path = folder / "answers.json"
    path.write_text(json.dumps({**answers, **changes}), encoding="utf-8")
    return path


@pytest.mark.parametrize("changes", [{"arrive_date": 20261120}, {"mobile": ["1"]}, {"reason": "holiday"}, {"arrive_date": "2026-02-30"}])
def test_an_answer_of_the_wrong_kind_is_named_and_nothing_is_taken(
    kiosk: Run, sandbox: Sandbox, example: dict[str, Any], tmp_path: Path, changes: dict[str, object]
) -> None:
    before = counted(kiosk, sandbox)
    ended = apply(kiosk, sandbox, wrong_answers(tmp_path, example, **changes), *papers(example))
    assert (ended.code, ended.body["status"]) == (1, "not_valid")
    assert [problem["field"] for problem in ended.body["problems"]] == list(changes)
    assert counted(kiosk, sandbox) == before


@pytest.mark.parametrize("content", [b"", b"{", b"[1, 2]", b"\xff\xfe", b"[" * 100_000])
def test_a_file_of_answers_that_is_none_is_said(kiosk: Run, sandbox: Sandbox, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "answers.json"
    path.write_bytes(content)
    ended = apply(kiosk, sandbox, path)
    assert (ended.code, ended.body["status"]) == (1, "bad_file")
    assert str(path) in ended.body["detail"]


def test_an_item_that_is_not_offered_is_answered_with_those_that_are(kiosk: Run, sandbox: Sandbox, example: dict[str, Any]) -> None:
    ended = apply(kiosk, sandbox, Path(example["answers"]), item="no-such-item")
    assert (ended.code, ended.body["status"]) == (1, "unknown_item")
    assert "residence-registration" in ended.body["detail"]


def test_a_missing_paper_is_named(kiosk: Run, sandbox: Sandbox, example: dict[str, Any]) -> None:
    ended = apply(kiosk, sandbox, Path(example["answers"]))
    assert (ended.code, ended.body["status"]) == (1, "missing_paper")
    assert ended.body["material"] in example["attachments"]


def bad_pictures(folder: Path, good: Path) -> dict[str, Path]:
    large, half, text, blank = (folder / name for name in ("large.png", "half.jpg", "text.jpg", "blank.jpg"))
    Image.new("L", (8000, 5000), 200).save(large)
    half.write_bytes(good.read_bytes()[:20_000])
    text.write_text("not a picture")
    Image.new("RGB", (1600, 1200), (90, 90, 90)).save(blank)
    return {"large": large, "half": half, "text": text, "blank": blank, "missing": folder / "none.jpg"}


@pytest.mark.parametrize("kind", ["large", "half", "text", "blank", "missing"])
def test_a_bad_picture_is_refused_with_what_to_do(kiosk: Run, sandbox: Sandbox, example: dict[str, Any], tmp_path: Path, kind: str) -> None:
    before = counted(kiosk, sandbox)
    material, good = next(iter(example["attachments"].items()))
    picture = bad_pictures(tmp_path, Path(good))[kind]
    ended = apply(kiosk, sandbox, Path(example["answers"]), f"{material}={picture}")
    assert ended.code == 1
    assert ended.body["status"] == ("bad_file" if kind == "missing" else "paper_refused")
    assert str(picture) in ended.body["detail"]
    assert counted(kiosk, sandbox) == before


def test_a_paper_that_nobody_asked_for_is_refused(kiosk: Run, sandbox: Sandbox, example: dict[str, Any]) -> None:
    for given in ("no-such-paper=x.jpg", "no-equals-sign"):
        ended = apply(kiosk, sandbox, Path(example["answers"]), given)
        assert (ended.code, ended.body["status"]) == (1, "unknown_material")


def test_an_applicant_with_an_impossible_date_is_refused(kiosk: Run, sandbox: Sandbox, example: dict[str, Any], tmp_path: Path) -> None:
    card = tmp_path / "card.json"
    card.write_text('{"card_kind": "resident", "name": "样例甲", "birth_date": "1990-02-31"}', encoding="utf-8")
    ended = apply(kiosk, sandbox, Path(example["answers"]), *papers(example), more=("--applicant", card))
    assert (ended.code, ended.body["status"]) == (1, "bad_file")
    assert "birth_date" in ended.body["detail"]


def test_an_applicant_with_a_rare_name_is_handed_in(kiosk: Run, sandbox: Sandbox, example: dict[str, Any], tmp_path: Path) -> None:
    card = tmp_path / "card.json"
    card.write_text('{"card_kind": "resident", "name": "样𠮷𪚥"}', encoding="utf-8")
    ended = apply(kiosk, sandbox, Path(example["answers"]), *papers(example), more=("--applicant", card))
    assert ended.code == 0, ended.out


def test_an_outbox_that_cannot_be_opened_is_said_in_a_sentence(script: Run, tmp_path: Path, sandbox: Sandbox) -> None:
    config = tmp_path / "kiosk.toml"
    config.write_text(
        sandbox.config.read_text(encoding="utf-8").replace('"terminal/', f'"{sandbox.config.parent}/terminal/'), encoding="utf-8"
    )
    (tmp_path / "terminal").mkdir()
    (tmp_path / "terminal" / "outbox").write_text("a file")
    ended = script("outbox", "stats", "--config", config, "--json")
    assert (ended.code, ended.body["status"]) == (1, "storage")
    assert "outbox" in ended.body["detail"]


@pytest.mark.parametrize(
    "words",
    [["config", "check"], ["run"], ["screen"], ["device", "receipt_printer"], ["sync", "--once"], ["outbox", "list"], ["bench"],
     ["apply", "--item", "x", "--answers", "y"]],
)  # fmt: skip
def test_every_command_that_takes_a_config_says_what_is_wrong_with_it(
    kiosk: Run, tmp_path: Path, sandbox: Sandbox, words: list[str]
) -> None:
    config = tmp_path / "kiosk.toml"
    config.write_text(sandbox.config.read_text(encoding="utf-8").replace("width_px", "widht_px"), encoding="utf-8")
    ended = kiosk(*words, *(["--config"] if words[0] != "config" else []), config, "--json")
    assert (ended.code, ended.body["status"]) == (1, "bad_config")
    line = next(number for number, text in enumerate(config.read_text(encoding="utf-8").splitlines(), 1) if "widht_px" in text)
    assert f"{config}:{line}: panel.widht_px: there is no key 'widht_px' here" in ended.body["detail"]


def test_a_good_config_is_said_to_be_good(kiosk: Run, sandbox: Sandbox) -> None:
    ended = kiosk("config", "check", sandbox.config, "--json")
    assert (ended.code, ended.body) == (0, {"status": "good", "terminal": "SY-DEMO-0001"})
    assert "good" in kiosk("config", "check", sandbox.config).out


@pytest.mark.parametrize("command", ["demo", "sandbox", "bench", "run", "sync", "apply", "outbox list", "outbox stats", "config check"])
def test_every_command_has_help_with_an_example(kiosk: Run, command: str) -> None:
    ended = kiosk(*command.split(), "--help")
    assert ended.code == 0
    assert f"example:\n  kiosk {command}" in ended.out


def test_wrong_usage_is_2(kiosk: Run, tmp_path: Path) -> None:
    for words in (["no-such-command"], [], ["apply"], ["demo", "--visits", "0"], ["sandbox", tmp_path / "x", "--city-port", "70000"]):
        assert kiosk(*words).code == 2, words


def test_a_sandbox_is_made_whole_or_not_at_all(tmp_path: Path, sandbox: Sandbox) -> None:
    assert load(sandbox.config).terminal.id == "SY-DEMO-0001"
    assert sandbox.city_url.startswith("https://127.0.0.1:")
    full = tmp_path / "full"
    full.mkdir()
    (full / "mine.txt").write_text("keep me")
    with pytest.raises(SandboxError, match="not empty"):
        make_sandbox(full)
    assert (full / "mine.txt").read_text() == "keep me"
    file = tmp_path / "file"
    file.write_text("a file")
    with pytest.raises(SandboxError, match="cannot be a sandbox's folder"):
        make_sandbox(file)
    with pytest.raises(SandboxError, match="cannot be a sandbox's folder"):
        make_sandbox(file / "below")


def test_a_sandbox_is_not_made_over_another(kiosk: Run, sandbox: Sandbox) -> None:
    ended = kiosk("sandbox", sandbox.config.parent, "--json")
    assert (ended.code, ended.body["status"]) == (1, "not_made")


def test_a_demo_that_cannot_keep_its_pictures_says_so(kiosk: Run, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("a file")
    ended = kiosk("demo", "--off-screen", "--out", file, "--json")
    assert (ended.code, ended.body["status"]) == (1, "failed")
    assert f"{file}: pictures cannot be kept there" in ended.body["detail"]
