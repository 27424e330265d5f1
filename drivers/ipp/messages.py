"""IPP messages as bytes, both ways. Pure.

A message is `version(2) operation-or-status(2) request-id(4)`, groups of attributes, `03`, and then the document. A group begins with
a tag below 0x10; an attribute is `tag(1) name-length(2) name value-length(2) value`, and one without a name is a further value of
the attribute before it. Source: RFC 8010, section 3.
"""

import struct
from collections.abc import Iterator
from enum import IntEnum

from peripherals.values import dataclass

MESSAGE_LIMIT_BYTES = 1024 * 1024

Value = int | bool | str | bytes


class Operation(IntEnum):
    """What can be asked for (RFC 8011, section 5.4.15)."""

    PRINT_JOB = 0x0002
    CANCEL_JOB = 0x0008
    GET_JOB_ATTRIBUTES = 0x0009
    GET_JOBS = 0x000A
    GET_PRINTER_ATTRIBUTES = 0x000B


class Group(IntEnum):
    """Whose the attributes are."""

    OPERATION = 0x01
    JOB = 0x02
    END = 0x03
    PRINTER = 0x04


class Tag(IntEnum):
    """Kinds of value that are sent, or that are more than bytes when they come."""

    INTEGER = 0x21
    BOOLEAN = 0x22
    ENUM = 0x23
    TEXT_IN_LANGUAGE = 0x35
    NAME_IN_LANGUAGE = 0x36
    TEXT = 0x41
    NAME = 0x42
    KEYWORD = 0x44
    URI = 0x45
    CHARSET = 0x47
    LANGUAGE = 0x48
    MIME_TYPE = 0x49


_FIRST_VALUE_TAG = 0x10
_TEXTS = range(0x41, 0x50)
_WITH_LANGUAGE = (Tag.TEXT_IN_LANGUAGE, Tag.NAME_IN_LANGUAGE)
_HEAD = struct.Struct(">BBHI")
_LENGTH = struct.Struct(">H")
_INTEGER = struct.Struct(">i")
_GROUPS = frozenset(range(0x01, 0x08))


class BadMessageError(ValueError):
    """These bytes are no IPP message; the text says why and quotes nothing."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute to send."""

    tag: Tag
    name: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: a status code, and the attributes of all its groups by name."""

    status_code: int
    request_id: int
    attributes: dict[str, tuple[Value, ...]]

    @property
    def is_success(self) -> bool:
        """Whether it was done; the codes of success are 0x0000 to 0x00FF."""
        return self.status_code < 0x0100

    def number(self, name: str) -> int | None:
        """Return the first value when it is a number."""
        first = next(iter(self.attributes.get(name, ())), None)
        return first if isinstance(first, int) and not isinstance(first, bool) else None

    def numbers(self, name: str) -> tuple[int, ...]:
        """Return the values that are numbers; of an answer about several jobs, those of all of them."""
        return tuple(value for value in self.attributes.get(name, ()) if isinstance(value, int) and not isinstance(value, bool))

    def words(self, name: str) -> tuple[str, ...]:
        """Return the values that are text."""
        return tuple(value for value in self.attributes.get(name, ()) if isinstance(value, str))


def request(operation: Operation, request_id: int, about: tuple[Attribute, ...], job: tuple[Attribute, ...] = ()) -> bytes:
    """Return a request in IPP/1.1, which every printer understands; a document follows it.

    Args:
        operation: What is asked for.
        request_id: Comes back in the answer.
        about: Attributes of the operation, in their order: `printer-uri` first. Charset and language are put before them.
        job: Attributes of the job.
    """
    whole = bytearray(_HEAD.pack(1, 1, operation, request_id))
    whole.append(Group.OPERATION)
    for attribute in (_CHARSET, _LANGUAGE, *about):
        whole += _encoded(attribute)
    if job:
        whole.append(Group.JOB)
        for attribute in job:
            whole += _encoded(attribute)
    whole.append(Group.END)
    return bytes(whole)


_CHARSET = Attribute(Tag.CHARSET, "attributes-charset", ("utf-8",))
_LANGUAGE = Attribute(Tag.LANGUAGE, "attributes-natural-language", ("en",))


def _encoded(attribute: Attribute) -> bytes:
    whole, name = bytearray(), attribute.name.encode("ascii")
    for value in attribute.values:
        data = _value_bytes(attribute.tag, value)
        whole += bytes((attribute.tag,)) + _LENGTH.pack(len(name)) + name + _LENGTH.pack(len(data)) + data
        name = b""
    return bytes(whole)


def _value_bytes(tag: Tag, value: Value) -> bytes:
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode()
    return bytes((value,)) if tag is Tag.BOOLEAN else _INTEGER.pack(value)


def answer(data: bytes) -> Answer:
    """Read an answer.

    Raises:
        BadMessageError: it is none, or is longer than a megabyte.
    """
    if len(data) < _HEAD.size + 1:
        raise BadMessageError("shorter than the shortest message")
    if len(data) > MESSAGE_LIMIT_BYTES:
        raise BadMessageError("longer than any answer")
    major, _, status_code, request_id = _HEAD.unpack_from(data)
    if major not in {1, 2}:
        raise BadMessageError(f"version {major} is not IPP")
    attributes: dict[str, list[Value]] = {}
    name = ""
    for tag, named, raw in _parts(data):
        if named:
            name = named
        if not name:
            raise BadMessageError("a value without a name")
        attributes.setdefault(name, []).append(_value(tag, raw))
    return Answer(status_code, request_id, {key: tuple(values) for key, values in attributes.items()})


def _parts(data: bytes) -> Iterator[tuple[int, str, bytes]]:
    """Yield tag, name and value of every attribute up to the end mark."""
    at = _HEAD.size
    while at < len(data):
        tag = data[at]
        at += 1
        if tag == Group.END:
            return
        if tag < _FIRST_VALUE_TAG:
            if tag not in _GROUPS:
                raise BadMessageError(f"no group has the tag {tag:#04x}")
            continue
        name, at = _measured(data, at)
        raw, at = _measured(data, at)
        yield tag, name.decode("ascii", "replace"), raw
    raise BadMessageError("it has no end")


def _measured(data: bytes, at: int) -> tuple[bytes, int]:
    if at + _LENGTH.size > len(data):
        raise BadMessageError("it ends within an attribute")
    end = at + _LENGTH.size + _LENGTH.unpack_from(data, at)[0]
    if end > len(data):
        raise BadMessageError("a length points beyond its end")
    return data[at + _LENGTH.size : end], end


def _value(tag: int, raw: bytes) -> Value:
    if tag in {Tag.INTEGER, Tag.ENUM} and len(raw) == _INTEGER.size:
        return int(_INTEGER.unpack(raw)[0])
    if tag == Tag.BOOLEAN and len(raw) == 1:
        return raw[0] != 0
    if tag in _TEXTS:
        return raw.decode(errors="replace")
    if tag in _WITH_LANGUAGE and (text := _without_language(raw)) is not None:
        return text
    return raw


def _without_language(raw: bytes) -> str | None:
    """Return the text of `length language length text`."""
    try:
        _, at = _measured(raw, 0)
        return _measured(raw, at)[0].decode(errors="replace")
    except BadMessageError:
        return None
