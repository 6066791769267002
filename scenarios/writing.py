"""A tree of nodes back into YAML text, so that reading it again gives the same study."""

from __future__ import annotations

import json
import re

from scenarios.source import Items, Map, Node, Scalar

_PLAIN_TEXT = re.compile(r"[A-Za-z\u4e00-\u9fff][\w\u4e00-\u9fff .%/()-]*[\w\u4e00-\u9fff%)]|[A-Za-z\u4e00-\u9fff]")
_QUANTITY = re.compile(r"[0-9][0-9.]*( ?[%/A-Za-zµ]+[%/A-Za-z]*)?", re.A)
_TAKEN = re.compile(r"true|false|null|yes|no|on|off", re.I)
_NARROW = 100


def yaml_text(tree: Map) -> str:
    """Return a tree as block YAML with short maps and lists on one line."""
    return "".join(f"{line}\n" for line in _block(tree, 0))


def _block(node: Map, depth: int) -> list[str]:
    lines: list[str] = []
    indent = "  " * depth
    for key, inner in node.entries.items():
        flow = flow_text(inner)
        head = f"{indent}{_text(key)}:"
        wide = depth < 2 or len(head) + len(flow) > _NARROW
        if isinstance(inner, Map) and inner.entries and wide:
            lines += [head, *_block(inner, depth + 1)]
        elif isinstance(inner, Items) and inner.items and wide:
            lines += [head, *(f"{indent}  - {flow_text(item)}" for item in inner.items)]
        else:
            lines.append(f"{head} {flow}")
    return lines


def flow_text(node: Node) -> str:
    """Return a node on one line of YAML."""
    if isinstance(node, Map):
        return "{" + ", ".join(f"{_text(key)}: {flow_text(inner)}" for key, inner in node.entries.items()) + "}"
    if isinstance(node, Items):
        return "[" + ", ".join(flow_text(inner) for inner in node.items) + "]"
    return _scalar(node)


def _scalar(node: Scalar) -> str:
    if node.value is None:
        return "null"
    if isinstance(node.value, str):
        return _text(node.value)
    return node.text


def _text(text: str) -> str:
    """Return a text plain where YAML 1.2 reads it back as the same text, else in double quotes."""
    is_plain = _PLAIN_TEXT.fullmatch(text) and not _TAKEN.fullmatch(text)
    if is_plain or (_QUANTITY.fullmatch(text) and not re.fullmatch(r"[0-9.]+([eE][0-9]+)?", text)):
        return text
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\x7f").replace("\x85", "\\x85")
