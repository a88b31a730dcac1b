"""The codebook as a tree."""

import pytest

from cxresearch.model import Code, Codebook, SettingsError, Words


def code(name: str, parent: str | None = None) -> Code:
    return Code(name, "theme", Words(en=name), parent=parent)


def test_below_lists_a_code_and_everything_under_it() -> None:
    book = Codebook((code("pain"), code("wait", "pain"), code("queue", "wait"), code("joy")))
    assert book.below("pain") == ("pain", "wait", "queue")
    assert [c.code for c in book.children(None)] == ["pain", "joy"]


def test_a_missing_code_is_answered_with_the_near_ones() -> None:
    with pytest.raises(SettingsError, match="pain"):
        Codebook((code("pain"), code("joy")))["pane"]


@pytest.mark.parametrize(
    "codes",
    [
        (code("a", "b"), code("b", "a")),
        (code("a", "nothing"),),
        (code("a"), code("a")),
    ],
)
def test_circles_orphans_and_twins_are_refused(codes: tuple[Code, ...]) -> None:
    with pytest.raises(SettingsError):
        Codebook(codes)
