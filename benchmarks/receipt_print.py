"""Building the bytes of an 80 mm slip, and how often they are sent.

    python -m benchmarks.receipt_print

prints `slip_drawn_ms` and `slip_bytes_built_ms` (the picture, and its ESC/POS bytes; medians of nine, of the
processor's time, which others on the machine do not change), and
`slip_sent_over_its_bytes RATIO`: what went over the line to a virtual printer for one slip, status questions included, over the slip's
own bytes. 1.0 is a slip that is sent once and nothing else.
"""

import socket
import statistics
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

from drivers.escpos.raster import CUT, START, bands
from drivers.receipt_printer import EscposReceiptPrinter
from kiosk import assets
from kiosk.maintenance.prints import trial_slip
from kiosk.receipt.drawing import drawn_blocks
from peripherals.deadline import Deadline
from peripherals.receipt_printer import Raster

_ROUNDS = 9
_WIDTH_DOTS = 576


def main() -> int:
    """Measure and print; 1 when the slip did not come out."""
    blocks = trial_slip("tcp://192.0.2.7:9100", datetime.now(UTC))
    slip = drawn_blocks(blocks, _WIDTH_DOTS, assets.fonts())  # the fonts are loaded now
    print(f"slip_drawn_ms {_median_ms(lambda: drawn_blocks(blocks, _WIDTH_DOTS, assets.fonts())):.1f}")
    print(f"slip_bytes_built_ms {_median_ms(lambda: _bytes(slip)):.2f}")
    sent = _sent(slip)
    if sent is None:
        print("the slip did not come out", file=sys.stderr)
        return 1
    print(f"slip_sent_over_its_bytes {sent / len(_bytes(slip)):.3f}")
    return 0


def _bytes(slip: Raster) -> bytes:
    return b"".join((START, CUT, *bands(slip, 24), CUT))


def _median_ms(work: Callable[[], object]) -> float:
    took_ms = []
    for _ in range(_ROUNDS):
        began_s = time.process_time()
        work()
        took_ms.append((time.process_time() - began_s) * 1000)
    return statistics.median(took_ms)


def _sent(slip: Raster) -> int | None:
    """Print on the smallest printer there can be, which answers every question at once, and count what came to it."""
    counted = 0

    def answer(listener: socket.socket) -> None:
        nonlocal counted
        line, _ = listener.accept()
        with line:
            rest = b""
            while came := line.recv(65536):
                counted += len(came)
                rest += came
                questions = sum(rest.count(question) for question in (b"\x10\x04\x01", b"\x10\x04\x02", b"\x10\x04\x03", b"\x10\x04\x04"))
                line.sendall(b"\x12" * questions + b"\x00" * rest.count(b"\x1d\x72\x01"))
                rest = rest[-2:] if not rest.endswith((b"\x01", b"\x02", b"\x03", b"\x04")) else b""

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=answer, args=(listener,), daemon=True).start()
        printing = EscposReceiptPrinter(f"tcp://127.0.0.1:{listener.getsockname()[1]}").print(slip, Deadline.after(30))
    return counted if printing.printed else None


if __name__ == "__main__":
    sys.exit(main())
