"""``clusteract model``: what a model's file holds, told without building anything of it."""

from __future__ import annotations

import json
from pathlib import Path

import click

_WAYS = {
    "stored": "all that it learned is in the file",
    "refit": "settings and training rows are in the file; it is fitted again when loaded",
}


@click.group(short_help="Show what a model's file holds, before it is loaded.")
def command() -> None:
    """Look at a model's file that `clusteract fit` or a study wrote."""


@command.command("show")
@click.argument("model", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document on stdout.")
def show(model: Path, as_json: bool) -> None:
    """Say what MODEL is and which foreign types it needs; nothing of them is imported."""
    from clusteract.model import describe_file
    from clusteract.report.summary import plain

    told = plain(describe_file(model))
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, allow_nan=False))
        return
    schema = told["schema"]
    data, honest = schema["data"], schema["honest"]
    click.echo(f"{model}: {schema['recipe']['name']} on {data['n_rows']} rows of {data['name']}")
    click.echo(f"target: {schema['target']['name']}; {len(schema['descriptors'])} descriptors")
    click.echo(f"honest score: {_score(honest)}")
    click.echo(f"saved: {_WAYS[told['way']]}")
    for name in told["trust"]:
        click.echo(f"needs trust in {name}: --trust {name}")


def _score(honest: dict | None) -> str:
    if honest is None or honest["r_mean"] is None or honest["rmse_mean"] is None:
        return "none in this model"
    return f"test r {honest['r_mean']:.3f}, RMSE {honest['rmse_mean']:.3f}"
