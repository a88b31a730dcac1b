"""The command line: thin, every command calls a function that notebooks can call too."""

from __future__ import annotations

import sys
from collections.abc import Callable
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


@main.command()
@_STUDY
def code(study: Path) -> None:
    """Suggest codings by the codebook's own words; hand codings are kept apart."""
    from .steps import code as step

    _do(study, step)


@main.command()
@_STUDY
def segment(study: Path) -> None:
    """Group customers on two levels, with the stability of each group."""
    from .steps import segment as step

    _do(study, step)


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

    bundle = study
    if not (study / "manifest.json").exists():
        with _opened(study) as opened:
            bundle = opened.folder_published
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
@click.option(
    "--to",
    "form",
    required=True,
    type=click.Choice(["qdpx", "qdc", "xlsx", "csv", "parquet"]),
    help="A REFI-QDA project or codebook, a quote book, codings, or every table.",
)
@click.option("--output", required=True, type=click.Path(path_type=Path), help="File or folder.")
@click.option("--profile", default="peers", type=click.Choice(["peers", "nvivo"]))
def export(study: Path, form: str, output: Path, profile: str) -> None:
    """Write codings, codebook or everything for other programs; all but qdc hold raw words."""
    from .steps import export as step

    with _opened(study) as opened:
        _tell(step(opened, form, output, profile=profile))


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
