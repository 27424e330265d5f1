"""Whatever is the matter with an answer has its words, in three languages, with every fact in its place."""

import string

import pytest

from tests.kiosk.screens.desk import FONTS  # isort: skip  it sets Kivy up before anything imports it

from kiosk.screens.entry.complaint import complaint, text_key
from kiosk.screens.stage import Stage
from kiosk.screens.theme import Theme
from kiosk.screens.tokens import REFERENCE
from kiosk.texts import table
from peripherals.document_camera import PaperHint
from sync.contract.answers import AnswerProblem, FieldProblem
from sync.contract.item import Control, Field
from sync.contract.words import Words

FILES = ("form", "keyboard", "capture", "sign", "problem")


def field(control: Control) -> Field:
    return Field("mobile", control, Words("手机号码"))


@pytest.mark.parametrize("control", list(Control))
@pytest.mark.parametrize("problem", list(AnswerProblem))
def test_every_problem_of_every_control_has_its_words(problem: AnswerProblem, control: Control) -> None:
    assert text_key(problem, control) in table()


@pytest.mark.parametrize("hint", list(PaperHint))
def test_every_hint_of_the_camera_has_what_is_and_what_to_do(hint: PaperHint) -> None:
    assert {f"problem.paper_{hint}", f"problem.paper_{hint}_do"} <= set(table())


@pytest.mark.parametrize(
    ("problem", "control", "value", "said"),
    [
        (FieldProblem("mobile", AnswerProblem.TOO_SHORT, 1), Control.DIGITS, "1380024571", "现在是 10 位，还差 1 位，一共 11 位。"),
        (FieldProblem("mobile", AnswerProblem.TOO_LONG, 2), Control.DIGITS, "1380024571899", "多了 2 位，一共 11 位。"),
        (FieldProblem("mobile", AnswerProblem.TOO_SHORT, 3), Control.ADDRESS, "晴岚", "现在是 2 个字，还差 3 个字。"),
        (FieldProblem("mobile", AnswerProblem.TOO_SHORT, 1), Control.CHOICES, (), "还差 1 样没选。"),
        (FieldProblem("mobile", AnswerProblem.MISSING), Control.DATE, "", "这里还没填。"),
        (FieldProblem("mobile", AnswerProblem.MISSING), Control.YES_NO, "", "这里还没选，点一个。"),
    ],
)
def test_it_says_what_is_and_what_is_missing(problem: FieldProblem, control: Control, value: object, said: str) -> None:
    stage = Stage(Theme(REFERENCE, FONTS), lambda _: None, lambda: None, lambda: None)
    assert complaint(stage, problem, field(control), value) == said


def test_all_languages_have_the_same_facts() -> None:
    for key, words in table().items():
        if key.partition(".")[0] not in FILES:
            continue
        facts = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in (words.zh, words.en, words.ko) if text]
        assert len(facts) == 3, f"{key} lacks a language"
        assert facts[0] == facts[1] == facts[2], key
