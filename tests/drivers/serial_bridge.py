"""A serial line that leads to a printer which listens on the network."""

import os
import socket
import threading
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress


@contextmanager
def bridged(port: int, baud: int, carried: Callable[[int], object]) -> Iterator[str]:
    """Give the line's address. `carried` is told how many bytes go to the printer, before they do: waiting there makes the line slow.

    What is on its way waits in the machine's own buffer, as it does behind a real port.
    """
    ours, theirs = os.openpty()
    tty.setraw(theirs)
    network = socket.create_connection(("127.0.0.1", port))

    def there() -> None:
        with suppress(OSError):
            while data := os.read(ours, 48):
                carried(len(data))
                network.sendall(data)

    def back() -> None:
        with suppress(OSError):
            while data := network.recv(1024):
                os.write(ours, data)

    threads = [threading.Thread(target=carry) for carry in (there, back)]
    for thread in threads:
        thread.start()
    try:
        yield f"serial://{os.ttyname(theirs)}?baud={baud}&flow=none"
    finally:
        network.shutdown(socket.SHUT_RDWR)
        os.close(theirs)
        for thread in threads:
            thread.join()
        os.close(ours)
        network.close()
