"""Every sentence of ours about themes. `{names}` are filled in by the views."""

from typing import Final

FOUND: Final = "{themes} in {comments} of detractors"
THEME: Final = "*{tag}* · {comments} · {money}"
MONEY: Final = "{acv} at stake"
MONEY_MORE: Final = "{acv} at stake and {count} of unknown value"
MONEY_UNKNOWN: Final = "value not known"
MORE: Final = " … ({count} more)"
IN_NONE: Final = "{comments} in no theme."
NEWEST: Final = "Only the newest {shown} of {comments} were looked through."
TEXT: Final = "{title}: {themes}"
TEXT_THEME: Final = "{tag} ({count})"

NO_DETRACTOR: Final = "No detractor has answered in {period}."
NO_COMMENT: Final = "{detractors} answered in {period}, and nobody wrote a comment."
ONE_COMMENT: Final = "One detractor has written in {period}, and a theme needs two."
NO_THEME: Final = "No theme in {comments} of {period}: they say too little, or each says something else."

READ: Final = "Read all"
RENAME: Final = "Rename…"
MERGE: Final = "Merge…"
SPLIT: Final = "Split…"
READ_LABEL: Final = "Read every comment of {tag}"

# Windows
CANCEL: Final = "Cancel"
SAVE: Final = "Save"
RENAME_TITLE: Final = "Rename the theme"
MERGE_TITLE: Final = "Merge two themes"
SPLIT_TITLE: Final = "Split the theme"
NAME: Final = "Name"
NAME_HINT: Final = "A few words in which your customers would say it. Later answers join it under this name."
MERGED_NAME: Final = "Name of both together"
NEW_NAME: Final = "Name of the new theme"
OTHER: Final = "Same as"
OTHER_HINT: Final = "Both become one theme, now and in later answers."
OTHER_HINT_MORE: Final = "Both become one theme, now and in later answers. The {count} largest of {total} are offered."
MEMBERS: Final = "Comments of the new theme"
CHOOSE_THEM: Final = "Choose them"
MEMBERS_HINT: Final = "The others stay. Later answers join the theme that they resemble."
MEMBERS_HINT_MORE: Final = (
    "The newest {count} of {total} are offered; all others stay. Later answers join the theme that they resemble."
)
ABOUT: Final = "“{tag}” · {comments}"
OPTION: Final = "{tag} ({comments})"
NO_WORDS: Final = "(no words)"

# Reading
READ_TITLE: Final = "What they wrote"
CLOSE: Final = "Close"
CARD: Final = "open card"
SHOWN: Final = "{first} to {last} of {total}, the newest first"

# Refusals
OLD: Final = "This button is out of date. Type `/nps themes` once more."
OLD_WINDOW: Final = "This window is out of date. Close it and type /nps themes once more."
CHANGED: Final = "This theme has changed since the list was shown. Open the list again with /nps themes."
SEARCHING: Final = "New answers have come in, and the themes are being looked for again. Try again in a few seconds."
ALONE: Final = "It is the only theme of this period, so there is none to merge it with."
ONE_MEMBER: Final = "It has one comment only, so there is nothing to split."
SAME_NAME: Final = "Another theme has this name. Choose another one, or merge the two."
CHOOSE: Final = "Choose the theme that says the same."
CHOOSE_SOME: Final = "Choose the comments that make a theme of their own."
