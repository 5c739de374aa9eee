"""HTML and SVG, made so that nobody's words can become part of it: text is escaped unless it was made here."""

from html import escape


class Markup(str):
    """Finished HTML. Only `element`, `empty` and `joined` make it, of parts that are escaped."""

    __slots__ = ()


def element(name: str, /, *children: str, **attributes: str) -> Markup:
    """Make `<name …>children</name>`; a child that is no Markup is text.

    Attributes are written as Python names: `class_` is class, `stroke_width` is stroke-width.
    """
    return Markup(f"<{name}{_written(attributes)}>{joined(*children)}</{name}>")


def empty(name: str, /, **attributes: str) -> Markup:
    """Make an element that never has children, such as a line of a drawing."""
    return Markup(f"<{name}{_written(attributes)}/>")


def joined(*children: str) -> Markup:
    """Put parts behind each other."""
    return Markup("".join(each if isinstance(each, Markup) else escape(each) for each in children))


def _written(attributes: dict[str, str]) -> str:
    return "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(value)}"' for name, value in attributes.items() if value
    )
