"""Regular expressions that a person types: found in many texts, and never for ever."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Sequence

from ..model import ActRefusedError

__all__ = ["pattern_spans"]

PATIENCE_SECONDS = 5.0

# A process of its own: a pattern like (a+)+b can need longer than the universe is old, Python's
# engine can't be told to stop, and a process can. It starts in some 20 ms and imports nothing else.
_SEARCH = """
import json, re, sys
asked = json.loads(sys.stdin.buffer.read())
wanted = re.compile(asked["pattern"], re.IGNORECASE | re.MULTILINE)
spans = [[m.span() for m in wanted.finditer(t) if m.end() > m.start()] for t in asked["texts"]]
sys.stdout.buffer.write(json.dumps(spans).encode())
"""


def pattern_spans(
    texts: Sequence[str], pattern: str, *, seconds: float = PATIENCE_SECONDS
) -> list[list[tuple[int, int]]]:
    r"""Every place in many texts that a regular expression fits, regardless of case.

    Parameters
    ----------
    texts : sequence of str
        The texts; `^` and `$` fit at each line's ends.
    pattern : str
        A regular expression of Python's module `re`.
    seconds : float
        How long the search may take in all.

    Returns
    -------
    list of list of tuple of int
        For each text its `(start, end)` in code points, end exclusive, in order; fits of no length
        are left out.

    Raises
    ------
    ActRefusedError
        The pattern can't be read, or it takes longer than that.

    Examples
    --------
    >>> pattern_spans(["Lasku ja laskut", "ei"], r"lasku\w*")
    [[(0, 5), (9, 15)], []]
    """
    try:
        re.compile(pattern, re.IGNORECASE | re.MULTILINE)
    except re.error as error:
        raise ActRefusedError(
            "The regular expression can't be read.",
            expected="a pattern such as lasku(n|t)",
            found=f"{error.msg} at sign {(error.pos or 0) + 1}",
            next_step="Nothing was changed. Correct the pattern, or search by exact words.",
        ) from None
    if not texts:
        return []
    asked = json.dumps({"pattern": pattern, "texts": list(texts)}).encode()
    command = [sys.executable, "-I", "-S", "-c", _SEARCH]
    try:
        done = subprocess.run(
            command, input=asked, capture_output=True, timeout=seconds, check=True
        )
    except subprocess.TimeoutExpired:
        raise ActRefusedError(
            "The regular expression takes too long.",
            expected=f"an answer within {seconds:g} s",
            next_step="Nothing was changed. Avoid repeats inside repeats such as (a+)+, or narrow "
            "the search to a document.",
        ) from None
    except subprocess.CalledProcessError:
        raise ActRefusedError(
            "The regular expression could not be used.",
            found="the search broke off: too deep, or too little memory",
            next_step="Nothing was changed. Make the pattern simpler.",
        ) from None
    return [[(first, last) for first, last in spans] for spans in json.loads(done.stdout)]
