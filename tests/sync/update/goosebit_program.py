"""gooseBit, as its own interpreter runs it: makes its database, then serves on a port that the system chooses."""

import asyncio
from importlib import resources
from pathlib import Path

import uvicorn
from aerich import Command
from goosebit import app
from goosebit.db.config import TORTOISE_CONF


async def _make_database() -> None:
    command = Command(
        tortoise_config=TORTOISE_CONF, app="models", location=str(Path(str(resources.files("goosebit"))) / "db" / "migrations")
    )
    await command.init()
    await command.upgrade(run_in_transaction=True)
    await command.aclose()


if __name__ == "__main__":
    asyncio.run(_make_database())
    uvicorn.run(app, host="127.0.0.1", port=0)
