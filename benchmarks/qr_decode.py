"""Looking for codes in a frame, against decoding the frame's JPEG, which nobody can do without.

Prints `qr_decode_over_jpeg_decode <ratio>` for a slip on a noisy desk of 1280 x 960, the same for a desk without any code (where the
search goes on to its end), and the processor's milliseconds. The two take turns; the ratio is the median of the rounds' ratios.

    .venv/bin/python -m benchmarks.qr_decode [--rounds N]
"""

import argparse
import io
import statistics
import time
from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt
import segno
from PIL import Image

from drivers.codes import codes_in
from drivers.pictures import decode_frame

SLIP = "BM1:7F3K29Q8:01A20A0E-1344-7E62-A0A5-7E2A88722969"
WIDTH_PX, HEIGHT_PX = 1280, 960
TURN_DEGREES = 17


def frame_of(code: npt.NDArray[np.uint8] | None) -> bytes:
    """A JPEG as a camera sends it: a grey desk with sensor noise, and a slip's code lying on it askew."""
    desk = np.full((HEIGHT_PX, WIDTH_PX), 110, np.uint8)
    if code is not None:
        desk[300 : 300 + code.shape[0], 500 : 500 + code.shape[1]] = code
    turned = np.asarray(Image.fromarray(desk).rotate(TURN_DEGREES, Image.Resampling.BICUBIC, fillcolor=110), np.float32)
    noisy = (turned + np.random.default_rng(1).normal(0, 4, desk.shape)).clip(0, 255).astype(np.uint8)
    encoded = io.BytesIO()
    Image.fromarray(noisy).convert("RGB").save(encoded, "JPEG", quality=86)
    return encoded.getvalue()


def spent_ms(work: Callable[[], object]) -> float:
    """Processor time of one call, so that what else runs on the machine doesn't count."""
    begin = time.process_time()
    work()
    return (time.process_time() - begin) * 1000


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="reading codes, per frame")
    parser.add_argument("--rounds", type=int, default=40)
    rounds = parser.parse_args().rounds
    cv2.setNumThreads(1)
    drawn = io.BytesIO()
    segno.make(SLIP, micro=False).save(drawn, kind="png", scale=5, border=4)
    code = np.asarray(Image.open(drawn).convert("L"), np.uint8)
    for name, jpeg, found in (("qr_decode", frame_of(code), [SLIP]), ("qr_decode_nothing_there", frame_of(None), [])):
        frame = decode_frame(jpeg)
        if frame is None or [one.text.reveal() for one in codes_in(frame)] != found:
            raise SystemExit(f"{name}: the frame was not read as it was drawn")
        spent = [(spent_ms(lambda jpeg=jpeg: decode_frame(jpeg)), spent_ms(lambda frame=frame: codes_in(frame))) for _ in range(rounds)]
        print(f"{name}_over_jpeg_decode {statistics.median(looked / decoded for decoded, looked in spent):.2f}")
        print(f"{name}_ms {statistics.median(looked for _, looked in spent):.1f}")


if __name__ == "__main__":
    main()
