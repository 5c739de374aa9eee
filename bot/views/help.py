"""What `/nps help` says, and what an unknown word gets."""

from rapidfuzz import process

from bot.views import blocks, kit, words
from bot.views.look import Look

_LONGEST_WORD = 40
_NEAR_ENOUGH = 60  # of 100: "hlep" for "help" is 75, "hello" 67, "status" 20


def help_list(word: str = "", *, command: str = "/nps") -> Look:
    """The few things that work; after an unknown `word` the nearest one that does comes first."""
    lines = [_unknown(word, command)] if kit.clean(word) else []
    lines += [
        words.HELP_TITLE,
        "\n".join(f"`{command} {name}`: {does.format(command=command)}" for name, does in words.HELP_COMMANDS.items()),
        "\n".join([words.HELP_CARD, *(f"• *{name}*: {does}" for name, does in words.HELP_BUTTONS)]),
        words.HELP_HOME,
    ]
    return Look(
        "\n\n".join(lines),
        tuple(blocks.section(f"help:{number}", line) for number, line in enumerate(lines)),
    )


def _unknown(word: str, command: str) -> str:
    meant = kit.cut(word.casefold(), _LONGEST_WORD)
    found = process.extractOne(meant, list(words.HELP_COMMANDS), score_cutoff=_NEAR_ENOUGH)
    said = words.HELP_UNKNOWN.format(word=kit.typed(word, _LONGEST_WORD))
    return f"{said} {words.HELP_NEAREST.format(command=command, word=found[0])}" if found else said
