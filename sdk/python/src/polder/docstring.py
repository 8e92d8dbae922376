"""Docstrings become documentation; ``sql`` blocks in them examples, and lines of ``Args:`` the words on parameters."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass, field

_ARGUMENT = re.compile(r"(?P<indent>\s+)\*{0,2}(?P<name>\w+)(?:\s*\([^)]*\))?:\s*(?P<text>.*)")


@dataclass
class Docstring:
    """Markdown, whose first paragraph is the summary; what to run and what it returns; words on parameters by name."""

    text: str = ""
    examples: list[tuple[str, str]] = field(default_factory=list)
    arguments: dict[str, str] = field(default_factory=dict)


def parse(docstring: str | None) -> Docstring:
    """Takes a docstring apart."""
    lines = inspect.cleandoc(docstring or "").splitlines()
    doc, text = Docstring(), []
    while lines:
        line = lines.pop(0)
        if line.strip() == "```sql":
            doc.examples += _examples(_block(lines))
        elif line.strip() in ("Args:", "Arguments:", "Parameters:"):
            doc.arguments.update(_arguments(lines))
        else:
            text.append(line.rstrip())
    doc.text = re.sub(r"\n{3,}", "\n\n", "\n".join(text)).strip()
    return doc


def _block(lines: list[str]) -> list[str]:
    """Takes the lines up to the end of a code block."""
    block = []
    while lines and (line := lines.pop(0)).strip() != "```":
        block.append(line)
    return block


def _examples(lines: list[str]) -> list[tuple[str, str]]:
    """Each statement with the comment lines after it, which hold what it returns."""
    examples: list[tuple[list[str], list[str]]] = []
    for line in filter(str.strip, lines):
        if line.strip().startswith("--"):
            if examples:
                examples[-1][1].append(line.strip()[2:].removeprefix(" "))
        elif examples and not examples[-1][1]:
            examples[-1][0].append(line)
        else:
            examples.append(([line], []))
    return [("\n".join(sql).rstrip(";"), "\n".join(result)) for sql, result in examples]


def _arguments(lines: list[str]) -> dict[str, str]:
    """Takes the indented lines that follow."""
    arguments: dict[str, list[str]] = {}
    indent = None
    while lines and (not lines[0].strip() or lines[0][0].isspace()):
        line = lines.pop(0)
        match = _ARGUMENT.fullmatch(line)
        if match and indent in (None, match["indent"]):
            indent = match["indent"]
            arguments[match["name"]] = [match["text"]]
        elif arguments and line.strip():
            next(reversed(arguments.values())).append(line.strip())
    return {name: " ".join(text).strip() for name, text in arguments.items()}
