import os
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
import sqlalchemy as sa

from cxresearch.model import StudyFileError
from cxresearch.study import act, backup, migrations, open_study, opening
from cxresearch.study.tables import METADATA, migration, study_info

NAME = "trial"


def file_of(folder: Path) -> Path:
    return folder / "data" / "studies" / f"{NAME}.sqlite"


@pytest.fixture
def made(study_folder, interview):
    """A closed study file with one interview and a coding."""
    with open_study(study_folder, coder="aino") as study:
        act(study, "import_documents", **interview)
        act(study, "add_coding", document="h01", start=0, end=5, code="billing", coding="c1")
    return study_folder


def refused(folder: Path, **options: object) -> str:
    before = file_of(folder).read_bytes() if file_of(folder).exists() else None
    with pytest.raises(StudyFileError) as caught:
        open_study(folder, **options)
    after = file_of(folder).read_bytes() if file_of(folder).exists() else None
    assert after == before, "a refused file was changed"
    return str(caught.value)


def test_opening_twice_gives_the_same(made):
    with open_study(made) as one, open_study(made) as two:
        assert one.codings().equals(two.codings())


def test_the_file_is_set_up_for_safe_work(made):
    with open_study(made) as study, study.storage.reading() as connection:
        pragma = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert pragma == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_no_file_and_no_leave_to_make_one(study_folder):
    assert "cxresearch import" in refused(study_folder, create=False)
    assert not file_of(study_folder).exists()


def test_a_newer_file_is_refused_unharmed(made):
    with sqlite3.connect(file_of(made)) as connection:
        connection.execute("INSERT INTO migration VALUES ('2031-05-from-the-future', 'x')")
    connection.close()
    message = refused(made)
    assert "newer version" in message
    assert "2031-05-from-the-future" in message


def test_a_damaged_file_is_refused_unharmed_and_the_newest_copy_named(made):
    with open_study(made) as study:
        copy = backup(study)
    content = bytearray(file_of(made).read_bytes())
    content[4096 : 4096 * 6] = os.urandom(4096 * 5)
    file_of(made).write_bytes(content)
    message = refused(made)
    assert "damaged" in message
    assert copy.name in message


@pytest.mark.parametrize("content", [b"id;answer\n1;9\n" * 300, b"PK\x03\x04" + b"\0" * 5000])
def test_a_file_of_another_kind_is_refused_unharmed(study_folder, content):
    file_of(study_folder).parent.mkdir(parents=True)
    file_of(study_folder).write_bytes(content)
    assert "no study file" in refused(study_folder)


def test_another_programs_database_is_refused_unharmed(study_folder):
    file_of(study_folder).parent.mkdir(parents=True)
    connection = sqlite3.connect(file_of(study_folder))
    connection.execute("CREATE TABLE project (id integer)")
    connection.commit()
    connection.close()
    assert "no study file" in refused(study_folder)


def test_an_emptied_file_is_refused_when_there_is_a_copy(made):
    with open_study(made) as study:
        copy = backup(study)
    for leftover in file_of(made).parent.glob("*-wal"):
        leftover.unlink()
    file_of(made).write_bytes(b"")
    assert copy.name in refused(made)


@pytest.mark.parametrize("wal_only", [True, False])
def test_a_study_whose_making_was_broken_off_is_made_anew(study_folder, wal_only):
    file_of(study_folder).parent.mkdir(parents=True)
    connection = sqlite3.connect(file_of(study_folder))
    if wal_only:
        connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
    with open_study(study_folder) as study:
        assert len(study.codebook()) == 3


def test_ctrl_c_while_a_study_is_made_leaves_nothing_half_made(study_folder, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(opening, "_sign", _interrupt)
        with pytest.raises(KeyboardInterrupt):
            open_study(study_folder)
    with open_study(study_folder) as study:
        assert len(study.codebook()) == 3


def _interrupt(*_):
    raise KeyboardInterrupt


def test_another_studys_file_is_refused(made):
    settings = made / "study.toml"
    settings.write_text(settings.read_text("utf-8").replace('"trial"', '"other"'), "utf-8")
    file_of(made).rename(file_of(made).with_name("other.sqlite"))
    with pytest.raises(StudyFileError, match="another study"):
        open_study(made)


READ_ONLY = """
import os, sys
from cxresearch.model import StudyFileError
from cxresearch.study import open_study
open_study(sys.argv[2]).close()  # everything is imported now
if os.geteuid() == 0:  # root may write anywhere
    os.setegid(65534)
    os.seteuid(65534)
try:
    open_study(sys.argv[1])
except StudyFileError as error:
    print(error)
    sys.exit(7)
"""


@pytest.mark.parametrize("exists", [True, False])
def test_a_read_only_folder_is_said_plainly(exists, study_folder, interview):
    with tempfile.TemporaryDirectory() as place:
        # pytest's own folders are closed to a process that has given up root's rights
        folder = Path(place)
        folder.chmod(0o755)
        for name in ("study.toml", "codebook.toml"):
            (folder / name).write_bytes((study_folder / name).read_bytes())
        if exists:
            with open_study(folder) as study:
                act(study, "import_documents", **interview)
        paths = [folder, *folder.rglob("*")]
        for path in paths:
            path.chmod(0o555 if path.is_dir() else 0o444)
        done = subprocess.run(
            [sys.executable, "-c", READ_ONLY, place, str(study_folder)],
            capture_output=True,
            text=True,
            check=False,
        )
        for path in paths:
            path.chmod(0o755)
    assert done.returncode == 7, done.stdout + done.stderr
    assert "can't be written" in done.stdout
    assert "right to write" in done.stdout


class TestMigrations:
    @pytest.fixture
    def newer_program(self, monkeypatch):
        def add_mood(connection):
            connection.exec_driver_sql("ALTER TABLE coding ADD COLUMN mood TEXT")

        steps = [*migrations.MIGRATIONS, ("2027-01-mood", add_mood)]
        monkeypatch.setattr(migrations, "MIGRATIONS", steps)

    def test_the_file_is_copied_first_and_then_migrated(self, made, newer_program):
        with open_study(made) as study:
            assert study.codings()["coding"].tolist() == ["c1"]
            with study.storage.reading() as connection:
                names = connection.execute(sa.select(migration.c.migration)).scalars().all()
                columns = sa.inspect(connection).get_columns("coding")
        assert "2027-01-mood" in names
        assert "mood" in [c["name"] for c in columns]
        copy = made / "data/studies/backups" / NAME / f"{NAME}.before-2027-01-mood.sqlite"
        connection = sqlite3.connect(copy)
        assert connection.execute("SELECT count(*) FROM coding").fetchone() == (1,)
        assert "mood" not in [r[1] for r in connection.execute("PRAGMA table_info(coding)")]
        connection.close()

    def test_a_migration_that_fails_leaves_the_file_as_it_was(self, made, monkeypatch):
        def break_off(connection):
            connection.exec_driver_sql("ALTER TABLE coding ADD COLUMN mood TEXT")
            raise RuntimeError("power is gone")

        with monkeypatch.context() as patch:
            steps = [*migrations.MIGRATIONS, ("2027-01-mood", break_off)]
            patch.setattr(migrations, "MIGRATIONS", steps)
            with pytest.raises(RuntimeError):
                open_study(made)
        with open_study(made) as study:
            assert study.codings()["coding"].tolist() == ["c1"]
            with study.storage.reading() as connection:
                columns = sa.inspect(connection).get_columns("coding")
        assert "mood" not in [c["name"] for c in columns]

    def test_a_fresh_file_has_all_steps_as_applied(self, study):
        with study.storage.reading() as connection:
            names = connection.execute(sa.select(migration.c.migration)).scalars().all()
            there = sa.inspect(connection).get_table_names()
        assert sorted(names) == sorted(name for name, _ in migrations.MIGRATIONS)
        assert set(there) == set(METADATA.tables)

    def test_a_newer_database_is_refused(self, study, open_it):
        with study.storage.writing() as connection:
            row = {"migration": "2031-05-from-the-future", "applied_at": "x"}
            connection.execute(sa.insert(migration).values(row))
        with pytest.raises(StudyFileError, match="newer version"):
            open_it()


class TestBackups:
    def test_a_copy_is_a_whole_study_and_five_are_kept(self, coded):
        copies = [backup(coded) for _ in range(7)]
        folder = copies[0].parent
        assert sorted(folder.glob("*.sqlite")) == copies[2:]
        connection = sqlite3.connect(copies[-1])
        assert connection.execute("SELECT count(*) FROM coding").fetchone() == (2,)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        connection.close()

    def test_a_copy_put_in_the_files_place_opens(self, coded, study_folder):
        copy = backup(coded)
        wanted = coded.codings()
        name = coded.settings.study.name
        coded.close()
        path = study_folder / "data" / "studies" / f"{name}.sqlite"
        for old in path.parent.glob(f"{name}.sqlite*"):
            old.unlink()
        copy.rename(path)
        with open_study(study_folder) as again:
            assert again.codings().equals(wanted)

    def test_the_first_opening_of_a_day_copies_what_was_changed(self, study_folder):
        def copies():
            return len(list((study_folder / "data/studies/backups").rglob("*.sqlite")))

        def visit(day, code=None):
            with open_study(study_folder, now=lambda: f"2026-03-0{day}T08:00:00.000000Z") as study:
                if code:
                    act(study, "add_code", code=code)
            return copies()

        assert visit(1, "a") == 0  # nothing was there to lose
        assert visit(1) == 1
        assert visit(1, "b") == 1
        assert visit(2) == 2
        assert visit(3) == 2  # nothing new
        assert visit(3, "c") == 2
        assert visit(4) == 3


def test_the_salt_is_drawn_once(study, open_it):
    def salt(one):
        query = sa.select(study_info.c.value).where(study_info.c.field == "customer_salt")
        with one.storage.reading() as connection:
            return connection.execute(query).scalar()

    assert salt(study) == salt(open_it())
    assert len(salt(study)) == 64
