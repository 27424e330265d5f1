"""The photo's plug-in, with decoders for a made-up format: good ones, slow ones, crashing ones, and ones that are up to something."""

import io
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from PIL import Image

from drivers.sam.photo import BMP_BYTES, WLT_BYTES, Photo, PhotoDecoder, PhotoStatus, decoded_photo
from peripherals.deadline import Deadline
from peripherals.secret import Secret

MADE_UP = Secret(b"WLf" + bytes((7 * at + 3) % 256 for at in range(WLT_BYTES - 3)))
"""Begins as photos do. The rest is a format of our own: each pixel is the byte at its place, taken round and round."""

GREYS = bytes(MADE_UP.reveal()[at % WLT_BYTES] for at in range(102 * 126))

GOOD = """
import io, sys
from PIL import Image
wlt = sys.stdin.buffer.read()
assert len(wlt) == 1024
grey = Image.frombytes("L", (102, 126), bytes(wlt[at % 1024] for at in range(102 * 126)))
grey.convert("RGB").save(sys.stdout.buffer, "BMP")
"""


def decoder(folder: Path, program: str) -> PhotoDecoder:
    path = folder / "decoder.py"
    path.write_text(program)
    return PhotoDecoder.command(sys.executable, str(path))


def run(folder: Path, program: str, seconds: float = 20.0) -> Photo:
    return decoded_photo(MADE_UP, decoder(folder, program), Deadline.after(seconds))


def greys_of(photo: Photo) -> bytes:
    assert photo.status is PhotoStatus.DECODED
    assert photo.bmp is not None
    with Image.open(io.BytesIO(photo.bmp.reveal())) as image:
        assert image.size == (102, 126)
        return image.convert("L").tobytes()


def test_a_command_decodes_the_photo(tmp_path: Path) -> None:
    photo = run(tmp_path, GOOD)
    assert greys_of(photo) == GREYS
    assert photo.bmp is not None
    assert len(photo.bmp.reveal()) == BMP_BYTES
    assert repr(photo) == "Photo(status=<PhotoStatus.DECODED: 'decoded'>, bmp=<secret>)"


def test_without_a_decoder_there_is_no_photo() -> None:
    assert decoded_photo(MADE_UP, None, Deadline.after(5)) == Photo(PhotoStatus.NO_DECODER)


@pytest.mark.parametrize("coded", [b"", MADE_UP.reveal()[:-1], MADE_UP.reveal() + b"\0", bytes(WLT_BYTES), b"BM" + bytes(WLT_BYTES - 2)])
def test_what_is_no_photo_never_reaches_the_decoder(tmp_path: Path, coded: bytes) -> None:
    ran = tmp_path / "ran"
    os.mkfifo(ran)  # a pipe, since the decoder may write no file: opening it would wait until the deadline
    snitch = decoder(tmp_path, f"open({str(ran)!r})")
    assert decoded_photo(Secret(coded), snitch, Deadline.after(20)) == Photo(PhotoStatus.NOT_A_PHOTO)


@pytest.mark.parametrize(
    ("program", "status"),
    [
        ("raise SystemExit(3)", PhotoStatus.CRASHED),
        (GOOD + "raise SystemExit(1)", PhotoStatus.CRASHED),
        ("import os; os.abort()", PhotoStatus.CRASHED),
        ("import ctypes; ctypes.string_at(0)", PhotoStatus.CRASHED),
        ("bytearray(1 << 31)", PhotoStatus.CRASHED),
        ("", PhotoStatus.WRONG_SIZE),
        (GOOD.replace("sys.stdout.buffer, 'BMP'", "sys.stdout.buffer, 'PNG'").replace('"BMP"', '"PNG"'), PhotoStatus.WRONG_SIZE),
        (GOOD.replace("102, 126", "126, 102"), PhotoStatus.WRONG_SIZE),
        (GOOD + "sys.stdout.buffer.write(b'!')", PhotoStatus.WRONG_SIZE),
        ("import sys; sys.stdout.buffer.write(b'BM' + bytes(38860))", PhotoStatus.WRONG_SIZE),
        ("import sys\nwhile True: sys.stdout.buffer.write(bytes(65536))", PhotoStatus.WRONG_SIZE),
    ],
)
def test_a_decoder_that_fails_leaves_no_photo(tmp_path: Path, program: str, status: PhotoStatus) -> None:
    assert run(tmp_path, program) == Photo(status)


@pytest.mark.parametrize(
    "program",
    [
        "import time; time.sleep(60)",
        GOOD + "\nsys.stdout.flush()\nimport time; time.sleep(60)",
        GOOD + "\nsys.stdout.close()\nimport os, time; os.close(1); time.sleep(60)",
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)",
        "import ctypes; ctypes.PyDLL(None).sleep(60)",
    ],
)
def test_a_slow_decoder_is_ended_at_the_deadline(tmp_path: Path, program: str) -> None:
    begin_s = time.monotonic()
    assert run(tmp_path, program, 0.7) == Photo(PhotoStatus.TOO_SLOW)
    assert 0.7 <= time.monotonic() - begin_s < 3


def test_what_a_decoder_starts_ends_with_it(tmp_path: Path) -> None:
    life = tmp_path / "life"
    os.mkfifo(life)
    child = f"import os, time; fd = os.open({str(life)!r}, os.O_WRONLY); os.write(fd, b'lives'); os.write(1, b'!'); time.sleep(60)"
    heard: list[bytes] = []

    def listen() -> None:
        with life.open("rb") as line:
            heard.append(line.read())  # up to the moment when nobody holds the other end any more

    listening = threading.Thread(target=listen, daemon=True)
    listening.start()
    starts = f"child = subprocess.Popen([sys.executable, '-c', {child!r}], stdout=subprocess.PIPE); child.stdout.read(1)"
    assert run(tmp_path, f"import subprocess, sys; {starts}; raise SystemExit(3)") == Photo(PhotoStatus.CRASHED)
    listening.join(10)
    assert not listening.is_alive()
    assert heard == [b"lives"]


def test_a_decoder_can_t_put_the_photo_into_a_file(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    program = f"import sys\nwith open({str(kept)!r}, 'wb') as file: file.write(sys.stdin.buffer.read())"
    assert run(tmp_path, program) == Photo(PhotoStatus.CRASHED)
    assert kept.read_bytes() == b""


def test_a_decoder_gets_nothing_of_ours_and_is_not_heard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OUTBOX_KEY", "of nobody's business")
    curious = "import os, sys; print('a secret', file=sys.stderr); assert 'OUTBOX_KEY' not in os.environ and os.getcwd() == '/'" + GOOD
    assert run(tmp_path, curious).status is PhotoStatus.DECODED
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "missing",
    [PhotoDecoder.command("/nowhere/decoder"), PhotoDecoder.library(Path("/nowhere/libphoto.so")), PhotoDecoder.command("/etc/hosts")],
)
def test_a_decoder_that_is_not_there_is_told_from_one_that_fails(missing: PhotoDecoder) -> None:
    assert decoded_photo(MADE_UP, missing, Deadline.after(20)) == Photo(PhotoStatus.NOT_STARTED)


LIBRARY = r"""
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int unpack(const unsigned char *wlt, unsigned char *out, int size) {
    printf("a library that talks\n");
    fflush(stdout);
    if (size < 102 * 126 * 3) return -1;
    for (int at = 0; at < 102 * 126; at++) memset(out + 3 * at, wlt[at % 1024], 3);
    return 1;
}
int refuses(const unsigned char *wlt, unsigned char *out, int size) { return -5; }
int hangs(const unsigned char *wlt, unsigned char *out, int size) { for (;;) pause(); }
int crashes(const unsigned char *wlt, unsigned char *out, int size) { *(volatile int *)0 = 1; return 1; }
int overruns(const unsigned char *wlt, unsigned char *out, int size) { memset(out, 1, 100000000); return 1; }
int short_bmp(const unsigned char *wlt, unsigned char *out, int size) { memcpy(out, "BM\x40\0\0\0", 6); return 1; }
int odd_bmp(const unsigned char *wlt, unsigned char *out, int size) { memcpy(out, "BM\xff\xff\xff\xff", 6); return 1; }
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("library")
    (folder / "photo.c").write_text(LIBRARY)
    subprocess.run(["cc", "-shared", "-fPIC", "-o", str(folder / "libphoto.so"), str(folder / "photo.c")], check=True)
    return folder / "libphoto.so"


def test_a_library_decodes_the_photo_and_its_chatter_stays_out_of_it(library: Path) -> None:
    photo = decoded_photo(MADE_UP, PhotoDecoder.library(library), Deadline.after(20))
    assert greys_of(photo) == GREYS


@pytest.mark.parametrize(
    ("entry", "status"),
    [
        ("refuses", PhotoStatus.CRASHED),
        ("crashes", PhotoStatus.CRASHED),
        ("overruns", PhotoStatus.CRASHED),
        ("hangs", PhotoStatus.TOO_SLOW),
        ("short_bmp", PhotoStatus.WRONG_SIZE),
        ("odd_bmp", PhotoStatus.WRONG_SIZE),
        ("not_in_it", PhotoStatus.NOT_STARTED),
    ],
)
def test_a_library_that_fails_takes_nobody_with_it(library: Path, entry: str, status: PhotoStatus) -> None:
    assert decoded_photo(MADE_UP, PhotoDecoder.library(library, entry), Deadline.after(1.5 if entry == "hangs" else 20)) == Photo(status)
