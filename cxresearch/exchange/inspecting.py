"""A look at a stranger's files and folders: what each seems to be, before anything is read in."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from ..model import Code, CxresearchError, ImportRefusedError, Words
from .archives import unpack
from .codings import code_id
from .column_guesses import guess_columns
from .drafts import ColumnGuess, SourceGuess, StudyDraft, slug_of
from .languages import language_of
from .source_text import binary_kind
from .spoken_tables import SPOKEN_TABLE_ENDINGS, is_spoken_table
from .tables import Table, read_table
from .transcripts import TRANSCRIPT_ENDINGS, read_document

__all__ = ["inspect_sources"]

_TABLES = (".csv", ".tsv", ".tab", ".xlsx", ".ods", ".parquet", ".sav", ".zsav")
_REFUSED = (".xls", ".xlsm", ".xlsb", ".doc")
_PROJECTS = (".qdpx", ".qda", ".qdc", ".sqlite3")
_ABOUT = re.compile(
    r"^(readme|license|licence|source|changelog|manifest|contributing|copying)\b", re.IGNORECASE
)
_CODEBOOK = re.compile(r"code[-_ ]?(book|system|list)|koodikirja|koodisto|kodbok", re.IGNORECASE)
_KIND_NAMES = (
    ("diary", re.compile(r"diar(y|ies)|päiväkirja|paivakirja|dagbok", re.IGNORECASE)),
    ("workshop", re.compile(r"workshop|työpaja|tyopaja|learning.?caf|verkstad", re.IGNORECASE)),
    ("feedback", re.compile(r"feedback|palaute|complaint|reklamaatio|återkoppling", re.IGNORECASE)),
    (
        "observation",
        re.compile(
            r"\bnotes?\b|_notes?\b|muistiinpano|havainn|havainto|observ|anteckning", re.IGNORECASE
        ),
    ),
    ("interview", re.compile(r"interview|haastattelu|intervju|transcript|litter", re.IGNORECASE)),
)
# of two files with one stem, the one nearer to what was typed
_PREFERRED = (
    ".docx", ".odt", ".rtf", ".md", ".txt", ".vtt", ".srt", ".json", ".eaf", ".html", ".htm",
    ".csv", ".tsv", ".xlsx", ".ods", ".pdf", ".zip",
)  # fmt: skip
_CODE_COLUMN = re.compile(r"^(code|codes|tag|koodi|kod|theme|teema|category)$", re.IGNORECASE)
_QUOTE_COLUMN = re.compile(
    r"^(quote|quotation|content|sitaatti|citat|segment|text|coded.?text)$", re.IGNORECASE
)
_DEFINITION = re.compile(
    r"^(definition|description|määritelmä|kuvaus|definit\w+|beskrivning|memo)$", re.IGNORECASE
)
_PLACE = re.compile(r"^(start|end|begin|alku|loppu)$", re.IGNORECASE)
_NAMED = {
    "interview": ("haastattelu", "interview"),
    "observation": ("havainto- tai kenttämuistiinpano", "observation notes"),
    "diary": ("päiväkirja", "diary"),
    "workshop": ("työpajamuistiinpano", "workshop notes"),
    "feedback": ("palaute", "feedback"),
}  # fmt: skip


def inspect_sources(paths: Iterable[str | Path], *, name: str | None = None) -> StudyDraft:
    """Look at files and folders and guess what study they make.

    Parameters
    ----------
    paths : iterable of path
        Files, or folders that are walked through; hidden files are left out.
    name : str, optional
        Id of the study; the first source's name otherwise.

    Returns
    -------
    StudyDraft
        One `SourceGuess` a file, each with its reason: transcripts with speakers and roles, tables
        with a guess for each column; files that can't be read are there as `refused` with the
        error. Nothing is written.

    Raises
    ------
    ImportRefusedError
        A path does not exist, or no file was found; or the only file given was refused.
    """
    given = [Path(p) for p in ([paths] if isinstance(paths, str | Path) else paths)]
    files = _listed(given)
    guesses = _without_doubles([_look_at(path) for path in files])
    if len(guesses) == 1 and guesses[0].kind == "refused":
        _look_at(files[0], strict=True)
    return StudyDraft(_study_name(given[0], name), tuple(_settled(guesses)))


def _study_name(first: Path, name: str | None) -> str:
    stem = first.resolve().name if first.is_dir() else first.stem
    slug = slug_of(name or stem, length=60)
    return slug if slug != "question" else "study"


def _listed(given: Sequence[Path]) -> list[Path]:
    files: list[Path] = []
    for path in given:
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.is_file())
            files.extend(p for p in inside if not _hidden(p.relative_to(path)))
        elif path.is_file():
            files.append(path)
        else:
            raise ImportRefusedError(
                "There is no such file or folder.",
                expected="a file or folder",
                found="nothing",
                where=path.name,
                next_step="Check the path.",
            )
    files = list(dict.fromkeys(files))
    if not files:
        raise ImportRefusedError(
            "The folder holds no files.",
            expected="interviews or tables",
            found="no files",
            where=given[0].name if given else None,
        )
    return files


def _hidden(path: Path) -> bool:
    return any(part.startswith((".", "~$", "__")) for part in path.parts)


def _look_at(path: Path, *, strict: bool = False) -> SourceGuess:
    """Guess one file; an error of reading becomes a guess of kind `refused` unless strict."""
    ending = path.suffix.lower()
    try:
        if _ABOUT.match(path.stem) or ending in (".toml", ".yaml", ".yml", ".py", ".ipynb"):
            return _unknown(
                path, "tietoa aineistosta, ei aineistoa", "about the material, not material"
            )
        if ending in _TABLES:
            return _table_guess(path)
        if ending in TRANSCRIPT_ENDINGS:
            return _text_guess(path)
        if ending == ".zip":
            return _zip_guess(path)
        if ending in _PROJECTS:
            return SourceGuess(
                str(path),
                "project",
                Words(
                    fi="toisen ohjelman projekti; tuo se: cxresearch import-project",
                    en="a project of another program; take it in: cxresearch import-project",
                ),
                0.9,
            )
        if ending in _REFUSED:
            _refuse(path, ending)
    except CxresearchError as error:
        if strict:
            raise
        said = error.message.replace("\n", ";").replace("  ", " ")
        return SourceGuess(str(path), "refused", Words(fi=f"ei voi lukea: {said}", en=said), 1.0)
    return _unknown(
        path,
        f"tiedostopäätettä {ending or '-'} ei lueta",
        f"the ending {ending or '-'} is not read",
    )


def _refuse(path: Path, ending: str) -> None:
    raise ImportRefusedError(
        f"Files in {ending} are not read.",
        expected=", ".join((*TRANSCRIPT_ENDINGS, *_TABLES)),
        found=ending,
        where=path.name,
        next_step="Save it as docx, txt, xlsx or csv.",
    )


def _zip_guess(path: Path) -> SourceGuess:
    """A zip of transcripts: unpacked for a look, then gone; a mixed one is given as a folder."""
    with tempfile.TemporaryDirectory(prefix="cxresearch-") as scratch:
        inside = [_look_at(p) for p in sorted(unpack(path, Path(scratch) / path.stem))]
    texts = [g for g in inside if g.kind in _NAMED]
    others = {g.kind for g in inside} - {*_NAMED, "unknown", "duplicate"}
    if not texts or others:
        raise ImportRefusedError(
            "The archive holds other files than transcripts.",
            expected="interviews, notes or diaries",
            found=", ".join(sorted(others)) or "no transcripts",
            where=path.name,
            next_step="Unpack it, and give the folder.",
        )
    kinds = Counter(g.kind for g in texts)
    languages = {g.language for g in texts}
    failures = [g.failures for g in texts if g.failures is not None and len(g.failures)]
    return SourceGuess(
        str(path),
        kinds.most_common(1)[0][0],
        Words(fi=f"{len(texts)} tekstiä pakattuna", en=f"{len(texts)} texts in an archive"),
        min(g.confidence for g in texts),
        roles={k: v for g in texts for k, v in g.roles.items()},
        rows=sum(g.rows for g in texts),
        language=languages.pop() if len(languages) == 1 else None,
        failures=pd.concat(failures, ignore_index=True) if failures else None,
    )


def _unknown(path: Path, fi: str, en: str) -> SourceGuess:
    return SourceGuess(str(path), "unknown", Words(fi=fi, en=en), 0.5)


def _text_guess(path: Path) -> SourceGuess:
    if path.suffix.lower() == ".txt" and _is_table_in_txt(path):
        return _table_guess(path)
    if _CODEBOOK.search(path.stem):
        return _unknown(
            path,
            "koodikirja tekstinä: anna se taulukkona",
            "a codebook as text: give it as a table",
        )
    named = _kind_in(path.stem) or _kind_in(path.parent.name)
    made, turns, failures = read_document(path, kind=named or "interview")
    if named in (None, "observation"):
        titled = _kind_in(made.title)
        named = titled if titled not in (None, "interview", "feedback") else named
    speakers = turns["speaker"].dropna().nunique()
    spoken = bool(speakers) or path.suffix.lower() in (".vtt", ".srt", ".json", ".eaf")
    kind = named or ("interview" if spoken else "observation")
    said = turns.drop_duplicates("speaker").dropna(subset=["speaker"])
    language, _ = language_of(
        made.text[a:b] for a, b in zip(turns["start"], turns["end"], strict=True)
    )
    return SourceGuess(
        str(path), kind, _document_reason(kind, named, speakers, len(turns)),
        0.9 if named or speakers >= 2 else 0.5,
        roles=dict(zip(said["speaker"], said["role"], strict=True)),
        rows=len(turns), language=language, failures=failures,
    )  # fmt: skip


def _kind_in(name: str) -> str | None:
    return next((kind for kind, pattern in _KIND_NAMES if pattern.search(name)), None)


def _document_reason(kind: str, named: str | None, speakers: int, turns: int) -> Words:
    fi, en = _NAMED[kind]
    why_fi = f"{speakers} puhujaa, {turns} puheenvuoroa" if speakers else "ei puhujamerkintöjä"
    why_en = f"{speakers} speakers, {turns} turns" if speakers else "no speakers marked"
    if named is not None:
        why_fi, why_en = f"{why_fi}; nimi viittaa: {fi}", f"{why_en}; the name points to {en}"
    return Words(fi=f"{fi}: {why_fi}", en=f"{en}: {why_en}")


def _is_table_in_txt(path: Path) -> bool:
    """A .txt that is a table: steady tabs or semicolons in nearly every line, three columns."""
    with path.open("rb") as file:
        start = file.read(65536)
    if binary_kind(start) is not None:
        return False
    lines = [line for line in start.replace(b"\0", b"").split(b"\n")[:-1] if line.strip()]
    if len(lines) < 5:
        return False
    for separator in (b"\t", b";"):
        counts = [line.count(separator) for line in lines]
        usual = max(set(counts), key=counts.count)
        if usual >= 2 and counts.count(usual) >= 0.95 * len(counts):
            return True
    return False


def _table_guess(path: Path) -> SourceGuess:
    table = read_table(path)
    if path.suffix.lower() in SPOKEN_TABLE_ENDINGS and is_spoken_table(table):
        return _text_guess(path)
    columns = guess_columns(table)
    kind, reason, confidence = _table_kind(path, table, columns)
    codes: tuple[Code, ...] = ()
    if kind in ("codings", "codebook"):
        codes, columns = codes_in(table), ()
    return SourceGuess(
        str(path), kind, reason, confidence,
        columns=_as_in(kind, columns), rows=len(table), codes=codes,
        how=tuple(table.reasons.values()), sheet=table.sheet, failures=table.failures,
    )  # fmt: skip


def _table_kind(
    path: Path, table: Table, columns: Sequence[ColumnGuess]
) -> tuple[str, Words, float]:
    roles = [c.role for c in columns]
    coding = _coding_kind(path, table, "document" in roles)
    if coding is not None:
        return coding
    questions = sum(r == "question" for r in roles)
    comments = sum(r == "comment" for r in roles)
    numbers = sum(
        c.role in ("attribute", "outcome") and c.type in ("numeric", "count") for c in columns
    )
    if "document" in roles and not comments and ("respondent" in roles or "kind" in roles):
        return (
            "respondents",
            Words(
                fi="kertoo kuka puhuu missäkin asiakirjassa", en="says who speaks in which document"
            ),
            0.85,
        )
    people = {"customer", "respondent", "response", "comment"} & set(roles)
    if "period" in roles and numbers + questions and not people:
        series = numbers + questions
        reason = Words(
            fi=f"jakso ja {series} lukusarjaa", en=f"a period and {series} series of numbers"
        )
        return "kpis", reason, 0.85
    if _is_customer_table(table, columns):
        reason = Words(fi="yksi rivi asiakasta kohti", en="one row a customer")
        return "customers", reason, 0.85
    if comments or questions >= 2 or any(c.metric in ("nps", "csat", "ces") for c in columns):
        reason = Words(
            fi=f"{comments} avointa ja {questions} asteikollista kysymystä",
            en=f"{comments} open and {questions} scaled questions",
        )
        identified = bool({"response", "respondent", "customer"} & set(roles))
        return "survey", reason, 0.9 if identified else 0.7
    if questions == 1 and ({"response", "respondent"} & set(roles)):
        return "survey", Words(fi="yksi asteikollinen kysymys", en="one scaled question"), 0.6
    return "unknown", Words(
        fi="taulu, jossa ei ole kysymyksiä, asiakkaita eikä jaksoja",
        en="a table without questions, customers or periods",
    ), 0.5  # fmt: skip


def _coding_kind(path: Path, table: Table, documents: bool) -> tuple[str, Words, float] | None:
    """Hand codings or a codebook, by the names of the columns."""
    names = [str(c) for c in table.frame.columns]
    if not any(_CODE_COLUMN.match(n) for n in names):
        return None
    if documents and _has_words_or_place(names):
        reason = Words(
            fi="sarakkeet asiakirja, sitaatti ja koodi", en="columns document, quotation and code"
        )
        return "codings", reason, 0.9
    defined = any(_DEFINITION.match(n) for n in names) and len(table) <= 1000
    if defined or _CODEBOOK.search(path.stem):
        reason = Words(fi="sarakkeet koodi ja määritelmä", en="columns code and definition")
        return "codebook", reason, 0.85
    return None


def _is_customer_table(table: Table, columns: Sequence[ColumnGuess]) -> bool:
    """One row a customer, nothing said in their own words, more features than questions."""
    customer = next((c for c in columns if c.role == "customer"), None)
    roles = [c.role for c in columns]
    if customer is None or len(columns) < 3 or {"comment", "response"} & set(roles):
        return False
    features = sum(r in ("attribute", "outcome", "personal", "unused") for r in roles)
    return features > roles.count("question") and table.frame[customer.column].is_unique


def codes_in(table: Table) -> tuple[Code, ...]:
    """The codes of a codebook table or of hand codings: ids made from their names, no terms."""
    names = [str(c) for c in table.frame.columns]
    code = next((n for n in names if _CODE_COLUMN.match(n)), None)
    if code is None:
        return ()
    definition = next((n for n in names if _DEFINITION.match(n) and n.lower() != "memo"), None)
    found: dict[str, Code] = {}
    for i, cell in enumerate(table.frame[code]):
        name = " ".join(cell.split())
        if not name or code_id(name) in found:
            continue
        said = table.frame[definition].iloc[i].strip() if definition else ""
        found[code_id(name)] = Code(code_id(name), "theme", Words(en=name), definition=said)
    return tuple(found.values())


def _has_words_or_place(names: Sequence[str]) -> bool:
    return any(_QUOTE_COLUMN.match(n) for n in names) or (
        sum(bool(_PLACE.match(n)) for n in names) >= 2
    )


def _as_in(kind: str, columns: Sequence[ColumnGuess]) -> tuple[ColumnGuess, ...]:
    """Roles that make no sense in this kind of table step down."""
    made = list(columns)
    if kind == "survey":
        made = [replace(c, role="attribute") if c.role == "outcome" else c for c in made]
        made = [replace(c, role="date") if c.role == "period" else c for c in made]
    if kind == "customers":
        made = [
            replace(
                c,
                role="attribute",
                type="ordinal" if c.role == "question" else "nominal",
                metric=None,
            )
            if c.role in ("question", "unit", "channel", "kind", "wave", "kpi_name")
            else c
            for c in made
        ]
    if kind == "kpis":
        made = [replace(c, role="kpi") if _is_series(c) else c for c in made]
        values = [i for i, c in enumerate(made) if c.role == "kpi"]
        if len(values) == 1 and any(c.role == "kpi_name" for c in made):
            made[values[0]] = replace(made[values[0]], role="kpi_value")
        if not any(c.role == "unit" for c in made):
            made = _unit_from_categories(made)
    return tuple(made)


def _is_series(guess: ColumnGuess) -> bool:
    numeric = guess.role in ("attribute", "outcome") and guess.type in ("numeric", "count")
    return numeric or guess.role == "question"


def _unit_from_categories(columns: list[ColumnGuess]) -> list[ColumnGuess]:
    places = [i for i, c in enumerate(columns) if c.role == "attribute" and c.type == "nominal"]
    if len(places) == 1:
        columns[places[0]] = replace(columns[places[0]], role="unit")
    return columns


def _without_doubles(guesses: list[SourceGuess]) -> list[SourceGuess]:
    """Of transcripts in one folder with one stem, keep one; the others are the same text again."""
    kept: dict[tuple[Path, str], int] = {}
    made = list(guesses)
    for i, guess in enumerate(guesses):
        path = Path(guess.path)
        if guess.kind not in _NAMED:
            continue
        key = (path.parent, path.stem)
        if key not in kept:
            kept[key] = i
            continue
        first = kept[key]
        better = _rank(path) < _rank(Path(guesses[first].path))
        winner, loser = (i, first) if better else (first, i)
        kept[key] = winner
        other = Path(guesses[winner].path).name
        reason = Words(fi=f"sama teksti kuin {other}", en=f"the same text as {other}")
        made[loser] = SourceGuess(guesses[loser].path, "duplicate", reason, 0.7)
    return made


def _rank(path: Path) -> int:
    return _PREFERRED.index(path.suffix.lower())


def _settled(guesses: list[SourceGuess]) -> list[SourceGuess]:
    """One customer table and one KPI table a study: the others become unknown."""
    made = list(guesses)
    for kind in ("customers", "kpis"):
        places = [i for i, g in enumerate(made) if g.kind == kind]
        if len(places) < 2:
            continue
        best = max(
            places, key=lambda i: (len(made[i].columns_as("kpi", "attribute", "outcome")), -i)
        )
        for i in places:
            if i != best:
                other = Path(made[best].path).name
                reason = Words(
                    fi=f"{made[i].reason.to('fi')}; tutkimuksessa on yksi tällainen taulu: {other}",
                    en=f"{made[i].reason.to('en')}; a study has one such table: {other}",
                )
                made[i] = replace(made[i], kind="unknown", reason=reason, confidence=0.5)
    return made
