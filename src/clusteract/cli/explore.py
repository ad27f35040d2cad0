"""``clusteract explore``: a first look at a table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click


@click.command(short_help="Look at a table before modelling it.")
@click.argument("table")
@click.option("--sheet", help="Sheet of a workbook; the first by default.")
@click.option("--name", metavar="COLUMN", help="Column of cluster names.")
@click.option("--target", metavar="COLUMN", help="Column of the target.")
@click.option("--descriptors", metavar="RANGE", help='Such as "3_VDE/VIE:3_IEave".')
@click.option("--out", type=click.Path(path_type=Path), help="Folder; explore-TABLE by default.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document on stdout.")
def command(table: str, out: Path | None, as_json: bool, **options: Any) -> None:
    """Draw every descriptor of TABLE against the target, and say what is odd.

    TABLE is a file or a name of `clusteract data list`.
    """
    from clusteract.report import overview, overview_text
    from clusteract.report.figures import descriptor_sheet, save_drawing
    from clusteract.report.figures.drawing import safe_stem
    from clusteract.runs.folder import to_json, write_whole
    from clusteract.table import load_table

    loaded = load_table(table, **{k: v for k, v in options.items() if v is not None})
    folder = out or Path(safe_stem(f"explore-{loaded.source.name}"))
    found = overview(loaded)
    write_whole(folder / "overview.json", to_json(found))
    files = save_drawing(descriptor_sheet(loaded), folder)
    if as_json:
        click.echo(json.dumps({**found, "figure": str(files.png)}, ensure_ascii=False))
        return
    for line in [*overview_text(found), "", f"figure: {files.png} (and .svg)"]:
        click.echo(line)
