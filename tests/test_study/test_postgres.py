"""What only a server can do: one study, two machines."""

import os
import uuid

import pytest
import sqlalchemy as sa

from cxresearch.model import StudyBusyError, StudyFileError
from cxresearch.study import act, long_step, open_study

URL = os.environ.get("CXRESEARCH_TEST_POSTGRES")


@pytest.fixture
def two_machines(tmp_path):
    if URL is None:
        pytest.skip("CXRESEARCH_TEST_POSTGRES is not set: run it through scripts/test_postgres.sh")
    name = f"t{uuid.uuid4().hex[:20]}"
    folders = []
    for machine in ("one", "two"):
        folder = tmp_path / machine
        folder.mkdir()
        text = f'schema = 1\n[study]\nname = "{name}"\ntitle = {{en = "x"}}\n'
        (folder / "study.toml").write_text(text, encoding="utf-8")
        folders.append(folder)
    with open_study(folders[0], url=URL, coder="a") as a, open_study(folders[1], url=URL) as b:
        yield a, b
    engine = sa.create_engine(URL)
    with engine.begin() as connection:
        connection.execute(sa.schema.DropSchema(name, cascade=True))
    engine.dispose()


def test_the_long_step_of_one_machine_is_known_on_the_other(two_machines):
    one, two = two_machines
    with long_step(one, "import"):
        with pytest.raises(StudyBusyError, match="import, process"), long_step(two, "code"):
            pass
        act(two, "add_code", code="meanwhile")
    with long_step(two, "code"):
        pass
    assert one.codebook()["code"].tolist() == ["meanwhile"]


def test_a_server_that_is_not_there_is_said_plainly(tmp_path):
    pytest.importorskip("psycopg", reason="cxresearch[postgres] is not installed")
    text = 'schema = 1\n[study]\nname = "x"\ntitle = {en = "x"}\n'
    (tmp_path / "study.toml").write_text(text, encoding="utf-8")
    url = f"postgresql+psycopg://nobody:secret-word@/x?host={tmp_path}"
    with pytest.raises(StudyFileError, match="can't be reached") as caught:
        open_study(tmp_path, url=url)
    assert "secret-word" not in str(caught.value)


def test_an_address_of_nonsense_is_said_plainly(tmp_path):
    text = 'schema = 1\n[study]\nname = "x"\ntitle = {en = "x"}\n'
    (tmp_path / "study.toml").write_text(text, encoding="utf-8")
    with pytest.raises(StudyFileError, match="address"):
        open_study(tmp_path, url="nonsense")
