"""A film of still pictures: VP8 in WebM, which every browser shows. OpenCV writes it, in a process of its own that is gone afterwards.

The same file is both ends: `make_film` here, and run as a file, with nothing of ours imported, the process that holds the library.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

EACH_S = 3
"""How long a picture stays."""

HIGHEST_PX = 1280
_WITHIN_S = 120.0


class FilmError(Exception):
    """The film was not made; the message says why."""


def make_film(pictures: Iterable[bytes], python: str = sys.executable) -> bytes:
    """Return a film in which each picture stays for a while.

    Args:
        pictures: PNG or JPEG, all of one size.
        python: The interpreter that has OpenCV.

    Raises:
        FilmError: It could not be made, or not in time.
    """
    with tempfile.TemporaryDirectory(prefix="bianmin-film-") as folder:
        place = Path(folder)
        try:
            for number, picture in enumerate(pictures):
                (place / f"{number:04}.picture").write_bytes(picture)
            ended = subprocess.run(
                [python, "-I", "-B", __file__, folder],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=_WITHIN_S,
                check=False,
                cwd="/",
                env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "OPENCV_LOG_LEVEL": "SILENT", "OPENCV_FFMPEG_LOGLEVEL": "-8"},
            )
            if ended.returncode != 0:
                raise FilmError(f"its process ended with {ended.returncode}")
            return (place / "film.webm").read_bytes()
        except (OSError, subprocess.TimeoutExpired) as error:
            raise FilmError(f"{type(error).__name__}: {error}") from error


def main(folder: Path) -> int:
    """Write `film.webm` of the pictures in a folder."""
    import cv2  # noqa: PLC0415 - only this process pays for it

    os.nice(5)  # the screen comes first
    cv2.setNumThreads(1)
    film: cv2.VideoWriter | None = None
    size = (0, 0)
    for file in sorted(folder.glob("*.picture")):
        picture = cv2.imread(str(file), cv2.IMREAD_COLOR)
        if picture is None:
            return 1
        if film is None:
            height, width = picture.shape[:2]
            scale = min(1.0, HIGHEST_PX / max(height, width))
            size = (round(width * scale) // 2 * 2, round(height * scale) // 2 * 2)  # VP8 halves the colours: even sides
            film = cv2.VideoWriter(str(folder / "film.webm"), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*"VP80"), 1.0, size)
            if not film.isOpened():
                return 1
        fitted = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        for _ in range(EACH_S):  # one frame a second: a still picture costs nearly nothing the second time
            film.write(fitted)
    if film is None:
        return 1
    film.release()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
