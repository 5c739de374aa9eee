"""User groups are kept as Slack has them."""

import asyncio

from store.engine import Database
from store.slack import people
from store.slack.people import Directory, Person

CSM = "S0CSM"


async def keep(db: Database, group: str, *users: str) -> None:
    async with db.write() as tx:
        await people.save_group(tx, group, users)


async def known(db: Database) -> Directory:
    async with db.read() as tx:
        return await people.load(tx)


async def test_a_group_has_exactly_the_people_it_was_given_last(db: Database) -> None:
    await keep(db, CSM, "U2", "U1", "U2")
    await keep(db, "S0LEADS", "U1")
    assert (await known(db)).groups == {CSM: ("U1", "U2"), "S0LEADS": ("U1",)}
    await keep(db, CSM, "U3")
    await keep(db, CSM, "U3")
    assert (await known(db)).groups == {CSM: ("U3",), "S0LEADS": ("U1",)}
    await keep(db, CSM)
    assert (await known(db)).groups == {"S0LEADS": ("U1",)}


async def test_a_group_of_thousands(db: Database) -> None:
    users = [f"U{number:05}" for number in range(3000)]
    await keep(db, CSM, *users)
    assert (await known(db)).groups[CSM] == tuple(users)


async def test_two_who_read_the_same_group_at_once_agree(db: Database) -> None:
    await asyncio.gather(*(keep(db, CSM, "U1", "U2", "U3") for _ in range(4)))
    assert (await known(db)).groups == {CSM: ("U1", "U2", "U3")}


async def test_people_of_a_policy_are_known_people_each_once(db: Database) -> None:
    async with db.write() as tx:
        await people.save_people(tx, [Person("U1", "one@acme.example"), Person("U2", "two@acme.example")])
    await keep(db, CSM, "U1", "U2", "U9")
    directory = await known(db)
    assert directory.users(["two@acme.example", CSM, "S0NONE", "nobody@acme.example", "U1"]) == ["U2", "U1"]
    assert directory.users([]) == []
