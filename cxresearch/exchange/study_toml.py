"""Writing a draft down as a commented study.toml with its codebook.toml beside it."""

from __future__ import annotations

import glob
import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from ..model import Code, SettingsError, Words
from .defaults import default_codebook, default_text
from .drafts import ColumnGuess, SourceGuess, StudyDraft, unique_slugs
from .speakers import kind_of

__all__ = ["study_toml", "write_study_toml"]

_DOCUMENTS = ("interview", "observation", "diary", "workshop", "feedback")
_MOST_COLUMNS = 30
_ANSWERED_BY_MOST = 0.6
_ENOUGH_ROWS = 100
_TITLE = {
    "head": (
        "Kirjoittanut `cxresearch init`. Jokaisen arvauksen vieressä on sen syy: "
        "korjaa väärät, sitten `cxresearch run`.",
        "Written by `cxresearch init`. Each guess stands with its reason: "
        "correct the wrong ones, then `cxresearch run`.",
    ),
    "paths": (
        "Polut alkavat tämän tiedoston kansiosta.",
        "Paths start from the folder of this file.",
    ),
    "documents": ("Haastattelut, muistiinpanot, päiväkirjat", "Interviews, notes, diaries"),
    "respondents": ("Kuka puhuu missäkin asiakirjassa", "Who speaks in which document"),
    "surveys": ("Kyselyt", "Surveys"),
    "customers": ("Asiakastaulu: yksi rivi asiakasta kohti", "Customer table: one row a customer"),
    "kpis": ("Liiketoiminnan mittarit", "Business KPIs"),
    "codings": ("Käsin tehdyt koodaukset", "Hand codings"),
    "left": ("Tiedostot, joita ei käytetä", "Files that are not used"),
    "journey": (
        "Asiakaspolku: vaiheet järjestyksessä. `cues` ovat sanoja, jotka sijoittavat lauseen "
        "vaiheeseen.",
        "The journey: phases in order. `cues` are words that place a sentence in a stage.",
    ),
    "personal": (
        "henkilötietoa: pysyy tutkimustiedostossa eikä näy missään muualla",
        "personal: stays in the study file and is shown nowhere else",
    ),
    "look": ("TARKISTA", "LOOK AT THIS"),
    "unused": ("Sarakkeet, joita ei käytetä", "Columns that are not used"),
    "own_codes": (
        "Omat koodit; lisää `terms`, niin niitä ehdotetaan.",
        "Your own codes; add `terms` and they are suggested.",
    ),
    "reverse": (
        "`reverse = true`: pieni vastaus on hyvä. Tarkista suunta.",
        "`reverse = true`: a low answer is the good one. Check the direction.",
    ),
    "segments": (
        "Segmentit: taso 1 ryhmittelee näillä, `level2` tekee profiilit ryhmien sisälle. Ilman "
        "näitä ei ryhmitellä.",
        "Segments: level 1 groups by these; `level2` makes profiles inside them. Without these "
        "nothing is grouped.",
    ),
}  # fmt: skip


def write_study_toml(
    draft: StudyDraft,
    path: str | Path,
    *,
    language: str | None = None,
    overwrite: bool = False,
) -> list[Path]:
    """Write study.toml, and codebook.toml beside it.

    Parameters
    ----------
    draft : StudyDraft
        From `inspect_sources`.
    path : path
        The study.toml to write, or the folder for it.
    language : {"fi", "en"}, optional
        Language of the comments; that of most documents and open answers otherwise.
    overwrite : bool
        Write over a study.toml that is there. A codebook.toml that is there is always kept.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    SettingsError
        A study.toml is there already and `overwrite` is False, or there is nothing to study.
    """
    target = Path(path)
    target = target / "study.toml" if target.is_dir() or target.suffix != ".toml" else target
    if not draft.of_kind(*_DOCUMENTS, "survey", "customers", "kpis", "project"):
        raise SettingsError(
            "None of the files can be studied.",
            expected="at least one transcript, survey, customer table, KPI table or project",
            found="; ".join(f"{Path(s.path).name}: {s.reason.to('en')}" for s in draft.sources[:8]),
            next_step="Give other files, or save these in a format that is read.",
        )
    if target.exists() and not overwrite:
        raise SettingsError(
            f"There is a {target.name} already.",
            expected="a folder without one",
            found=target.name,
            where=target.name,
            next_step="Add --force to write over it, or give another place with --to.",
        )
    language = language or _language_of_most(draft)
    target.parent.mkdir(parents=True, exist_ok=True)
    written = []
    codebook = target.parent / "codebook.toml"
    if not codebook.exists():
        codebook.write_text(_codebook_toml(draft, language), encoding="utf-8", newline="\n")
        written.append(codebook)
    text = study_toml(draft, root=target.parent, language=language)
    target.write_text(text, encoding="utf-8", newline="\n")
    return [target, *written]


def _language_of_most(draft: StudyDraft) -> str:
    votes = {"fi": 0, "other": 0}
    for source in draft.sources:
        for language in (source.language, *(c.language for c in source.columns_as("comment"))):
            if language in ("fi", "en", "sv"):
                votes["fi" if language == "fi" else "other"] += max(1, source.rows)
    return "fi" if votes["fi"] > votes["other"] else "en"


def study_toml(draft: StudyDraft, *, root: str | Path, language: str = "en") -> str:
    """The text of study.toml for a draft; paths relative to `root`."""
    return _Writer(draft, Path(root), language).text()


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _list(values: Iterable[str]) -> str:
    items = [_quoted(v) for v in values]
    line = "[" + ", ".join(items) + "]"
    if len(line) <= 90:
        return line
    return "[\n" + "".join(f"  {item},\n" for item in items) + "]"


def _table(values: dict[str, str]) -> str:
    inside = ", ".join(f"{_quoted(k)} = {_quoted(v)}" for k, v in values.items())
    return "{ " + inside + " }" if inside else "{}"


class _Writer:
    """Collects the lines of a study.toml."""

    def __init__(self, draft: StudyDraft, root: Path, language: str) -> None:
        self._draft = draft
        self._root = root.resolve()
        self._language = language
        self._lines: list[str] = []

    def text(self) -> str:
        self._study()
        self._documents()
        self._respondents()
        self._surveys()
        self._customers()
        self._kpis()
        self._codings()
        self._segments()
        self._left()
        self._title("journey")
        self._lines.append(default_text("journey").strip())
        return "\n".join(self._lines).strip() + "\n"

    def _say(self, key: str) -> str:
        return _TITLE[key][0 if self._language == "fi" else 1]

    def _title(self, key: str) -> None:
        self._lines += ["", f"# {'-' * 8} {self._say(key)}"]

    def _comment(self, words: Words | str, *, confidence: float = 1.0) -> None:
        said = words if isinstance(words, str) else words.to(self._language)
        mark = f"{self._say('look')}: " if confidence < 0.6 else ""
        self._lines.append(f"# {mark}{' '.join(said.split())}")

    def _set(self, key: str, value: str) -> None:
        self._lines.append(f"{key} = {value}")

    def _path(self, path: str) -> str:
        """Relative to the folder of study.toml, with /; absolute on another drive."""
        whole = Path(path).resolve()
        try:
            relative = os.path.relpath(whole, self._root)
        except ValueError:  # another drive on Windows
            relative = str(whole)
        return glob.escape(relative.replace(os.sep, "/"))

    def _study(self) -> None:
        title = self._draft.name.replace("_", " ").replace("-", " ").capitalize()
        self._comment(self._say("head"))
        self._comment(self._say("paths"))
        self._lines += ["schema = 1", "", "[study]"]
        self._set("name", _quoted(self._draft.name))
        self._lines.append(f"title = {{ fi = {_quoted(title)}, en = {_quoted(title)} }}")
        self._set("languages", '["fi", "en"]')
        self._set("data", '"data"')
        self._set("codebook", '"codebook.toml"')
        self._set("minimum_cell", "5")

    def _documents(self) -> None:
        groups = _document_groups(self._draft.of_kind(*_DOCUMENTS), self._draft.sources)
        if groups:
            self._title("documents")
        for pattern, sources in groups:
            first = sources[0]
            self._lines += ["", "[[documents]]"]
            for source in sources[:12]:
                self._comment(
                    f"{Path(source.path).name}: {source.reason.to(self._language)}",
                    confidence=source.confidence,
                )
                for line in _unfit_lines(source, self._language):
                    self._comment(line)
            if len(sources) > 12:
                self._comment(f"… {len(sources) - 12}")
            folder = self._path(str(Path(first.path).parent))
            place = f"{folder}/{pattern}" if pattern else self._path(first.path)
            self._set("files", _quoted(place.removeprefix("./")))
            self._set("kind", _quoted(first.kind))
            languages = {s.language for s in sources}
            known = next(iter(languages)) if len(languages) == 1 else None
            self._set("language", _quoted(known if known in ("fi", "en", "sv") else "auto"))
            roles = {k: v for s in sources for k, v in s.roles.items()}
            if roles and len(roles) <= 40:
                self._set("roles", _table(roles))

    def _respondents(self) -> None:
        sources = self._draft.of_kind("respondents")
        if sources:
            self._title("respondents")
        for source in sources:
            self._open("[[respondents]]", source)
            self._set("document", _quoted(source.column("document") or "document"))
            respondent = source.column("respondent") or source.column("response")
            self._set(
                "respondent", _quoted(respondent or source.column("document") or "respondent")
            )
            kind = next(iter(source.columns_as("kind")), None)
            if kind is not None and all(kind_of(v) == v for v in kind.options):
                self._set("kind", _quoted(kind.column))
            self._optional(source, "customer", "customer")
            self._attributes(source, "attribute", "outcome")
            self._personal(source)

    def _open(self, header: str, source: SourceGuess) -> None:
        self._lines += ["", header]
        self._comment(source.reason, confidence=source.confidence)
        for how in source.how:
            self._comment(how)
        self._set("file", _quoted(self._path(source.path)))

    def _optional(self, source: SourceGuess, key: str, role: str) -> None:
        for guess in source.columns_as(role)[:1]:
            self._comment(guess.reason, confidence=guess.confidence)
            self._set(key, _quoted(guess.column))

    def _sheet(self, source: SourceGuess) -> None:
        if source.sheet:
            self._set("sheet", _quoted(source.sheet))

    def _attributes(self, source: SourceGuess, *roles: str, key: str = "attributes") -> None:
        found = source.columns_as(*roles)
        if found:
            self._set(key, _list(c.column for c in found))

    def _personal(self, source: SourceGuess) -> None:
        found = source.columns_as("personal")
        if found:
            self._comment(self._say("personal"))
            self._set("personal", _list(c.column for c in found))
        unused = source.columns_as("unused")
        if unused:
            self._comment(f"{self._say('unused')}:")
            for c in unused[:20]:
                self._comment(f"  {c.column}: {c.reason.to(self._language)}")

    def _surveys(self) -> None:
        sources = self._draft.of_kind("survey")
        if sources:
            self._title("surveys")
        names = unique_slugs(Path(s.path).stem for s in sources)
        for name, source in zip(names, sources, strict=True):
            self._open("[[surveys]]", source)
            self._set("survey", _quoted(name))
            self._sheet(source)
            for key, role in (
                ("response", "response"), ("respondent", "respondent"), ("customer", "customer"),
                ("answered_at", "date"), ("wave", "wave"), ("unit", "unit"), ("channel", "channel"),
            ):  # fmt: skip
                self._optional(source, key, role)
            self._kinds(source)
            self._attributes(source, "attribute")
            self._personal(source)
            self._choices(source)
            self._questions(source)

    def _kinds(self, source: SourceGuess) -> None:
        for guess in source.columns_as("kind")[:1]:
            self._comment(guess.reason, confidence=guess.confidence)
            self._set("kind", _quoted(guess.column))
            mapping = {v: kind_of(v) or "customer" for v in guess.options}
            self._set("kinds", _table({k: v for k, v in mapping.items() if k != v}))

    def _choices(self, source: SourceGuess) -> None:
        found = source.columns_as("multi_choice")
        if not found:
            return
        for guess in found:
            self._comment(f"{guess.column}: {guess.reason.to(self._language)}")
        every = {c.column for c in source.columns} | {o for c in found for o in c.options}
        self._lines.append("[surveys.multi_choice]")
        for slug, guess in zip(unique_slugs(g.column for g in found), found, strict=True):
            if guess.type == "cell":
                self._set(_quoted(guess.column), _list(guess.options))
            else:  # an id that is no column's name
                name = f"{slug}_options" if slug in every else slug
                self._set(name, _list(guess.options))

    def _questions(self, source: SourceGuess) -> None:
        found = source.columns_as("question", "comment")
        slugs = unique_slugs(_id_source(g, found) for g in found)
        for slug, guess in zip(slugs, found, strict=True):
            closed = guess.role == "question"
            self._lines += ["", "[[surveys.questions]]" if closed else "[[surveys.comments]]"]
            self._comment(guess.reason, confidence=guess.confidence)
            self._set("column", _quoted(guess.column))
            self._set("question", _quoted(slug))
            if closed:
                self._set("metric", _quoted(guess.metric or "question"))
                self._set("low", f"{guess.low or 0:g}")
                self._set("high", f"{guess.high or 0:g}")
                if guess.reverse:
                    self._comment(self._say("reverse"))
                    self._set("reverse", "true")
            else:
                self._set("language", _quoted(guess.language or "auto"))
            if guess.text:
                self._set("text", _table({self._language: " ".join(guess.text.split())[:300]}))

    def _customers(self) -> None:
        for source in self._draft.of_kind("customers"):
            self._title("customers")
            self._open("[customers]", source)
            self._sheet(source)
            self._optional(source, "customer", "customer")
            self._attributes(source, "attribute")
            self._attributes(source, "outcome", key="outcomes")
            self._personal(source)
            types = {c.column: c.type for c in source.columns_as("attribute", "outcome") if c.type}
            if types:
                self._lines += ["", "[customers.types]"]
                for column, kind in types.items():
                    self._set(_quoted(column), _quoted(kind))

    def _kpis(self) -> None:
        for source in self._draft.of_kind("kpis"):
            self._title("kpis")
            self._open("[kpis]", source)
            self._sheet(source)
            for key, role in (("period", "period"), ("unit", "unit")):
                self._optional(source, key, role)
            if source.column("kpi_value"):
                self._optional(source, "kpi", "kpi_name")
                self._optional(source, "value", "kpi_value")
            else:
                self._attributes(source, "kpi", key="columns")

    def _codings(self) -> None:
        sources = self._draft.of_kind("codings")
        if sources:
            self._title("codings")
        for source in sources:
            self._open("[[codings]]", source)

    def _segments(self) -> None:
        columns = _segment_columns(self._draft)
        if columns:
            self._lines += ["", f"# {self._say('segments')}", "[segments]"]
            self._set("level1", _list(columns))

    def _left(self) -> None:
        left = self._draft.of_kind("project", "unknown", "refused", "duplicate")
        if left:
            self._title("left")
        for source in left:
            self._comment(f"{Path(source.path).name}: {source.reason.to(self._language)}")


def _segment_columns(draft: StudyDraft) -> list[str]:
    """What customers can be grouped on: attributes, else questions that most people answered."""
    for source in draft.of_kind("customers"):
        return [c.column for c in source.columns_as("attribute")][:_MOST_COLUMNS]
    for source in draft.of_kind("survey"):
        found = source.columns_as("question", "comment")
        slugs = unique_slugs(_id_source(g, found) for g in found)
        asked = [
            slug
            for slug, guess in zip(slugs, found, strict=True)
            if guess.role == "question" and guess.answered >= _ANSWERED_BY_MOST
        ]
        if source.column("respondent") and source.rows >= _ENOUGH_ROWS and len(asked) >= 4:
            return asked[:_MOST_COLUMNS]
    return []


_UNFIT = (
    "  rivit, jotka näyttävät puheenvuorolta mutta eivät ole tunnetun puhujan: {}. Jos ovat, lisää "
    "puhuja riville `roles`.",
    "  lines that look like a turn but are of no known speaker: {}. If they are turns, add the "
    "speaker to `roles`.",
)


def _unfit_lines(source: SourceGuess, language: str) -> list[str]:
    """Lines that look like a turn of nobody known: the person says whether they are."""
    if source.failures is None:
        return []
    unfit = source.failures["found"].str.startswith("a line that looks like a turn")
    rows = source.failures.loc[unfit, "row"].dropna()
    if not len(rows):
        return []
    more = " …" if len(rows) > 20 else ""
    numbers = ", ".join(str(int(row)) for row in rows[:20]) + more
    return [_UNFIT[0 if language == "fi" else 1].format(numbers)]


def _id_source(guess: ColumnGuess, found: Sequence[ColumnGuess]) -> str:
    """What a question's id is made of: its metric where it is the only one, else its column."""
    alike = [g for g in found if g.metric == guess.metric]
    if guess.metric in ("nps", "csat", "ces") and len(alike) == 1:
        return guess.metric
    return guess.column


def _document_groups(
    documents: Sequence[SourceGuess], every: Sequence[SourceGuess]
) -> list[tuple[str | None, list[SourceGuess]]]:
    """Documents of one folder, ending and kind together, where a pattern names exactly them."""
    groups: dict[tuple[Path, str, str], list[SourceGuess]] = {}
    for source in documents:
        path = Path(source.path)
        groups.setdefault((path.parent, path.suffix, source.kind), []).append(source)
    made: list[tuple[str | None, list[SourceGuess]]] = []
    for (folder, ending, _), sources in groups.items():
        on_disk = {p.name for p in folder.glob(f"*{ending}") if p.is_file()}
        if len(sources) > 1 and on_disk == {Path(s.path).name for s in sources}:
            made.append((f"*{ending}", sources))
        else:
            made.extend((None, [source]) for source in sources)
    return made


def _codebook_toml(draft: StudyDraft, language: str) -> str:
    """Own codes of the draft first, then the general ones."""
    own: dict[str, Code] = {}
    for source in draft.of_kind("codebook", "codings"):
        for code in source.codes:
            own.setdefault(code.code, code)
    text = default_text("codebook")
    if not own:
        return text
    lines = [f"# {_TITLE['own_codes'][0 if language == 'fi' else 1]}", ""]
    general = {c.code for c in default_codebook()}
    for code in own.values():
        if code.code in general:
            continue
        lines += ["[[codes]]", f"code = {_quoted(code.code)}", 'kind = "theme"']
        lines.append(f"name = {_table({language: code.name.to('en')})}")
        if code.definition:
            lines.append(f"definition = {_quoted(' '.join(code.definition.split()))}")
        lines.append("")
    return "\n".join(lines) + "\n" + text
