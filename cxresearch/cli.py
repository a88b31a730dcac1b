"""The command line: thin, every command calls a function that notebooks can call too."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from . import __version__
from .model import CxresearchError

if TYPE_CHECKING:
    import pandas as pd

    from .study import Study

__all__ = ["main"]

_STUDY = click.argument("study", default=".", type=click.Path(path_type=Path))


class _Commands(click.Group):
    """Shows our own errors as people read them, without a traceback; exit code 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except CxresearchError as error:
            click.echo(f"cxresearch: {error}", err=True)
            sys.exit(1)
        except KeyboardInterrupt:
            click.echo("\nStopped. Finished steps are kept; the same command goes on.", err=True)
            sys.exit(130)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="cxresearch")
def main() -> None:
    """From a folder of interviews and a survey file to findings that stakeholders browse.

    STUDY is a study.toml or the folder that holds one; the current folder by default.
    """


@main.command()
@click.argument("sources", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--to", "target", default="study.toml", type=click.Path(path_type=Path), show_default=True
)
@click.option("--name", default=None, help="Id of the study; the first source's name by default.")
@click.option("--force", is_flag=True, help="Overwrite a study.toml that is there already.")
def init(sources: tuple[Path, ...], target: Path, name: str | None, force: bool) -> None:
    """Look at files or folders and write a commented study.toml with guesses and their reasons."""
    from .exchange import inspect_sources, write_study_toml

    draft = inspect_sources(sources, name=name) if name else inspect_sources(sources)
    for path in write_study_toml(draft, target, overwrite=force):
        click.echo(f"Wrote {path}")
    for source in draft.of_kind("project"):
        click.echo(f"Take the project in: cxresearch import-project {source.path}")
    click.echo("Look at the guesses in it, then: cxresearch run")


@main.command()
@_STUDY
@click.option("--good-rows", is_flag=True, help="Import the good rows of files that have bad ones.")
@click.option("--again", is_flag=True, help="Do every step anew.")
def run(study: Path, good_rows: bool, again: bool) -> None:
    """Do every step that is not up to date: import, code, segment, link, publish."""
    from .pages.publishing import publish
    from .steps import code, import_sources, link, segment

    with _opened(study, again=again) as opened:
        _tell(import_sources(opened, good_rows=good_rows, progress=_progress))
        for step in (code, segment, link, publish):
            _tell(step(opened, progress=_progress))


@main.command("import")
@_STUDY
@click.option("--good-rows", is_flag=True, help="Import the good rows of files that have bad ones.")
def import_(study: Path, good_rows: bool) -> None:
    """Read the files that study.toml names; nothing is half-imported."""
    from .steps import import_sources

    with _opened(study) as opened:
        _tell(import_sources(opened, good_rows=good_rows, progress=_progress))


@main.command("import-project")
@click.argument("project", type=click.Path(exists=True, path_type=Path))
@_STUDY
def import_project(project: Path, study: Path) -> None:
    """Take a .qdpx, .qdc, QualCoder .qda or Taguette .sqlite3 into a study, in one act."""
    from .steps import import_project as step

    with _opened(study) as opened:
        report = step(opened, project)
        _tell(report)
        if len(report.table):
            _show(report.table.head(20))


@main.command()
@_STUDY
def code(study: Path) -> None:
    """Suggest codings by the codebook's own words; hand codings are kept apart."""
    from .steps import code as step

    _do(study, step)


@main.command()
@_STUDY
@click.option("--names", type=click.Path(exists=True, path_type=Path), help="csv: group, fi, en.")
@click.option("--assign", type=click.Path(exists=True, path_type=Path), help="New customer table.")
@click.option("--output", type=click.Path(path_type=Path), help="Where --assign writes its csv.")
def segment(study: Path, names: Path | None, assign: Path | None, output: Path | None) -> None:
    """Group customers on two levels; name the groups; place new customers in them."""
    from .steps import assign_customers, name_groups
    from .steps import segment as step

    if (assign is None) != (output is None):
        raise click.UsageError("--assign FILE and --output FILE go together.")
    with _opened(study) as opened:
        _tell(step(opened, progress=_progress))
        if names is not None:
            _tell(name_groups(opened, names))
        if assign is not None and output is not None:
            _tell(assign_customers(opened, assign, output))


@main.command()
@_STUDY
def link(study: Path) -> None:
    """Score the experience metrics and link them with business KPIs."""
    from .steps import link as step

    _do(study, step)


@main.command()
@_STUDY
def publish(study: Path) -> None:
    """Build the bundle for stakeholders: aggregated tables, figures, approved quotes only."""
    from .pages.publishing import publish as step

    _do(study, step)


@main.command()
@_STUDY
@click.option("--port", default=8866, show_default=True, help="The next free one if it is taken.")
@click.option("--ip", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--token", default="", help="Asked from visitors when given.")
def serve(study: Path, port: int, ip: str, token: str) -> None:
    """Serve the published bundle with Voila and print its address."""
    from .pages import serve as serve_bundle
    from .study import published_is_stale

    bundle = study
    if not (study / "manifest.json").exists():
        with _opened(study) as opened:
            bundle = opened.folder_published
            if bundle.exists() and published_is_stale(opened):
                click.echo("The page is stale, something was erased since: run publish.", err=True)
    serve_bundle(bundle, port=port, ip=ip, token=token)


@main.command()
@_STUDY
@click.option("--propose", type=click.Path(path_type=Path), help="Write candidates to this csv.")
@click.option("--approve", type=click.Path(exists=True, path_type=Path), help="Read decisions.")
def quotes(study: Path, propose: Path | None, approve: Path | None) -> None:
    """Propose pseudonymised quotes for review, or take the decisions of a reviewed csv."""
    from .steps import approve_quotes, propose_quotes

    with _opened(study) as opened:
        if propose is not None:
            _tell(propose_quotes(opened, propose))
        if approve is not None:
            _tell(approve_quotes(opened, approve))
        if propose is None and approve is None:
            raise click.UsageError("Give --propose FILE or --approve FILE.")


@main.command()
@_STUDY
@click.option("--propose", type=click.Path(path_type=Path), help="Write found words to this csv.")
@click.option("--take", type=click.Path(exists=True, path_type=Path), help="Read decisions.")
@click.option("--pseudonymise", is_flag=True, help="Replace them in the reviewed texts.")
@click.option("--for-good", is_flag=True, help="With --pseudonymise: no undo, no old words left.")
def review(
    study: Path, propose: Path | None, take: Path | None, pseudonymise: bool, for_good: bool
) -> None:
    """Review texts for personal words; only reviewed interviews give quotes to the page."""
    from .steps import propose_review, pseudonymise_documents, take_review

    if propose is None and take is None and not pseudonymise:
        raise click.UsageError("Give --propose FILE, --take FILE or --pseudonymise.")
    with _opened(study) as opened:
        if take is not None:
            _tell(take_review(opened, take))
        if propose is not None:
            _tell(propose_review(opened, propose, progress=_progress))
        if pseudonymise:
            _tell(pseudonymise_documents(opened, for_good=for_good, progress=_progress))


@main.command()
@_STUDY
@click.argument("respondents", nargs=-1, required=True)
@click.option("--whole-customer", is_flag=True, help="Also others of the same customer.")
@click.confirmation_option(prompt="Everything of theirs is erased for good. Go on?")
def withdraw(study: Path, respondents: tuple[str, ...], whole_customer: bool) -> None:
    """Erase everything of RESPONDENTS (ids) who withdraw consent, with a receipt."""
    from .steps import withdraw as step

    with _opened(study) as opened:
        _tell(step(opened, respondents, whole_customer=whole_customer, progress=_progress))


@main.command()
@_STUDY
@click.option("--k", type=click.IntRange(2, 100), help="Below this a group is rare.")
@click.option("--attribute", "attributes", multiple=True, help="Only these columns.")
def privacy(study: Path, k: int | None, attributes: tuple[str, ...]) -> None:
    """List combinations of attributes that so few respondents share that they may be known."""
    from .steps import small_groups

    with _opened(study) as opened:
        found = small_groups(opened, attributes=attributes or None, k=k)
        click.echo(found.sentence("en"))
        for warning in found.warnings:
            click.echo(warning.to("en"))
        _show(found.table)


@main.command("data-protection")
@_STUDY
@click.option("--output", required=True, type=click.Path(path_type=Path), help="A docx or html.")
@click.option("--language", type=click.Choice(["fi", "en"]), help="The study's first by default.")
def data_protection(study: Path, output: Path, language: str | None) -> None:
    """Write what personal data the study holds, why, until when, where and who has worked on it."""
    from .steps import write_data_protection

    with _opened(study) as opened:
        _tell(write_data_protection(opened, output, today=_today(), language=language))


@main.command()
@_STUDY
@click.option("--purge", is_flag=True, help="Erase the texts whose last day is over.")
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="Another day to compare with.")
def retention(study: Path, purge: bool, today: datetime | None) -> None:
    """List until when texts may be kept; --purge erases those that are due, keeping counts."""
    from .steps import purge_due, retention_dates

    day = today.date() if today else _today()
    with _opened(study) as opened:
        if purge:
            _tell(purge_due(opened, today=day, progress=_progress))
        else:
            _show(retention_dates(opened, today=day))


@main.command()
@_STUDY
@click.option(
    "--to",
    "form",
    required=True,
    type=click.Choice(
        [
            "qdpx",
            "qdc",
            "xlsx",
            "docx",
            "csv",
            "parquet",
            "gexf",
            "themes",
            "content",
            "cards",
            "audit",
        ]
    ),
    help="A REFI-QDA project or codebook, a quote book, codings, every table, an analysis, cards.",
)
@click.option("--output", required=True, type=click.Path(path_type=Path), help="File or folder.")
@click.option("--profile", default="peers", type=click.Choice(["peers", "nvivo"]))
@click.option("--where", multiple=True, help="For a quote book: code=ID, phase!=ID, kind=partner …")
@click.option("--near", default=None, help="For a quote book: only quotes near this code.")
def export(
    study: Path, form: str, output: Path, profile: str, where: tuple[str, ...], near: str | None
) -> None:
    """Write codings, codebook or everything for other programs; most hold raw words."""
    from .steps import export as step
    from .steps import export_quotes

    with _opened(study) as opened:
        if form in ("xlsx", "docx"):
            _tell(export_quotes(opened, output, wanted=where, near=near))
        elif where or near:
            raise click.UsageError("--where and --near choose quotes: use --to docx or --to xlsx.")
        else:
            _tell(step(opened, form, output, profile=profile))


@main.command()
@_STUDY
@click.option("--output", type=click.Path(path_type=Path), help="Write the list: xlsx or csv.")
@click.option("--take", type=click.Path(exists=True, path_type=Path), help="Read statuses back.")
@click.option("--all", "all_cases", is_flag=True, help="Also those that are solved or closed.")
def loop(study: Path, output: Path | None, take: Path | None, all_cases: bool) -> None:
    """The inner loop: disappointed customers to answer, by owner and deadline (private)."""
    from .steps import cases_to_answer, take_cases, write_cases

    with _opened(study) as opened:
        if take is not None:
            _tell(take_cases(opened, take))
        if output is not None:
            _tell(write_cases(opened, output, all_cases=all_cases))
        if take is None and output is None:
            found = cases_to_answer(opened, all_cases=all_cases)
            click.echo(found.sentence("en"))
            _show(found.table[["case", "status", "owner", "deadline", "late", "touchpoint", "nps"]])


@main.command()
@_STUDY
def status(study: Path) -> None:
    """Say where a study stands."""
    with _opened(study) as opened:
        _show(opened.status())


@main.command()
@_STUDY
def undo(study: Path) -> None:
    """Take back the last act by hand on the study (a coding, an approval, a code)."""
    from .study import undo as take_back

    with _opened(study) as opened:
        outcome = take_back(opened)
        click.echo(f"Undone: {outcome.act} ({outcome.rows} row(s)).")


@main.command()
def doctor() -> None:
    """Check what this machine has and lacks; exit code 1 when something needed is missing."""
    from .steps.doctor import examine_machine

    found = examine_machine()
    _show(found)
    if (found["state"] == "missing").any():
        sys.exit(1)


def _today() -> date:
    """The day of this machine's clock; functions below the command line are given it."""
    return datetime.now().date()


def _opened(where: Path, *, again: bool = False) -> Study:
    from .study import open_study

    study = open_study(where)
    if again:
        for step in ("import", "code", "segment", "link", "publish"):
            study.processed.forget_step(step)
    return study


def _do(where: Path, step: Callable[..., Any]) -> None:
    """Open a study, do one step, print its report."""
    with _opened(where) as study:
        _tell(step(study, progress=_progress))


def _tell(report: Any) -> None:
    """Print a step's report: its lines, then nothing else."""
    for line in report.lines:
        click.echo(line)


_BARS: dict[str, Any] = {}


def _progress(what: str, done: int, total: int) -> None:
    """A progress bar on a terminal; silent elsewhere, so that logs stay readable."""
    from tqdm import tqdm

    # the pages of a language are one bar
    name = what.partition(":")[0]
    if name not in _BARS:
        _BARS[name] = tqdm(total=total, desc=name, leave=False, disable=None, file=sys.stderr)
    bar = _BARS[name]
    bar.total = total
    bar.update(done - bar.n)
    if done >= total:
        _BARS.pop(name).close()


def _show(frame: pd.DataFrame) -> None:
    cells = [list(map(str, frame.columns))]
    shown = frame.astype(object).where(frame.notna(), "")
    cells += [[str(value) for value in row] for row in shown.to_numpy()]
    widths = [max(len(row[i]) for row in cells) for i in range(len(cells[0]))]
    for row in cells:
        click.echo("  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip())


if __name__ == "__main__":
    main()
