"""Simulated cluster tables whose composition, invariants and response are known."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from clusteract.chemistry.elements import ATOMIC_NUMBERS, ELEMENTS
from clusteract.chemistry.levels import DESCRIPTOR_NAMES
from clusteract.errors import InputError
from clusteract.table.table import Source, Table

METALS = ("Mo", "Fe", "V", "Ta", "Co", "Rh")
LIGANDS = ("S", "C", "H", "N")
_ATOMS = METALS + LIGANDS
_N_METALS = len(METALS)

# Electrons that one atom of each ligand draws from the metal, and unpaired pairs per metal atom.
_DRAWN = np.array([0.30, 0.35, 0.20, 0.70])
_SPIN_PAIRS = np.array([0.15, 1.30, 0.15, 0.10, 0.60, 0.40])

_HARTREE = 27.2114  # eV

PLANTED = ("1_Qmin", "2_σave", "3_μ", "3_ΔEHOMO")
PLANTED_INTERACTION = ("3_μ", "3_ΔEHOMO")


@dataclass(frozen=True)
class SyntheticTruth:
    """What was planted in a synthetic table.

    Attributes
    ----------
    planted : tuple of str
        Descriptors that the target depends on; no other matters given these.
    interaction : tuple of str
        The two whose effects do not add up.
    signal : ndarray, (n_rows,)
        The target without its noise.
    noise_sd, ceiling_rmse : float
        Standard deviation of the noise in this table: no model has a lower honest RMSE.
    ceiling_r : float
        Pearson r of the target with the signal: no model has a higher honest one.
    """

    planted: tuple[str, ...]
    interaction: tuple[str, str]
    signal: np.ndarray
    noise_sd: float
    ceiling_r: float

    @property
    def ceiling_rmse(self) -> float:
        """The noise as an RMSE."""
        return self.noise_sd


def make_synthetic_table(
    n_rows: int = 159,
    *,
    seed: int = 0,
    noise: float = 0.6,
    target: bool = True,
    heteronuclear: bool = False,
    bare: int = 0,
    multiplicity: bool = False,
) -> Table:
    """Simulate a table with the study's schema and a planted response.

    Composition descriptors are exact; the others are drawn so that every invariant of the 24
    descriptors holds (sums, bounds, one bare-core reference per core, electron and spin counts).

    Parameters
    ----------
    n_rows : int
        Up to 40,000 heteronuclear or 90,000 homonuclear clusters.
    seed : int
    noise : float
        Standard deviation of the Gaussian noise in the target, in lg units.
    target : bool
        False for a table without target, as for prediction.
    heteronuclear : bool
        Cores of two metals instead of one.
    bare : int
        How many clusters have no ligand; their HOMO energy per ligand atom is missing.
    multiplicity : bool
        Labels end in the spin multiplicity, such as ``Fe3C4--M10``.

    Returns
    -------
    Table
        Its source says that it is synthetic.

    Examples
    --------
    >>> table = make_synthetic_table(30, seed=1)
    >>> table.n_rows, table.n_descriptors, table.target_name, table.label
    (30, 24, 'lg(k1)', 'synthetic (SYNTHETIC)')
    """
    if not 0 <= bare <= n_rows or n_rows < 1:
        raise InputError(f"Cannot simulate {n_rows} clusters with {bare} bare ones")
    rng = np.random.default_rng(seed)
    counts, charge = _draw_clusters(rng, n_rows, heteronuclear, bare)
    spins = _draw_multiplicities(rng, counts, charge)
    columns = _composition(counts) | _electronic(rng, counts, charge, spins)
    table = Table(
        names=_labels(counts, charge, spins if multiplicity else None),
        descriptors=np.column_stack([columns[d] for d in DESCRIPTOR_NAMES]),
        descriptor_names=DESCRIPTOR_NAMES,
        target=None,
        target_name=None,
        source=Source(name="synthetic", sha256="", synthetic=True),
        name_column="Clusters",
        domain_name="clusters",
    )
    if target:
        values = _planted_signal(table) + rng.normal(0, noise, n_rows)
        table = replace(table, target=np.round(values, 6), target_name="lg(k1)")
    return replace(table, source=replace(table.source, sha256=table.content_hash))


def synthetic_truth(table: Table) -> SyntheticTruth:
    """Return what was planted in a synthetic table, or in some rows of one.

    Examples
    --------
    >>> truth = synthetic_truth(make_synthetic_table(noise=0.0))
    >>> truth.planted, round(truth.ceiling_r, 6)
    (('1_Qmin', '2_σave', '3_μ', '3_ΔEHOMO'), 1.0)
    """
    if not table.source.synthetic or table.target is None:
        raise InputError(f"{table.source.name} is not a synthetic table with a target")
    signal = _planted_signal(table)
    return SyntheticTruth(
        planted=PLANTED,
        interaction=PLANTED_INTERACTION,
        signal=signal,
        noise_sd=float(np.std(table.target - signal)),
        ceiling_r=float(np.corrcoef(signal, table.target)[0, 1]),
    )


def _planted_signal(table: Table) -> np.ndarray:
    """Saturating effects, so that lg(k1) stays within about -15 and -9."""
    charge = np.tanh((table.column("1_Qmin") - 0.1) / 0.4)
    spin = np.tanh((table.column("2_σave") - 0.8) / 0.8)
    dipole = np.tanh((table.column("3_μ") - 2.6) / 1.8)
    homo = np.tanh((table.column("3_ΔEHOMO") + 0.4) / 0.6)
    return -12.0 - 0.9 * charge - 0.7 * spin + 0.9 * dipole + 0.9 * homo + 0.8 * dipole * homo


# --- which clusters -------------------------------------------------------------------------


def _metal_parts(heteronuclear: bool) -> np.ndarray:
    """Atoms of each metal in every core, (n_cores, 6)."""
    eye = np.eye(_N_METALS, dtype=int)
    if not heteronuclear:
        return np.array([n * eye[m] for m in range(_N_METALS) for n in range(1, 10)])
    pairs = [(a, b) for a in range(_N_METALS) for b in range(_N_METALS) if a < b]
    sizes = list(product(range(1, 5), repeat=2))
    return np.array([i * eye[a] + j * eye[b] for a, b in pairs for i, j in sizes])


def _ligand_parts(wide: bool) -> np.ndarray:
    """Atoms of S, C, H, N in every set of ligands, (n_sets, 4), without the empty one."""
    if wide:
        return np.array(list(product(range(6), repeat=4)))[1:]
    rows = [(s, c, 0, 0) for s in range(1, 7) for c in (0, 1)]
    rows += [(0, c, 0, 0) for c in range(1, 8)] + [(0, 0, h, 0) for h in range(1, 7)]
    rows += [(0, 0, h, n) for n in range(1, 6) for h in (0, 1)]
    return np.array(rows)


def _draw_clusters(
    rng: np.random.Generator, n: int, heteronuclear: bool, bare: int
) -> tuple[np.ndarray, np.ndarray]:
    """Draw atoms of each element, (n, 10), and charges, (n,); no cluster comes twice."""
    cores = _metal_parts(heteronuclear)
    charged = np.repeat(cores, 2, axis=0), np.tile([-1, 0], len(cores))
    if bare > len(charged[1]):
        raise InputError(f"Cannot simulate {bare} bare clusters: at most {len(charged[1])}")
    ligands = _ligand_parts(wide=n > len(cores) * 20)
    n_all = len(charged[1]) * len(ligands)
    if n - bare > n_all * 0.65:
        raise InputError(f"Cannot simulate {n} clusters: at most {int(n_all * 0.65)}")
    weight = np.repeat(np.where(charged[1] == -1, 0.9, 0.1), len(ligands))
    picked = rng.choice(n_all, n - bare, replace=False, p=weight / weight.sum())
    core, ligand = np.divmod(np.sort(picked), len(ligands))
    naked = rng.choice(len(charged[1]), bare, replace=False)
    core = np.concatenate([core, naked])
    atoms = np.vstack([ligands[ligand], np.zeros((bare, len(LIGANDS)), dtype=int)])
    return np.hstack([charged[0][core], atoms]), charged[1][core]


def _labels(
    counts: np.ndarray, charge: np.ndarray, multiplicity: np.ndarray | None
) -> tuple[str, ...]:
    signs = {-1: "-", 0: ""}
    suffix = [""] * len(charge) if multiplicity is None else [f"-M{m}" for m in multiplicity]
    return tuple(
        "".join(f"{e}{k if k > 1 else ''}" for e, k in zip(_ATOMS, row, strict=True) if k)
        + signs[int(q)]
        + end
        for row, q, end in zip(counts, charge, suffix, strict=True)
    )


# --- their descriptors ----------------------------------------------------------------------


def _composition(counts: np.ndarray) -> dict[str, np.ndarray]:
    table = np.array([ELEMENTS[e][1:4] for e in _ATOMS])
    sums = dict(zip(("3_χ", "3_EA", "3_IE"), (counts @ table).T, strict=True))
    n_atoms = counts.sum(axis=1)
    return sums | {f"{name}ave": total / n_atoms for name, total in sums.items()}


def _draw_multiplicities(
    rng: np.random.Generator, counts: np.ndarray, charge: np.ndarray
) -> np.ndarray:
    """Draw spin multiplicities whose parity fits the number of electrons."""
    numbers = np.array([ATOMIC_NUMBERS[e] for e in _ATOMS])
    odd = (counts @ numbers - charge) % 2
    metals = counts[:, :_N_METALS]
    pairs = np.minimum(rng.poisson(metals @ _SPIN_PAIRS), 2 * metals.sum(axis=1))
    return 1 + odd + 2 * pairs


def _site_charges(
    rng: np.random.Generator, mean: np.ndarray, spread: np.ndarray, n_metals: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw natural charges of metal atoms around a mean; return their max, min and sum."""
    present = np.arange(n_metals.max()) < n_metals[:, None]
    offsets = np.where(present, rng.normal(size=present.shape), 0.0)
    offsets -= present * (offsets.sum(axis=1) / n_metals)[:, None]
    sites = np.round(mean[:, None] + spread[:, None] * offsets, 5)
    return (
        np.where(present, sites, -np.inf).max(axis=1),
        np.where(present, sites, np.inf).min(axis=1),
        np.where(present, sites, 0.0).sum(axis=1),
    )


def _populations(
    rng: np.random.Generator, counts: np.ndarray, mean_charge: np.ndarray, n_s: np.ndarray
) -> np.ndarray:
    """Mean d populations: valence electrons less charge, s electrons and a Rydberg rest."""
    metals = counts[:, :_N_METALS]
    valence = metals @ np.array([ELEMENTS[e].valence for e in METALS]) / metals.sum(axis=1)
    rest = rng.uniform(0.03, 0.15, len(n_s))
    return _mean_of_two_decimals(valence - mean_charge - n_s - rest, metals.sum(axis=1))


def _mean_of_two_decimals(values: np.ndarray, n_metals: np.ndarray) -> np.ndarray:
    """Round to what means of populations printed with two decimals can be."""
    return np.round(np.round(values * n_metals, 2) / n_metals, 6)


def _from_hartree(values: np.ndarray) -> np.ndarray:
    """Round to what orbital energies printed with five decimals in hartree are in eV."""
    return np.round(np.round(values / _HARTREE, 5) * _HARTREE, 6)


def _bare_cores(
    rng: np.random.Generator, counts: np.ndarray, charge: np.ndarray
) -> dict[str, np.ndarray]:
    """Draw one set of references per core, repeated for its clusters, each (n,)."""
    keys = np.column_stack([counts[:, :_N_METALS], charge])
    cores, row = np.unique(keys, axis=0, return_inverse=True)
    n_metals, q = cores[:, :-1].sum(axis=1), cores[:, -1].astype(float)
    high, low, total = _site_charges(rng, q / n_metals, np.full(len(q), 0.12), n_metals)
    n_s = _mean_of_two_decimals(rng.uniform(0.8, 1.8, len(q)), n_metals)
    homo = np.where(q < 0, rng.normal(0.4, 0.5, len(q)), rng.normal(-3.5, 0.3, len(q)))
    n_d = _populations(rng, cores[:, :-1], total / n_metals, n_s)
    values = {
        "Qmax": high,
        "Qmin": low,
        "Q": total,
        "ns": n_s,
        "nd": n_d,
        "EHOMO": _from_hartree(homo),
    }
    return {name: value[row] for name, value in values.items()}


def _electronic(
    rng: np.random.Generator, counts: np.ndarray, charge: np.ndarray, multiplicity: np.ndarray
) -> dict[str, np.ndarray]:
    n_metals, ligands = counts[:, :_N_METALS].sum(axis=1), counts[:, _N_METALS:]
    n_ligands, bare = ligands.sum(axis=1), _bare_cores(rng, counts, charge)
    naked, n = n_ligands == 0, len(charge)
    drawn = 2.0 * (1 - np.exp(-(ligands @ _DRAWN) * rng.uniform(0.8, 1.2, n) / (2 * n_metals)))
    spread = 0.05 + 0.1 * np.sqrt(n_ligands / n_metals)
    high, low, total = _site_charges(rng, charge / n_metals + drawn, spread, n_metals)
    high, low = np.where(naked, bare["Qmax"], high), np.where(naked, bare["Qmin"], low)
    total = np.where(naked, bare["Q"], total)
    depleted = _mean_of_two_decimals(bare["ns"] * np.exp(-0.8 * drawn), n_metals)
    n_s = np.where(naked, bare["ns"], depleted)
    n_d = np.where(naked, bare["nd"], _populations(rng, counts, total / n_metals, n_s))
    lowered = _from_hartree(bare["EHOMO"] - 0.3 * drawn + rng.normal(-0.2, 0.5, n))
    homo = np.where(naked, bare["EHOMO"], lowered)
    shift, per_ligand = homo - bare["EHOMO"], np.where(naked, np.nan, np.maximum(n_ligands, 1))
    detachment = 1.8 - homo + 1.2 * (charge == 0) + rng.normal(0, 0.2, n)
    unpaired = (multiplicity - 1) / n_metals
    volume = (45 * n_metals + 8 * n_ligands) * rng.lognormal(0, 0.15, n)
    return {
        "3_VDE/VIE": np.round(np.maximum(detachment, 0.2), 6),
        "3_α": np.round(volume, 2),
        "3_μ": np.round(rng.gamma(2.0, 1.4, n), 4),
        "1_Qmax": high,
        "1_ΔQmax": high - bare["Qmax"],
        "1_ΔQmin": low - bare["Qmin"],
        "1_Qmin": low,
        "2_Qave": total / n_metals,
        "2_Q": total,
        "2_σave": np.round(unpaired * rng.uniform(0.85, 1.1, n), 6),
        "2_nsave": n_s,
        "2_Δnsave": n_s - bare["ns"],
        "2_Δndave": n_d - bare["nd"],
        "2_ndave": n_d,
        "3_EHOMO": homo,
        "3_EHOMO/NL": homo / per_ligand,
        "3_ΔEHOMO": shift,
        "3_ΔEHOMO/NL": np.where(naked, 0.0, shift / np.maximum(n_ligands, 1)),
    }
