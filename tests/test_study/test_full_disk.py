import os
import subprocess
import sys

import pandas as pd
import pytest

from cxresearch.model import StudyFileError
from cxresearch.study import act, last_event, open_study, opening

ON_A_SMALL_DISK = """
import sys
import pandas as pd
from cxresearch.model import StudyFileError
from cxresearch.study import act, backup, last_event, open_study
folder = sys.argv[1]
if sys.argv[2] == "limit":
    import resource, signal
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))
study = open_study(folder, coder="aino")
study.write_frame("notes", pd.DataFrame({"n": [1]}))
last = 0
try:
    for n in range(400):
        last = act(study, "add_coding", document="h01", start=n % 60, end=n % 60 + 4,
                   code="speed", memo="x" * 20_000, coding=f"k{n}").event
    sys.exit("the disk was never full")
except StudyFileError as error:
    print(error)
print("LAST", last, "STANDS", last_event(study), len(study.codings()))
try:
    import numpy as np
    study.write_frame("notes", pd.DataFrame({"n": np.random.default_rng(1).random(400_000)}))
    sys.exit("the disk was never full for tables")
except StudyFileError as error:
    print(error)
print("TABLE", study.read_frame("notes")["n"].tolist())
left = [p.name for p in study.folder_processed.iterdir()]
print("FILES", left)
study.close()
if sys.argv[2] == "disk":
    try:
        with open(folder + "/filler", "wb") as file:
            while True:
                file.write(b"x" * 4096)
                file.flush()
    except OSError:
        pass
    try:
        study = open_study(folder)
        print("OPENS", len(study.codings()))
    except StudyFileError as error:
        print("REFUSED", error)
"""


def run_on_small_disk(folder, how):
    done = subprocess.run(
        [sys.executable, "-c", ON_A_SMALL_DISK, str(folder), how],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "not saved" in done.stdout or "could not be written" in done.stdout
    words = next(line for line in done.stdout.splitlines() if line.startswith("LAST")).split()
    assert words[1] == words[3], "the last acknowledged act is not the last event"
    assert int(words[4]) == int(words[1]) - 2
    assert "TABLE [1]" in done.stdout
    assert "FILES ['notes.parquet']" in done.stdout
    return int(words[4])


def prepare(folder, study_folder, interview):
    for name in ("study.toml", "codebook.toml"):
        (folder / name).write_bytes((study_folder / name).read_bytes())
    with open_study(folder) as study:
        act(study, "import_documents", **interview)


@pytest.mark.skipif(os.name != "posix", reason="limits of file size")
def test_a_file_that_may_not_grow_loses_no_acknowledged_act(tmp_path, study_folder, interview):
    folder = tmp_path / "small"
    folder.mkdir()
    prepare(folder, study_folder, interview)
    codings = run_on_small_disk(folder, "limit")
    with open_study(folder) as study:
        assert len(study.codings()) == codings
        act(study, "add_code", code="room-again")


def test_a_full_disk_loses_no_acknowledged_act(tmp_path, study_folder, interview):
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("mounting a small disk needs root; the limit on file size is tested instead")
    try:
        prepare(folder, study_folder, interview)
        codings = run_on_small_disk(folder, "disk")
        (folder / "filler").unlink()
        subprocess.run(["mount", "-o", "remount,size=30m", str(folder)], check=True)
        with open_study(folder) as study:
            assert len(study.codings()) == codings
            act(study, "add_code", code="room-again")
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_sqlite_out_of_pages_is_a_full_disk(coded):
    if coded.storage.path is None:
        pytest.skip("SQLite only")
    with coded.storage.reading() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    before = last_event(coded)
    rows = pd.DataFrame({"document": "h01", "start": range(60), "end": range(4, 64)})
    rows = rows.assign(code="speed", memo="x" * 5000)
    with pytest.raises(StudyFileError, match="full") as caught:
        act(coded, "add_codings", codings=rows)
    assert "Everything before it is safe" in str(caught.value)
    assert last_event(coded) == before
    assert len(coded.codings()) == 2


def test_no_room_for_the_daily_copy_is_said_aloud_and_bars_nobody(coded, open_it, monkeypatch):
    if coded.storage.path is None:
        pytest.skip("SQLite only")

    def full(study):
        raise StudyFileError("The disk is full.")

    monkeypatch.setattr(opening, "backup", full)
    with pytest.warns(UserWarning, match="No backup was made today"):
        again = open_it()
    assert len(again.codings()) == 2
