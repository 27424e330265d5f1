"""The driver against a virtual camera in a process of its own, and against streams of other makes."""

import http.server
import io
import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from drivers.document_camera import PREVIEW_WIDTH_MAX_PX, OpencvDocumentCamera
from peripherals.deadline import Deadline
from peripherals.document_camera import PaperHint
from peripherals.virtual import desk
from tests.drivers.camera_bench import CameraBench, camera_bench, frame_of, scene
from tests.drivers.printer_bench import soon


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CameraBench]:
    with camera_bench(tmp_path_factory.mktemp("camera")) as made:
        assert made.opened() is PaperHint.GOOD
        yield made


def test_a_contract_is_seen_and_taken_flat(bench: CameraBench) -> None:
    bench.show("take_away")
    assert bench.hint() is PaperHint.NO_PAPER
    bench.show("lay", paper="tenancy-contract")
    corners = bench.do("state")["corners"]
    picture = bench.capture()
    assert picture.view.hint is PaperHint.GOOD
    assert picture.view.corners is not None
    for (x, y), (true_x, true_y) in zip(picture.view.corners, corners, strict=True):
        assert abs(x * desk.WIDTH_PX - true_x) <= 2
        assert abs(y * desk.HEIGHT_PX - true_y) <= 2
    assert picture.jpeg is not None
    assert Image.open(io.BytesIO(picture.jpeg.reveal())).size == (picture.width, picture.height)
    assert len(picture.jpeg.reveal()) < 1_000_000


def test_previews_are_small_numbered_and_paced(bench: CameraBench) -> None:
    bench.show("lay", paper="household-book")
    begin = time.monotonic()
    previews = [bench.camera.preview(Deadline.after(20)) for _ in range(6)]
    assert time.monotonic() - begin > 5 / 16
    numbers = [preview.number for preview in previews if preview]
    assert len(numbers) == 6
    assert all(later > earlier for earlier, later in itertools.pairwise(numbers))
    last = previews[-1]
    assert last is not None
    assert last.view.hint is PaperHint.GOOD
    assert (last.width, last.height) == (PREVIEW_WIDTH_MAX_PX, 480)
    assert Image.open(io.BytesIO(last.jpeg.reveal())).size == (last.width, last.height)


def test_the_second_page_is_another_picture(bench: CameraBench) -> None:
    taken = []
    for page in (1, 2):
        bench.show("lay", paper="tenancy-contract", page=page)
        taken.append(bench.capture())
    assert all(picture.jpeg for picture in taken)
    assert taken[0].jpeg != taken[1].jpeg


def test_a_picture_never_shows_what_was_there_before_it_was_asked_for(bench: CameraBench) -> None:
    bench.show("lay", paper="tenancy-contract")
    time.sleep(0.3)  # frames pile up that nobody asked for
    bench.do("take_away")
    bench.camera.preview(Deadline.after(20))
    assert bench.hint() is PaperHint.NO_PAPER


def test_nothing_is_there_and_nothing_is_waited_for() -> None:
    for address in ("http://127.0.0.1:9/camera.mjpg", "http://[", "/dev/video97", "/nowhere/film.avi"):
        camera = OpencvDocumentCamera(address)
        assert camera.open(Deadline.after(2)) is PaperHint.CAMERA_ABSENT
        assert camera.preview(Deadline.after(0.1)) is None
        assert camera.capture(Deadline.after(0.1)).view.hint is PaperHint.CAMERA_ABSENT
        camera.close()


def test_a_closed_camera_stays_closed_until_it_is_opened(bench: CameraBench) -> None:
    bench.camera.close()
    bench.camera.close()
    assert bench.camera.preview(Deadline.after(0.1)) is None
    assert bench.hint() is PaperHint.CAMERA_ABSENT
    assert bench.opened() is PaperHint.GOOD


def test_closing_leaves_no_thread_behind(bench: CameraBench) -> None:
    others = threading.active_count()
    camera = OpencvDocumentCamera(bench.url)
    assert camera.open(Deadline.after(20)) is PaperHint.GOOD
    camera.close()
    deadline = Deadline.after(5)
    while threading.active_count() > others and not deadline.is_past:
        time.sleep(0.01)
    assert threading.active_count() <= others


Talk = Callable[[http.server.BaseHTTPRequestHandler], None]


@contextmanager
def stream_of(talk: Talk) -> Iterator[str]:
    """A camera of another make: `talk` says whatever it says."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with suppress(ConnectionError):
                talk(self)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/?action=stream"
    finally:
        server.shutdown()
        server.server_close()


def head(to: http.server.BaseHTTPRequestHandler, kind: str, **more: str) -> None:
    to.send_response(200)
    to.send_header("Content-Type", kind)
    for name, value in more.items():
        to.send_header(name.replace("_", "-"), value)
    to.end_headers()


FRAMES = desk.noisy_jpegs(scene("household-book").image, 3)


def bare_jpegs(to: http.server.BaseHTTPRequestHandler) -> None:
    head(to, "video/x-motion-jpeg")
    for frame in itertools.cycle(FRAMES):
        to.wfile.write(frame)
        time.sleep(0.05)


def other_boundary(to: http.server.BaseHTTPRequestHandler) -> None:
    head(to, 'multipart/x-mixed-replace;boundary="--ip cam--"')
    for frame in itertools.cycle(FRAMES):
        to.wfile.write(b"\r\n----ip cam--\r\ncontent-type:image/jpeg\r\n\r\n" + frame)
        time.sleep(0.05)


def in_crumbs(to: http.server.BaseHTTPRequestHandler) -> None:
    to.protocol_version = "HTTP/1.1"
    head(to, "multipart/x-mixed-replace; boundary=b", Transfer_Encoding="chunked")
    for frame in itertools.cycle(FRAMES):
        part = b"--b\r\nContent-Type: image/jpeg\r\nContent-Length: 7\r\n\r\n" + frame + b"\r\n"
        for at in range(0, len(part), 5000):
            crumb = part[at : at + 5000]
            to.wfile.write(f"{len(crumb):x}\r\n".encode() + crumb + b"\r\n")
        time.sleep(0.05)


@pytest.mark.parametrize("talk", [bare_jpegs, other_boundary, in_crumbs])
def test_streams_of_other_makes_are_understood(talk: Talk) -> None:
    with stream_of(talk) as url:
        camera = OpencvDocumentCamera(url)
        assert camera.open(Deadline.after(20)) is PaperHint.GOOD
        assert camera.capture(Deadline.after(20)).view.hint is PaperHint.GOOD
        camera.close()


def one_picture_a_question(frames: Iterator[bytes]) -> Talk:
    def talk(to: http.server.BaseHTTPRequestHandler) -> None:
        picture = next(frames)
        head(to, "image/jpeg; charset=binary", Content_Length=str(len(picture)))
        to.wfile.write(picture)

    return talk


def test_a_camera_that_gives_one_picture_for_each_question_is_asked_again_and_again() -> None:
    others = threading.active_count()
    with stream_of(one_picture_a_question(itertools.cycle(FRAMES))) as url:
        camera = OpencvDocumentCamera(url)
        assert camera.open(Deadline.after(20)) is PaperHint.GOOD
        assert camera.preview(Deadline.after(20)) is not None
        assert camera.capture(Deadline.after(20)).view.hint is PaperHint.GOOD
        camera.close()
    assert soon(lambda: threading.active_count() <= others)


@pytest.mark.parametrize(
    ("pictures", "hint"), [([FRAMES[0]], PaperHint.CAMERA_STALLED), ([FRAMES[0], b""], PaperHint.CAMERA_ABSENT)], ids=["the same", "none"]
)
def test_one_that_gives_the_same_picture_or_none_is_no_camera(pictures: list[bytes], hint: PaperHint) -> None:
    following = itertools.chain(pictures, itertools.repeat(pictures[-1]))
    with stream_of(one_picture_a_question(following)) as url:
        camera = OpencvDocumentCamera(url)
        assert camera.open(Deadline.after(20)) is hint
        assert camera.capture(Deadline.after(5)).jpeg is None
        camera.close()


def two_frames_in_three_seconds(to: http.server.BaseHTTPRequestHandler) -> None:
    head(to, "video/x-motion-jpeg")
    for frame in itertools.cycle(FRAMES):
        to.wfile.write(frame)
        time.sleep(1.6)


def test_a_slow_camera_is_waited_for_as_long_as_its_frames_take() -> None:
    with stream_of(two_frames_in_three_seconds) as url:
        camera = OpencvDocumentCamera(url)
        assert camera.open(Deadline.after(20)) is PaperHint.GOOD
        for _ in range(3):
            assert camera.preview(Deadline.after(20)) is not None
            assert camera.look(Deadline.after(1)).is_fit
        assert camera.capture(Deadline.after(20)).view.hint is PaperHint.GOOD
        assert camera.capture(Deadline.after(0.3)).view.hint is PaperHint.CAMERA_STALLED, "no longer than it is asked to"
        camera.close()


@pytest.mark.parametrize("period_s", [0.05, 1.0])
def test_one_picture_over_and_over_is_no_camera_however_slow(period_s: float) -> None:
    def talk(to: http.server.BaseHTTPRequestHandler) -> None:
        head(to, "video/x-motion-jpeg")
        while True:
            to.wfile.write(FRAMES[0])
            time.sleep(period_s)

    with stream_of(talk) as url:
        camera = OpencvDocumentCamera(url)
        begin = time.monotonic()
        assert camera.open(Deadline.after(60)) is PaperHint.CAMERA_STALLED
        assert time.monotonic() - begin < 20
        assert camera.preview(Deadline.after(60)) is None
        assert camera.capture(Deadline.after(60)).view.hint is PaperHint.CAMERA_STALLED
        assert time.monotonic() - begin < 40, "it gives up long before it has to"
        camera.close()


def test_a_slow_camera_that_stops_is_noticed() -> None:
    stopped = threading.Event()

    def talk(to: http.server.BaseHTTPRequestHandler) -> None:
        head(to, "video/x-motion-jpeg")
        frames = itertools.cycle(FRAMES)
        while True:
            to.wfile.write(FRAMES[0] if stopped.is_set() else next(frames))
            time.sleep(0.7)

    with stream_of(talk) as url:
        camera = OpencvDocumentCamera(url)
        assert camera.open(Deadline.after(20)) is PaperHint.GOOD
        assert camera.preview(Deadline.after(20)) is not None
        stopped.set()
        assert soon(lambda: camera.open(Deadline.after(20)) is PaperHint.CAMERA_STALLED)
        assert camera.capture(Deadline.after(20)).jpeg is None
        camera.close()


def not_found(to: http.server.BaseHTTPRequestHandler) -> None:
    to.send_error(404)


def says_nothing(to: http.server.BaseHTTPRequestHandler) -> None:
    time.sleep(3)


def a_web_page(to: http.server.BaseHTTPRequestHandler) -> None:
    head(to, "text/html")
    to.wfile.write(b"<h1>router</h1>")


def noise_for_ever(to: http.server.BaseHTTPRequestHandler) -> None:
    head(to, "multipart/x-mixed-replace; boundary=b")
    noise = np.random.default_rng(1).integers(0, 255, 50_000, dtype=np.uint8).tobytes()
    while True:
        to.wfile.write(noise)
        time.sleep(0.02)


@pytest.mark.parametrize(
    ("talk", "hint"),
    [
        (not_found, PaperHint.CAMERA_ABSENT),
        (says_nothing, PaperHint.CAMERA_ABSENT),
        (a_web_page, PaperHint.CAMERA_ABSENT),
        (noise_for_ever, PaperHint.CAMERA_STALLED),
    ],
)
def test_whatever_else_answers_is_no_camera(talk: Talk, hint: PaperHint) -> None:
    with stream_of(talk) as url:
        camera = OpencvDocumentCamera(url)
        begin = time.monotonic()
        assert camera.open(Deadline.after(2)) is hint
        assert time.monotonic() - begin < 4
        assert camera.capture(Deadline.after(1)).jpeg is None
        camera.close()


def test_a_recording_is_a_camera_too(tmp_path: Path) -> None:
    path = tmp_path / "film.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 15, (desk.WIDTH_PX, desk.HEIGHT_PX))
    frame = frame_of(scene("tenancy-contract").image)
    for at in range(20):
        writer.write(np.roll(frame, at % 3, axis=0))
    writer.release()
    camera = OpencvDocumentCamera(str(path))
    assert camera.open(Deadline.after(20)) is PaperHint.GOOD
    assert camera.capture(Deadline.after(20)).view.hint is PaperHint.GOOD
    camera.close()
