"""`standfast schema`: the JSON Schema of a study file."""

from __future__ import annotations

import json

from standfast.commands.exits import DONE


def print_schema() -> int:
    """Print the schema (draft-07), an aid for editors."""
    from scenarios import study_schema

    print(json.dumps(study_schema(), indent=2, ensure_ascii=False))
    return DONE
