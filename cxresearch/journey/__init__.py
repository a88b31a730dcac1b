"""Journey maps, service blueprints and priorities: frozen specs, and renderers that read them."""

from .blueprint import blueprint_template, map_blueprint
from .comparison import compare_maps, compare_states, empty_cells
from .evidence import emotional_curve, summarise
from .figures import plot_curve, plot_priorities
from .mapping import map_journey, text_lane
from .priorities import rank_improvements
from .proposition import draft_propositions
from .render_docx import write_docx
from .render_figure import render_figure
from .render_html import MAP_CSS, render_html
from .render_svg import render_svg
from .render_table import read_map_table, render_table
from .spec import Cell, Item, JourneyMap, Lane, ServiceBlueprint, StageColumn

__all__ = [
    "MAP_CSS",
    "Cell",
    "Item",
    "JourneyMap",
    "Lane",
    "ServiceBlueprint",
    "StageColumn",
    "blueprint_template",
    "compare_maps",
    "compare_states",
    "draft_propositions",
    "emotional_curve",
    "empty_cells",
    "map_blueprint",
    "map_journey",
    "plot_curve",
    "plot_priorities",
    "rank_improvements",
    "read_map_table",
    "render_figure",
    "render_html",
    "render_svg",
    "render_table",
    "summarise",
    "text_lane",
    "write_docx",
]
