"""Where fonts and pictures are: beside the sources, or where the image puts them."""

from pathlib import Path

_PLACES = (Path(__file__).resolve().parents[1] / "assets", Path("/usr/share/bianmin-kiosk"))


def fonts() -> Path:
    """Return the folder of the fonts.

    Raises:
        FileNotFoundError: Set-up has not put them anywhere.
    """
    for place in _PLACES:
        if (place / "fonts" / "NotoSansSC_400Regular.ttf").is_file():
            return place / "fonts"
    raise FileNotFoundError("the fonts are not installed; run: ./set-up.sh demo")
