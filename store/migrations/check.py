"""`python -m store.migrations.check [URL …]`: whether migrations make exactly the tables of store/tables.py.

A fresh SQLite file by default; each URL has to name an empty database.
"""

import asyncio
import sys
import tempfile
from pathlib import Path

from store.clock import SystemClock
from store.engine import Database
from store.migrate import HEAD, differences, migrate, version


async def check(url: str) -> list[str]:
    db = Database(url, SystemClock())
    try:
        await migrate(db)
        found = [] if await version(db) == HEAD else [f"the newest migration is not {HEAD}, as store/migrate.py says"]
        async with db.read() as tx:
            return found + await differences(tx)
    finally:
        await db.close()


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        urls = sys.argv[1:] or [f"sqlite+aiosqlite:///{Path(folder) / 'fresh.sqlite3'}"]
        found = [line for url in urls for line in asyncio.run(check(url))]
    for line in found:
        sys.stderr.write(line + "\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
