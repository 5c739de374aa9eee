"""What the edge tells the adapters about one source, and what they answer when there is nothing to keep."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import tzinfo


@dataclass(frozen=True, slots=True)
class SourceOptions:
    """One survey source as the policy describes it.

    `adapter`: delighted, typeform or generic. `auth`: how a generic delivery proves itself,
    "standard-webhooks" or "bearer"; the other two sign in their own way. `fields`: our name to where
    the tool keeps it; for generic a dotted path (`data.answers.0.value`, a backslash before a dot
    inside a key), for Delighted the name of a person property, for Typeform a hidden field or the ref
    of a question; a dotted path works there too. The `..._ref`s name questions of a Typeform. `zone` and `date_format`
    ("dmy" or "mdy") serve files only, where times come without a zone.
    """

    adapter: str
    auth: str = "standard-webhooks"
    fields: Mapping[str, str] = field(default_factory=dict)
    score_ref: str = ""
    comment_ref: str = ""
    email_ref: str = ""
    name_ref: str = ""
    zone: tzinfo | None = None
    date_format: str = ""


@dataclass(frozen=True, slots=True)
class Ignored:
    """A delivery that is understood and opens nothing; `reason` is a short phrase for the receipt."""

    reason: str
