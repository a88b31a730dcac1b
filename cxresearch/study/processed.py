"""The rebuildable side of a study: Parquet tables in data/processed/NAME and what made them."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from ..model import FRAMES, StudyFileError, check_frame
from .frames import empty_frame

__all__ = ["Processed", "fingerprint"]

MANIFEST = "manifest.json"
# tables and the contracts that they keep
CONTRACTS = {**{name: name for name in FRAMES}, "suggestions": "codings"}
_NAME = re.compile(r"^[a-z0-9][a-z0-9_-]*$")


def fingerprint(*things: Any) -> str:
    """One hash for everything that a step depends on.

    Parameters
    ----------
    *things
        A `Path` counts by its content (a folder by the files in it); a DataFrame by its rows;
        anything else by its JSON (dicts regardless of order), or its `repr`.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    digest = hashlib.sha256()
    for thing in things:
        digest.update(_content(thing))
        digest.update(b"\0")
    return digest.hexdigest()


def _content(thing: Any) -> bytes:
    if isinstance(thing, Path):
        if thing.is_dir():
            files = sorted(p for p in thing.rglob("*") if p.is_file())
            return b"".join(str(p.relative_to(thing)).encode() + _content(p) for p in files)
        if not thing.exists():
            return b"missing"
        with thing.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    if isinstance(thing, pd.DataFrame):
        rows = pd.util.hash_pandas_object(thing, index=False).to_numpy()
        return ",".join(map(str, thing.columns)).encode() + rows.tobytes()
    return json.dumps(thing, sort_keys=True, default=repr, ensure_ascii=False).encode()


class Processed:
    """Tables of one study on disk, written whole or not at all.

    Parameters
    ----------
    folder : Path
        data/processed/NAME; made when first written to.
    now : callable
        Gives the time as text, for the manifest.
    """

    def __init__(self, folder: Path, now: Callable[[], str]) -> None:
        self.folder = folder
        self._now = now

    def write_frame(self, name: str, frame: pd.DataFrame) -> Path:
        """Write a table as `name`.parquet (zstd).

        A reader sees the old table or the new one, never half of one, also when power fails.

        Parameters
        ----------
        name : str
            Lower-case name. A name in `model.FRAMES`, or `suggestions`, is checked
            against its contract.
        frame : pandas.DataFrame
            The table; its index is not kept.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        FrameError
            The table breaks its contract.
        StudyFileError
            The disk is full or may not be written to; the old table is still there.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        target = self._path(name)
        if name in CONTRACTS:
            check_frame(frame, CONTRACTS[name])
        table = pa.Table.from_pandas(frame, preserve_index=False)
        with _replacing(target) as temporary:
            pq.write_table(table, temporary, compression="zstd")
        return target

    def read_frame(self, name: str, columns: list[str] | None = None) -> pd.DataFrame:
        """Read a table written by `write_frame`.

        Parameters
        ----------
        name : str
            Its name.
        columns : list of str, optional
            Only these columns.

        Returns
        -------
        pandas.DataFrame
            Where nothing was written yet: for a name in `model.FRAMES` a table without rows.

        Raises
        ------
        StudyFileError
            No such table (and no contract by that name), or the file is damaged.
        """
        path = self._path(name)
        if not path.exists():
            if name in CONTRACTS:
                empty = empty_frame(CONTRACTS[name])
                return empty if columns is None else empty.reindex(columns=columns)
            raise StudyFileError(
                f"The study has no table `{name}` yet.",
                expected=f"{path.name}, written by one of the steps",
                found=", ".join(self.names()) or "no tables",
                next_step="Run `cxresearch run`, or the step that makes this table.",
            )
        with _readable(path):
            return pd.read_parquet(path, columns=columns)

    def find_rows(self, name: str, column: str, values: list[str]) -> list[dict[str, Any]]:
        """Rows of a table where `column` is one of `values`, without reading the whole table."""
        import pyarrow.parquet as pq

        path = self._path(name)
        if not values or not path.exists():
            return []
        with _readable(path):
            return list(pq.read_table(path, filters=[(column, "in", values)]).to_pylist())

    def count(self, name: str) -> int | None:
        """Rows of a table, from the file's footer alone; None when there is no such table."""
        import pyarrow.parquet as pq

        path = self._path(name)
        if not path.exists():
            return None
        with _readable(path):
            return int(pq.read_metadata(path).num_rows)

    def names(self) -> list[str]:
        """The tables there are."""
        return sorted(p.stem for p in self.folder.glob("*.parquet") if not p.name.startswith("."))

    def steps(self) -> dict[str, dict[str, Any]]:
        """What the manifest says of each step that was done: fingerprint, at, summary, frames."""
        path = self.folder / MANIFEST
        try:
            return dict(json.loads(path.read_text(encoding="utf-8"))["steps"])
        except FileNotFoundError:
            return {}
        except (ValueError, KeyError, TypeError):
            # rebuildable by design: a spoilt manifest only means that the steps run again
            return {}

    def step_is_current(self, step: str, fingerprint: str) -> bool:
        """Whether a step was done with just these inputs and its tables are still there."""
        done = self.steps().get(step)
        if done is None or done.get("fingerprint") != fingerprint:
            return False
        return all(self._path(name).exists() for name in done.get("frames", ()))

    def mark_step(
        self,
        step: str,
        fingerprint: str,
        summary: dict[str, Any] | None = None,
        *,
        frames: tuple[str, ...] = (),
    ) -> None:
        """Write down that a step is done.

        Parameters
        ----------
        step : str
            import, code, segment, link, publish, …
        fingerprint : str
            Hash of everything it depended on; see `fingerprint`.
        summary : dict, optional
            Counts and findings to show in `status`; never personal text.
        frames : tuple of str
            Tables that it wrote; when one is missing later, the step counts as not done.
        """
        steps = self.steps()
        steps[step] = {
            "fingerprint": fingerprint,
            "at": self._now(),
            "summary": summary or {},
            "frames": list(frames),
        }
        text = json.dumps({"schema": 1, "steps": steps}, ensure_ascii=False, indent=1)
        with _replacing(self.folder / MANIFEST) as temporary:
            temporary.write_text(text + "\n", encoding="utf-8")

    def keep_only(self, names: Iterable[str]) -> list[str]:
        """Remove what can be rebuilt: all but these tables and the manifest; give what went."""
        kept = {self._path(name).name for name in names} | {MANIFEST}
        gone = [path for path in sorted(self.folder.glob("*")) if path.name not in kept]
        for path in gone:
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        return [path.name for path in gone]

    def forget_step(self, step: str) -> None:
        """Make a step count as not done, so that it runs again."""
        steps = self.steps()
        if steps.pop(step, None) is not None:
            text = json.dumps({"schema": 1, "steps": steps}, ensure_ascii=False, indent=1)
            with _replacing(self.folder / MANIFEST) as temporary:
                temporary.write_text(text + "\n", encoding="utf-8")

    def _path(self, name: str) -> Path:
        if not _NAME.match(name):
            raise StudyFileError(
                "A table's name can't be used.",
                expected="lower-case letters, digits, _ and -",
                found=name[:40],
            )
        return self.folder / f"{name}.parquet"


@contextmanager
def _replacing(target: Path) -> Iterator[Path]:
    """Give a temporary file that takes the target's place when the block ends well."""
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.replace(target)
        _sync_folder(target.parent)
    except OSError as error:
        raise StudyFileError(
            f"{target.name} could not be written.",
            found=error.strerror or type(error).__name__,
            where=str(target.parent.name),
            next_step="The table as it was before is unharmed. Free space or give the right to "
            "write, then run the step again.",
        ) from None
    finally:
        temporary.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Force the folder's new entry to disk, where the system can do that."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    import pyarrow as pa

    try:
        yield
    except (OSError, pa.ArrowInvalid) as error:
        raise StudyFileError(
            f"{path.name} can't be read.",
            found=type(error).__name__,
            where=path.parent.name,
            next_step="Delete this file (it can be rebuilt) and run the steps again.",
        ) from None
