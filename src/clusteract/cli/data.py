"""``clusteract data``: the published tables, where they are, and fetching them."""

from __future__ import annotations

import json

import click

from clusteract.errors import InputError


@click.group(short_help="List, locate and fetch the published tables.")
def command() -> None:
    """List, locate and fetch the published tables.

    They are looked for in the folder of the environment variable CLUSTERACT_DATA, then in the
    user's cache. `synthetic` and `auto` are names of tables too, but no files.
    """


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document on stdout.")
def list_datasets(as_json: bool) -> None:
    """List the names that stand for a table, and where each is."""
    from clusteract.table.catalog import AUTO, SYNTHETIC, all_datasets, default_dataset

    records = [_describe(dataset) for dataset in all_datasets().values()]
    if as_json:
        click.echo(json.dumps(records, ensure_ascii=False, indent=2))
        return
    rows = [
        (str(r["name"]), r["about"], r["path"] or r["problem"] or "not fetched") for r in records
    ]
    rows.append((SYNTHETIC, "a simulated table with a planted response", "made when asked for"))
    rows.append((AUTO, f"{default_dataset()} where it can be had, else synthetic", ""))
    width = max(len(name) for name, _, _ in rows)
    for name, about, where in rows:
        click.echo(f"{name:{width}}  {about}")
        if where:
            click.echo(f"{'':{width}}  {where}")


def _describe(dataset) -> dict[str, str | None]:
    from clusteract.table.catalog import locate

    record = {key: getattr(dataset, key) for key in ("name", "about", "file", "sha256", "url")}
    try:
        path = locate(dataset)
    except InputError as problem:
        return {**record, "path": None, "problem": str(problem)}
    return {**record, "path": None if path is None else str(path), "problem": None}


@command.command("path")
@click.argument("name")
def print_path(name: str) -> None:
    """Print where dataset NAME is on this computer."""
    from clusteract.table.catalog import find_dataset, locate

    path = locate(find_dataset(name))
    if path is None:
        raise InputError(
            f"{name} is not on this computer; run `clusteract data fetch {name}`, or name its "
            "folder in CLUSTERACT_DATA"
        )
    click.echo(path)


@command.command("fetch")
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
def fetch_datasets(names: tuple[str, ...]) -> None:
    """Download datasets that are not here yet, check their hashes, and print their paths."""
    from clusteract.table.catalog import fetch, find_dataset, locate

    for dataset in [find_dataset(name) for name in names]:
        click.echo(locate(dataset) or fetch(dataset))
