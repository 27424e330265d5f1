"""Finding and judging the paper in a frame, against decoding the frame's JPEG, which nobody can do without.

Prints `document_detection_over_jpeg_decode <ratio>` for the virtual camera's own frame size, the processor's milliseconds of each
step, and the worst corner in pixels. The two take turns, and the ratio is the median of the rounds' ratios.

    .venv/bin/python -m benchmarks.document_detection [--fonts DIR] [--rounds N]
"""

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from drivers.document import flatten, look
from drivers.pictures import decode_frame
from peripherals.virtual import desk
from peripherals.virtual.papers import PAPERS, Fonts


def spent_ms(work: Callable[[], object]) -> float:
    """Processor time of one call, so that what else runs on the machine doesn't count."""
    begin = time.process_time()
    work()
    return (time.process_time() - begin) * 1000


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="document detection per frame")
    parser.add_argument("--fonts", type=Path, default=Path(__file__).parents[1] / "assets" / "fonts")
    parser.add_argument("--rounds", type=int, default=30)
    wanted = parser.parse_args()
    cv2.setNumThreads(1)
    lying = desk.scene(PAPERS["tenancy-contract"][0](Fonts.in_folder(wanted.fonts)))
    jpeg = desk.noisy_jpegs(lying.image, 1)[0]
    frame = decode_frame(jpeg)
    if frame is None or lying.corners is None:
        raise SystemExit("the virtual desk has no paper on it")
    view, outline = look(frame)
    if outline is None:
        raise SystemExit(f"the paper was not found: {view.hint}")
    rounds = [
        (spent_ms(lambda: decode_frame(jpeg)), spent_ms(lambda: look(frame)), spent_ms(lambda: flatten(frame, outline)))
        for _ in range(wanted.rounds)
    ]
    decoding, looking, flattening = (statistics.median(column) for column in zip(*rounds, strict=True))
    print(f"document_detection_over_jpeg_decode {statistics.median(one[1] / one[0] for one in rounds):.2f}")
    print(f"document_detection_ms {looking:.1f}")
    print(f"document_decode_ms {decoding:.1f}")
    print(f"document_flatten_ms {flattening:.1f}")
    print(f"document_corner_error_px {float(np.abs(outline.corners - (np.array(lying.corners) - 0.5)).max()):.2f}")


if __name__ == "__main__":
    main()
