"""What the engines offer, and that nothing of one resident is offered to the next."""

import multiprocessing
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypinyin import Style, pinyin

from kiosk.input_method import composition as composing
from kiosk.input_method import readings
from kiosk.input_method.composition import Composition
from kiosk.input_method.engine import LONGEST_LETTERS, Engine
from kiosk.input_method.google_pinyin import DecoderInUseError, GooglePinyin, find_dictionary
from kiosk.input_method.lexicon import WithLexicon, WordKind, words_of
from kiosk.input_method.opening import open_engine
from kiosk.input_method.pinyin_tables import PinyinTables, WithReadings
from kiosk.input_method.readings import characters_read, table, toneless
from kiosk.supervisor import OVERWRITING
from tests.journeys.memory import in_memory


@pytest.fixture
def decoder() -> Iterator[GooglePinyin]:
    opened = GooglePinyin.open()
    assert opened is not None, "libgooglepinyin0 is in debian-packages.txt"
    yield opened
    opened.close()


@pytest.fixture(params=["decoder", "tables"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    opened = open_engine() if request.param == "decoder" else PinyinTables()
    yield opened
    opened.close()


def texts(engine: Engine, letters: str) -> list[str]:
    return [candidate.text for candidate in engine.candidates(letters)]


def test_the_terminal_uses_the_decoder_when_it_is_installed() -> None:
    engine = open_engine()
    try:
        assert isinstance(engine, WithReadings)
        assert engine.candidates("zhangwei")[0].text == "张伟"
    finally:
        engine.close()


@pytest.mark.parametrize(
    ("letters", "word"),
    [("zhangwei", "张伟"), ("jumin", "居民"), ("woyaobanjuzhuzheng", "我要办居住证"), ("xi'an", "西安"), ("nv", "女")],
)
def test_the_decoder_knows_usual_words(decoder: GooglePinyin, letters: str, word: str) -> None:
    assert texts(decoder, letters)[0] == word


@pytest.mark.parametrize(("letters", "word"), [("yuan", "远"), ("lv", "绿"), ("nv", "女"), ("xian", "先"), ("yi", "一")])
def test_every_engine_knows_usual_characters(engine: Engine, letters: str, word: str) -> None:
    assert word in texts(engine, letters)[:10]


def test_a_rare_character_of_a_name_is_there_however_far_behind(engine: Engine) -> None:
    assert "堃" in texts(engine, "kun")
    assert "𠮷" in texts(engine, "ji")


def test_the_decoder_alone_lacks_characters_that_people_are_called(decoder: GooglePinyin) -> None:
    assert "堃" not in texts(decoder, "kun")
    assert next(one for one in WithReadings(decoder).candidates("kunming") if one.text == "堃").letters == len("kun")


def test_the_table_of_readings_is_what_pypinyin_says() -> None:
    assert (Path(readings.__file__).with_name("words") / "readings.tsv").read_text(encoding="utf-8") == table()
    assert len(set("".join(characters_read().values()))) > 40_000


@pytest.mark.parametrize("letters", ["", "v", "uu", "'"])
def test_letters_that_are_no_pinyin_get_nothing(engine: Engine, letters: str) -> None:
    assert engine.candidates(letters) == ()


def test_a_word_of_the_beginning_leaves_the_rest(engine: Engine) -> None:
    first = next(candidate for candidate in engine.candidates("shenyangshi") if candidate.text == "沈")
    assert first.letters == len("shen")


def test_shenyang_is_a_city_before_it_is_anything_else(decoder: GooglePinyin) -> None:
    assert texts(decoder, "shenyangshi")[0] != "沈阳市"
    assert texts(WithLexicon(decoder, [WordKind.PLACES]), "shenyangshi")[0] == "沈阳市"


@pytest.mark.parametrize(
    ("letters", "word"), [("hepingq", "和平区"), ("hpq", "和平区"), ("qingniandajie", "青年大街"), ("hun'nanq", "浑南区")]
)
def test_a_place_may_be_typed_short(decoder: GooglePinyin, letters: str, word: str) -> None:
    assert word in texts(WithLexicon(decoder, [WordKind.PLACES]), letters)[:2]


def test_a_surname_has_its_own_reading_in_a_name_and_only_there(decoder: GooglePinyin) -> None:
    assert texts(WithLexicon(decoder, [WordKind.SURNAMES]), "shan")[0] == "单"
    assert texts(WithLexicon(decoder, [WordKind.PLACES]), "shan")[0] == "山"


def test_a_word_is_offered_once(decoder: GooglePinyin) -> None:
    offered = texts(WithLexicon(decoder, list(WordKind)), "hepingqu")
    assert len(offered) == len(set(offered))


@pytest.mark.parametrize("kind", list(WordKind))
def test_every_word_can_be_typed_by_its_syllables(kind: WordKind) -> None:
    for word in words_of(kind):
        assert len(word.syllables) == len(word.text)
        for character, syllable in zip(word.text, word.syllables, strict=True):
            readings = {toneless(reading) for reading in pinyin(character, style=Style.TONE, heteronym=True)[0]}
            assert syllable in readings, (word, syllable, readings)


def test_nothing_of_one_resident_is_offered_to_the_next() -> None:
    before = open_engine()
    offered = before.candidates("zhaoceshi")
    rare = next(candidate for candidate in offered if candidate.text not in {one.text for one in offered[:3]})
    for _ in range(20):
        composing.chosen(Composition(letters="zhaoceshi", candidates=offered), rare, before, 30)
    assert before.candidates("zhaoceshi") == offered
    before.close()
    after = open_engine()
    assert after.candidates("zhaoceshi") == offered
    after.close()


_LENDS_IT_OFTEN = """
import ctypes
from kiosk.input_method.google_pinyin import GooglePinyin


class Allocated(ctypes.Structure):
    _fields_ = [(f"f{place}", ctypes.c_size_t) for place in range(10)]


library = ctypes.CDLL(None)
library.mallinfo2.restype = Allocated


def lend(times):
    for _ in range(times):
        decoder = GooglePinyin.open()
        assert decoder.candidates("shenyang")
        decoder.close()
    found = library.mallinfo2()
    return found.f7 + found.f4  # in use, and mapped


before = lend(2)
print(lend(20) - before)
"""

_TYPES = """
import sys
from kiosk.input_method.google_pinyin import GooglePinyin
decoder = GooglePinyin.open()
decoder.candidates(sys.argv[1][::-1])
print(flush=True)
input()
decoder.close()
print(flush=True)
input()
"""


def test_lending_it_again_and_again_takes_no_memory() -> None:
    """The library does not free all that it takes to open its decoder."""
    said = subprocess.run([sys.executable, "-c", _LENDS_IT_OFTEN], capture_output=True, text=True, check=True)
    assert int(said.stdout) < 20 * 10_000


def test_what_was_typed_is_not_in_memory_when_the_decoder_was_given_back() -> None:
    typed = "zhaoceshiqianjinzhen"
    command, environment = [sys.executable, "-c", _TYPES, typed[::-1]], {**os.environ, **OVERWRITING}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment) as program:
        assert program.stdin is not None
        assert program.stdout is not None
        for is_there in (True, False):
            assert program.stdout.readline() == "\n"
            assert bool(in_memory(program.pid, {"letters": [typed.encode()]})) is is_there
            program.stdin.write("\n")
            program.stdin.flush()


def test_its_file_of_own_words_is_one_however_often_it_is_lent() -> None:
    for _ in range(3):
        opened = GooglePinyin.open()
        assert opened is not None
        opened.close()
        assert len([path for path in Path("/proc/self/fd").iterdir() if path.is_symlink() and "own-words" in str(path.readlink())]) == 1


def test_a_second_decoder_in_one_process_is_refused(decoder: GooglePinyin) -> None:
    with pytest.raises(DecoderInUseError):
        GooglePinyin.open()
    decoder.close()
    again = GooglePinyin.open()
    assert again is not None
    again.close()


def test_a_closed_decoder_answers_nobody(decoder: GooglePinyin) -> None:
    decoder.close()
    with pytest.raises(DecoderInUseError):
        decoder.candidates("ni")


def test_the_decoder_stays_in_its_thread(decoder: GooglePinyin) -> None:
    refused: list[bool] = []

    def ask() -> None:
        try:
            decoder.candidates("ni")
        except DecoderInUseError:
            refused.append(True)

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert refused == [True]


_OPENS = """
import sys
from pathlib import Path
from kiosk.input_method.google_pinyin import open_decoder
print(open_decoder(Path(sys.argv[1])) is not None)
"""


def test_a_missing_dictionary_is_no_decoder(tmp_path: Path) -> None:
    """In a process of its own: there is one decoder in each."""
    broken = tmp_path / "dict.dat"
    broken.write_bytes(b"not a dictionary")
    whole = find_dictionary()
    assert whole is not None
    for dictionary, opens in ((broken, "False\n"), (tmp_path / "none.dat", "False\n"), (whole, "True\n")):
        assert subprocess.run([sys.executable, "-c", _OPENS, dictionary], capture_output=True, text=True, check=True).stdout == opens


def _hostile(letters: list[str]) -> None:
    decoder = GooglePinyin.open()
    assert decoder is not None
    for typed in letters:
        decoder.candidates(typed)


def test_no_letters_bring_the_process_down() -> None:
    """The library aborts on 27 syllables at once. What would kill the screen is tried in a process of its own."""
    letters = ["a" * 60, "o" * 60, "bpmfdtnlgkhjqxzcsryw" * 3, "'" * 60, "a'" * 30, "zhuang" * 10, "e" * LONGEST_LETTERS]
    process = multiprocessing.get_context("spawn").Process(target=_hostile, args=(letters,))
    process.start()
    process.join(30)
    assert process.exitcode == 0


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(letters=st.text(alphabet="abcdefghijklmnopqrstuvwxyz'", max_size=40))
def test_every_candidate_stands_for_some_of_the_letters(engine: Engine, letters: str) -> None:
    for candidate in engine.candidates(letters):
        assert candidate.text
        assert 1 <= candidate.letters <= len(letters)
