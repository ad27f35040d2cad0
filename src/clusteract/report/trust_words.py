"""How far to trust a study's best recipe, in sentences."""

from __future__ import annotations

from typing import Any

from clusteract.report.figures.numbers import count, mean_width, number

_FEW = 10  # rows: fewer outside say nothing sure


def trust_findings(trust: dict[str, Any] | None) -> dict[str, str]:
    """Return sentences on descriptors, intervals and domain; none where nothing was measured.

    Parameters
    ----------
    trust : dict or None
        As `results.trust_summary` returns it.
    """
    if trust is None:
        return {}
    found = {
        "formula": trust["descriptors_add"],
        "intervals": _intervals(trust["intervals"], trust["row"]),
    }
    border = " ".join(_border(b) for b in trust["border"] if b["n_inside"] + b["n_outside"])
    return {**found, "border": border} if border else found


def _intervals(intervals: dict[str, Any], row: str) -> str:
    everyone = intervals["all"]
    parts = [
        f"{100 * float(level):g} % intervals hold {100 * share:.0f} % of the test {row}s "
        f"({mean_width(everyone['width'][level])})"
        for level, share in everyone["coverage"].items()
    ]
    return f"Its {', '.join(parts)}."


def _border(border: dict[str, Any]) -> str:
    return _sides(border) + _unusual(border)


def _unusual(border: dict[str, Any]) -> str:
    n = border["n_unusual"]
    if not n:
        return ""
    said = "is unusual, but was" if n == 1 else "are unusual, but were"
    few = " (too few to tell)" if n < _FEW else ""
    return (
        f" Of those inside {n} {said} not called outside: RMSE "
        f"{number(border['rmse_unusual'])}{few}."
    )


def _sides(border: dict[str, Any]) -> str:
    n_in, n_out = border["n_inside"], border["n_outside"]
    where = _where(border["question"])
    noun = f"test {_counted(border)}"
    inside = f"inside its applicability domain with RMSE {number(border['rmse_inside'])}"
    outside = f"outside with RMSE {number(border['rmse_outside'])}"
    if not n_out:
        return f"{where}, all {count(n_in, noun)} lie {inside}."
    if not n_in:
        return f"{where}, all {count(n_out, noun)} lie {outside}."
    few = " (too few to tell)" if n_out < _FEW else ""
    return f"{where}, {count(n_in, noun)} lie {inside} and {n_out} {outside}{few}."


def _counted(border: dict[str, Any]) -> str:
    """Say what is counted: over repeats a row is predicted several times."""
    n = border["n_inside"] + border["n_outside"]
    return border.get("row", "row") if border["n_clusters"] == n else "prediction"


def _where(question: str) -> str:
    if question == "outer folds":
        return "On the outer folds"
    return (
        f"Where the {question.removeprefix('unseen ').removesuffix('s')} was left out of training"
    )


def check_rows(summary: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the trust checks as rows: what it is, what it asks, its scores, the best's lead.

    Parameters
    ----------
    summary : dict
        As `results.summary_dict` returns it.
    """
    compared = summary["comparisons"]
    asks_of = {**_ASKS, **{b["name"]: b["asks"] for b in summary["domain_baselines"]}}
    return [
        {
            "title": summary["baselines"][name]["title"],
            "asks": asks,
            "test": summary["baselines"][name]["test"],
            "lead": compared[name]["rmse"],
        }
        for name, asks in asks_of.items()
        if name in summary["baselines"] and name in compared
    ]


_ASKS = {
    "mean": "Is there any skill at all?",
    "shuffled": "Does the procedure find skill where there is none?",
    "nearest": "Is a look at the most similar row enough?",
}


def group_rows(trust: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return the rows of the table of intervals: all rows, then each group."""
    intervals = trust["intervals"]
    groups = sorted(intervals["groups"].items(), key=lambda item: -item[1]["n"])
    return [("all", intervals["all"]), *(groups if len(groups) > 1 else [])]


def outside_words(border: dict[str, Any]) -> str:
    """Say why rows were outside, the most frequent reason first."""
    if not border["reasons"]:
        return "none was outside"
    noun = _counted(border)
    return "; ".join(f"{kind}: {count(n, noun)}" for kind, n in border["reasons"].items())
