"""What the city reads of its cases, in a process of its own: `python -m tests.journeys.opened_program DATA` prints one JSON list."""

import json
import sys
from pathlib import Path

import msgspec

from city.folder import CityFolder
from city.settings import use


def main() -> None:
    use(CityFolder(Path(sys.argv[1])))

    from city.onewindow.models import Case
    from city.onewindow.papers import content_of

    cases = [msgspec.to_builtins(content_of(case).application) for case in Case.objects.order_by("pk")]
    sys.stdout.write(json.dumps(cases, ensure_ascii=False) + "\n")


main()
