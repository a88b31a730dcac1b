import os
import random
import signal
import subprocess
import sys
import textwrap
import time

import pandas as pd
import pytest

from cxresearch.model import StudyBusyError
from cxresearch.study import act, changes_since, last_event, long_step, open_study, undo

POSTGRES = os.environ.get("CXRESEARCH_TEST_POSTGRES", "")
KILLS = int(os.environ.get("CXRESEARCH_TEST_KILLS", "50"))

START = """
import sys
from cxresearch.model import StudyBusyError
from cxresearch.study import act, long_step, open_study, undo
folder, coder, url = sys.argv[1:4]
study = open_study(folder, coder=coder, url=url or None)
def say(*words):
    print(*words, flush=True)
"""


def start(folder, coder, code, stdout=subprocess.PIPE, url=""):
    return subprocess.Popen(
        [sys.executable, "-c", START + textwrap.dedent(code), str(folder), coder, url],
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def folder(study_folder, interview):
    with open_study(study_folder, coder="aino") as study:
        act(study, "import_documents", **interview)
    return study_folder


def wait_for(process, word):
    for line in process.stdout:
        if line.startswith(word):
            return
    pytest.fail(process.stderr.read())


NURSERY = """
import os
for line in sys.stdin:
    round_, path = line.split()
    child = os.fork()
    if not child:
        study = open_study(folder, coder=coder)
        with open(path, "w") as said:
            for n in range(10_000):
                done = act(study, "add_coding", document="h01", start=n % 60, end=n % 60 + 4,
                           code="speed", coding=f"r{round_}-{n}", memo="x" * 200)
                said.write(done.id + chr(10))
                said.flush()
    say(child)
    os.waitpid(child, 0)
"""


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
def test_every_acknowledged_act_outlives_a_kill(folder):
    """A process is killed while it codes as fast as it can: what it was told is saved is there."""
    chance = random.Random(20250901)
    acknowledged: set[str] = set()
    # children of one process that has loaded all modules: 50 kills in seconds
    start_closed = START.replace("study = open_study(folder, coder=coder, url=url or None)", "")
    command = [sys.executable, "-c", start_closed + NURSERY, str(folder), "aino", ""]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes) as nursery:
        for round_ in range(KILLS):
            said = folder / f"said{round_}.txt"
            nursery.stdin.write(f"{round_} {said}\n")
            nursery.stdin.flush()
            child = int(nursery.stdout.readline())
            wanted = chance.randint(1, 45)
            deadline = time.monotonic() + 30
            while not said.exists() or said.read_text().count("\n") < wanted:
                assert time.monotonic() < deadline
                time.sleep(0.002)
            time.sleep(chance.uniform(0.0, 0.01))
            os.kill(child, signal.SIGKILL)
            # a line that the kill cut short was not acknowledged to anybody
            acknowledged |= set(said.read_text().split("\n")[:-1])
        nursery.stdin.close()
    with open_study(folder, coder="aino") as study:
        there = set(study.codings()["coding"])
        assert len(acknowledged) > 20 * KILLS
        assert acknowledged <= there
        assert len(there - acknowledged) <= 2 * KILLS  # those in flight at each kill
        # codebook, document, and one event for each coding: none half-written
        assert last_event(study) == len(there) + 2
        undo(study)
        assert len(study.codings()) == len(there) - 1


def test_two_processes_code_one_study_without_a_word_about_locks(open_it, study_folder, interview):
    study = open_it()
    act(study, "import_documents", **interview)
    url = "" if study.storage.path else POSTGRES
    code = """
    for n in range(60):
        act(study, "add_coding", document="h01", start=n, end=n + 4, code="speed",
            coding=f"{coder}-{n}")
    say("done")
    """
    both = [start(study_folder, coder, code, url=url) for coder in ("aino", "veikko")]
    for process in both:
        output, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
        assert output == "done\n"
    assert study.codings().groupby("coder").size().to_dict() == {"aino": 60, "veikko": 60}
    # a changed codebook arrives in the window that was open before
    before = last_event(study)
    renamed = start(
        study_folder, "veikko", 'act(study, "change_code", code="speed", name_fi="Vauhti")',
        url=url,
    )  # fmt: skip
    assert renamed.communicate(timeout=60)[1] == ""
    assert changes_since(study, before).rows["code"][("speed",)]["name_fi"] == "Vauhti"


def test_two_processes_make_one_study_at_the_same_moment(study_folder):
    both = [start(study_folder, coder, 'say("open")') for coder in ("aino", "veikko", "tove")]
    for process in both:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
    with open_study(study_folder) as study:
        assert len(study.codebook()) == 3
        assert last_event(study) == 1


class TestLongSteps:
    HOLD = """
    with long_step(study, "import"):
        say("held")
        sys.stdin.read()
        import time; time.sleep(60)
    """

    def test_a_second_process_is_told_who_holds_the_study(self, folder):
        holder = start(folder, "aino", self.HOLD)
        try:
            wait_for(holder, "held")
            with open_study(folder) as study:
                with pytest.raises(StudyBusyError) as caught, long_step(study, "code"):
                    pass
                act(study, "add_code", code="meanwhile")  # short acts go on
        finally:
            holder.kill()
            holder.communicate()
        message = str(caught.value)
        assert f"import, process {holder.pid} on " in message
        assert "since 20" in message

    def test_the_lock_of_a_dead_process_is_free(self, folder):
        holder = start(folder, "aino", self.HOLD)
        wait_for(holder, "held")
        holder.kill()
        holder.communicate()
        with open_study(folder) as study, long_step(study, "code"):
            pass

    def test_waiting_is_rewarded(self, folder):
        holder = start(
            folder,
            "aino",
            """
            import time
            with long_step(study, "import"):
                say("held")
                time.sleep(0.5)
            """,
        )
        wait_for(holder, "held")
        with open_study(folder) as study, long_step(study, "code", wait=30):
            pass
        holder.communicate()

    def test_a_step_inside_a_step_is_welcome(self, study):
        with long_step(study, "run"), long_step(study, "import"):
            assert study.held_steps == ["run", "import"]
        assert study.held_steps == []

    def test_two_open_studies_of_one_process_exclude_each_other(self, study, open_it):
        other = open_it()
        refused = pytest.raises(StudyBusyError, match="import, process")
        with long_step(study, "import"), refused, long_step(other, "code"):
            pass
        with long_step(other, "code"):
            pass

    def test_an_error_in_a_step_frees_the_study(self, study, open_it):
        with pytest.raises(RuntimeError), long_step(study, "import"):
            raise RuntimeError
        with long_step(open_it(), "code"):
            pass


@pytest.mark.parametrize("act_name", ["add_codings", "replace_document", "merge_codes"])
def test_ctrl_c_inside_an_act_leaves_the_last_good_state(
    coded, interview, monkeypatch, act_name, request
):
    """The interrupt comes at the worst moment: the rows are written, the event is not yet."""
    from cxresearch.study.ledger import Ledger

    fields = {
        "add_codings": {
            "codings": pd.DataFrame(
                {"document": "h01", "start": range(20), "end": range(5, 25), "code": "speed"}
            )
        },
        "replace_document": {"documents": interview["documents"].assign(text="Lasku.")},
        "merge_codes": {"codes": ["billing"], "into": "speed"},
    }[act_name]
    before = (coded.codings(), coded.text_of("h01"), coded.codebook(), last_event(coded))

    def interrupted(self, *args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "close", interrupted)
        with pytest.raises(KeyboardInterrupt):
            act(coded, act_name, **fields)
    after = (coded.codings(), coded.text_of("h01"), coded.codebook(), last_event(coded))
    for one, two in zip(before, after, strict=True):
        assert one.equals(two) if hasattr(one, "equals") else one == two
    act(coded, "add_code", code="still-works")


def test_a_writer_that_never_lets_go_ends_in_a_clear_word(coded, open_it, monkeypatch):
    if coded.storage.path is None:
        pytest.skip("PostgreSQL waits 30 s by itself")
    import sqlite3

    with coded.storage.reading() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 100")
    stubborn = sqlite3.connect(coded.storage.path, isolation_level=None)
    stubborn.execute("BEGIN IMMEDIATE")
    with pytest.raises(StudyBusyError) as caught:
        act(coded, "add_code", code="x")
    stubborn.rollback()
    stubborn.close()
    assert "database is locked" not in str(caught.value)
    act(coded, "add_code", code="x")
