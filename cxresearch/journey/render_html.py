"""A map as an accessible HTML table: row heads stay at the left while the stages scroll."""

from __future__ import annotations

from html import escape
from itertools import groupby

from ..model import interval, number
from .cells import empty_word, is_loud, item_text, metric_text, sign_of, source_text
from .lettering import clean, hyphenated
from .phrases import DIVIDERS, say
from .spec import Cell, Grid, Item, Lane

__all__ = ["MAP_CSS", "render_html"]

_QUOTE_MARKS = {"fi": ("”", "”"), "sv": ("”", "”"), "en": ("“", "”")}

_MARKS = {"good": "▲", "bad": "▼", "neutral": "●", "silent": "○"}

MAP_CSS = """
.cxj{--cxj-ink:#1b1f24;--cxj-quiet:#545b64;--cxj-page:#fff;--cxj-cell:#f6f7f9;--cxj-head:#e6eaef;
--cxj-phase:#22415f;--cxj-on:#fff;--cxj-good:#00639c;--cxj-bad:#b34700;--cxj-line:#b3bac2;
--cxj-hatch:#e2b892;color:var(--cxj-ink);background:var(--cxj-page);font:15px/1.45 Arial,
"Liberation Sans",Helvetica,sans-serif;overflow-x:auto;max-width:100%;
position:relative}
.cxj:focus-visible{outline:3px solid var(--cxj-good);outline-offset:2px}
.cxj table{border-collapse:separate;border-spacing:2px;margin:0;font-size:1em}
.cxj caption{text-align:left;padding:0 0 .5em;font-weight:700;font-size:1.15em}
.cxj caption span{display:block;position:sticky;left:0;width:fit-content;
max-width:min(60em,calc(100vw - 3em));font-weight:400;font-size:.85em;color:var(--cxj-quiet)}
.cxj th,.cxj td{vertical-align:top;text-align:left;padding:.5em .6em;min-width:9.5em;
max-width:18em;overflow-wrap:anywhere;hyphens:manual;white-space:normal}
.cxj thead th{background:var(--cxj-head)}
.cxj thead th.cxj-phase{background:var(--cxj-phase);color:var(--cxj-on)}
.cxj tbody th,.cxj thead td,.cxj thead th:first-child.cxj-corner{position:sticky;left:0;z-index:1;
background:var(--cxj-head);min-width:8em;max-width:9.5em}
.cxj td{background:var(--cxj-cell)}
.cxj td.cxj-empty{color:var(--cxj-quiet)}
.cxj td.cxj-loud{background:repeating-linear-gradient(135deg,var(--cxj-cell) 0 6px,
var(--cxj-hatch) 6px 8px)}
.cxj td.cxj-empty b{background:var(--cxj-cell);padding:.1em .4em;font-weight:400}
.cxj tr.cxj-divider td,.cxj tr.cxj-divider th{background:none;border-top:2px dashed
var(--cxj-ink);padding:.1em .6em;font-style:italic;font-weight:400;max-width:none}
.cxj ul{list-style:none;margin:0;padding:0}
.cxj li{margin:0 0 .3em;padding-left:1.2em;text-indent:-1.2em}
.cxj .cxj-plain li{padding-left:0;text-indent:0}
.cxj .cxj-good{color:var(--cxj-good)}.cxj .cxj-bad{color:var(--cxj-bad)}
.cxj .cxj-quiet{color:var(--cxj-quiet)}
.cxj .cxj-value{font-weight:700;font-size:1.1em;display:block}
.cxj blockquote{margin:.4em 0;padding:0;font-style:italic;border:0}
.cxj summary{cursor:pointer}
.cxj-unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);
white-space:nowrap}
@media (max-width:480px){.cxj tbody th,.cxj thead td{min-width:5.6em;max-width:6.2em;
font-size:.85em;padding:.4em}.cxj th,.cxj td{min-width:8.6em}}
@media print{.cxj{overflow:visible;font-size:8px}.cxj th,.cxj td{min-width:0}}
"""
_DARK = """--cxj-ink:#eef1f4;--cxj-quiet:#aeb6bf;--cxj-page:#14171b;--cxj-cell:#1e2329;
--cxj-head:#2b323a;--cxj-phase:#a9c7e4;--cxj-on:#0d1a26;--cxj-good:#6cc0ef;--cxj-bad:#f59a55;
--cxj-line:#59626c;--cxj-hatch:#6b4526"""
MAP_CSS += (
    f".cxj.cxj-dark{{{_DARK}}}\n@media (prefers-color-scheme:dark){{.cxj.cxj-auto{{{_DARK}}}}}\n"
)


def render_html(
    journey_map: Grid,
    *,
    language: str = "fi",
    theme: str = "light",
    style: bool = True,
    evidence: bool = False,
) -> str:
    """A journey map or blueprint as a table that screen readers and keyboards can walk.

    Parameters
    ----------
    journey_map : JourneyMap or ServiceBlueprint
        The map.
    language : str
        fi or en.
    theme : str
        light, dark, or auto (as the reader's device asks).
    style : bool
        Whether the style sheet stands in front; leave it out where the page has `MAP_CSS`.
    evidence : bool
        Whether cells carry the ids of their codings (`data-evidence`): for researchers, not for
        published pages.

    Returns
    -------
    str
        A region that scrolls sideways, row heads fixed at its left. No script. Quotes open with
        `<details>`. All words are escaped.
    """
    table = _Table(journey_map, language, evidence)
    sheet = f"<style>{MAP_CSS}</style>\n" if style else ""
    extra = {"dark": " cxj-dark", "auto": " cxj-auto"}.get(theme, "")
    name = escape(table.title, quote=True)
    return (
        f'{sheet}<div class="cxj{extra}" role="region" tabindex="0" aria-label="{name}" '
        f'lang="{language}">\n{table.written()}\n</div>'
    )


def _safe(text: str) -> str:
    return escape(clean(text), quote=True)


class _Table:
    """Writes the table part by part."""

    def __init__(self, grid: Grid, language: str, evidence: bool) -> None:
        self.grid = grid
        self.language = language
        self.evidence = evidence
        blueprint = grid.kind == "service_blueprint"
        self.title = clean(grid.title.to(language)) or say(
            "blueprint" if blueprint else "journey", language
        )

    def written(self) -> str:
        """The whole `<table>`."""
        grid, language = self.grid, self.language
        about = [grid.audience.to(language), say(grid.state, language)]
        if grid.kind == "journey_map":
            about.append(say(grid.view, language))
        words = " · ".join(_safe(part) for part in about if part)
        legend = " · ".join(self._legend())
        if legend:
            words += f"</span><span>{legend}"
        body = "\n".join(self._lane(lane) for lane in grid.lanes)
        notes = "".join(f'<p class="cxj-quiet">{_safe(n.to(language))}</p>' for n in grid.notes)
        return (
            f"<table><caption>{_safe(self.title)}<span>{words}</span></caption>\n"
            f"{self._head()}\n<tbody>\n{body}\n</tbody></table>{notes}"
        )

    def _broken(self, text: str) -> str:
        # syllables are found by the rules of Finnish; other languages need them seldom
        longest = 11 if self.language == "fi" else 17
        return escape(hyphenated(text, longest=longest), quote=True)

    def _legend(self) -> list[str]:
        """What marks and numbers mean, where the map has them."""
        if not any(lane.kind in ("touchpoints", "themes") for lane in self.grid.lanes):
            return []
        words = {
            "good": "good",
            "neutral": "legend_neutral",
            "bad": "bad",
            "silent": "legend_silent",
        }
        marks = [
            f'<b class="cxj-{sign}" aria-hidden="true">{_MARKS[sign]}</b> {say(key, self.language)}'
            for sign, key in words.items()
        ]
        return [*marks, say("legend_number", self.language)]

    def _head(self) -> str:
        language = self.language
        phases = []
        for _, group in groupby(self.grid.stages, key=lambda stage: stage.phase):
            members = list(group)
            name = _safe(members[0].phase_name.to(language))
            phases.append(
                f'<th scope="colgroup" colspan="{len(members)}" class="cxj-phase">{name}</th>'
            )
        stages = "".join(
            f'<th scope="col">{self._broken(column.name.to(language))}</th>'
            for column in self.grid.stages
        )
        first = f'<th scope="row" class="cxj-corner">{say("phase", language)}</th>'
        second = f'<th scope="row" class="cxj-corner">{say("stage", language)}</th>'
        return f"<thead><tr>{first}{''.join(phases)}</tr>\n<tr>{second}{stages}</tr></thead>"

    def _lane(self, lane: Lane) -> str:
        name = self._broken(lane.name.to(self.language))
        cells = "".join(self._cell(cell, lane) for cell in lane.cells)
        row = f'<tr><th scope="row">{name}</th>{cells}</tr>'
        if self.grid.kind == "service_blueprint" and lane.lane in DIVIDERS:
            words = _safe(DIVIDERS[lane.lane].to(self.language))
            span = len(self.grid.stages) + 1
            return f'<tr class="cxj-divider"><td colspan="{span}">{words}</td></tr>\n{row}'
        return row

    def _cell(self, cell: Cell, lane: Lane) -> str:
        marks = f' data-evidence="{_safe(" ".join(_ids(cell)))}"' if self.evidence else ""
        if cell.empty:
            loud = " cxj-loud" if is_loud(lane, self.grid) else ""
            word = empty_word(lane, self.language)
            planned = self._items(cell, lane) if cell.items else ""
            return f'<td class="cxj-empty{loud}"{marks}><b>{word}</b>{planned}</td>'
        inner = {
            "curve": lambda: self._curve(cell),
            "quotes": lambda: self._quotes(cell),
            "metrics": lambda: self._metrics(cell),
        }.get(lane.kind, lambda: self._items(cell, lane))()
        return f"<td{marks}>{inner}</td>"

    def _items(self, cell: Cell, lane: Lane) -> str:
        entries = "".join(f"<li>{self._item(item, lane)}</li>" for item in cell.items)
        kind = ' class="cxj-plain"' if lane.kind == "texts" else ""
        return f"<ul{kind}>{entries}</ul>"

    def _item(self, item: Item, lane: Lane) -> str:
        language = self.language
        words, count = item_text(item, language, self.grid.minimum)
        name = f"<strong>{self._broken(words)}</strong>" if item.critical else self._broken(words)
        if lane.kind == "texts":
            return name
        sign = sign_of(item)
        mark = _MARKS[sign]
        spoken = say(sign, language)
        parts = [
            f'<span class="cxj-{sign}" aria-hidden="true">{mark}</span> '
            f'<span class="cxj-unseen">{spoken}: </span>{name}'
        ]
        if item.critical:
            parts.append(f'<span class="cxj-quiet">({say("critical", language)})</span>')
        if count:
            unseen = f'<span class="cxj-unseen"> {say("sources", language, k="").strip()}</span>'
            parts.append(
                f'<span class="cxj-quiet">·\N{NO-BREAK SPACE}{_safe(count)}</span>{unseen}'
            )
        return " ".join(parts)

    def _curve(self, cell: Cell) -> str:
        language = self.language
        if cell.value is None or cell.low is None or cell.high is None:
            return f'<span class="cxj-quiet">{say("few", language)}</span>'
        value = number(cell.value, language, decimals=1, sign=True)
        span = say("interval", language, i=interval(cell.low, cell.high, language, decimals=1))
        sources = source_text(cell.sources or 0, language)
        return (
            f'<span class="cxj-value">{value}</span>'
            f'<span class="cxj-quiet">{span}<br>n {number(cell.n, language)}, {sources}</span>'
        )

    def _metrics(self, cell: Cell) -> str:
        entries = []
        for item in cell.items:
            value, span = metric_text(item, self.language)
            name = _safe(item.text.to(self.language))
            entries.append(
                f'<div>{name}<span class="cxj-value">{_safe(value)}</span>'
                f'<span class="cxj-quiet">{_safe(span)}</span></div>'
            )
        return "".join(entries)

    def _quotes(self, cell: Cell) -> str:
        opening, closing = _QUOTE_MARKS.get(self.language, ("“", "”"))
        said = "".join(
            f"<blockquote>{opening}{_safe(item.text.to(self.language))}{closing}</blockquote>"
            for item in cell.items
        )
        summary = say("quotes_open", self.language, k=len(cell.items))
        return f"<details><summary>{summary}</summary>{said}</details>"


def _ids(cell: Cell) -> list[str]:
    ids = [*cell.evidence, *(each for item in cell.items for each in item.evidence)]
    return list(dict.fromkeys(ids))
