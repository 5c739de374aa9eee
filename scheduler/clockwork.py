"""APScheduler beats; what to do and whether it was done stands in the database (architecture, decision 6)."""

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.directory import DirectoryService

DIRECTORY_MINUTES = 10


class Clockwork:
    """In-memory jobs, one instance each, late ones once."""

    def __init__(self, directory: DirectoryService) -> None:
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._scheduler.add_job(
            directory.refresh, "interval", minutes=DIRECTORY_MINUTES, coalesce=True, max_instances=1, id="directory"
        )

    @property
    def started(self) -> bool:
        return bool(self._scheduler.running)

    def start(self) -> None:
        self._scheduler.start()

    def stop(self) -> None:
        self._scheduler.shutdown(wait=False)
