"""False alarms of the audit on tables of any kind, and what it finds of errors planted in them.

    CLUSTERACT_TABLES=folder python benchmarks/audit_tables.py [--seeds 5]

Every table of `tables.py` that is in the folder takes part, and any other one there with its last
column as target. Precision counts what the audit says beyond what it says of the table as it is.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
from sklearn.datasets import load_diabetes
from tables import TABLES, Entry, _folder, list_tables

from clusteract.audit import AuditReport, audit
from clusteract.errors import InputError
from clusteract.table import Table, read_table

Cells = set[tuple[int, str]]
Plant = Callable[[Table, np.random.Generator], tuple[Table, Cells]]
PLANTS: dict[str, Plant] = {}
MORE_TARGETS = {"boston": "medv", "insurance": "charges", "penguins": "body_mass_g", "mpg": "mpg"}
FEWEST_VALUES = 15  # of a column that is measured


def plant(name: str) -> Callable[[Plant], Plant]:
    def register(function: Plant) -> Plant:
        PLANTS[name] = function
        return function

    return register


def column_of(table: Table, rng: np.random.Generator) -> str:
    """Choose a column of measured numbers, mostly not 0."""
    values = dict(zip(table.descriptor_names, table.descriptors.T, strict=True))
    usable = [
        c
        for c, v in values.items()
        if len(np.unique(v)) >= FEWEST_VALUES
        and np.mean(v != 0) > 0.9
        and c not in table.categories
    ]
    return str(rng.choice(usable))


def put(table: Table, column: str, rows: np.ndarray, values: np.ndarray) -> tuple[Table, Cells]:
    X, j = table.descriptors.copy(), table.descriptor_names.index(column)
    X[rows, j] = values
    changed = ~np.isclose(X[rows, j], table.descriptors[rows, j], rtol=1e-9, equal_nan=True)
    return replace(table, descriptors=X), {(int(r), column) for r in rows[changed]}


@plant("decimal point slipped, one cell")
def slipped_point(table, rng):
    column, row = column_of(table, rng), rng.integers(table.n_rows, size=1)
    factor = 10.0 ** rng.choice([-1, 1])
    return put(table, column, row, table.column(column)[row] * factor)


@plant("sign lost, one cell")
def lost_sign(table, rng):
    column, row = column_of(table, rng), rng.integers(table.n_rows, size=1)
    return put(table, column, row, -table.column(column)[row])


@plant("-999 for missing, three cells")
def sentinel(table, rng):
    column = column_of(table, rng)
    return put(table, column, rng.choice(table.n_rows, 3, replace=False), np.full(3, -999.0))


@plant("dragged down in equal steps, 6 cells")
def dragged(table, rng):
    column, start = column_of(table, rng), int(rng.integers(table.n_rows - 6))
    values = table.column(column)
    step = float(f"{np.nanstd(values) / 5:.1g}")
    rows = np.arange(start + 1, start + 6)
    return put(table, column, rows, values[start] + step * np.arange(1, 6))


@plant("another unit (x 1000) in the last third")
def unit(table, rng):
    column, rows = column_of(table, rng), np.arange(2 * table.n_rows // 3, table.n_rows)
    return put(table, column, rows, table.column(column)[rows] * 1000)


@plant("fraction turned into a date, two cells")
def dated(table, rng):
    column, rows = column_of(table, rng), rng.choice(table.n_rows, 2, replace=False)
    return put(table, column, rows, rng.integers(45292, 45657, 2).astype(float))


@plant("column slipped by a row")
def slipped_column(table, rng):
    column = column_of(table, rng)
    return put(table, column, np.arange(table.n_rows), np.roll(table.column(column), 1))


@plant("row twice")
def twice(table, rng):
    row = int(rng.integers(table.n_rows))
    more = table.take([*range(table.n_rows), row])
    return more, {(table.n_rows, table.name_column), (row, table.name_column)}


@plant("five values copied to another row")
def copied(table, rng):
    source, row = (int(r) for r in rng.choice(table.n_rows, 2, replace=False))
    columns = {column_of(table, rng) for _ in range(12)}
    X, cells = table.descriptors.copy(), set()
    for column in sorted(columns)[:5]:
        j = table.descriptor_names.index(column)
        cells |= {(row, column)} if X[row, j] != X[source, j] else set()
        X[row, j] = X[source, j]
    return replace(table, descriptors=X), cells


def _with_column(table: Table, values: np.ndarray) -> tuple[Table, Cells]:
    names = (*table.descriptor_names, "planted")
    more = replace(
        table, descriptors=np.column_stack([table.descriptors, values]), descriptor_names=names
    )
    return more, {(-1, "planted")}


@plant("target among the descriptors")
def leak(table, rng):
    return _with_column(table, table.target)


@plant("target in another unit")
def leak_in_another_unit(table, rng):
    return _with_column(table, np.round(table.target * 23.0605, 8))


@plant("target with 10 % noise")
def noisy_leak(table, rng):
    return _with_column(
        table, table.target + rng.normal(0, 0.1 * np.std(table.target), table.n_rows)
    )


@plant("constant column")
def constant(table, rng):
    return _with_column(table, np.full(table.n_rows, 7.0))


def flagged(report: AuditReport, severities: tuple[str, ...]) -> dict[tuple[int, str], set[str]]:
    """Return (row, column) -> the rules that say so; row -1: of a whole column."""
    cells: dict[tuple[int, str], set[str]] = defaultdict(set)
    for f in report.findings:
        if f.severity in severities:
            for cell in f.cells or {(-1, c) for c in f.columns}:
                cells[cell].add(f.rule)
    return cells


def load_tables() -> Iterator[tuple[str, Table]]:
    files = {p.stem for p in _folder().glob("*")}
    for name in (n for n in list_tables() if n in files or n == "diabetes"):
        target = TABLES.get(name, Entry(MORE_TARGETS.get(name))).target
        try:
            yield name, _load(name, target)
        except InputError as problem:
            print(f"| {name} | not read: {problem} |")


def _load(name: str, target: str | None) -> Table:
    if name == "diabetes":
        frame = load_diabetes(as_frame=True).frame.rename_axis("patient").reset_index()
        return Table.from_frame(frame, target="target", name=name, domain="none")
    path = next(p for p in sorted(_folder().glob(f"{name}.*")) if p.suffix in (".csv", ".xlsx"))
    if target is None:
        import pandas as pd

        target = str(pd.read_csv(path, encoding="utf-8-sig").columns[-1]).strip()
    return read_table(path, target=target, allow_duplicates=True)


def false_alarms(tables: dict[str, Table]) -> None:
    print("| table | rows x descriptors | errors | warnings (causes) | in 100 rows | rules |")
    print("|---|---|---|---|---|---|")
    errors = warnings = rows = 0
    for name, table in tables.items():
        causes = audit(table).causes
        wrong = [c for c in causes if c.severity == "error"]
        odd = [c for c in causes if c.severity == "warning"]
        rules = sorted({f.rule for c in (*wrong, *odd) for f in c.findings})
        errors, warnings, rows = errors + len(wrong), warnings + len(odd), rows + table.n_rows
        share = f"{100 * len(odd) / table.n_rows:.2f}"
        size = f"{table.n_rows} x {table.n_descriptors}"
        print(f"| {name} | {size} | {len(wrong)} | {len(odd)} | {share} | {', '.join(rules)} |")
    print(f"| all | {rows} | {errors} | {warnings} | {100 * warnings / rows:.2f} | |\n")


def recall(tables: dict[str, Table], seeds: int) -> None:
    print("| planted | times | cells found | in an error | precision | rules |")
    print("|---|---|---|---|---|---|")
    before = {name: flagged(audit(t), ("error", "warning")) for name, t in tables.items()}
    for title, make in PLANTS.items():
        times = planted = hits = certain = new = right = 0
        rules: dict[str, int] = defaultdict(int)
        for name, table in tables.items():
            for seed in range(seeds):
                try:
                    spoiled, cells = make(table, np.random.default_rng(seed))
                except ValueError:  # no column that is measured
                    continue
                report = audit(spoiled)
                found = flagged(report, ("error", "warning"))
                whole = {c for r, c in found if r < 0 and (r, c) not in before[name]}
                hit = {c for c in cells if c in found or c[1] in whole}
                fresh = {c for c in found if c not in before[name]}
                times, planted, hits = times + 1, planted + len(cells), hits + len(hit)
                certain += len(cells & set(flagged(report, ("error",))))
                new += len(fresh)
                right += len(
                    {c for c in fresh if c in cells or (c[0] < 0 and c[1] in _names(cells))}
                )
                for rule in {r for c in hit for r in found.get(c, found.get((-1, c[1]), ()))}:
                    rules[rule] += 1
        shares = [
            f"{a / b:.2f}" if b else "-"
            for a, b in ((hits, planted), (certain, planted), (right, new))
        ]
        often = ", ".join(sorted(rules, key=lambda r: -rules[r])[:3])
        print(f"| {title} | {times} | {' | '.join(shares)} | {often} |", flush=True)


def _names(cells: Cells) -> set[str]:
    return {column for _, column in cells}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    options = parser.parse_args()
    tables = dict(load_tables())
    false_alarms(tables)
    recall(tables, options.seeds)


if __name__ == "__main__":
    main()
