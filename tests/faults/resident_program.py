"""Residents without end, to be killed: valid applications go into an outbox one after the other, and each is named once it is safe."""

import sys
import time
from io import BytesIO
from pathlib import Path

from PIL import Image

from sync.contract.city_keys import newest_public_key
from sync.outbox import HandInStatus, Outbox
from sync.space import OutboxLimits
from tests.sync.counter import Counter

ITEM = Path(__file__).parents[2] / "city" / "items" / "residence-registration"
LIMITS = OutboxLimits(floor_bytes=0, floor_files=0, grown_bytes=0, ballast_bytes=0)


def main() -> None:
    outbox = Outbox.open(Path(sys.argv[1]), Path(sys.argv[2]).read_bytes(), {}, LIMITS)
    counter = Counter(outbox, newest_public_key(Path(sys.argv[3])))
    counter.take_up(ITEM)
    paper = BytesIO()
    Image.effect_noise((160, 120), 60).convert("RGB").save(paper, "JPEG")
    while True:
        handed = counter.hand_in(paper.getvalue())
        if handed.status is HandInStatus.HANDED_IN and handed.header is not None:
            sys.stdout.write(f"{handed.header.application_id}\n")
            sys.stdout.flush()
        time.sleep(0.05)


if __name__ == "__main__":
    main()
