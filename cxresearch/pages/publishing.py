"""Publish: build a bundle, let the gate read it, and only then put it where it is served from."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ..model import StudyFileError
from ..steps import StepReport, approve_quotes, coded_texts, take_review
from ..steps.names_known import known_names
from ..steps.reports import Progress, silent
from .content import SECTIONS, build_content
from .gate import Secrets, check_bundle
from .material import Material, gather
from .serving import NOTEBOOK
from .tables import public_tables

if TYPE_CHECKING:
    from ..study import Study

__all__ = ["publish"]

_VERSION = "publish-1"
_PACKAGE = Path(__file__).resolve().parents[1]


def publish(study: Study, *, progress: Progress = silent) -> StepReport:
    """Build the bundle that stakeholders browse.

    It holds one notebook, the page's content in each language with figures drawn in advance,
    aggregated tables as csv without any group under the minimum cell size, approved quotes in
    their published wording, and a manifest with hashes. A gate reads every byte; what it refuses
    is not published, and the bundle that was there before stays.

    Returns
    -------
    StepReport
        Names the folder.

    Raises
    ------
    UnsafeBundleError
        The gate found raw words, a name or a contact; file and kind are named.
    StudyFileError
        The folder can't be written to.
    """
    from ..study import fingerprint, long_step

    with long_step(study, "publish"):
        lines = _take_approvals(study)
        material = gather(study)
        mark = fingerprint(_VERSION, *_inputs(study, material))
        target = study.folder_published
        if study.step_is_current("publish", mark) and _whole(target):
            return StepReport("publish", (*lines, f"Bundle: up to date in {target}"), changed=False)
        with _draft(target) as draft:
            _fill(draft, material, study, progress)
            check_bundle(draft, _secrets(study, material))
            _write_manifest(draft, material, study)
        study.mark_step("publish", mark, {"quotes": len(material.quotes)})
    size = sum(p.stat().st_size for p in target.rglob("*") if p.is_file()) / 2**20
    lines.append(f"Bundle: {target} ({size:.1f} MB, {len(material.quotes)} approved quotes)")
    return StepReport("publish", tuple(lines))


def _take_approvals(study: Study) -> list[str]:
    """Decisions that study.toml points to: on personal words, then on quotes.

    Those made in the study stay as they are; quotes of documents that nobody reviewed stay inside.
    """
    lines: list[str] = []
    settings = study.settings
    if settings.privacy.reviewed is not None:
        lines += take_review(study, settings.root / settings.privacy.reviewed).lines
    if settings.publish.approvals is not None:
        file = settings.root / settings.publish.approvals
        lines += approve_quotes(study, file, skip_unreviewed=True).lines
    return lines


def _inputs(study: Study, material: Material) -> list[object]:
    from .texts import texts

    settings = study.settings.model_dump(mode="json", exclude={"root", "codes"})
    findings = study.folder_processed / "findings"
    codes = material.codebook.drop(columns="terms")
    frames = [material.answers, material.codings, material.quotes, codes]
    extra = [findings] if findings.exists() else []
    # names that people gave to groups are kept here
    extra.append(study.folder_processed / "segmentation.json")
    words = {name: dict(by_language) for name, by_language in texts().items()}
    return [settings, *frames, *extra, study.membership(), words, material.counts]


def _whole(folder: Path) -> bool:
    """Whether the bundle's files are those of its manifest, byte for byte."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        return all(_sha256(folder / name) == known for name, known in manifest["files"].items())
    except (OSError, ValueError, KeyError):
        return False


@contextmanager
def _draft(target: Path) -> Iterator[Path]:
    """A folder beside the target that takes its place when the block ends well."""
    draft = target.with_name(target.name + ".draft")
    old = target.with_name(target.name + ".old")
    try:
        for folder in (draft, old):
            shutil.rmtree(folder, ignore_errors=True)
        draft.mkdir(parents=True)
        yield draft
        if target.exists():
            target.rename(old)
        draft.rename(target)
    except OSError as error:
        raise StudyFileError(
            "The bundle can't be written.",
            found=error.strerror or type(error).__name__,
            where=str(target),
            next_step="Free some room, or give yourself the right to write there.",
        ) from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        if old.exists() and not target.exists():
            old.rename(target)
        shutil.rmtree(old, ignore_errors=True)


def _fill(draft: Path, material: Material, study: Study, progress: Progress) -> None:
    languages = list(study.settings.study.languages)
    total = len(languages) * len(SECTIONS)
    done = 0
    for language in languages:

        def step(name: str) -> None:
            nonlocal done
            done += 1
            progress(f"page: {name}", done, total)

        content = build_content(material, language, progress=step)
        text = json.dumps(content, ensure_ascii=False, indent=0)
        (draft / f"content.{language}.json").write_text(text, encoding="utf-8")
    (draft / "tables").mkdir()
    for name, table in public_tables(material).items():
        table.to_csv(draft / "tables" / f"{name}.csv", index=False, encoding="utf-8-sig")
    shutil.copy(_notebook(), draft / NOTEBOOK)


def _notebook() -> Path:
    """findings.ipynb: inside an installed package, else in the repository's notebooks."""
    packaged = Path(__file__).with_name(NOTEBOOK)
    return packaged if packaged.exists() else _PACKAGE.parent / "notebooks" / NOTEBOOK


def _secrets(study: Study, material: Material) -> Secrets:
    from ..study import personal

    held = personal(study)
    texts = coded_texts(study).set_index("document")["text"]
    codes = study.codebook()
    own = [
        str(t) for c in ("definition", "include", "exclude", "example") for t in codes[c].dropna()
    ]
    settings = study.settings.study
    own += [*settings.title.values(), *settings.notice.values()]
    own += [str(words.to(x)) for words in material.names.values() for x in ("fi", "en")]
    names = known_names(study)
    return Secrets(
        texts=texts,
        names=tuple(names),
        values=tuple(v for v in held["value"] if v not in set(names)) if len(held) else (),
        allowed=(*material.quotes["published"], *own),
    )


def _write_manifest(draft: Path, material: Material, study: Study) -> None:
    from .. import __version__
    from ..study import last_event

    files = {
        p.relative_to(draft).as_posix(): _sha256(p) for p in sorted(draft.rglob("*")) if p.is_file()
    }
    manifest = {
        "study": study.settings.study.name,
        "version": __version__,
        "languages": list(study.settings.study.languages),
        "event": last_event(study),
        "minimum_cell": material.minimum_cell,
        "quotes": len(material.quotes),
        "published_at": study.now(),
        "files": files,
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
    (draft / "manifest.json").write_text(text, encoding="utf-8")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
