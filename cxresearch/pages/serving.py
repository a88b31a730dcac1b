"""Serve a published bundle with stand-alone Voila, every door shut that a visitor could try."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..model import StudyFileError

__all__ = ["serve", "served"]

NOTEBOOK = "findings.ipynb"
_WARM_KERNELS = 2
_PACKAGE = Path(__file__).resolve().parents[1]
_PAGES = Path(__file__).resolve().parent


def serve(bundle: str | Path, *, port: int = 8866, ip: str = "127.0.0.1", token: str = "") -> None:
    """Serve a bundle until interrupted, printing its address when the page is ready.

    Parameters
    ----------
    bundle : path
        The folder that `publish` wrote.
    port, ip : int, str
        Where to listen; 127.0.0.1 by default, so that only this computer reaches it. When the port
        is taken the next free one is used and printed.
    token : str
        Asked from visitors when not empty.

    Raises
    ------
    StudyFileError
        The folder is no bundle, or Voila did not start (its last lines are shown).
    """
    with served(bundle, port=port, ip=ip, token=token) as address:
        print(f"Findings are served at {address}  (Ctrl-C stops)", flush=True)
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            print("Stopped.", flush=True)


@contextmanager
def served(
    bundle: str | Path, *, port: int = 0, ip: str = "127.0.0.1", token: str = ""
) -> Iterator[str]:
    """Run Voila for a bundle and give its address; stops it and its kernels at the end.

    Port 0 takes any free one. Parameters and errors as in `serve`.
    """
    folder = _checked(bundle)
    port = _free_port(ip, port)
    with tempfile.TemporaryDirectory(prefix="cxresearch-voila-") as scratch:
        log = Path(scratch) / "voila.log"
        with log.open("wb") as sink:
            process = subprocess.Popen(
                _command(ip, port, token, _language(folder)),
                cwd=folder,
                env=_environment(folder, Path(scratch)),
                stdout=sink,
                stderr=subprocess.STDOUT,
            )
        address = f"http://{ip}:{port}/"
        try:
            _wait_until_up(process, address, log)
            yield address + (f"?token={token}" if token else "")
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _checked(bundle: str | Path) -> Path:
    folder = Path(bundle).resolve()
    if not (folder / NOTEBOOK).is_file() or not (folder / "manifest.json").is_file():
        raise StudyFileError(
            "This folder is no published bundle.",
            expected=f"a folder with {NOTEBOOK} and manifest.json",
            found=str(folder),
            next_step="Run `cxresearch publish STUDY` first.",
        )
    return folder


def _language(folder: Path) -> str:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return str(manifest["languages"][0])


def _free_port(ip: str, wanted: int) -> int:
    for candidate in (*range(wanted, wanted + 20 if wanted else 0), 0):
        with socket.socket() as probe:
            try:
                probe.bind((ip, candidate))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise StudyFileError("No free port was found.", found=f"{wanted}…{wanted + 19} are taken")


def _command(ip: str, port: int, token: str, language: str) -> list[str]:
    options = {
        "template": "cxresearch",
        "Voila.ip": ip,
        "port": port,
        "Voila.open_browser": False,
        "show_tracebacks": False,
        "strip_sources": True,
        "VoilaConfiguration.allow_template_override": "NO",
        "VoilaConfiguration.allow_theme_override": "NO",
        "VoilaConfiguration.file_allowlist": "[]",
        "VoilaConfiguration.extension_denylist": "['jupyterlab-jupytext']",
        "HTMLExporter.language_code": language,
        "NotebookClient.ipython_hist_file": ":memory:",
        "MappingKernelManager.cull_idle_timeout": 600,
        "MappingKernelManager.cull_interval": 60,
        "MappingKernelManager.cull_connected": True,
        "token": token,
        # kernels wait ready-made; the guard takes every trace of an earlier visitor out of them
        "preheat_kernel": True,
        "pool_size": _WARM_KERNELS,
    }
    return [
        sys.executable,
        "-m",
        "voila",
        NOTEBOOK,
        *(f"--{name}={value}" for name, value in options.items()),
    ]


def _environment(folder: Path, scratch: Path) -> dict[str, str]:
    """A small environment of its own: nothing of the person who serves reaches a kernel."""
    profile = scratch / "ipython" / "profile_default" / "startup"
    profile.mkdir(parents=True)
    shutil.copy(_PAGES / "startup" / "00_guard.py", profile)
    kept = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "VIRTUAL_ENV")
    return {
        **{name: os.environ[name] for name in kept if name in os.environ},
        "HOME": str(scratch),
        "TMPDIR": str(scratch),
        "IPYTHONDIR": str(scratch / "ipython"),
        "JUPYTER_CONFIG_DIR": str(scratch / "config"),
        "JUPYTER_DATA_DIR": str(scratch / "data"),
        "JUPYTER_RUNTIME_DIR": str(scratch / "runtime"),
        "JUPYTER_PATH": str(_PAGES / "share"),
        "CXRESEARCH_BUNDLE": str(folder),
        "CXRESEARCH_PACKAGE": str(_PACKAGE),
        "CXRESEARCH_READABLE": os.pathsep.join([str(scratch), str(_PACKAGE.parent / ".venv")]),
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _wait_until_up(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            # a static file: asking for the page itself would start a kernel
            urllib.request.urlopen(f"{address}voila/static/voila.js", timeout=2).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.15)
        else:
            return
    raise StudyFileError(
        "Voila did not start.",
        expected=f"an answer from {address}",
        found=" / ".join(log.read_text(errors="replace").splitlines()[-5:]) or "no output",
        next_step="Run `cxresearch doctor`.",
    )
