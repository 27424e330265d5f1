"""How much longer a card's read takes than its bytes are on the wire, with a virtual module that answers at once.

    python -m benchmarks.id_read

prints `id_read_over_wire_time RATIO`. The wire time is that of every byte from the first "find" up to the last of the card, both
ways, at 115200 baud; whatever is above 1 is the driver's own and the virtual reader's. The median of nine reads is taken.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from drivers.id_card_reader import SamIdCardReader
from peripherals.deadline import Deadline
from peripherals.id_card_reader import CardReadStatus
from peripherals.virtual.control import ControlClient

BAUD = 115200
BITS_PER_BYTE = 10
BYTES = (10 + 15) + (10 + 19) + (10 + 1295)  # find, select, read: asked and answered
READS = 9


def main() -> int:
    """Measure and print the ratio; 1 when a read failed."""
    with tempfile.TemporaryDirectory() as folder:
        link, control = Path(folder, "reader"), Path(folder, "control")
        command = [sys.executable, "-m", "peripherals.virtual.id_card_reader", "--link", str(link), "--control", str(control)]
        with subprocess.Popen([*command, "--baud", str(BAUD)], stdout=subprocess.PIPE) as process:
            try:
                if process.stdout is None or process.stdout.readline() != b"ready\n":
                    return 1
                ratio = _measure(SamIdCardReader(str(link), BAUD), ControlClient(control))
            finally:
                process.terminate()
    if ratio is None:
        return 1
    print(f"id_read_over_wire_time {ratio:.3f}")
    return 0


def _measure(reader: SamIdCardReader, bench: ControlClient) -> float | None:
    took_s = []
    for _ in range(READS):
        bench.do("lift")
        reader.plate(Deadline.after(5))
        bench.do("lay", card="zhou-guilan")
        begin_s = time.perf_counter()
        reading = reader.read(Deadline.after(10))
        took_s.append(time.perf_counter() - begin_s)
        if reading.status is not CardReadStatus.READ:
            print(f"a read ended as {reading.status}: {reading.detail}", file=sys.stderr)
            return None
    reader.close()
    return statistics.median(took_s) / (BYTES * BITS_PER_BYTE / BAUD)


if __name__ == "__main__":
    sys.exit(main())
