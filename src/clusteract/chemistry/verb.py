"""``clusteract descriptors``: rows of the study's table from quantum-chemistry outputs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clusteract.errors import InputError

if TYPE_CHECKING:
    from clusteract.chemistry.descriptors.bare import BareReference
    from clusteract.chemistry.outputs.rows import DescribedOutputs


@click.command(short_help="Make descriptors from formulas and quantum-chemistry output.")
@click.argument("outputs", metavar="OUT...", nargs=-1, required=True)
@click.option("--bare", multiple=True, metavar="OUT", help="Output of a bare core; may repeat.")
@click.option("--table", help="A table whose bare-core references are used where --bare is not.")
@click.option("--out", metavar="CSV", help="Write the rows; the origins go beside them.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document on stdout.")
def command(
    outputs: tuple[str, ...],
    bare: tuple[str, ...],
    table: str | None,
    out: str | None,
    as_json: bool,
) -> None:
    """Read OUT... (Gaussian with pop=nbo, or ORCA with NBO) and print the 24 descriptors.

    An output of the same structure with one electron less gives the vertical detachment energy.
    """
    from clusteract.chemistry.outputs.reading import read_output
    from clusteract.chemistry.outputs.rows import describe_outputs

    described = describe_outputs(
        [read_output(path, populations=False) for path in outputs],
        bare=[read_output(path) for path in bare],
        references=_references(table),
    )
    if out is not None:
        _write(described, Path(out))
    if as_json:
        click.echo(json.dumps(_document(described), ensure_ascii=False, indent=2))
    elif out is None:
        _print(described)


def _references(table: str | None) -> tuple[BareReference, ...]:
    if table is None:
        return ()
    from clusteract.chemistry.descriptors.bare import bare_references
    from clusteract.table import load_table

    return bare_references(load_table(table, require_target=False))


def _document(described: DescribedOutputs) -> list[dict]:
    return [
        {
            "cluster": o.cluster,
            "descriptor": o.descriptor,
            "value": None if o.missing else o.value,
            "unit": o.unit,
            "source": o.source,
        }
        for o in described.origins
    ]


def _print(described: DescribedOutputs) -> None:
    cluster = ""
    for o in described.origins:
        if o.cluster != cluster:
            click.echo(o.cluster)
            cluster = o.cluster
        value = "missing" if o.missing else f"{o.value:.6g}"
        click.echo(f"  {o.descriptor:14}{value:>12} {o.unit:10} {o.source}")


def _write(described: DescribedOutputs, path: Path) -> None:
    import pandas as pd

    if path.suffix.lower() != ".csv":
        raise InputError(f"Cannot write {path.name!r}: the name must end in .csv")
    origins = path.with_name(f"{path.stem}-origins.csv")
    try:
        described.table.to_frame().to_csv(path, index=False, lineterminator="\n")
        pd.DataFrame(_document(described)).to_csv(origins, index=False, lineterminator="\n")
    except OSError as problem:
        raise InputError(f"Cannot write {path}: {problem.strerror or problem}") from problem
    click.echo(f"{path}: {described.table.n_rows} rows; origins in {origins}", err=True)
