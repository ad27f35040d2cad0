"""How many planted errors the audit finds, and how often it is wrong: prints tables for docs.

Usage: python benchmarks/audit.py [--tables 40] [--clean 1000] [--rows 100000]
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from clusteract.audit import audit
from clusteract.audit.finding import Finding
from clusteract.audit.repairing import repair
from clusteract.chemistry.formula import formulas_of
from clusteract.chemistry.groups import core as core_of
from clusteract.chemistry.synthetic import make_synthetic_table
from clusteract.table import Table

Cells = dict[tuple[int, str], float | str | None]  # planted cell -> what stood there
Plant = Callable[[Table, np.random.Generator], tuple[Table, Cells]]
PLANTS: dict[str, Plant] = {}
COMPOSITION = ("3_χ", "3_EA", "3_IE", "3_χave", "3_EAave", "3_IEave")
DELTAS = {"1_Qmax": "1_ΔQmax", "1_Qmin": "1_ΔQmin", "2_nsave": "2_Δnsave", "2_ndave": "2_Δndave"}
DELTAS["3_EHOMO"] = "3_ΔEHOMO"


def plant(name: str):
    def register(function: Plant) -> Plant:
        PLANTS[name] = function
        return function

    return register


def put(table: Table, cells: dict[tuple[int, str], float]) -> tuple[Table, Cells]:
    X, old = table.descriptors.copy(), {}
    for (row, column), value in cells.items():
        j = table.descriptor_names.index(column)
        old[row, column] = float(X[row, j])
        X[row, j] = value
    return replace(table, descriptors=X), old


def rename(table: Table, row: int, label: str) -> tuple[Table, Cells]:
    names = list(table.names)
    names[row] = label
    return replace(table, names=tuple(names)), {(row, table.name_column): table.names[row]}


def mistype(value: float, rng: np.random.Generator) -> float:
    """Another sign, a slipped decimal point, or a digit typed wrongly."""
    kind = rng.integers(3)
    if kind == 0 and abs(value) > 0.01:
        return -value
    if kind == 1 and abs(value) > 0.01:
        return value * 10.0 ** rng.choice([-1, 1])
    digit = 10.0 ** -int(rng.integers(1, 3))
    return value + digit * int(rng.choice([-4, -3, -2, 2, 3, 4]))


def big_cores(table: Table, fewest: int = 3) -> list[int]:
    cores = np.array(core_of(table))
    return [i for i, c in enumerate(cores) if (cores == c).sum() >= fewest]


def _single(columns: tuple[str, ...], fewest: int) -> Plant:
    def make(table: Table, rng: np.random.Generator):
        row, column = int(rng.choice(big_cores(table, fewest))), str(rng.choice(columns))
        value = float(table.column(column)[row])
        new = mistype(value, rng)
        while abs(new - value) < 5e-3:
            new = mistype(value, rng)
        return put(table, {(row, column): new})

    return make


for _name, _columns, _fewest in (
    ("one composition cell", COMPOSITION, 1),
    ("one of 2_Q, 2_Qave", ("2_Q", "2_Qave"), 1),
    ("one of 1_Qmax, 1_Qmin", ("1_Qmax", "1_Qmin"), 3),
    ("one population", ("2_nsave", "2_ndave"), 3),
    ("one orbital energy", ("3_EHOMO", "3_EHOMO/NL", "3_ΔEHOMO", "3_ΔEHOMO/NL"), 3),
    ("one Δ-charge or Δ-population", tuple(DELTAS.values())[:4], 3),
):
    PLANTS[_name] = _single(_columns, _fewest)


@plant("composition of other clusters, 10 rows")
def other_clusters(table, rng):
    start = int(rng.integers(0, table.n_rows - 10))
    others = rng.choice(table.n_rows, 10, replace=False)
    cells = {
        (start + k, c): float(table.column(c)[o])
        for k, o in enumerate(others)
        for c in COMPOSITION
        if abs(table.column(c)[o] - table.column(c)[start + k]) > 1e-4
    }
    return put(table, cells)


@plant("one composition column slipped by a row, 12 rows")
def slipped_composition(table, rng):
    start, column = int(rng.integers(1, table.n_rows - 13)), str(rng.choice(COMPOSITION))
    values = table.column(column)
    rows = [r for r in range(start, start + 12) if abs(values[r] - values[r - 1]) > 1e-4]
    return put(table, {(r, column): float(values[r - 1]) for r in rows})


@plant("mean over metal atoms only")
def wrong_divisor(table, rng):
    column = str(rng.choice(["3_χ", "3_EA", "3_IE"]))
    rows = [int(r) for r in rng.choice(table.n_rows, 3, replace=False)]
    metals = [f.n_metals for f in formulas_of(table)]
    return put(
        table, {(r, f"{column}ave"): float(table.column(column)[r] / metals[r]) for r in rows}
    )


@plant("label with a stray digit")
def stray_digit(table, rng):
    rows = [i for i, n in enumerate(table.names) if any(ch.isdigit() for ch in n)]
    row = int(rng.choice(rows))
    label = table.names[row]
    at = max(k for k, ch in enumerate(label) if ch.isdigit()) + 1
    return rename(table, row, label[:at] + str(rng.integers(0, 10)) + label[at:])


@plant("label of another cluster")
def other_label(table, rng):
    row = int(rng.integers(table.n_rows))
    f = formulas_of(table)[row]
    ligand = next(iter(f.ligands))
    count = f.ligands[ligand]
    old = f"{ligand}{count if count > 1 else ''}"
    label = table.names[row].replace(old, f"{ligand}{count + 1}", 1)
    return rename(table, row, label)


@plant("lost minus sign")
def lost_sign(table, rng):
    rows = [r for r in big_cores(table) if table.names[r].endswith("-")]
    row = int(rng.choice(rows))
    return rename(table, row, table.names[row][:-1])


@plant("Δ-values from another core")
def other_core(table, rng):
    cores = np.array(core_of(table))
    row, other = int(rng.choice(big_cores(table))), int(rng.choice(big_cores(table)))
    while cores[other] == cores[row] or cores[other].endswith("-") != cores[row].endswith("-"):
        other = int(rng.choice(big_cores(table)))
    cells = {}
    for value, delta in list(DELTAS.items())[:4]:
        bare = float(table.column(value)[other] - table.column(delta)[other])
        cells[row, delta] = float(table.column(value)[row] - bare)
    return put(table, cells)


@plant("two rows with another reference")
def second_reference(table, rng):
    row = int(rng.choice(big_cores(table, 5)))
    rows = [i for i, c in enumerate(core_of(table)) if c == core_of(table)[row]][:2]
    delta = list(DELTAS.values())[int(rng.integers(4))]
    shift = float(rng.choice([-1, 1]) * rng.uniform(0.02, 0.4))
    return put(table, {(r, delta): float(table.column(delta)[r] + shift) for r in rows})


@plant("sentinel")
def sentinel(table, rng):
    row, column = int(rng.integers(table.n_rows)), str(rng.choice(table.descriptor_names))
    return put(table, {(row, column): -999.0})


@plant("1_Qmax and 1_Qmin exchanged")
def exchanged(table, rng):
    rows = [
        r for r in big_cores(table) if table.column("1_Qmax")[r] - table.column("1_Qmin")[r] > 0.01
    ]
    row = int(rng.choice(rows))
    high, low = float(table.column("1_Qmax")[row]), float(table.column("1_Qmin")[row])
    return put(table, {(row, "1_Qmax"): low, (row, "1_Qmin"): high})


@plant("cells dragged down in steps, 5 rows")
def dragged(table, rng):
    start, column = (
        int(rng.integers(table.n_rows - 5)),
        str(rng.choice(["3_α", "3_μ", "3_VDE/VIE"])),
    )
    first = float(table.column(column)[start])
    step = float(rng.choice([0.01, 0.1, 1.0]))
    return put(table, {(start + k, column): first + k * step for k in range(1, 5)})


@plant("1_Qmin dragged down by 1, with its Δ")
def dragged_charge(table, rng):
    cores = core_of(table)
    starts = [r for r in range(table.n_rows - 1) if cores[r] == cores[r + 1]]
    row = int(rng.choice(starts))
    cells = {(row + 1, c): float(table.column(c)[row] + 1) for c in ("1_Qmin", "1_ΔQmin")}
    return put(table, cells)


@plant("a measured column slipped by a row, 30 rows")
def slipped(table, rng):
    start = int(rng.integers(1, table.n_rows - 31))
    column = str(rng.choice(["2_Q", "2_ndave", "3_EHOMO"]))
    values = table.column(column)
    return put(table, {(r, column): float(values[r - 1]) for r in range(start, start + 30)})


@plant("spin density 0 with an odd number of electrons")
def no_spin(table, rng):
    spins = table.column("2_σave")
    odd = [i for i, n in enumerate(table.names) if int(n.split("-M")[-1]) > 1 and spins[i] > 0]
    return put(table, {(int(rng.choice(odd)), "2_σave"): 0.0})


@plant("polarizability ten times too large")
def outlier(table, rng):
    row = int(rng.integers(table.n_rows))
    return put(table, {(row, "3_α"): float(table.column("3_α")[row] * 10)})


@plant("negative polarizability")
def negative(table, rng):
    row = int(rng.integers(table.n_rows))
    return put(table, {(row, "3_α"): -float(table.column("3_α")[row])})


@plant("row twice")
def row_twice(table, rng):
    row = int(rng.integers(table.n_rows))
    at = [*range(table.n_rows), row]
    return table.take(at), {(table.n_rows, table.name_column): None}


@plant("values copied to another cluster")
def copied(table, rng):
    source, row = (int(r) for r in rng.choice(table.n_rows, 2, replace=False))
    columns = ("3_VDE/VIE", "3_α", "3_μ", "2_σave")
    return put(table, {(row, c): float(table.column(c)[source]) for c in columns})


@dataclass
class Score:
    """What was planted in some tables, and what became of it, in cells."""

    tables: int = 0
    planted: int = 0
    found: int = 0
    flagged: int = 0
    right: int = 0
    repaired: int = 0
    mended: int = 0
    damaged: int = 0
    rules: dict[str, int] = field(default_factory=lambda: defaultdict(int))


def grave(findings: tuple[Finding, ...], severities: tuple[str, ...]) -> set[tuple[int, str]]:
    return set().union(*(f.cells for f in findings if f.severity in severities))


def measure(make: Plant, tables: int) -> Score:
    score = Score()
    for seed in range(tables):
        # Some columns have multiplicities in their labels; the others have plain ones.
        spins = make is PLANTS["spin density 0 with an odd number of electrons"]
        clean = make_synthetic_table(seed=seed, multiplicity=spins)
        spoiled, cells = make(clean, np.random.default_rng(seed))
        report = audit(spoiled)
        errors = grave(report.findings, ("error",))
        seen = errors | grave(report.findings, ("warning",))
        score.tables += 1
        score.planted += len(cells)
        score.found += len(seen & set(cells))
        score.flagged += len(errors)
        score.right += len(errors & set(cells))
        for f in report.findings:
            if f.severity != "note" and f.cells & set(cells):
                score.rules[f.rule] += 1
        _, changes = repair(spoiled, report)
        score.repaired += len(changes)
        for change in changes:
            key = (change.row, change.column)
            if key in cells and _same(change.new, cells[key]):
                score.mended += 1
            else:
                score.damaged += 1
    return score


def _same(new, old) -> bool:
    if isinstance(old, str) or old is None or new is None:
        return new == old or (new is None and isinstance(old, float))
    return abs(new - old) < 2e-5 * max(1, abs(old))


def share(part: int, whole: int) -> str:
    return f"{part / whole:.2f}" if whole else "-"


def recall_table(tables: int) -> None:
    print("| planted | cells | recall | called wrong | precision | repaired | rightly | rules |")
    print("|---|---|---|---|---|---|---|---|")
    for name, make in PLANTS.items():
        s = measure(make, tables)
        rules = ", ".join(sorted(s.rules, key=lambda r: -s.rules[r])[:3])
        numbers = f"{s.planted} | {share(s.found, s.planted)} | {s.flagged}"
        numbers += f" | {share(s.right, s.flagged)} | {s.repaired} | {share(s.mended, s.repaired)}"
        print(f"| {name} | {numbers} | {rules} |", flush=True)


def false_alarms(tables: int) -> None:
    counts: dict[str, int] = defaultdict(int)
    with_error = with_warning = 0
    for seed in range(tables):
        options = {"bare": seed % 3, "heteronuclear": seed % 4 == 3, "multiplicity": seed % 5 == 4}
        report = audit(make_synthetic_table(seed=seed, **options))
        with_error += report.has_errors
        with_warning += bool([f for f in report.of("warning") if "missing" not in f.rule])
        for f in report.findings:
            if f.severity != "note":
                counts[f"{f.severity} {f.rule}"] += 1
    print(f"\nclean tables: {tables}; with an error: {with_error}; with a warning: {with_warning}")
    print(dict(counts))


def timing(rows: int) -> None:
    for n in (159, rows):
        table = make_synthetic_table(n)
        start, cpu = time.perf_counter(), time.process_time()
        report = audit(table)
        wall, cpu = time.perf_counter() - start, time.process_time() - cpu
        print(f"{n} rows: {wall:.2f} s ({cpu:.2f} s of one core); {report.summary_line()}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=int, default=40)
    parser.add_argument("--clean", type=int, default=1000)
    parser.add_argument("--rows", type=int, default=90_000)
    options = parser.parse_args()
    recall_table(options.tables)
    false_alarms(options.clean)
    timing(options.rows)


if __name__ == "__main__":
    main()
