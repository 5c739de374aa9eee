"""`/nps themes` in Slack: who reads it, what leads do to a theme, two at once, late, forged."""

import asyncio
from typing import Any

import pytest

from handlers import searching
from store.figures import themes as rows
from tests.readouts.test_in_slack import presses, read_last, says, shares
from tests.story.acting import MARCUS, PRIYA, SAM, Acting, Shown
from tests.support.quarters import in_one_quarter, quarter_key, quarter_name
from tests.support.shown import settled
from tests.support.story import RELATIONAL, words_of

pytestmark = pytest.mark.asyncio(loop_scope="module")
Json = dict[str, Any]
INVOICES = (
    "The invoice is wrong again.",
    "Invoices with a wrong amount, every time.",
    "Our invoice never shows the VAT number.",
    "The refund for the wrong invoice never came, <!channel> *really*.",
)
PHONES = ("The Android app is a toy.", "Nothing works on my phone.", "The phone app can't approve anything.")
GENERAL = "C0GENERAL"


async def test_from_an_empty_programme_to_themes_that_people_have_made(it: Acting) -> None:
    today = await in_one_quarter(it, days=1)
    await nothing_yet(it, f"{quarter_name(today)} so far")
    for text in (*INVOICES, *PHONES):
        await it.opens(comment=text)
    await everybody_reads(it)
    await a_member_reads_all_and_changes_nothing(it)
    await a_lead_renames(it)
    await a_name_that_cannot_be_used(it)
    await two_leads_at_once(it)
    await a_lead_splits(it)
    await a_lead_merges(it)
    await what_takes_long(it)
    await the_readout_has_it_too(it)
    await the_channel_gets_it(it)
    await forged(it, quarter_key(today))
    await many_are_read_a_page_at_a_time(it)


async def nothing_yet(it: Acting, now: str) -> None:
    assert f"No detractor has answered in {now}." in await says(it, "/nps themes")
    await it.opens(comment="")
    assert f"1 detractor answered in {now}, and nobody wrote a comment." in await says(it, "/nps themes")
    await it.opens(comment="ok")
    said = await says(it, "/nps themes")
    assert f"One detractor has written in {now}, and a theme needs two." in said
    assert said.rstrip().count("ok") == 1
    await it.opens(comment="ok")
    assert f"No theme in 2 comments of {now}: they say too little" in await says(it, "/nps themes")


async def everybody_reads(it: Acting) -> None:
    said = await says(it, "/nps themes")
    assert "2 themes in 9 comments of detractors" in said
    assert "· 4 comments · $180k at stake" not in said  # four accounts, each once
    assert "4 comments · $720k at stake" in said
    assert any(text in said for text in INVOICES)
    assert "2 comments in no theme." in said
    assert "You see no programme's cases yet." in await says(it, "/nps themes", SAM, GENERAL)
    assert "Did you mean `/nps themes`?" in await says(it, "/nps themse")
    assert "No detractor has answered in Q" in await says(it, "/nps themes last quarter")


async def a_member_reads_all_and_changes_nothing(it: Acting) -> None:
    await says(it, "/nps themes")
    assert menu(it, PRIYA) == []
    view = await opened(it, PRIYA, "theme_read", block_id=sections(it, PRIYA)[0]["block_id"])
    said = words_of(view)
    assert all(text in said for text in INVOICES)
    assert said.count("open card") == 4
    assert "1 to 4 of 4, the newest first" in said
    await says(it, "/nps themes", MARCUS)
    option = value_of(it, MARCUS, "rename")
    assert "Only a lead of this programme changes its themes." in await forge(it, PRIYA, "theme_more", option)


async def a_lead_renames(it: Acting) -> None:
    await says(it, "/nps themes", MARCUS)
    view = await opens(it, "rename")
    assert "4 comments" in words_of(view)
    assert await it.submits(MARCUS, view, tag={"field": "  Wrong   <!channel> *bills* "}) == {}
    await it.workspace.until(lambda: "bills" in words_of(read_last(it, MARCUS)))
    (kept,) = await remembered(it)
    assert (kept.theme.tag, kept.version) == ("Wrong <!channel> *bills*", 1)
    assert "<!channel>" not in str([block for block in sections(it, MARCUS) if "text" in block])
    await it.opens(comment="Wrong amount on the invoice, once more.")
    assert "5 comments" in (await says(it, "/nps themes", MARCUS)).split("*Wrong")[1]


async def a_name_that_cannot_be_used(it: Acting) -> None:
    view = await opens(it, "rename", 1)
    for name, sentence in (
        ("   ", "Give the theme a name of a few words."),
        ("\u200b\u2060", "Give the theme a name of a few words."),
        ("wrong <!CHANNEL> *BILLS*", "Another theme has this name."),
    ):
        assert sentence in (await it.submits(MARCUS, view, tag={"field": name}))["tag"], name
    assert await it.submits(MARCUS, view, tag={"field": "Phones"}) == {}
    await it.workspace.until(lambda: "Phones" in words_of(read_last(it, MARCUS)))


async def two_leads_at_once(it: Acting) -> None:
    """The second is told, and what they typed still stands in their window."""
    await says(it, "/nps themes", MARCUS)
    one, other = await opens(it, "rename"), await opens(it, "rename")
    errors = await asyncio.gather(
        sends(it, one, {"tag": {"field": "Bills"}}), sends(it, other, {"tag": {"field": "Billing"}})
    )
    assert sorted(map(bool, errors)) == [False, True]
    (refused,) = filter(None, errors)
    assert "has changed since the list was shown" in refused["tag"]
    after = await remembered(it)
    assert sorted(each.version for each in after) == [1, 2]
    assert {each.theme.tag for each in after} & {"Bills", "Billing"}
    await settled(it.story)


async def a_lead_splits(it: Acting) -> None:
    said = await says(it, "/nps themes", MARCUS)
    assert "2 themes" in said
    view = await opens(it, "split")
    chooser = next(block["element"] for block in view["blocks"] if block["block_id"] == "comments")
    vat = [option for option in chooser["options"] if "VAT" in option["text"]["text"]]
    everything = {"comments": {"field": {"selected_options": chooser["options"]}}, "tag": {"field": "VAT number"}}
    assert "not all and not none" in (await it.submits(MARCUS, view, **everything))["comments"]
    filled = {"comments": {"field": {"selected_options": vat}}, "tag": {"field": "VAT number"}}
    assert await it.submits(MARCUS, view, **filled) == {}
    await it.workspace.until(lambda: "VAT number" in words_of(read_last(it, MARCUS)))
    assert "3 themes" in await says(it, "/nps themes", MARCUS)
    kept = await remembered(it)
    # Sent once more, as after a lost answer: nothing happens twice.
    assert await sends(it, view, filled) == {}
    assert await remembered(it) == kept
    await it.opens(comment="Still no VAT number on any invoice.")
    assert "*VAT number* · 2 comments" in await says(it, "/nps themes", MARCUS)


async def a_lead_merges(it: Acting) -> None:
    await says(it, "/nps themes", MARCUS)
    late = await opens(it, "merge")
    view = await opens(it, "merge")
    chooser = next(block["element"] for block in view["blocks"] if block["block_id"] == "theme")
    assert len(chooser["options"]) == 2
    (vat,) = [option for option in chooser["options"] if "VAT" in option["text"]["text"]]
    filled = {"theme": {"field": {"selected_option": vat}}, "tag": {"field": "All of billing"}}
    assert await it.submits(MARCUS, view, **filled) == {}
    await it.workspace.until(lambda: "All of billing" in words_of(read_last(it, MARCUS)))
    assert "*All of billing* · 6 comments" in await says(it, "/nps themes", MARCUS)
    assert sorted(each.theme.tag for each in await remembered(it)) == ["All of billing", "Phones"]
    kept = await remembered(it)
    # Somebody else merged the same two: what is wanted is there.
    assert await sends(it, late, filled) == {}
    assert await remembered(it) == kept


async def what_takes_long(it: Acting) -> None:
    """Nobody waits longer than Slack does: who presses is told to try again, and what was typed stays."""
    await says(it, "/nps themes", MARCUS)
    view = await opens(it, "rename")
    await it.opens(comment="A wrong invoice, and nobody answers.")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(searching, "HASTE", 0.001)
        errors = await sends(it, view, {"tag": {"field": "Everything about bills"}})
        assert "looked for again. Try again in a few seconds." in errors["tag"]
    while errors := await sends(it, view, {"tag": {"field": "Everything about bills"}}):
        assert "Try again" in errors["tag"]
    assert "Everything about bills" in {each.theme.tag for each in await remembered(it)}
    await says(it, "/nps themes", MARCUS)
    assert await it.submits(MARCUS, await opens(it, "rename"), tag={"field": "All of billing"}) == {}
    await it.opens(comment="The wrong invoice came twice.")
    await says(it, "/nps themes last quarter", MARCUS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(searching, "HASTE", 0.0)
        before = len(shares(it))
        await it.workspace.click(MARCUS, RELATIONAL, read_last(it, MARCUS)["ts"], "figures_share")
        await it.workspace.until(lambda: len(shares(it)) > before)


async def the_readout_has_it_too(it: Acting) -> None:
    said = await says(it, "/nps readout", MARCUS)
    assert "All of billing" in said
    assert "Phones" in said


async def the_channel_gets_it(it: Acting) -> None:
    """Without anything to press."""
    await says(it, "/nps themes", MARCUS)
    before = len(shares(it))
    ts = read_last(it, MARCUS)["ts"]
    await asyncio.gather(*(it.workspace.click(MARCUS, RELATIONAL, ts, "figures_share") for _ in range(2)))
    await it.workspace.until(lambda: len(shares(it)) > before)
    await settled(it.story)
    (shared,) = shares(it)[before:]
    assert "All of billing" in shared
    posted = it.workspace.messages(RELATIONAL)[-1]
    assert not [block for block in posted["blocks"] if "accessory" in block or block["type"] == "actions"]
    await says(it, "/nps status", MARCUS)
    posted_before = len(it.workspace.messages(RELATIONAL))
    assert "All of billing" in await presses(it, "figures_themes", "themes in", MARCUS)
    assert len(it.workspace.messages(RELATIONAL)) == posted_before


async def forged(it: Acting, quarter: str) -> None:
    """Values that no list of ours has: a sentence each, and nothing is changed."""
    await says(it, "/nps themes", MARCUS)
    kept = await remembered(it)
    for value in (
        "", "x" * 1999, "rename", f"rename|gone|{quarter}|1|new|1", "rename|relational|2026Q9|1|new|1",
        f"rename|relational|{quarter}|99999|new|1", f"rename|relational|{quarter}|1|0123abcd.9|1",
        f"burn|relational|{quarter}|1|new|1", f"read|relational|{quarter}|99999|new|1",
        f"read|relational|{quarter}|1|new|0",
    ):  # fmt: skip
        assert "reference" not in await forge(it, MARCUS, "theme_more", value), value
    await says(it, "/nps themes", MARCUS)
    view, typed = await opens(it, "rename"), values({"tag": {"field": "Mine"}})
    for metadata in (None, "", "{}", "[1, 2, 3]", '["rename", "", ""]', "[" * 5000):
        ack = await it.hands_in(
            MARCUS,
            view,
            lambda sent, metadata=metadata: sent.update(private_metadata=metadata, state={"values": typed}),
        )
        assert "out of date" in ack.payload["errors"]["tag"], metadata
    ack = await it.hands_in(PRIYA, view, lambda sent: sent["state"].update(values=typed))
    assert "Only a lead" in ack.payload["errors"]["tag"]
    assert "Give the theme a name" in (await sends(it, view, {}))["tag"]
    await nothing_chosen(it)
    assert await remembered(it) == kept


async def nothing_chosen(it: Acting) -> None:
    """Options that no list of ours offers, or none."""
    merging, splitting = await opens(it, "merge"), await opens(it, "split")
    for value in (None, {}, {"value": None}, {"value": "x"}, {"value": "1|new"}, {"value": ["1"]}):
        errors = await sends(it, merging, {"theme": {"field": {"selected_option": value}}, "tag": {"field": "Mine"}})
        assert errors, value
        assert "reference" not in str(errors), value
    for chosen in (None, [], "x", [None], [{"value": "x"}], [{"value": "99999"}], [{"value": 1}], {"value": "1"}):
        errors = await sends(
            it, splitting, {"comments": {"field": {"selected_options": chosen}}, "tag": {"field": "M"}}
        )
        assert errors, chosen
        assert "reference" not in str(errors), chosen
    same = {"value": merging["private_metadata"].split("|")[3] + "|" + merging["private_metadata"].split("|")[4]}
    errors = await sends(it, merging, {"theme": {"field": {"selected_option": same}}, "tag": {"field": "Mine"}})
    assert "can't be merged with itself" in str(errors)


async def many_are_read_a_page_at_a_time(it: Acting) -> None:
    for number in range(6):
        await it.opens(comment=f"The invoice is wrong, and that for month {number}.")
    await says(it, "/nps themes")
    view = await opened(it, PRIYA, "theme_read", block_id=sections(it, PRIYA)[0]["block_id"])
    first = view["blocks"][-1]["elements"][0]["value"]
    assert "1 to 10 of 1" in words_of(view)
    await it.workspace.click_view(PRIYA, view["id"], "theme_next")
    await it.workspace.until(lambda: "11 to 1" in words_of(top(it, PRIYA)))
    await it.workspace.click_view(PRIYA, view["id"], "theme_back")
    await it.workspace.until(lambda: "1 to 10 of 1" in words_of(top(it, PRIYA)))
    before = len(it.workspace.views(PRIYA))
    await it.workspace.close_view(PRIYA, view["id"])
    assert "month" not in await forge(it, SAM, "theme_next", first, GENERAL)
    assert len(it.workspace.views(PRIYA)) == before - 1


def top(it: Acting, user: str) -> Json:
    view: Json = it.workspace.views(user)[-1]
    return view


def sections(it: Acting, user: str) -> list[Json]:
    return [block for block in read_last(it, user)["blocks"] if str(block["block_id"]).startswith("theme:")]


def menu(it: Acting, user: str) -> list[str]:
    """What the menus of the list offer, by value."""
    return [option["value"] for block in sections(it, user) for option in block.get("accessory", {}).get("options", [])]


def value_of(it: Acting, user: str, act: str, place: int = 0) -> str:
    return [value for value in menu(it, user) if value.startswith(f"{act}|")][place]


async def opens(it: Acting, act: str, place: int = 0) -> Json:
    """The window that the menu of a theme opens for a lead."""
    value = value_of(it, MARCUS, act, place)
    block = next(
        block["block_id"]
        for block in sections(it, MARCUS)
        if value in [option["value"] for option in block.get("accessory", {}).get("options", [])]
    )
    return await opened(it, MARCUS, "theme_more", block_id=block, value=value)


async def opened(it: Acting, user: str, action: str, **more: Any) -> Json:
    before = {view["id"] for view in it.workspace.views(user)}
    await it.workspace.click(user, RELATIONAL, read_last(it, user)["ts"], action, **more)

    def found() -> Json | None:
        return next((view for view in it.workspace.views(user) if view["id"] not in before), None)

    view: Json = await it.workspace.until(found)
    return view


async def forge(it: Acting, user: str, action: str, value: str, channel: str = RELATIONAL) -> str:
    """What is read after a press that no client of Slack would send."""
    before = len(it.workspace.ephemerals(user, channel))
    shown = Shown(0, channel, read_last(it, user, channel)["ts"], "")
    await it.presses(user, shown, {"action_id": action, "selected_option": {"value": value}, "type": "overflow"})
    await it.workspace.until(lambda: len(it.workspace.ephemerals(user, channel)) > before)
    return words_of(read_last(it, user, channel))


async def sends(it: Acting, view: Json, filled: Json) -> Json:
    """Sends a window that may not be the top one any more, as from another screen: the errors at its fields."""
    ack = await it.hands_in(MARCUS, view, lambda sent: sent["state"].update(values=values(filled)))
    errors: Json = (ack.payload or {}).get("errors") or {}
    return errors


def values(filled: Json) -> Json:
    """The state of a window as Slack sends it."""
    return {
        block: {action: value if isinstance(value, dict) else {"value": value} for action, value in inputs.items()}
        for block, inputs in filled.items()
    }


async def remembered(it: Acting) -> list[rows.Kept]:
    async with it.story.bot.db.read() as tx:
        return await rows.kept(tx, "relational")
