"""The first message to a customer, filled in from the policy's text (playbook, section 3, Outreach)."""

import re

_PLACEHOLDER = re.compile(r"\{(first_name|score|quote|sender)\}")


def outreach_draft(template: str, *, first_name: str, score: int, quote: str, sender: str) -> str:
    """Fill in a draft that the policy has checked. Braces in what the customer wrote stay as they are.

    Without a comment, lines with {quote} are left out; without a name it is "there", as in "Hi there".
    """
    values = {
        "first_name": first_name.strip() or "there",
        "score": str(score),
        "quote": " ".join(quote.split()),
        "sender": sender.strip(),
    }
    lines = [line for line in template.split("\n") if values["quote"] or "{quote}" not in line]
    filled = "\n".join(_PLACEHOLDER.sub(lambda match: values[match[1]], line) for line in lines)
    return re.sub(r"\n{3,}", "\n\n", filled).strip()
