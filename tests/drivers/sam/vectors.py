"""The protocol's published vectors. The people in them are invented."""

from itertools import chain

PREAMBLE = "AA AA AA 96 69"

REQUESTS = {
    "RESET": f"{PREAMBLE} 00 03 10 FF EC",
    "STATUS": f"{PREAMBLE} 00 03 11 FF ED",
    "MODULE_ID": f"{PREAMBLE} 00 03 12 FF EE",
    "FIND": f"{PREAMBLE} 00 03 20 01 22",
    "SELECT": f"{PREAMBLE} 00 03 20 02 21",
    "READ": f"{PREAMBLE} 00 03 30 01 32",
    "READ_WITH_FINGERPRINT": f"{PREAMBLE} 00 03 30 10 23",
    "NEWEST_ADDRESS": f"{PREAMBLE} 00 03 30 03 30",
    "CHIP_NUMBER": f"{PREAMBLE} 00 03 30 05 36",
    "BAUD_115200": f"{PREAMBLE} 00 03 60 00 63",
    "BAUD_57600": f"{PREAMBLE} 00 03 60 01 62",
    "BAUD_38400": f"{PREAMBLE} 00 03 60 02 61",
    "BAUD_19200": f"{PREAMBLE} 00 03 60 03 60",
    "BAUD_9600": f"{PREAMBLE} 00 03 60 04 67",
}

CHECKS_WITHOUT_DATA = (
    "90->94 10->14 11->15 21->25 23->27 24->20 31->35 32->36 33->37 40->44 41->45 47->43 60->64 66->62 80->84 81->85 91->95"
)


def plain_reply(sw3: str, check: str) -> bytes:
    return bytes.fromhex(f"{PREAMBLE} 00 04 00 00 {sw3} {check}")


FIND_OK = bytes.fromhex(f"{PREAMBLE} 00 08 00 00 9F 00 00 00 00 97")
SELECT_OK = bytes.fromhex(f"{PREAMBLE} 00 0C 00 00 90 00 00 00 00 00 00 00 00 9C")
MODULE_ID = bytes.fromhex(f"{PREAMBLE} 00 14 00 00 90 05 00 03 00 BC A2 33 01 87 D6 12 00 35 38 D0 8B BB")
ADDRESS_OK = bytes.fromhex(
    f"{PREAMBLE} 00 4A 00 00 90 0A 4E 77 6D 02 5E C4 9E 66 6D 3A 53 37 68 8B 4F B0 65 51 67"
    "38 00 F7 53 31 00 30 00 31 00 A4 5B" + "20 00" * 19 + "EB"
)
NO_CARD = plain_reply("80", "84")
RESYNC = bytes.fromhex("00 AA AA AA AA 96 69 00 04 00 00 80 84")
BAD_CHECK = bytes.fromhex(f"{PREAMBLE} 00 04 00 00 90 95")
TRUNCATED = bytes.fromhex(f"{PREAMBLE} 05 08 00 00 90")
SILLY_LENGTH = bytes.fromhex(f"{PREAMBLE} FF FF 00 00 90")

PHOTO = bytes((7 * i + 3) % 256 for i in range(1024))
FINGERPRINT = bytes((11 * i + 5) % 256 for i in range(1024))

RESIDENT_TEXT = bytes.fromhex(
    "4B6DD58B5854200020002000200020002000200020002000200020002000320030003100310039003900300030003300300037001753AC4E025E1C4ECE573A53"
    "37688B4FE1800C5431003200F7536296330055534351340030003200A45B20002000200020002000200020002000200020002000200020002000310031003000"
    "3100300031003100390039003000300033003000370038003600370030001753AC4E025E6C51895B405C1C4ECE570652405C2000200020002000200032003000"
    "32003000300031003000310032003000340030003000310030003100200020002000200020002000200020002000200020002000200020002000200020002000"
)


def fields(*values_and_bytes: tuple[str, int]) -> bytes:
    """Lay fields side by side, each padded with spaces."""
    return bytes(
        chain.from_iterable(
            value.encode("utf-16-le") + b"\x20\x00" * (size // 2 - len(value.encode("utf-16-le")) // 2) for value, size in values_and_bytes
        )
    )


RESIDENT = (
    ("测试员", 30),
    ("2", 2),
    ("01", 4),
    ("19900307", 16),
    ("北京市东城区样例胡同12号院3单元402室", 70),
    ("110101199003078670", 36),
    ("北京市公安局东城分局", 30),
    ("20200101", 16),
    ("20400101", 16),
    ("", 36),
)
LONG_TERM = (
    ("测试员", 30),
    ("1", 2),
    ("56", 4),
    ("19500101", 16),
    ("云南省景洪市样例路1号", 70),
    ("532801195001010031", 36),
    ("景洪市公安局", 30),
    ("20100101", 16),
    ("长期", 16),
    ("", 36),
)


def reply(sw3: int, data: bytes = b"") -> bytes:
    """Build a reply by the protocol's page, apart from the product's code."""
    counted = (len(data) + 4).to_bytes(2, "big") + bytes((0, 0, sw3)) + data
    check = 0
    for byte in counted:
        check ^= byte
    return bytes.fromhex(PREAMBLE) + counted + bytes((check,))


def read_reply(text: bytes, photo: bytes = PHOTO) -> bytes:
    return reply(0x90, len(text).to_bytes(2, "big") + len(photo).to_bytes(2, "big") + text + photo)


def finger_reply(text: bytes, finger: bytes = FINGERPRINT) -> bytes:
    head = b"".join(len(part).to_bytes(2, "big") for part in (text, PHOTO, finger))
    return reply(0x90, head + text + PHOTO + finger)
