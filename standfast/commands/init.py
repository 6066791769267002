"""`standfast init`: a commented study to start from."""

from __future__ import annotations

import os
from pathlib import Path

from standfast.commands.exits import DONE, Refused, say


def write_study(name: str) -> int:
    """Write NAME.yaml, unless something of that name exists, and say how to go on.

    `name` may be a path and may end in .yaml; the study's own name is its last part.
    """
    from scenarios import template
    from scenarios.units import QuantityError

    path = Path(name if name.endswith((".yaml", ".yml")) else f"{name}.yaml")
    try:
        text = template(path.stem)
    except QuantityError as error:
        raise Refused(f"{path.stem!r} cannot name a study: {error.message}", error.help) from None
    if os.path.lexists(path):
        raise Refused(f"{path} exists already", "choose another name: standfast init NAME")
    if not path.parent.is_dir():
        raise Refused(f"the folder {path.parent} does not exist", "make it first")
    with open(path, "x", encoding="utf-8") as file:
        file.write(text)
    print(f"wrote {path}")
    say(f"next: standfast check {path}, then standfast compare {path}")
    return DONE
