"""What reached a town's city, opened with the city's own key: `python -m tests.journeys.content_program DATA FOLDER`.

Writes `application.json` (bytes as the city holds them) and the photos of the newest case into FOLDER.
"""

import sys
from pathlib import Path

import msgspec

from city.folder import CityFolder
from city.settings import use


def main() -> None:
    use(CityFolder(Path(sys.argv[1])))
    folder = Path(sys.argv[2])

    from city.onewindow.models import Case
    from city.onewindow.papers import clear_photo, content_of

    case = Case.objects.order_by("-pk").first()
    assert case is not None
    content = content_of(case)
    folder.joinpath("application.json").write_bytes(msgspec.json.encode(content))
    place = 0
    while isinstance(jpeg := clear_photo(case, content, place), bytes):
        folder.joinpath(f"photo-{place}.jpg").write_bytes(jpeg)
        place += 1


main()
