"""Every sentence of ours that answers a word of `/nps`."""

from typing import Final

CASE: Final = "Case {case}, {account}: what happened so far."
OLDER: Final = "{events} left out here: History has them."

MINE: Final = "*You own {cases}.* The most pressing first:"
MINE_NONE: Final = "You own no open case."
MORE_MINE: Final = "{more} are in the *Home* tab of this app."

ACCOUNT: Final = "*{account}*: {cases}, {answers}."
ACCOUNT_UNKNOWN: Final = "I know no account “{account}”, or none whose cases you may see."
ACCOUNT_NEAREST: Final = "Did you mean {names}?"
ACCOUNT_USAGE: Final = "Which account? Type `{command} account Northwind`."
MORE: Final = "{more} left out here."

CASE_USAGE: Final = "Which case? Type its number, for example `{command} case 42`."

AWAY: Final = "*You are away from {first} to {last}.*"
AWAY_ONE_DAY: Final = "*You are away on {first}.*"
AWAY_NO_CASES: Final = "You own no open case, and none comes to you until you are back."
AWAY_LATER: Final = "Your {cases} will be handed on when that begins, and come back to you on {back}."
AWAY_HANDED: Final = "Until {back}, when you are back, others look after your cases: {who}."
AWAY_HANDED_TO: Final = "{count} with {user}"
AWAY_IN_CHANNEL: Final = "{count} back in the channel"
AWAY_OVER: Final = "*You are here again.*"
AWAY_BACK: Final = "{cases} came back to you."
AWAY_NOT: Final = "You were not away."
AWAY_NOW: Final = "You are away from {first} to {last}."
AWAY_USAGE: Final = (
    "From when to when? Type both days, for example `{command} away 2026-12-24..2027-01-02`. "
    "`{command} back` takes it back, also before it begins."
)
