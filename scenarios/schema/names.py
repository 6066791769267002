"""Names of the user's choice: what may stand in one, and maps from names to parts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from typing import TypeVar

from pydantic import AfterValidator

from scenarios import units
from scenarios.schema.fields import Text
from scenarios.schema.parts import Fault, Part, refusal
from scenarios.suggestions import suggestion
from scenarios.units import QuantityError

P = TypeVar("P")

NAME_BREAKERS = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|@\[\]{}#`,=\u2028\u2029]')
"""Characters that cannot stand in a name: they mean something in paths, scopes, patches, tables or YAML."""


def check_name(text: str) -> str:
    """Return a name that is safe as a file name and as a part of a scope; raise `QuantityError` otherwise."""
    unsafe = NAME_BREAKERS.search(text) or any(unicodedata.category(char) in ("Cc", "Cf", "Cs") for char in text)
    if (
        unsafe
        or not text
        or len(text.encode("utf-8", "replace")) > 120
        or text != text.strip()
        or text[0] in ".~-"
        or text[-1] == "."
    ):
        raise QuantityError(
            "name",
            f"{units.described(text)} cannot be a name",
            "use letters of any language, digits, spaces, `-`, `_` and inner `.`; at most 120 bytes",
        )
    return text


def _named(parts: dict[str, P]) -> dict[str, P]:
    faults = []
    for name in parts:
        try:
            check_name(name)
        except QuantityError as error:
            faults.append(Fault(error.code, error.message, error.help, (name,), on_key=True))
    if faults:
        raise refusal(faults)
    return dict(sorted(parts.items()))


Named = AfterValidator(_named)
"""Maps from names to parts are kept in the order of the names, so the order in the file never decides a result."""


class Titled(Part):
    """A part with a name and, for people, a title; without one, the name is the title."""

    title: Text = ""


def unknown_name(name: str, known: Collection[str], message: str, at: tuple[str, ...], on_key: bool = False) -> Fault:
    """Return the fault of a name that nothing has, with the nearest one that something has."""
    return Fault("unknown-name", message, suggestion(name, known) or "nothing here has a name yet", at, on_key)


def unknown_in(known: Collection[str], what: str, names: Iterable[str], at: tuple[str, ...]) -> Iterable[Fault]:
    """Yield the fault of each name in the list at `at` that is not a `what`, or stands there twice."""
    seen: set[str] = set()
    for index, name in enumerate(names):
        if name not in known:
            yield unknown_name(name, known, f"`{name}` is not a {what}", (*at, str(index)))
        elif name in seen:
            yield Fault("duplicate", f"`{name}` is listed twice", "list it once", (*at, str(index)))
        seen.add(name)
