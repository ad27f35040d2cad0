"""A summary and its figures into one self-contained page that opens offline."""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from clusteract.report.figures import FigureFile
from clusteract.report.figures.drawing import PNG_DPI
from clusteract.report.figures.numbers import count, number, with_spread
from clusteract.report.trust_words import outside_words

_TEMPLATES = Path(__file__).parent / "templates"


def render_html(summary: Mapping[str, Any], figures: Sequence[FigureFile]) -> str:
    """Return the report's page; the same summary and figures give the same bytes.

    Parameters
    ----------
    summary : mapping
        As `summarize` returns it.
    figures : sequence of FigureFile
        As `plots.draw_all` returns them; the page holds copies.

    Returns
    -------
    str
        HTML that loads nothing from anywhere: styles, script and pictures are inside.
    """
    page = _environment().get_template("report.html.j2")
    return page.render(
        summary,
        figures={figure.name: _embedded(figure) for figure in figures},
        points_json=script_json(summary["points"]),
        css=_asset("style.css"),
        js=_asset("plot.js"),
    )


def script_json(value: Any) -> Markup:
    r"""Return JSON that is safe inside a script element, whatever the names in it.

    Examples
    --------
    >>> print(script_json(["</script>"]))
    ["\u003c/script\u003e"]
    """
    text = json.dumps(value, separators=(",", ":"), allow_nan=False)  # ASCII only
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(number=number, count=count, params=_params, setting=_setting)
    environment.filters["outside"] = outside_words
    environment.filters["unbroken"] = lambda text: text.replace(" ± ", "\u00a0±\u00a0")
    environment.globals.update(with_spread=with_spread)
    return environment


def _asset(name: str) -> Markup:
    """Our own style and script, taken as they are."""
    return Markup((_TEMPLATES / name).read_text(encoding="utf-8"))


def _embedded(figure: FigureFile) -> dict[str, Any]:
    """Return a figure with its picture as a data URI, and its size on a screen in pixels."""
    data = figure.png.read_bytes()
    width, height = struct.unpack(">II", data[16:24])  # the PNG header's
    screen = 1.25 * 96 / PNG_DPI
    return {
        "title": figure.title,
        "caption": figure.caption,
        "src": "data:image/png;base64," + base64.b64encode(data).decode(),
        "width": round(width * screen),
        "height": round(height * screen),
    }


def _params(best_params: Mapping[str, Any]) -> str:
    """Write chosen parameters without the names of the pipeline's steps."""
    parts = (f"{key.split('__')[-1]} = {value}" for key, value in sorted(best_params.items()))
    return ", ".join(parts) or "none"


def _setting(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{k}: {_setting(v)}" for k, v in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(map(_setting, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "exhaustive" if value is None else str(value)
