"""IPP as bytes: an answer like RFC 8010's example, and whatever else a network may bring."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.ipp.messages import Attribute, BadMessageError, Operation, Tag, answer, request
from peripherals.virtual.document_printer import Asked, message

# Made after RFC 8010, appendix A.2, the answer to Print-Job, byte by byte and without this package.
RFC_ANSWER = bytes.fromhex(
    "0101 0000 00000001 01"
    "47 0012 617474726962757465732d63686172736574 0005 7574662d38"
    "48 001b 617474726962757465732d6e61747572616c2d6c616e6775616765 0005 656e2d7573"
    "41 000e 7374617475732d6d657373616765 000d 7375636365737366756c2d6f6b"
    "02"
    "21 0006 6a6f622d6964 0004 00000093"
    "45 0007 6a6f622d757269 0026 6970703a2f2f7072696e7465722e6578616d706c652e636f6d2f6970702f7072696e742f6a31"
    "23 0009 6a6f622d7374617465 0004 00000003"
    "03"
)


def test_an_answer_like_the_standard_s_example_is_read() -> None:
    said = answer(RFC_ANSWER)
    assert said.is_success
    assert said.request_id == 1
    assert (said.number("job-id"), said.number("job-state")) == (0x93, 3)
    assert said.words("status-message") == ("successful-ok",)


def test_a_request_is_what_the_standard_says() -> None:
    asked = request(Operation.PRINT_JOB, 7, (Attribute(Tag.URI, "printer-uri", ("ipp://h/p",)),))
    assert asked.startswith(bytes.fromhex("0101 0002 00000007 01 47 0012".replace(" ", "")))
    assert asked.endswith(b"\x45\x00\x0bprinter-uri\x00\x09ipp://h/p\x03")


def test_further_values_have_no_name() -> None:
    asked = request(Operation.GET_JOB_ATTRIBUTES, 1, (Attribute(Tag.KEYWORD, "requested-attributes", ("a", "b")),))
    assert b"\x44\x00\x14requested-attributes\x00\x01a\x44\x00\x00\x00\x01b\x03" in asked


def test_the_virtual_printer_reads_what_we_write_and_we_what_it_writes() -> None:
    asked = Asked.of(request(Operation.PRINT_JOB, 9, (Attribute(Tag.NAME, "job-name", ("凭证",)),)) + b"%PDF")
    assert (asked.operation, asked.request_id, asked.document) == (2, 9, b"%PDF")
    assert asked.attributes["job-name"].decode() == "凭证"
    attributes = ((0x44, "printer-state-reasons", ("media-low", "none")), (0x22, "printer-is-accepting-jobs", (False,)))
    said = answer(message(0x0406, 9, 4, attributes))
    assert not said.is_success
    assert said.words("printer-state-reasons") == ("media-low", "none")
    assert said.attributes["printer-is-accepting-jobs"] == (False,)


def test_text_with_its_language_is_text_and_what_is_not_known_stays_bytes() -> None:
    head = bytes.fromhex("0200000000000001") + b"\x04"
    with_language = b"\x35\x00\x01n\x00\x09" + b"\x00\x02zh" + b"\x00\x03\xe5\xa5\xbd"
    said = answer(head + with_language + b"\x33\x00\x01r\x00\x08" + bytes(8) + b"\x03")
    assert said.attributes == {"n": ("好",), "r": (bytes(8),)}


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"\x01\x01\x00\x00",
        b"\x09\x01\x00\x00\x00\x00\x00\x01\x03",
        RFC_ANSWER[:-1],
        RFC_ANSWER[:40],
        RFC_ANSWER[:8] + b"\x0f\x03",
        RFC_ANSWER[:8] + b"\x01\x47\x00\x00\x00\x01a\x03",
        RFC_ANSWER[:8] + b"\x01\x47\xff\xff",
        b"\x01\x01" + bytes(1024 * 1024),
        b"<html>not a printer</html>",
    ],
)
def test_what_is_none_is_refused(broken: bytes) -> None:
    with pytest.raises(BadMessageError):
        answer(broken)


@given(
    st.binary(max_size=300) | st.builds(lambda cut, junk: RFC_ANSWER[:cut] + junk, st.integers(0, len(RFC_ANSWER)), st.binary(max_size=60))
)
def test_nothing_but_an_answer_or_a_refusal_ever_comes_out(data: bytes) -> None:
    try:
        said = answer(data)
    except BadMessageError:
        return
    assert said.number("job-state") is None or isinstance(said.number("job-state"), int)
    assert all(isinstance(word, str) for word in said.words("printer-state-reasons"))
