"""Which columns of a sheet are the names, the target and the descriptors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from clusteract.errors import InputError, close_matches
from clusteract.table.cells import is_number
from clusteract.table.domain import ANY, Domain
from clusteract.table.sheet import Sheet, column_letters, is_blank, shown


@dataclass(frozen=True)
class Columns:
    """Positions, from 0, of the columns that make a table."""

    name: int
    target: int | None
    descriptors: tuple[int, ...]
    groups: tuple[int, ...] = ()


class UnknownColumn(InputError):
    """A column that was asked for is not among those of the sheet."""

    def __init__(self, message: str, column: str, columns: list[str]) -> None:
        super().__init__(message)
        self.column, self.columns = column, columns


def choose_columns(
    sheet: Sheet,
    *,
    name: str | None = None,
    target: str | None = None,
    descriptors: str | Sequence[str] | None = None,
    groups: str | None = None,
    require_target: bool = True,
    domain: Domain = ANY,
) -> Columns:
    """Choose by name where names are given, else by place: names, target, descriptors.

    Parameters
    ----------
    sheet : Sheet
    name, target : str, optional
        Column names; by default the first column and the second one, which is refused as target
        where it is one of the domain's descriptors.
    descriptors : str or sequence of str, optional
        Names, ranges such as ``"3_VDE/VIE:3_IEave"``, or several of them with commas between.
        By default every other column.
    groups : str, optional
        A column, or several with commas between, whose values together name each row's group.
    require_target : bool
        False for tables to predict: there the target may be absent, and the second column is the
        target only where its name looks like one or is the given one.
    domain : Domain
        What is known of columns of such tables.

    Raises
    ------
    InputError
        Naming the file, the column that is wrong, and its close matches.
    """
    _check_header(sheet)
    named = [j for j, h in enumerate(sheet.header) if h]
    name_at = names_column(sheet, name)
    grouped = _find_groups(sheet, groups, domain)
    rest = [j for j in named if j != name_at and j not in grouped]
    chosen = None if descriptors is None else _find_all(sheet, descriptors, domain)
    target_at = _find_target(sheet, target, rest, chosen, require_target, domain)
    kept = tuple(j for j in rest if j != target_at) if chosen is None else chosen
    columns = Columns(name_at, target_at, kept, grouped)
    _check_roles(sheet, columns, domain)
    if chosen is None:
        _check_headerless(sheet, name_at)
    return columns


def find_column(sheet: Sheet, wanted: str, role: str, domain: Domain = ANY) -> int:
    """Return the position of a column by its name, in any spelling that the domain knows."""
    found = _positions(sheet, wanted, domain)
    if len(found) == 1:
        return found[0]
    if found:
        raise InputError(_duplicated(sheet, found))
    known = [h for h in sheet.header if h]
    hint = close_matches(wanted, known)
    message = f"{sheet.at()}: no column {shown(wanted)} for the {role}; {hint}"
    raise UnknownColumn(message, wanted, known)


def _positions(sheet: Sheet, wanted: str, domain: Domain) -> list[int]:
    exact = [j for j, h in enumerate(sheet.header) if h and h == wanted.strip()]
    if exact:
        return exact
    name = domain.canonical(wanted.strip())
    return [j for j, h in enumerate(sheet.header) if h and domain.canonical(h) == name]


def names_column(sheet: Sheet, name: str | None) -> int:
    """Return the position of the column of names: the given one, or the first."""
    return _first_column(sheet) if name is None else find_column(sheet, name, "names")


def _check_header(sheet: Sheet) -> None:
    header = sheet.rows[sheet.header_index]
    numbers = [c for c in header[1:] if is_number(c)]
    if 2 * len(numbers) > len(header[1:]) or (len(header) == 1 and is_number(header[0])):
        first = numbers[0] if numbers else header[0]
        raise InputError(
            f"{sheet.at()}: row {sheet.header_index + 1} holds numbers ({shown(first)}) where "
            "column names are expected; add a header row, or choose another sheet"
        )


def _first_column(sheet: Sheet) -> int:
    """Return the column of names: the first, unless it only numbers the rows."""
    filled = (j for j in range(len(sheet.header)) if _is_filled(sheet, j))
    first = next(filled, 0)
    return next(filled, first) if is_row_number(sheet, first) else first


def is_row_number(sheet: Sheet, column: int) -> bool:
    """Tell whether a column without a name counts the rows from 0 or 1, as pandas writes it."""
    if sheet.header[column]:
        return False
    cells = [sheet.cell(i, column) for i in sheet.body]
    if not cells or not all(is_number(c) for c in cells):
        return False
    values = [float(str(c).replace(",", ".")) for c in cells]
    return all(v == i + values[0] for i, v in enumerate(values)) and values[0] in (0, 1)


def _is_filled(sheet: Sheet, column: int) -> bool:
    return bool(sheet.header[column]) or any(
        not is_blank(sheet.cell(i, column)) for i in sheet.body
    )


def _find_groups(sheet: Sheet, groups: str | None, domain: Domain) -> tuple[int, ...]:
    if groups is None:
        return ()
    whole = bool(_positions(sheet, groups, domain))  # a column whose name holds a comma
    names = [groups] if whole else [part.strip() for part in groups.split(",")]
    return tuple(find_column(sheet, name, "groups") for name in names if name)


def _find_all(sheet: Sheet, wanted: str | Sequence[str], domain: Domain) -> tuple[int, ...]:
    """Return the positions of names and ranges, in the order asked for."""
    if isinstance(wanted, str):
        wanted = [wanted] if _positions(sheet, wanted, domain) else wanted.split(",")
    found = [j for item in wanted if item.strip() for j in _find_item(sheet, item.strip(), domain)]
    if not found:
        raise InputError(f"{sheet.at()}: no descriptor asked for; name columns or a range 'A:B'")
    repeated = [j for i, j in enumerate(found) if j in found[:i]]
    if repeated:
        raise InputError(f"{sheet.at(column=repeated[0])} is asked for twice; name it once")
    return tuple(found)


def _find_item(sheet: Sheet, item: str, domain: Domain) -> list[int]:
    if _positions(sheet, item, domain) or ":" not in item:
        return [find_column(sheet, item, "descriptors", domain)]
    first, last = (find_column(sheet, end, "descriptors", domain) for end in item.split(":", 1))
    if first > last:
        raise InputError(
            f"{sheet.at()}: the range {shown(item)} runs backwards; "
            f"write {shown(':'.join(item.split(':', 1)[::-1]))}"
        )
    return [j for j in range(first, last + 1) if sheet.header[j]]


def _find_target(
    sheet: Sheet,
    target: str | None,
    rest: list[int],
    chosen: tuple[int, ...] | None,
    require_target: bool,
    domain: Domain,
) -> int | None:
    if target is not None and (require_target or _positions(sheet, target, domain)):
        return find_column(sheet, target, "target", domain)
    second = rest[0] if rest else None
    if second is None or (not require_target and not domain.is_target(sheet.header[second])):
        return None
    if chosen is not None and second in chosen and target is None:
        if not require_target:
            return None
        raise InputError(
            f"{sheet.at(column=second)} would be the target, but is among the descriptors; "
            "name the target, or leave that column out of the descriptors"
        )
    if target is None and domain.is_descriptor(sheet.header[second]):
        raise InputError(
            f"{sheet.at(column=second)} would be the target, but is a descriptor by its name; "
            "put the target second, or name its column (--target)"
        )
    return second


def _check_roles(sheet: Sheet, columns: Columns, domain: Domain) -> None:
    roles = {"target": columns.target, "column of names": columns.name}
    for role, column in roles.items():
        if column is not None and column in columns.descriptors:
            raise InputError(
                f"{sheet.at(column=column)} is the {role} and among the descriptors; "
                "leave it out of the descriptors"
            )
    if columns.target == columns.name:
        raise InputError(f"{sheet.at(column=columns.name)} is both names and target; name another")
    if not columns.descriptors:
        raise InputError(
            f"{sheet.at()}: no descriptor column beside names and target (columns: "
            f"{', '.join(h for h in sheet.header if h)}); add descriptors, or choose another sheet"
        )
    used = [columns.target, *columns.descriptors]
    names = [None if j is None else domain.canonical(sheet.header[j]) for j in used]
    for position, name in enumerate(names):
        if name is not None and name in names[:position]:
            raise InputError(_duplicated(sheet, [used[names.index(name)], used[position]]))


def _duplicated(sheet: Sheet, columns: Sequence[int | None]) -> str:
    where = " and ".join(
        f"{column_letters(j)} ({shown(sheet.header[j])})" for j in columns[:2] if j is not None
    )
    return (
        f"{sheet.at()}: columns {where} have the same name; rename or delete one, "
        "so that each descriptor stands once"
    )


def _check_headerless(sheet: Sheet, name_at: int) -> None:
    width = max(len(sheet.rows[i]) for i in (sheet.header_index, *sheet.body))
    for column in range(name_at + 1, width):
        if column < len(sheet.header) and sheet.header[column]:
            continue
        filled = next((i for i in sheet.body if not is_blank(sheet.cell(i, column))), None)
        if filled is not None:
            value = shown(sheet.cell(filled, column))
            raise InputError(
                f"{sheet.at(filled)}: column {column_letters(column)} holds {value} but has no "
                "name in the header; name it, or delete it"
            )
