"""What a visitor's kernel shows: sections of a published bundle, a language switch and filters.

Everything was rendered when the bundle was published. The kernel reads two JSON files, holds
aggregated public content only, and never takes a path, a query or code from the browser.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from ..model import StudyFileError

__all__ = ["FindingsPage", "open_findings"]

_SECTION_STYLE = widgets.Layout(width="100%")


def open_findings(bundle: str | Path = ".") -> FindingsPage:
    """Open a published bundle.

    Parameters
    ----------
    bundle : path
        The folder that `publish` wrote; the notebook's own folder by default.

    Returns
    -------
    FindingsPage
        Its `header()`, `section(name)` and `names` are what findings.ipynb shows.

    Raises
    ------
    StudyFileError
        The folder holds no published content.
    """
    folder = Path(bundle)
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        content = {
            language: json.loads((folder / f"content.{language}.json").read_text(encoding="utf-8"))
            for language in manifest["languages"]
        }
    except FileNotFoundError as error:
        raise StudyFileError(
            "There is no published content here.",
            expected="manifest.json and content files",
            found=f"no {Path(error.filename).name}",
            next_step="Run `cxresearch publish STUDY` and open the bundle that it names.",
        ) from None
    return FindingsPage(content)


class FindingsPage:
    """The findings in one or two languages, with filters that every section listens to.

    Attributes
    ----------
    names : list of str
        The sections in reading order.
    """

    def __init__(self, content: dict[str, dict[str, Any]]) -> None:
        self._content = content
        self._languages = list(content)
        first = content[self._languages[0]]
        self.names: list[str] = [section["name"] for section in first["sections"]]
        self._shown: dict[str, widgets.HTML] = {}
        self._language = widgets.ToggleButtons(
            options=[(content[code]["language_name"], code) for code in self._languages],
            description="",
            style={"button_width": "auto"},
        )
        self._filters = {
            name: self._dropdown(name, spec) for name, spec in first["filters"].items()
        }
        self._heading = widgets.HTML(layout=_SECTION_STYLE)
        for control in (self._language, *self._filters.values()):
            control.observe(self._redraw, names="value")

    def _dropdown(self, name: str, spec: dict[str, Any]) -> widgets.Dropdown:
        return widgets.Dropdown(
            options=[(label, value) for value, label in spec["options"]],
            description=spec["label"],
            style={"description_width": "auto"},
        )

    @property
    def language(self) -> str:
        """The language shown now."""
        return str(self._language.value)

    def header(self) -> widgets.Widget:
        """Title, notice and contents, with the language switch and the filters under them."""
        self._redraw(None)
        switch = [self._language] if len(self._languages) > 1 else []
        bar = widgets.HBox([*switch, *self._filters.values()])
        bar.add_class("cx-filters")
        return widgets.VBox([self._heading, bar])

    def section(self, name: str) -> widgets.Widget:
        """One section by its name; it redraws itself when the language or a filter changes."""
        if name not in self._shown:
            self._shown[name] = widgets.HTML(layout=_SECTION_STYLE)
        self._draw(name)
        return self._shown[name]

    def _draw(self, name: str) -> None:
        page = self._content[self.language]
        section = next(s for s in page["sections"] if s["name"] == name)
        key = "|".join(str(self._filters[f].value) for f in section["listens"])
        parts = section["parts"]
        html = parts[key] if key in parts else page["nothing"]
        self._shown[name].value = (
            f'<div class="cx" lang="{self.language}"><section id="{name}" '
            f'aria-labelledby="{name}-title"><h2 id="{name}-title">{section["title"]}</h2>'
            f"{html}</section></div>"
        )

    def _redraw(self, change: dict[str, Any] | None) -> None:
        page = self._content[self.language]
        self._heading.value = f'<div class="cx" lang="{self.language}">{page["heading"]}</div>'
        if change is not None and change["owner"] is self._language:
            self._translate_filters(page)
        for name in self._shown:
            self._draw(name)

    def _translate_filters(self, page: dict[str, Any]) -> None:
        for name, control in self._filters.items():
            spec, kept = page["filters"][name], control.value
            # new labels reset the choice: nobody may hear of it before it is put back
            control.unobserve(self._redraw, names="value")
            control.description = spec["label"]
            control.options = [(label, value) for value, label in spec["options"]]
            control.value = kept
            control.observe(self._redraw, names="value")
