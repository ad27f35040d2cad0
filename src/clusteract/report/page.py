"""Chapters as one self-contained page that opens offline."""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import count as counting
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from clusteract.report.chapters import Chapter
from clusteract.report.figures.drawing import (
    PNG_DPI,
    Drawing,
    FigureFile,
    safe_stem,
    save_drawing,
)
from clusteract.report.figures.numbers import number

_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Page:
    """What a report's page says.

    Attributes
    ----------
    title : str
    chapters : sequence of Chapter
    settings, versions : mapping
        What repeats the run.
    synthetic : bool
        A table was simulated, and the page says so.
    lede : str
        A line below the title.
    findings : tuple of str
        The first is the headline.
    command : str
        What to type to repeat the run.
    """

    title: str
    chapters: Sequence[Chapter]
    settings: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    synthetic: bool = False
    lede: str = ""
    findings: tuple[str, ...] = ()
    command: str = ""


def render_page(page: Page, folder: Path | str) -> str:
    """Draw a page's figures into a folder and return the page; the same page, the same bytes.

    Parameters
    ----------
    page : Page
    folder : Path or str
        Gets the figures as PNG and SVG; the page holds copies.

    Returns
    -------
    str
        HTML that loads nothing from anywhere: styles, scripts and pictures are inside.
    """
    pictures = _save(page.chapters, Path(folder))
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            page=page,
            chapters=page.chapters,
            figures={name: [_embedded(f) for f in files] for name, files in pictures.items()},
            css=_asset("style.css"),
            js=_asset("plot.js"),
        )
    )


def _save(chapters: Sequence[Chapter], folder: Path) -> dict[str, list[FigureFile]]:
    taken: set[str] = set()
    saved: dict[str, list[FigureFile]] = {}
    for chapter in chapters:
        saved[chapter.name] = [save_drawing(d, folder) for d in _named(chapter.drawings, taken)]
    return saved


def _named(drawings: Sequence[Drawing], taken: set[str]) -> Iterator[Drawing]:
    """Two names may differ only in what file systems can't tell apart; neither may be lost."""
    for drawing in drawings:
        stem = safe_stem(drawing.name)
        names = (f"{stem}-{i}" if i > 1 else stem for i in counting(1))
        name = next(n for n in names if n.casefold() not in taken)
        taken.add(name.casefold())
        yield replace(drawing, name=name)


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
    environment.filters.update(number=number, setting=_setting, script=script_json)
    environment.filters["unbroken"] = lambda text: text.replace(" ± ", "\u00a0±\u00a0")
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


def _setting(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{k}: {_setting(v)}" for k, v in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(map(_setting, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "exhaustive" if value is None else str(value)
