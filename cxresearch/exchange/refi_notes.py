"""Notes and sets of a project, in and out."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..model import normalise_text
from .free_names import FreeNames
from .refi_desk import Desk
from .refi_project import empty_table
from .refi_xml import children, clean, dates_of, guid_of, kept

__all__ = ["read_notes", "read_sets"]

_ATTRIBUTES = {"richTextPath", "modifyingUser", "modifiedDateTime"}


def read_notes(desk: Desk, root: Any) -> pd.DataFrame:
    """Memos: one row a note and thing it is about; those about nothing are about the study."""
    notes = [n for n in next(children(root, "Notes"), ()) if n.tag == "Note"]
    desk.note_ids = {guid for n in notes if (guid := guid_of(n.get("guid"))) is not None}
    _take_links(desk, root)
    rows: list[dict[str, Any]] = []
    for node in notes:
        guid = guid_of(node.get("guid"))
        title = clean(node.get("name"))
        shared = {
            "coder": desk.user(node) or "unknown",
            "text": _text(desk, node, title),
            "written_at": node.get("creationDateTime") or node.get("modifiedDateTime"),
            "memo": desk.fresh(guid, "note", len(rows)),
            "title": title,
        }
        desk.keep(node, modelled={"PlainTextContent"}, attributes=_ATTRIBUTES)
        targets = desk.note_targets.get(guid or "") or [("study", "")]
        for about, target in dict.fromkeys(targets):
            rows.append({"about": about, "target": target, **shared})
    if not rows:
        return empty_table("memos")
    if any(r["coder"] == "unknown" for r in rows):
        desk.users.setdefault("unknown", "unknown")
    text = "str" if pd.__version__ >= "3" else object
    frame = pd.DataFrame(rows)
    frame["written_at"] = dates_of(frame["written_at"].tolist())
    return frame.astype({n: text for n in frame.columns if n != "written_at"})


def _text(desk: Desk, node: Any, title: str) -> str:
    inline = next(children(node, "PlainTextContent"), None)
    where = title or "a note without name"
    if inline is not None:
        return normalise_text(inline.text or "", where=where)
    member = desk.text_member(node.get("plainTextPath"))
    if member is None:
        if node.get("plainTextPath") or node.get("richTextPath"):
            desk.fail(where, "plainTextPath", "a note without plain text", "a text in the archive")
        return ""
    return normalise_text(desk.raw_text(member, where), where=where)


def _take_links(desk: Desk, root: Any) -> None:
    """A Link from a note to a case is a memo on a respondent; others tell only what it is about."""
    for link in next(children(root, "Links"), ()):
        ends = (guid_of(link.get("originGUID")), guid_of(link.get("targetGUID")))
        note = next((g for g in ends if g in desk.note_ids), None)
        if note is None:
            continue
        other = ends[1] if ends[0] == note else ends[0]
        if other in desk.people:
            desk.note_targets.setdefault(note, []).append(("respondent", desk.people[other]))
            if not len(link):
                desk.links_of_people.add(id(link))


def read_sets(desk: Desk, root: Any) -> pd.DataFrame:
    """Sets, one row a member; members that are not modelled are kept."""
    free = FreeNames()
    kinds = {"MemberCode": "code", "MemberSource": "document", "MemberNote": "memo"}
    rows: list[dict[str, Any]] = []
    for node in next(children(root, "Sets"), ()):
        if node.tag != "Set":
            continue
        name = free.take(clean(node.get("name")).strip() or "set")
        guid = desk.know("set", name, node)
        about = next((clean(d.text) for d in children(node, "Description")), None)
        members: list[dict[str, str | None]] = []
        for member in node:
            kind = kinds.get(member.tag)
            found = _member(desk, kind, guid_of(member.get("targetGUID")) or "")
            if kind is not None and found is not None:
                members.append({"about": kind, "member": found})
            elif member.tag != "Description":
                desk.children.setdefault(guid, []).append(kept(member))
        for member in members or [{"about": None, "member": None}]:
            rows.append({"set": name, **member, "description": about})
    if not rows:
        return empty_table("sets")
    return pd.DataFrame(rows).astype("str" if pd.__version__ >= "3" else object)


def _member(desk: Desk, kind: str | None, guid: str) -> str | None:
    if kind == "code":
        return desk.codes.get(guid)
    if kind == "document":
        return desk.documents.get(guid)
    return guid if kind == "memo" and guid in desk.note_ids else None
