"""The acts of the memory desk: each reads the tables and says which rows change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from ..model import ActRefusedError, Quotation
from .acts import Act

__all__ = ["DOING", "Change", "Tables", "in_text_order"]

Row = dict[str, Any]
# table, key, row before (None: was not there), row after (None: is no more)
Change = tuple[str, str, Row | None, Row | None]


@dataclass
class Tables:
    """Rows by table and key, and who codes."""

    rows: dict[str, dict[str, Row]]
    coder: str
    made: Counter[str] = field(default_factory=Counter)

    def codebook(self) -> list[Row]:
        """The codes in their order."""
        return sorted(self.rows["code"].values(), key=lambda r: r["position"])

    def counts(self) -> dict[str, int]:
        """How many codings each code has."""
        return dict(Counter(c["code"] for c in self.rows["coding"].values()))

    def turns_of(self, document: str) -> list[Row]:
        """The turns of a document in their order."""
        return [t for t in self.rows["turn"].values() if t["document"] == document]


def in_text_order(rows: Iterable[Row]) -> list[Row]:
    """Codings by document and place."""
    return sorted(rows, key=lambda r: (r["document"], r["start"], r["end"], r["coding"]))


def add_coding(desk: Tables, act: Act) -> list[Change]:
    fields = dict(act.fields)
    text = _row(desk, "text", fields["document"])["text"]
    place = Quotation.of(fields["document"], text, fields["start"], fields["end"])
    _row(desk, "code", fields["code"])
    key = _new_id(desk, "coding")
    made = {"quote": place.quote, "coding": key, "coder": desk.coder, "origin": "human"}
    return [("coding", key, None, fields | made)]


def change_coding(desk: Tables, act: Act) -> list[Change]:
    row = _row(desk, "coding", act["coding"])
    fields: Row = {k: v for k, v in act.fields.items() if k != "coding"}
    if "code" in fields:
        _row(desk, "code", fields["code"])
    if "start" in fields or "end" in fields:
        text = _row(desk, "text", row["document"])["text"]
        start, end = int(act.get("start", row["start"])), int(act.get("end", row["end"]))
        fields["quote"] = Quotation.of(row["document"], text, start, end).quote
        fields["state"] = "placed"
    return [_changed(desk, "coding", act["coding"], **fields)]


def remove_coding(desk: Tables, act: Act) -> list[Change]:
    return [("coding", act["coding"], _row(desk, "coding", act["coding"]), None)]


def add_code(desk: Tables, act: Act) -> list[Change]:
    if act["code"] in desk.rows["code"]:
        raise _refused("A new code needs an id of its own.", "Choose another id.")
    if act.get("parent") is not None:
        _row(desk, "code", act["parent"])
    _refuse_taken_key(desk, act)
    row = {"kind": "theme", **act.fields, "position": len(desk.rows["code"])}
    return [("code", act["code"], None, row)]


def change_code(desk: Tables, act: Act) -> list[Change]:
    _refuse_taken_key(desk, act)
    fields = {k: v for k, v in act.fields.items() if k != "code"}
    return [_changed(desk, "code", act["code"], **fields)]


def _refuse_taken_key(desk: Tables, act: Act) -> None:
    key, codes = act.get("shortcut"), desk.rows["code"].values()
    if key and any(r.get("shortcut") == key and r["code"] != act["code"] for r in codes):
        raise _refused("The key is taken by another code.", "Choose another key.")


def move_code(desk: Tables, act: Act) -> list[Change]:
    row = dict(_row(desk, "code", act["code"]))
    if "parent" in act.fields:
        _refuse_a_circle(desk, act["code"], act["parent"])
        row["parent"] = act["parent"]
    order = [r for r in desk.codebook() if r["code"] != act["code"]]
    at = int(row["position"])
    if act.get("before") is not None:
        at = order.index(_row(desk, "code", act["before"]))
    order.insert(at, row)
    numbered = [{**r, "position": i} for i, r in enumerate(order)]
    there = desk.rows["code"]
    return [("code", r["code"], there[r["code"]], r) for r in numbered if there[r["code"]] != r]


def _refuse_a_circle(desk: Tables, code: str, above: str | None) -> None:
    while above is not None:
        if above == code:
            raise _refused("A code can't hang under itself or under a code below it.")
        above = _row(desk, "code", above).get("parent")


def merge_codes(desk: Tables, act: Act) -> list[Change]:
    into = _row(desk, "code", act["into"])["code"]
    gone = [_row(desk, "code", code) for code in act["codes"] if code != into]
    names = {row["code"] for row in gone}
    for name in names:
        _refuse_a_circle(desk, name, into)
    codings, codes = desk.rows["coding"], desk.codebook()
    return [
        *(_changed(desk, "coding", k, code=into) for k, r in codings.items() if r["code"] in names),
        *(
            _changed(desk, "code", r["code"], parent=into)
            for r in codes
            if r.get("parent") in names and r["code"] not in names
        ),
        *(("code", row["code"], row, None) for row in gone),
    ]


def split_code(desk: Tables, act: Act) -> list[Change]:
    old = _row(desk, "code", act["code"])
    if act["into"] in desk.rows["code"]:
        raise _refused("A new code needs an id of its own.", "Choose another id.")
    rows = [_row(desk, "coding", name) for name in act["codings"]]
    if any(row["code"] != old["code"] for row in rows):
        raise _refused("Some of the codings have another code.", "Reload the document.")
    names = {k: v for k, v in act.fields.items() if k.startswith("name_")}
    new = {k: old[k] for k in ("kind", "parent") if k in old} | names | {"code": act["into"]}
    order = desk.codebook()
    order.insert(order.index(old) + 1, new)
    there = desk.rows["code"]
    numbered = [{**r, "position": i} for i, r in enumerate(order)]
    moved = [r for r in numbered if there.get(r["code"]) != r]
    return [
        *(("code", r["code"], there.get(r["code"]), r) for r in moved),
        *(_changed(desk, "coding", r["coding"], code=act["into"]) for r in rows),
    ]


def edit_text(desk: Tables, act: Act) -> list[Change]:
    name, start, end, new = (act[k] for k in ("document", "start", "end", "text"))
    row = _row(desk, "text", name)
    text = row["text"]
    if not 0 <= start <= end <= len(text) or (start == end and not new):
        raise _refused("The edit lies outside the text or changes nothing.")
    if act.get("quote", text[start:end]) != text[start:end]:
        raise _refused(
            "The text at this place is not what the window shows.", "Reload the document."
        )
    text = text[:start] + new + text[end:]
    cut = (start, end, len(new) - (end - start))
    changes: list[Change] = [("text", name, row, {**row, "text": text})]
    for turn in desk.turns_of(name):
        # words added at either end of a turn belong to it
        inside = turn["start"] <= start and end <= turn["end"]
        place = (turn["start"], turn["end"] + cut[2]) if inside else _moved(turn, cut)
        if place is None:
            raise _refused(
                "The edit would cut across the border of a turn.", "Edit one turn at a time."
            )
        changes.append(
            _changed(desk, "turn", f"{name}/{turn['turn']}", start=place[0], end=place[1])
        )
    for table in ("coding", "suggestion"):
        for key, coding in desk.rows[table].items():
            if coding["document"] == name and coding.get("state") != "unplaced":
                changes.append(_moved_coding(desk, table, key, cut, text))
    return [change for change in changes if change[2] != change[3]]


def _moved(row: Row, cut: tuple[int, int, int]) -> tuple[int, int] | None:
    start, end, shift = cut
    if row["end"] <= start:
        return row["start"], row["end"]
    if row["start"] >= end:
        return row["start"] + shift, row["end"] + shift
    inside = row["start"] <= start and end <= row["end"] and row["end"] + shift > row["start"]
    return (row["start"], row["end"] + shift) if inside else None


def _moved_coding(
    desk: Tables, table: str, key: str, cut: tuple[int, int, int], text: str
) -> Change:
    row = desk.rows[table][key]
    place = _moved(row, cut)
    if place is None:
        quote = desk.rows["text"][row["document"]]["text"][row["start"] : row["end"]]
        return _changed(desk, table, key, state="unplaced", quote=quote)
    start, end = place
    return _changed(desk, table, key, start=start, end=end, quote=text[start:end])


def remove_code(desk: Tables, act: Act) -> list[Change]:
    names = {_row(desk, "code", act["code"])["code"]}
    for _ in desk.codebook():
        names |= {r["code"] for r in desk.codebook() if r.get("parent") in names}
    used = [r for r in desk.rows["coding"].values() if r["code"] in names]
    if used and not act.get("with_codings"):
        raise _refused("The code is in use.", "Merge it into another code, or remove both.")
    return [
        *(("coding", r["coding"], r, None) for r in used),
        *(("code", name, _row(desk, "code", name), None) for name in sorted(names)),
    ]


def set_memo(desk: Tables, act: Act) -> list[Change]:
    key = f"{act['about']}/{act['target']}"
    new = dict(act.fields) if act["text"] else None
    before = desk.rows["memo"].get(key)
    return [] if before == new else [("memo", key, before, new)]


def accept_suggestions(desk: Tables, act: Act) -> list[Change]:
    fields = {k: v for k, v in act.fields.items() if k != "suggestions"}
    changes: list[Change] = []
    for name in act["suggestions"]:
        row = _row(desk, "suggestion", name)
        key = _new_id(desk, "coding")
        text = _row(desk, "text", row["document"])["text"]
        made = {"coding": key, "coder": desk.coder, "origin": "human"}
        made["quote"] = Quotation.of(row["document"], text, row["start"], row["end"]).quote
        changes.append(("suggestion", name, row, None))
        changes.append(("coding", key, None, row | fields | made))
    return changes


def reject_suggestions(desk: Tables, act: Act) -> list[Change]:
    rows = [_row(desk, "suggestion", name) for name in act["suggestions"]]
    return [("suggestion", row["coding"], row, None) for row in rows]


def _row(desk: Tables, table: str, key: str) -> Row:
    found = desk.rows[table].get(key)
    if found is None:
        raise ActRefusedError(
            f"There is no such {table}.",
            expected="an id that the window shows",
            next_step="Nothing was changed. Reload the document.",
        )
    return found


def _new_id(desk: Tables, what: str) -> str:
    desk.made[what] += 1
    name = f"{what}-{desk.made[what]}"
    return _new_id(desk, what) if name in desk.rows[what] else name


def _changed(desk: Tables, table: str, key: str, **values: Any) -> Change:
    before = _row(desk, table, key)
    return (table, key, before, {**before, **values})


def _refused(what: str, then: str = "") -> ActRefusedError:
    return ActRefusedError(what, next_step=f"Nothing was changed. {then}".strip())


DOING: dict[str, Callable[[Tables, Act], list[Change]]] = {
    function.__name__: function
    for function in (
        add_coding,
        change_coding,
        remove_coding,
        add_code,
        change_code,
        move_code,
        merge_codes,
        remove_code,
        set_memo,
        accept_suggestions,
        reject_suggestions,
        split_code,
        edit_text,
    )
}
