"""The network of codes as GEXF, for Gephi and other programs that draw graphs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from ..model import Codebook, FrameError
from .refi_codebook import code_names, write_whole
from .refi_xml import clean, element, to_bytes

__all__ = ["write_gexf"]

_SPACE = "http://gexf.net/1.3"
_VIZ = "http://gexf.net/1.3/viz"
_NODE = (("kind", "string"), ("parent", "string"), ("quotations", "integer"))
_EDGE = (("relation", "string"), ("n_ab", "integer"), ("documents", "integer"), ("c", "double"))


def write_gexf(
    path: str | Path,
    codebook: Codebook,
    pairs: pd.DataFrame,
    *,
    language: str = "en",
    hierarchy: bool = False,
) -> Path:
    """Write which codes meet, and how often, as an undirected network in GEXF 1.3.

    Parameters
    ----------
    path : path
        File to write.
    codebook : Codebook
        Every code is a node, also one that meets none.
    pairs : pandas.DataFrame
        `code_a`, `code_b`, `n_ab` (how often they meet: the weight); optional `n_a`, `n_b`,
        `documents`, `c`: the table of the co-occurrence of codes.
    language : str
        Language of the names.
    hierarchy : bool
        Add an edge of weight 1 from each code to the one above it (`relation` is `below`).

    Returns
    -------
    Path
        Nodes have `kind`, `parent`, `quotations` (missing where `pairs` does not tell) and the
        code's colour; edges have `relation`, `n_ab`, `documents` and `c`.

    Raises
    ------
    FrameError
        A column is absent, or a pair names a code that is not in the codebook.
    """
    absent = [c for c in ("code_a", "code_b", "n_ab") if c not in pairs.columns]
    if absent:
        raise FrameError(
            f"The pairs of codes lack {', '.join(absent)}.",
            expected="code_a, code_b, n_ab",
            found=", ".join(map(str, pairs.columns)),
        )
    unknown = sorted({*pairs["code_a"], *pairs["code_b"]} - {c.code for c in codebook})
    if unknown:
        raise FrameError(
            "A pair names a code that is not in the codebook.",
            expected="codes of the codebook",
            found=", ".join(map(str, unknown[:5])),
        )
    root = element("gexf", version="1.3")
    root.set("xmlns:viz", _VIZ)
    graph = element("graph", root, defaultedgetype="undirected", mode="static")
    for owner, attributes in (("node", _NODE), ("edge", _EDGE)):
        group = element("attributes", graph, **{"class": owner})
        for name, kind in attributes:
            element("attribute", group, id=f"{owner}_{name}", title=name, type=kind)
    _add_nodes(element("nodes", graph), codebook, pairs, language)
    edges = element("edges", graph)
    for number, row in enumerate(pairs.to_dict("records")):
        values = {"relation": "meets", **{n: row.get(n) for n in ("n_ab", "documents", "c")}}
        _add_edge(edges, number, row["code_a"], row["code_b"], float(row["n_ab"]), values)
    below = [c for c in codebook if hierarchy and c.parent is not None]
    for number, code in enumerate(below, start=len(pairs)):
        _add_edge(edges, number, code.code, code.parent, 1.0, {"relation": "below"})
    return write_whole(path, to_bytes(root, _SPACE))


def _add_nodes(nodes: Any, codebook: Codebook, pairs: pd.DataFrame, language: str) -> None:
    counts: dict[str, int] = {}
    for code, count in (("code_a", "n_a"), ("code_b", "n_b")):
        if count in pairs.columns:
            counts |= dict(zip(pairs[code], pairs[count], strict=True))
    names = code_names(codebook, language)
    for code in codebook:
        node = element("node", nodes, id=clean(code.code), label=names[code.code])
        values = {"kind": code.kind, "parent": code.parent, "quotations": counts.get(code.code)}
        _add_values(node, "node", values)
        colour = (code.colour or "").removeprefix("#")
        if len(colour) == 6:
            red, green, blue = (str(int(colour[i : i + 2], 16)) for i in (0, 2, 4))
            element("viz:color", node, r=red, g=green, b=blue)


def _add_edge(
    edges: Any, number: int, a: object, b: object, weight: float, values: dict[str, Any]
) -> None:
    ends = {"source": clean(a), "target": clean(b)}
    edge = element("edge", edges, id=str(number), weight=f"{weight:g}", **ends)
    _add_values(edge, "edge", values)


def _add_values(node: Any, owner: str, values: dict[str, Any]) -> None:
    group = element("attvalues", node)
    for name, value in values.items():
        if value is not None and not pd.isna(value):
            element("attvalue", group, **{"for": f"{owner}_{name}", "value": clean(value)})
