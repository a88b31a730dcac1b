"""Front matter: the lines `key: value` between `---` at the top of a transcript."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pandas as pd

from . import column_names
from .speakers import is_known, kind_of

__all__ = ["people_of_front_matter", "split_front_matter"]

_LINE = re.compile(r"^([a-zåäöé][\w \-]{0,39}?)[ \t]*:[ \t]*(.{0,500})$")
_LONGEST = 60
_RESPONDENT = ("respondent", "vastaaja", "informantti", "informant", "haastateltava", "deltagare")
_KIND = ("kind", "respondent_kind", "rooli", "role", "laji")
_ABOUT_FILE = ("title", "otsikko", "titel", "language", "kieli", "språk")


def split_front_matter(text: str) -> tuple[dict[str, str], str]:
    """Take the front matter off a normalised text.

    It starts on the first line with `---`, ends with `---` or `...` within 60 lines, and between
    them each line is empty, a remark (`# …`) or a key in lower case with its value; no key comes
    twice and none is a common label of a speaker (then the lines are talk under a rule).

    Returns
    -------
    tuple
        Keys and values ({} where there is no front matter), and the text without it.
    """
    if not text.startswith("---\n"):
        return {}, text
    lines = text.split("\n", _LONGEST + 1)
    found: dict[str, str] = {}
    for number, line in enumerate(lines[1 : _LONGEST + 1], start=1):
        if line.rstrip() in ("---", "..."):
            rest = "\n".join(lines[number + 1 :])
            return (found, rest.lstrip("\n")) if found else ({}, text)
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        pair = _LINE.match(line)
        if pair is None or pair[1] in found:
            return {}, text
        if is_known(pair[1]) and pair[1] not in _RESPONDENT:
            return {}, text
        found[pair[1]] = pair[2].strip().strip("\"'")
    return {}, text


def people_of_front_matter(
    fronts: Mapping[str, Mapping[str, str]],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Who speaks in documents, as their front matter tells.

    Parameters
    ----------
    fronts : mapping
        Document to its front matter. Only documents with more than a title or language count.

    Returns
    -------
    people : pandas.DataFrame
        `document`, `respondent` (the key respondent or vastaaja; the document's id otherwise),
        `kind` (customer where it does not say), and one column an attribute, missing where empty.
    personal : pandas.DataFrame
        `owner_kind`, `owner`, `field`, `value`: keys whose names are those of personal columns
        (name, email, phone …). They are in no other column.
    """
    people, personal = [], []
    for document, front in fronts.items():
        told = {k: v for k, v in front.items() if v and k not in _ABOUT_FILE}
        if not told:
            continue
        respondent = next((told.pop(k) for k in _RESPONDENT if k in told), document)
        kinds = [kind_of(told[k]) for k in _KIND if k in told]
        kind = next((k for k in kinds if k), "customer")
        row = {"document": document, "respondent": respondent, "kind": kind}
        for key, value in told.items():
            if key in _KIND and kind_of(value):
                continue
            if column_names.PERSONAL.search(key):
                personal.append(("respondent", respondent, key, value))
            else:
                row[key.replace(" ", "_")] = value
        people.append(row)
    columns = ["owner_kind", "owner", "field", "value"]
    base = pd.DataFrame(people, columns=None if people else ["document", "respondent", "kind"])
    return base.astype(object).where(base.notna(), None), pd.DataFrame(personal, columns=columns)
