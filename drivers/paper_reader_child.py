"""The process in which one paper is read; run as a file by `drivers.paper_reader`, with nothing of ours imported.

A JPEG or PNG comes on standard input; on standard output goes one JSON list of `[text, confidence, x, y]`, x and y being fractions.
The models are in the package; nothing is fetched.
"""

import contextlib
import json
import logging
import os
import resource
import sys
from typing import Any

_MEMORY_BYTES = 3 << 30  # address space, of which it uses a fifth
_WIDEST_PX = 1600  # more finds no more
_NOT_INSTALLED = 3


def _confine() -> None:
    """No core, which would hold the paper; no files; a bound on memory."""
    for limit, value in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_AS, _MEMORY_BYTES)):
        resource.setrlimit(limit, (value, value))


def main() -> int:
    """Read one paper."""
    _confine()
    answer = os.dup(1)
    os.dup2(2, 1)  # what the libraries say must not get between the lines
    with contextlib.suppress(OSError):  # a unit may forbid it
        os.nice(5)  # the screen comes first
    logging.disable(logging.CRITICAL)
    try:
        import cv2  # noqa: PLC0415 - only this process pays for them
        import numpy as np  # noqa: PLC0415
        from rapidocr import RapidOCR  # noqa: PLC0415
    except ImportError:
        return _NOT_INSTALLED
    cv2.setNumThreads(1)
    picture = cv2.imdecode(np.frombuffer(sys.stdin.buffer.read(), np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        return 1
    height, width = picture.shape[:2]
    if width > _WIDEST_PX:
        picture = cv2.resize(picture, (_WIDEST_PX, round(height * _WIDEST_PX / width)), interpolation=cv2.INTER_AREA)
        height, width = picture.shape[:2]
    engine = RapidOCR(params={"EngineConfig.onnxruntime.intra_op_num_threads": 1, "Global.log_level": "critical"})
    found: Any = engine(picture)  # one of four kinds; with all steps on it is the one that has all three
    lines = []
    for box, text, confidence in zip(_some(found.boxes), _some(found.txts), _some(found.scores), strict=True):
        x, y = (float(sum(corner[axis] for corner in box)) / len(box) for axis in (0, 1))
        lines.append([text, round(float(confidence), 4), round(x / width, 4), round(y / height, 4)])
    with os.fdopen(answer, "wb") as stream:
        stream.write(json.dumps(lines).encode())
    return 0


def _some(found: Any) -> Any:  # noqa: ANN401 - the library's own arrays, or None
    return () if found is None else found


if __name__ == "__main__":
    sys.exit(main())
