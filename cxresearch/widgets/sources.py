"""Browser sources of the widgets, joined into the one module that anywidget takes.

The sources in `static/` are plain ES modules that import one another; a browser can load them as
they are. Joining puts them one after another, each after those that it imports, drops the import
lines (always one line, always of a neighbour) and the word `export` from all but the entry. So
there is no bundler, nothing is fetched from anywhere, and what runs can be read.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

__all__ = ["joined_script", "joined_style"]

STATIC = Path(__file__).parent / "static"
_IMPORT = re.compile(r'^import \{[^}\n]*\} from "\./([a-z_]+)\.js";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const|let) )", re.MULTILINE)


@cache
def joined_script(entry: str) -> str:
    """The script of one widget.

    Parameters
    ----------
    entry : str
        Name of its entry in `static/`, without the ending.

    Returns
    -------
    str
        One ES module with the default export of the entry.
    """
    order: list[str] = []
    _visit(entry, order)
    return "\n".join(f"// {name}.js\n{_body(name)}" for name in order)


def _visit(name: str, order: list[str]) -> None:
    if name not in order:
        for neighbour in _IMPORT.findall(_source(name)):
            _visit(neighbour, order)
        if name not in order:
            order.append(name)


def _source(name: str) -> str:
    return (STATIC / f"{name}.js").read_text(encoding="utf-8")


def _body(name: str) -> str:
    return _EXPORT.sub("", _IMPORT.sub("", _source(name)))


@cache
def joined_style(*names: str) -> str:
    """The style sheets of one widget, one after another."""
    return "\n".join((STATIC / f"{name}.css").read_text(encoding="utf-8") for name in names)
