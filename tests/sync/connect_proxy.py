"""An HTTP proxy in a process of its own: it understands CONNECT, can want a login, refuse, or fall silent; it keeps what it sees.

`python -m tests.sync.connect_proxy --seen FILE [--login USER:PASSWORD] [--answer STATUS] [--mute]` says its port on the first line.
"""

import argparse
import asyncio
import base64
import sys
from pathlib import Path


async def _pass_on(source: asyncio.StreamReader, sink: asyncio.StreamWriter, seen: Path) -> None:
    try:
        while piece := await source.read(65536):
            with seen.open("ab") as file:
                file.write(piece)
            sink.write(piece)
            await sink.drain()
    except OSError:
        pass
    finally:
        sink.close()


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, words: argparse.Namespace) -> None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:  # somebody looked whether the port is open
        writer.close()
        return
    with words.seen.open("ab") as file:
        file.write(head)
    if words.mute:
        await asyncio.sleep(3600)
    wanted = base64.b64encode(words.login.encode())
    status = words.answer
    if words.login and b"Proxy-Authorization: Basic " + wanted not in head:
        status = 407
    host, _, port = head.split(b" ", 2)[1].decode().rpartition(":")
    if status == 200:
        try:
            there, back = await asyncio.open_connection(host.strip("[]"), int(port))
        except OSError:
            status = 502
    writer.write(f"HTTP/1.1 {status} As told\r\nContent-Length: 0\r\n\r\n".encode() if status != 200 else b"HTTP/1.1 200 Go on\r\n\r\n")
    await writer.drain()
    if status != 200:
        writer.close()
        return
    await asyncio.gather(_pass_on(reader, back, words.seen), _pass_on(there, writer, words.seen))


async def _main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seen", type=Path, required=True)
    parser.add_argument("--login", default="")
    parser.add_argument("--answer", type=int, default=200)
    parser.add_argument("--mute", action="store_true")
    words = parser.parse_args()
    server = await asyncio.start_server(lambda reader, writer: _serve(reader, writer, words), "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_main())
