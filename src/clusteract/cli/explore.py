"""``clusteract explore``: a first look at a table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from clusteract.cli.parts import table_options, take_table


@click.command(short_help="Look at a table before modelling it.")
@click.argument("table")
@table_options
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

    loaded = take_table(table, options, require_target=False)
    folder = out or Path(safe_stem(f"explore-{loaded.source.name}"))
    found = overview(loaded)
    write_whole(folder / "overview.json", to_json(found))
    files = save_drawing(descriptor_sheet(loaded), folder)
    if as_json:
        click.echo(json.dumps({**found, "figure": str(files.png)}, ensure_ascii=False))
        return
    for line in [*overview_text(found), "", f"figure: {files.png} (and .svg)"]:
        click.echo(line)
