"""The search in its own process: once for the same input, given up, killed, idle, and never on the event loop."""

import asyncio
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot import theme_search
from bot.theme_search import ThemeSearch
from recovery.errors import Refusal
from recovery.themes import Part, Remembered, Verbatim, find_themes
from tests.recovery.theme_scores import everything
from tests.story.acting import soon
from tests.themes.told import INVOICES, PHONES

ROOT = Path(__file__).parents[2]
NOW = tuple(Verbatim(number, text) for number, text in enumerate((*INVOICES, *PHONES)))


def many(count: int, seed: int = 5) -> list[Verbatim]:
    """Comments of the labelled set, each with a few words of others behind it."""
    chance = random.Random(seed)
    texts = [one.text for one in everything()]
    words = [word for text in texts for word in text.split()]
    return [Verbatim(number, " ".join((chance.choice(texts), *chance.choices(words, k=4)))) for number in range(count)]


def is_there(pid: int) -> bool:
    """Whether the process runs; one that has ended and that nobody has waited for does not."""
    stat = Path(f"/proc/{pid}/stat")
    try:
        return stat.read_text("utf-8").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def gone(pid: int | None) -> None:
    """Returns once no such process runs."""
    assert pid
    await soon(lambda: not is_there(pid), 20)


async def begun(search: ThemeSearch) -> int:
    """The number of the worker process, as soon as there is one."""
    await soon(lambda: search.worker is not None, 20)
    assert search.worker
    return search.worker


async def test_it_finds_what_the_rules_find(search: ThemeSearch) -> None:
    kept = [Remembered("mine", "Mine", (Part((0, 4), (INVOICES[0], PHONES[0])),))]
    assert await search.find(NOW) == find_themes(NOW)
    assert await search.find(NOW, kept) == find_themes(NOW, kept)
    assert await search.find(NOW[::-1]) == find_themes(NOW)


async def test_nothing_is_found_in_nothing_without_a_process(search: ThemeSearch) -> None:
    assert await search.find([]) == ()
    assert search.worker is None


async def test_the_same_input_is_searched_once_also_at_the_same_moment(search: ThemeSearch) -> None:
    first = await asyncio.gather(*(search.find(NOW) for _ in range(5)))
    assert all(found is first[0] for found in first)
    worker = search.worker
    os.kill(worker or 0, signal.SIGKILL)
    assert await search.find(NOW[::-1]) is first[0]  # without the process, which is gone
    await gone(worker)


@pytest.mark.parametrize(
    "changed",
    [
        (NOW[:-1], ()),
        ((*NOW[:-1], Verbatim(6, "Another word.")), ()),
        ((*NOW[:-1], Verbatim(60, NOW[-1].text)), ()),
        (NOW, (Remembered("a", "A", ()),)),
        (NOW, (Remembered("a", "B", ()),)),
        ((Verbatim(1, "a"), Verbatim(2, "b\0003\0c")), ()),
        ((Verbatim(1, "a\0002\0b"), Verbatim(3, "c")), ()),
        ((Verbatim(1, "\ud800"),), ()),
    ],
)
def test_any_difference_of_the_input_is_one(changed: tuple[tuple[Verbatim, ...], tuple[Remembered, ...]]) -> None:
    def key(verbatims: tuple[Verbatim, ...], remembered: tuple[Remembered, ...]) -> str:
        return theme_search._key(tuple((each.id, each.text) for each in verbatims), remembered)

    inputs = [(NOW, ()), (NOW, (Remembered("a", "A", (Part((1,), ("x",)),)),)), changed]
    assert len({key(*each) for each in inputs}) == 3


async def test_only_so_many_results_are_remembered(search: ThemeSearch) -> None:
    for number in range(theme_search.KEPT + 3):
        await search.find([*NOW, Verbatim(100 + number, "Something else.")])
    assert len(search._found) == theme_search.KEPT


async def test_a_refused_input_is_told_to_all_who_asked_and_the_next_is_found(search: ThemeSearch) -> None:
    twice = [Verbatim(1, "The invoice is wrong."), Verbatim(1, "The invoice is late.")]
    got = await asyncio.gather(search.find(twice), search.find(twice), return_exceptions=True)
    assert [type(each) for each in got] == [ValueError, ValueError]
    assert await search.find(NOW)


async def test_who_no_longer_waits_stops_nothing(search: ThemeSearch) -> None:
    asking = asyncio.create_task(search.find(many(3000)))
    await begun(search)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    worker = search.worker
    assert await search.find(many(3000))
    assert search.worker == worker


async def test_a_worker_that_is_killed_is_replaced_and_nobody_notices(search: ThemeSearch) -> None:
    asking = [asyncio.create_task(search.find(many(count))) for count in (3000, 400)]
    worker = await begun(search)
    os.kill(worker, signal.SIGKILL)
    assert await asking[0] == find_themes(many(3000))
    assert await asking[1] == find_themes(many(400))
    assert search.worker not in {None, worker}
    await gone(worker)


async def test_idle_it_gives_its_memory_back_and_starts_again_when_it_is_needed() -> None:
    search = ThemeSearch(idle=0.5)
    asking = asyncio.create_task(search.find(NOW))
    worker = await begun(search)
    await asking
    await gone(worker)
    assert search.worker is None
    assert await search.find(many(50))
    await search.close()


async def test_closed_it_ends_at_once_and_searches_no_more() -> None:
    search = ThemeSearch()
    asking = asyncio.create_task(search.find(many(8000)))
    worker = await begun(search)
    await search.close()
    await gone(worker)
    assert (await asyncio.gather(asking, return_exceptions=True))[0].__class__ is asyncio.CancelledError
    with pytest.raises(Refusal, match="restarted"):
        await search.find(NOW)
    await search.close()


def test_a_bot_that_is_killed_leaves_no_worker_behind() -> None:
    program = (
        "import asyncio, sys\n"
        "from bot.theme_search import ThemeSearch\n"
        "from recovery.themes import Verbatim\n"
        "async def main():\n"
        "    search = ThemeSearch()\n"
        "    await search.find([Verbatim(1, 'The invoice is wrong.')])\n"
        "    print(search.worker, flush=True)\n"
        "    await asyncio.sleep(60)\n"
        "if __name__ == '__main__':\n"
        "    asyncio.run(main())\n"
    )
    run = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None
    worker = int(run.stdout.readline())
    run.kill()
    run.wait(20)
    run.stdout.close()
    asyncio.run(gone(worker))


async def test_the_event_loop_goes_on_while_ten_thousand_are_searched(search: ThemeSearch) -> None:
    """Turns of the loop, not time: a search on the loop, or one that held it, would leave it a few."""
    turns = 0
    asking = asyncio.create_task(search.find(many(10_000)))
    while not asking.done():
        await asyncio.sleep(0.001)
        turns += 1
    assert (await asking)[0].count > 100
    assert turns > 100
