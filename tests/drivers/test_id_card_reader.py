"""The reader at the counter: cards come, stay, go and are swapped; modules and lines differ."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.id_card_reader import POLL_S, SamIdCardReader
from drivers.roaming_reader import find_reader
from peripherals.deadline import Deadline
from peripherals.id_card_reader import CardReadStatus, IdCardReader, PlateStatus
from tests.drivers.other_module import Delivery, OtherModule, Script, behind_noise, byte_by_byte, halting, head_and_rest, whole
from tests.drivers.reader_bench import ReaderBench, reader_bench, timed
from tests.drivers.sam import vectors

CARD = vectors.read_reply(vectors.RESIDENT_TEXT)
GOOD: Script = {"2001": [vectors.FIND_OK], "2002": [vectors.SELECT_OK], "3001": [CARD], "3003": [vectors.reply(0x91)]}


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[ReaderBench]:
    with reader_bench(tmp_path) as bench:
        yield bench


def soon() -> Deadline:
    return Deadline.after(5)


def test_the_driver_is_a_reader_as_the_counter_sees_it() -> None:
    reader: IdCardReader = SamIdCardReader("/dev/none")
    assert reader.read(soon()).status is CardReadStatus.ABSENT


def test_a_card_is_read_and_announced_once(bench: ReaderBench) -> None:
    announced: list[float] = []
    bench.do("lay", card="zhou-guilan")
    reading = bench.read(on_card=lambda: announced.append(time.monotonic()))
    assert reading.status is CardReadStatus.READ
    assert reading.card is not None
    assert reading.card.name.reveal() == "周桂兰"
    assert reading.card.newest_address is None
    assert reading.card.has_photo
    assert len(announced) == 1


def test_the_newest_address_is_read_when_asked_for(bench: ReaderBench) -> None:
    bench.do("lay", card="zhou-guilan")
    card = bench.read(newest_address=True).card
    assert card is not None
    assert card.newest_address is not None
    assert card.newest_address.reveal() == "辽宁省沈阳市和平区样例街5号1单元102室"
    bench.lay_anew("wang-xiaoli")
    card = bench.read(newest_address=True).card
    assert card is not None
    assert card.newest_address is None


def test_no_card_is_said_at_the_deadline_and_not_before(bench: ReaderBench) -> None:
    announced: list[int] = []
    reading, took_s = timed(lambda: bench.read(0.5, on_card=lambda: announced.append(1)))
    assert reading.status is CardReadStatus.NO_CARD
    assert 0.4 < took_s < 1.5
    assert not announced


def test_a_card_is_noticed_while_waiting() -> None:
    with OtherModule({**GOOD, "2001": [vectors.NO_CARD, vectors.NO_CARD, vectors.FIND_OK]}) as module:
        reader = SamIdCardReader(module.port)
        reading, took_s = timed(lambda: reader.read(soon()))
        reader.close()
    assert reading.status is CardReadStatus.READ
    assert 2 * POLL_S <= took_s < 2 * POLL_S + 1
    assert module.asked == ["2001", "2001", "2001", "2002", "3001"]


@pytest.mark.parametrize("looks", ["80", "81", "again"])
def test_a_card_left_on_the_plate_is_not_read_again(bench: ReaderBench, looks: str) -> None:
    bench.do("left_card", looks=looks)
    bench.do("lay", card="zhou-guilan")
    announced: list[int] = []
    assert bench.read().status is CardReadStatus.READ
    assert bench.read(0.9, on_card=lambda: announced.append(1)).status is CardReadStatus.NO_CARD
    assert bench.reader.plate(soon()) is PlateStatus.OCCUPIED
    assert bench.read(0.9, on_card=lambda: announced.append(1)).status is CardReadStatus.NO_CARD
    assert not announced
    bench.do("lift")
    assert bench.reader.plate(soon()) is PlateStatus.EMPTY


@pytest.mark.parametrize("looks", ["80", "81", "again"])
def test_a_card_lifted_and_laid_anew_is_read_again(bench: ReaderBench, looks: str) -> None:
    bench.do("left_card", looks=looks)
    bench.do("lay", card="zhou-guilan")
    assert bench.read().status is CardReadStatus.READ
    bench.lay_anew("zhou-guilan")
    assert bench.read().status is CardReadStatus.READ


@pytest.mark.parametrize("looks", ["80", "81", "again"])
def test_another_card_laid_between_two_looks_is_read(bench: ReaderBench, looks: str) -> None:
    bench.do("left_card", looks=looks)
    bench.do("lay", card="zhou-guilan")
    assert bench.read().status is CardReadStatus.READ
    bench.do("lay", card="jin-meihua")  # nobody saw the plate empty
    reading = bench.read()
    assert reading.card is not None
    assert reading.card.name.reveal() == "金美花"


@pytest.mark.parametrize("looks", ["80", "81"])
def test_the_same_card_laid_anew_between_two_looks_is_read(bench: ReaderBench, looks: str) -> None:
    bench.do("left_card", looks=looks)
    bench.do("lay", card="zhou-guilan")
    assert bench.read().status is CardReadStatus.READ
    bench.do("lift")
    bench.do("lay", card="zhou-guilan")  # the module itself has seen that it was gone
    assert bench.read().status is CardReadStatus.READ


def test_a_card_that_another_program_read_is_read_by_the_next(bench: ReaderBench) -> None:
    bench.do("lay", card="zhou-guilan")
    assert bench.read().status is CardReadStatus.READ
    bench.reader.close()
    assert SamIdCardReader(str(bench.port)).read(soon()).status is CardReadStatus.READ


def test_a_module_that_gives_an_address_of_no_card_does_not_make_the_plate_look_occupied() -> None:
    script = {**GOOD, "2001": [vectors.FIND_OK, vectors.FIND_OK, vectors.NO_CARD]}
    with OtherModule(script) as module:
        reader = SamIdCardReader(module.port)
        assert reader.read(soon()).status is CardReadStatus.READ
        assert reader.plate(soon()) is PlateStatus.OCCUPIED
        assert reader.plate(soon()) is PlateStatus.EMPTY
        reader.close()


def test_an_empty_plate_is_empty(bench: ReaderBench) -> None:
    assert bench.reader.plate(soon()) is PlateStatus.EMPTY
    bench.do("lay", card="expired")
    assert bench.reader.plate(soon()) is PlateStatus.OCCUPIED


def test_the_plate_of_a_mute_or_absent_reader_is_not_called_empty(bench: ReaderBench) -> None:
    bench.do("fault", fault="mute", times=-1)
    assert bench.reader.plate(soon()) is PlateStatus.SILENT
    bench.do("unplug")
    assert bench.reader.plate(soon()) is PlateStatus.ABSENT


def test_the_module_says_its_number(bench: ReaderBench) -> None:
    report = bench.reader.module(soon())
    assert (report.status, report.module_id) == (CardReadStatus.READ, "05.03-20161212-0001234567-2345678901")
    assert bench.reader.reset(soon()) == report


def test_a_broken_module_says_so(bench: ReaderBench) -> None:
    bench.do("fault", fault="module_fault", times=-1)
    for report in (bench.reader.module(soon()), bench.reader.reset(soon())):
        assert (report.status, report.module_id) == (CardReadStatus.MODULE_FAULT, None)
    assert bench.read().status is CardReadStatus.MODULE_FAULT
    bench.do("fault", fault="mute", times=-1)
    assert bench.reader.module(soon()).status is CardReadStatus.SILENT


def test_the_line_goes_on_at_another_rate(bench: ReaderBench) -> None:
    assert bench.reader.change_baud(9600, soon()).status is CardReadStatus.READ
    assert bench.do("state")["baud"] == 9600
    bench.do("lay", card="wang-xiaoli")
    reading, took_s = timed(bench.read)
    assert reading.status is CardReadStatus.READ
    assert took_s > 1.35  # the wire time of a card at that rate
    assert bench.reader.change_baud(115200, soon()).status is CardReadStatus.READ
    with pytest.raises(ValueError, match="4800"):
        bench.reader.change_baud(4800, soon())


@pytest.mark.parametrize("delivery", [whole, byte_by_byte, head_and_rest, halting, behind_noise])
def test_any_pace_and_chunking_is_read(delivery: Delivery) -> None:
    with OtherModule(GOOD, delivery) as module:
        reader = SamIdCardReader(module.port)
        reading = reader.read(Deadline.after(10), newest_address=True)
        reader.close()
    assert reading.status is CardReadStatus.READ
    assert reading.card is not None
    assert reading.card.id_number.reveal() == "110101199003078670"


def test_a_module_that_answers_late_is_understood_all_the_same() -> None:
    def late(frame: bytes) -> list[bytes | float]:
        return [1.3, frame]

    with OtherModule(GOOD, late) as module:
        reader = SamIdCardReader(module.port)
        reading = reader.read(Deadline.after(20))
        reader.close()
    assert reading.status is CardReadStatus.READ


def test_a_module_that_knows_only_the_read_with_fingerprint_is_read() -> None:
    script = {**GOOD, "3001": [vectors.reply(0x21)], "3010": [vectors.finger_reply(vectors.RESIDENT_TEXT)]}
    with OtherModule(script) as module:
        reader = SamIdCardReader(module.port)
        reading = reader.read(soon())
        reader.close()
    assert reading.status is CardReadStatus.READ


def outcome(changes: Script, seconds: float = 3.0) -> tuple[CardReadStatus, str]:
    with OtherModule({**GOOD, **changes}) as module:
        reader = SamIdCardReader(module.port)
        reading = reader.read(Deadline.after(seconds), newest_address=True)
        reader.close()
    assert (reading.card is not None) == (reading.status is CardReadStatus.READ)
    return reading.status, reading.detail or ""


@pytest.mark.parametrize(
    ("command", "sw3", "status"),
    [
        ("2001", 0x10, CardReadStatus.MODULE_FAULT),
        ("2001", 0x24, CardReadStatus.MODULE_FAULT),
        ("2001", 0x40, CardReadStatus.UNSUPPORTED_CARD),
        ("2001", 0x60, CardReadStatus.MODULE_FAULT),
        ("2001", 0x66, CardReadStatus.MODULE_FAULT),
        ("2001", 0x77, CardReadStatus.MODULE_FAULT),
        ("2002", 0x31, CardReadStatus.CARD_MOVED),
        ("2002", 0x32, CardReadStatus.NOT_GENUINE),
        ("2002", 0x33, CardReadStatus.NOT_GENUINE),
        ("2002", 0x47, CardReadStatus.CARD_MOVED),
        ("3001", 0x41, CardReadStatus.CARD_MOVED),
        ("3001", 0x80, CardReadStatus.CARD_MOVED),
        ("3001", 0x23, CardReadStatus.CARD_MOVED),
        ("3001", 0x33, CardReadStatus.NOT_GENUINE),
        ("3003", 0x41, CardReadStatus.CARD_MOVED),
    ],
)
def test_every_refusal_of_the_module_has_its_status(command: str, sw3: int, status: CardReadStatus) -> None:
    said, detail = outcome({command: [vectors.reply(sw3)]})
    assert said is status
    assert f"{sw3:02X}" in detail


def test_a_card_that_cannot_be_selected_is_waited_for_until_the_deadline() -> None:
    assert outcome({"2002": [vectors.reply(0x81)]}, 0.8)[0] is CardReadStatus.NO_CARD
    assert outcome({"2002": [vectors.reply(0x80)]}, 0.8)[0] is CardReadStatus.CARD_MOVED
    assert outcome({"2002": [vectors.reply(0x80), vectors.SELECT_OK]})[0] is CardReadStatus.READ


def test_an_older_module_without_the_newest_address_is_no_obstacle() -> None:
    assert outcome({"3003": [vectors.reply(0x21)]})[0] is CardReadStatus.READ


@pytest.mark.parametrize(
    ("answers", "seconds", "why"),
    [
        ([b""], 20.0, "no answer"),
        ([b""], 2.5, "no answer"),
        ([vectors.BAD_CHECK], 20.0, "damaged"),
        ([vectors.reply(0x60)], 3.0, "60"),
        ([vectors.reply(0x24)], 3.0, "24"),
    ],
)
def test_a_card_stands_whose_newest_address_the_module_does_not_give(answers: list[bytes], seconds: float, why: str) -> None:
    with OtherModule({**GOOD, "3003": answers}) as module:
        reader = SamIdCardReader(module.port)
        reading = reader.read(Deadline.after(seconds), newest_address=True)
        reader.close()
    assert reading.status is CardReadStatus.READ
    assert reading.card is not None
    assert (reading.card.id_number.reveal(), reading.card.newest_address) == ("110101199003078670", None)
    assert why in (reading.detail or "")


def test_a_stumble_is_asked_once_more() -> None:
    assert outcome({"2001": [vectors.reply(0x24), vectors.FIND_OK]})[0] is CardReadStatus.READ
    assert outcome({"3001": [vectors.reply(0x10), CARD]})[0] is CardReadStatus.READ


def test_a_selection_whose_answer_was_lost_is_not_taken_for_a_card_left_lying() -> None:
    assert outcome({"2002": [vectors.BAD_CHECK, vectors.reply(0x81)]})[0] is CardReadStatus.READ


def test_a_card_whose_answer_was_lost_is_found_and_selected_again() -> None:
    assert outcome({"3001": [vectors.BAD_CHECK, vectors.reply(0x23), CARD]})[0] is CardReadStatus.READ
    lost = {"3001": [vectors.BAD_CHECK, vectors.reply(0x23)], "2002": [vectors.SELECT_OK, vectors.reply(0x81)]}
    assert outcome(lost)[0] is CardReadStatus.CARD_MOVED


def test_blocks_that_do_not_add_up_are_corrupt() -> None:
    assert outcome({"3001": [vectors.reply(0x90, CARD[10:-3])]})[0] is CardReadStatus.CORRUPT


def test_a_newest_address_that_cannot_be_true_leaves_no_card() -> None:
    status, detail = outcome({"3003": [vectors.reply(0x90, b"\x1b\x00" * 35)]})
    assert (status, detail) == (CardReadStatus.CORRUPT, "newest_address: holds a control character")


def test_a_port_that_someone_else_has_is_absent(bench: ReaderBench) -> None:
    assert bench.reader.module(soon()).status is CardReadStatus.READ
    second = SamIdCardReader(str(bench.port))
    report = second.module(soon())
    assert (report.status, report.detail) == (CardReadStatus.ABSENT, "another program has the port")
    bench.reader.close()
    assert second.module(soon()).status is CardReadStatus.READ
    second.close()


def test_what_is_no_serial_port_is_absent(tmp_path: Path) -> None:
    plain = tmp_path / "file"
    plain.write_bytes(b"")
    for port in (plain, tmp_path, tmp_path / "nothing"):
        assert SamIdCardReader(str(port)).module(soon()).status is CardReadStatus.ABSENT


def test_a_reader_is_found_by_asking_whatever_its_port_is_called(bench: ReaderBench, tmp_path: Path) -> None:
    with OtherModule({}) as mute:
        reader = find_reader([str(tmp_path / "nothing"), mute.port, str(bench.port)], soon())
        assert reader is not None
        bench.do("lay", card="rare-name")
        card = reader.read(soon()).card
        reader.close()
        assert card is not None
        assert card.name.reveal() == "𠮷样𬱖"
        assert find_reader([mute.port], soon()) is None


def test_a_module_left_at_another_rate_is_found_there(tmp_path: Path) -> None:
    with reader_bench(tmp_path, "--baud", "57600") as bench:
        assert find_reader([str(bench.port)], soon()) is None
        reader = find_reader([str(bench.port)], soon(), (115200, 57600))
        assert reader is not None
        reader.close()


def test_a_change_of_rate_whose_answer_was_lost_is_found_out(bench: ReaderBench) -> None:
    bench.do("fault", fault="mute", times=1)
    report = bench.reader.change_baud(38400, soon())
    assert (report.status, bench.do("state")["baud"]) == (CardReadStatus.READ, 38400)


def test_a_module_that_does_not_answer_at_the_new_rate_is_asked_at_the_old_one_again() -> None:
    with OtherModule({"6001": [vectors.reply(0x90)], "11ff": [b"", b"", vectors.reply(0x90)], "12ff": [vectors.MODULE_ID]}) as module:
        reader = SamIdCardReader(module.port)
        assert reader.change_baud(57600, soon()).status is CardReadStatus.SILENT
        assert reader.module(soon()).status is CardReadStatus.READ
        reader.close()


def test_the_late_answer_to_an_earlier_question_is_not_taken_for_the_module_s_number() -> None:
    with OtherModule({"11ff": [vectors.reply(0x90)], "12ff": [vectors.reply(0x90) + vectors.MODULE_ID]}) as module:
        reader = SamIdCardReader(module.port)
        assert reader.module(soon()).status is CardReadStatus.READ
        reader.close()


def test_a_module_that_refuses_the_rate_stays_where_it_is() -> None:
    with OtherModule({"6001": [vectors.reply(0x21)], "11ff": [vectors.reply(0x90)], "12ff": [vectors.MODULE_ID]}) as module:
        reader = SamIdCardReader(module.port)
        report = reader.change_baud(57600, soon())
        assert (report.status, report.module_id) == (CardReadStatus.MODULE_FAULT, None)
        assert reader.module(soon()).status is CardReadStatus.READ
        reader.close()


def test_nothing_of_a_person_shows_in_a_reading(bench: ReaderBench) -> None:
    bench.do("lay", card="zhou-guilan")
    shown = repr(bench.read(newest_address=True))
    assert not any(word in shown for word in ("周", "桂", "19460512", "1946", "银州区"))


LINES = st.builds(
    vectors.reply,
    st.sampled_from([0x80, 0x81, 0x90, 0x91, 0x9F, 0x24, 0x23, 0x21, 0x41]) | st.integers(0, 255),
    st.binary(max_size=20) | st.sampled_from([CARD[10:-1], CARD[10:-2], CARD[10:-1] + bytes(2), vectors.ADDRESS_OK[10:-1], bytes(1288)]),
)


@settings(max_examples=25, deadline=None)
@given(st.fixed_dictionaries({}, optional={command: st.lists(LINES, min_size=1, max_size=3) for command in GOOD}))
def test_whatever_a_module_says_the_outcome_is_a_declared_one(changes: Script) -> None:
    with OtherModule({**GOOD, **changes}) as module:
        reader = SamIdCardReader(module.port)
        reading = reader.read(Deadline.after(0.35), newest_address=True)
        plate = reader.plate(Deadline.after(0.2))
        reader.close()
    assert (reading.card is not None) == (reading.status is CardReadStatus.READ)
    if reading.card is None or reading.card.newest_address is not None:
        assert (reading.detail is None) == (reading.status is CardReadStatus.READ)
    assert plate in PlateStatus
