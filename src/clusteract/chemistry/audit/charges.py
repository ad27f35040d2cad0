"""Natural charges of metal atoms: sum, mean and extremes must fit each other and the core."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from clusteract.chemistry.audit.checks import Check, Rows, register_check, where

# Sums of rounded charges differ in the last digit.
_ROUNDING = 3e-5


def _tolerance(*columns: str) -> Callable[[Rows], np.ndarray]:
    def tolerance(rows: Rows) -> np.ndarray:
        return sum((rows.tol(c) for c in columns), np.zeros(len(rows.n_metals))) + _ROUNDING

    return tolerance


register_check(
    Check(
        rule="charge-sum",
        summary="2_Q is the number of metal atoms times 2_Qave",
        columns=("2_Q", "2_Qave"),
        residual=lambda r: r["2_Q"] - r.n_metals * r["2_Qave"],
        tolerance=lambda r: r.tol("2_Q") + r.n_metals * r.tol("2_Qave") + 1e-5,
        solve={
            "2_Q": lambda r: r.n_metals * r["2_Qave"],
            "2_Qave": lambda r: r["2_Q"] / r.n_metals,
        },
    )
)

register_check(
    Check(
        rule="charge-two-atoms",
        summary="with two metal atoms 1_Qmin and 1_Qmax add up to 2_Q",
        columns=("1_Qmin", "1_Qmax", "2_Q"),
        residual=lambda r: where(r.n_metals == 2, r["1_Qmin"] + r["1_Qmax"] - r["2_Q"]),
        tolerance=_tolerance("1_Qmin", "1_Qmax", "2_Q"),
        solve={
            "1_Qmin": lambda r: r["2_Q"] - r["1_Qmax"],
            "1_Qmax": lambda r: r["2_Q"] - r["1_Qmin"],
            "2_Q": lambda r: r["1_Qmin"] + r["1_Qmax"],
        },
    )
)


def _register_single_atom(extreme: str) -> None:
    register_check(
        Check(
            rule="charge-one-atom",
            summary=f"with one metal atom {extreme} is 2_Q",
            columns=(extreme, "2_Q"),
            residual=lambda r: where(r.n_metals == 1, r[extreme] - r["2_Q"]),
            tolerance=_tolerance(extreme, "2_Q"),
            solve={extreme: lambda r: r["2_Q"], "2_Q": lambda r: r[extreme]},
        )
    )


def _register_bound(extreme: str, sign: int, total: str) -> None:
    """Sign +1: the largest charge is not below the mean; -1: the smallest is not above it."""

    def scale(r: Rows) -> np.ndarray:
        return r.n_metals if total == "2_Q" else np.ones_like(r.n_metals)

    word = "not below" if sign > 0 else "not above"
    register_check(
        Check(
            rule="charge-bounds",
            summary=f"{extreme} is {word} the mean charge of the metal atoms ({total})",
            columns=(extreme, total),
            residual=lambda r: np.maximum(sign * (r[total] / scale(r) - r[extreme]), 0),
            tolerance=_tolerance(extreme, total),
            solve={
                extreme: lambda r: r[total] / scale(r),
                total: lambda r: r[extreme] * scale(r),
            },
            exact=False,
        )
    )


def _register_reach(extreme: str, other: str, sign: int) -> None:
    """All atoms but one at one extreme bound the sum."""

    def limit(r: Rows) -> np.ndarray:
        return (r.n_metals - 1) * r[extreme] + r[other]

    register_check(
        Check(
            rule="charge-reach",
            summary=f"the mean charge can be reached from 1_Qmin and 1_Qmax ({extreme} in all "
            "metal atoms but one)",
            columns=(extreme, other, "2_Q"),
            residual=lambda r: where(r.n_metals > 2, np.maximum(sign * (r["2_Q"] - limit(r)), 0)),
            tolerance=_tolerance(extreme, other, "2_Q"),
            solve={
                extreme: lambda r: (r["2_Q"] - r[other]) / np.maximum(r.n_metals - 1, 1),
                other: lambda r: r["2_Q"] - (r.n_metals - 1) * r[extreme],
                "2_Q": limit,
            },
            exact=False,
        )
    )


def _register_bare_charge(extreme: str, delta: str, sign: int) -> None:
    """Register that what a Δ was taken from is a charge that the bare core can have."""

    def excess(r: Rows) -> np.ndarray:
        return r.charge / r.n_metals - (r[extreme] - r[delta])

    register_check(
        Check(
            rule="bare-charge",
            summary=f"{extreme} minus {delta} fits a bare core of this charge",
            columns=(extreme, delta),
            residual=lambda r: where(r.n_metals == 1, excess(r)),
            tolerance=_tolerance(extreme, delta),
            solve={
                extreme: lambda r: r.charge + r[delta],
                delta: lambda r: r[extreme] - r.charge,
            },
        )
    )
    register_check(
        Check(
            rule="bare-charge",
            summary=f"{extreme} minus {delta} fits a bare core of this charge",
            columns=(extreme, delta),
            residual=lambda r: where(r.n_metals > 1, np.maximum(sign * excess(r), 0)),
            tolerance=_tolerance(extreme, delta),
            solve={
                extreme: lambda r: r.charge / r.n_metals + r[delta],
                delta: lambda r: r[extreme] - r.charge / r.n_metals,
            },
            exact=False,
        )
    )


register_check(
    Check(
        rule="bare-charge",
        summary="with two metal atoms the Δ-charges add up to 2_Q minus the charge",
        columns=("2_Q", "1_ΔQmin", "1_ΔQmax"),
        residual=lambda r: where(
            r.n_metals == 2, r["2_Q"] - r["1_ΔQmin"] - r["1_ΔQmax"] - r.charge
        ),
        tolerance=_tolerance("2_Q", "1_ΔQmin", "1_ΔQmax"),
        solve={
            "2_Q": lambda r: r["1_ΔQmin"] + r["1_ΔQmax"] + r.charge,
            "1_ΔQmin": lambda r: r["2_Q"] - r["1_ΔQmax"] - r.charge,
            "1_ΔQmax": lambda r: r["2_Q"] - r["1_ΔQmin"] - r.charge,
        },
    )
)

for _extreme, _other, _sign in (("1_Qmax", "1_Qmin", 1), ("1_Qmin", "1_Qmax", -1)):
    _register_single_atom(_extreme)
    _register_bound(_extreme, _sign, "2_Q")
    _register_bound(_extreme, _sign, "2_Qave")
    _register_reach(_extreme, _other, _sign)
    _register_bare_charge(_extreme, _extreme.replace("_Q", "_ΔQ"), _sign)
