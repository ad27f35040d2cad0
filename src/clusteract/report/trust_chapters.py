"""The chapters on how far to trust a study's best recipe: checks, intervals, domain."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from clusteract.report.chapters import Cell, Chapter, TextTable
from clusteract.report.figures.drawing import Drawing
from clusteract.report.figures.numbers import number
from clusteract.report.trust_words import check_rows, group_rows, outside_words, trust_findings


def trust_chapters(
    summary: dict[str, Any], drawings: MutableMapping[str, tuple[Drawing, ...]]
) -> list[Chapter]:
    """Return the chapters; none where nothing was measured.

    Parameters
    ----------
    summary : dict
        As `summary_dict` returns it.
    drawings : mutable mapping
        Those of the chapters, by name; what is used is taken out.
    """
    trust = summary["trust"]
    if not trust:
        return []
    words = trust_findings(trust)
    return [
        Chapter(
            name="checks",
            title="Trust checks",
            lead="What a model must beat before its descriptors are believed, on the same outer "
            f"folds. {trust['descriptors_add']}",
            tables=(_check_table(summary),),
        ),
        Chapter(
            name="intervals",
            title="Intervals",
            lead="A saved model gives every prediction an interval, from its errors on inner folds "
            "that it had not seen, wider where neighbours were hard to predict. Here those of "
            f"{summary['recipes'][trust['recipe']]['title']} are held against the outer test "
            f"sets. {words['intervals']}",
            tables=(_interval_table(trust, summary["data"]["target"] or "the target"),),
            drawings=drawings.pop("intervals", ()),
        ),
        Chapter(
            name="domain",
            title="Applicability domain",
            lead="A prediction says whether its row lies inside what the model was trained on: "
            "nothing in it never seen, and no farther, beyond no range and no more unusual a "
            "mixture than training rows that, left out in blocks of neighbours, were predicted no "
            f"worse. {words.get('border', '')}",
            tables=(_domain_table(trust),),
            drawings=drawings.pop("domain", ()),
        ),
    ]


def _check_table(summary: dict[str, Any]) -> TextTable:
    rows: list[tuple[Cell, ...]] = []
    for check in check_rows(summary):
        lead = check["lead"]
        interval = f"{number(lead['low'], 3)} to {number(lead['high'], 3)}"
        noise = ", noise" if lead["noise"] else ""
        difference = f"{number(lead['mean'], 3)} ({interval}){noise}"
        test = check["test"]
        rows.append((check["title"], check["asks"], test["r_mean"], test["rmse_mean"], difference))
    return TextTable(
        "Trust checks",
        ("check", "it asks", "test r", "test RMSE", "best recipe’s RMSE minus this one’s"),
        tuple(rows),
        printed=False,
        texts=frozenset({0, 1}),
    )


def _interval_table(trust: dict[str, Any], target: str) -> TextTable:
    levels = list(trust["intervals"]["all"]["coverage"])
    rows = []
    for name, group in group_rows(trust):
        cells: list[Cell] = [name, group["n"]]
        for level in levels:
            width = group["width"][level]
            cells.append(f"{number(100 * group['coverage'][level], 0)} %")
            cells.append("∞" if width is None else number(width))
        rows.append(tuple(cells))
    return TextTable(
        "Measured coverage and width",
        (trust["group"], f"{trust['row']}s", *["measured", "width"] * len(levels)),
        tuple(rows),
        note=f"Of few {trust['row']}s the measured share is uncertain; the figure shows by how "
        f"much. Widths are in units of {target}.",
        printed=False,
        heads=(("", 2), *((f"{round(100 * float(v), 1):g} % promised", 2) for v in levels)),
        strong=0,
    )


def _domain_table(trust: dict[str, Any]) -> TextTable:
    rows = [
        (
            check["question"],
            check["n_inside"],
            check["rmse_inside"],
            check["n_outside"],
            check["rmse_outside"],
            outside_words(check),
        )
        for check in trust["border"]
    ]
    unseen = trust["border"][-1]["question"]
    note = (
        f"“{unseen.capitalize()}”: one after the other was left out of training altogether, as in "
        "screening; at most 20 settings were searched."
    )
    return TextTable(
        "Errors inside and outside",
        (f"test {trust['row']}s of", "inside", "RMSE", "outside", "RMSE", "why outside"),
        tuple(rows),
        note=note if len(rows) > 1 else "",
        decimals=2,
        printed=False,
        texts=frozenset({0, 5}),
    )
