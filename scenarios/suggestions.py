"""The nearest known name for a misspelt one, in the words of a help line."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word that a misspelt one most likely means, or an empty text."""
    found = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return found[0] if found else ""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return the start of a help line that goes on, such as "did you mean `mon`? "; empty where nothing is near."""
    near = nearest(word, known)
    return f"did you mean `{near}`? " if near else ""


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return the help line for a word that is not known: the nearest name, else all names."""
    names = list(known)
    listed = f"known here: {', '.join(names[:20])}{' …' if len(names) > 20 else ''}" if names else ""
    return did_you_mean(word, names).strip() or listed
