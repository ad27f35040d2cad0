"""The zip that a saved model is: written to the same bytes each time, read within limits."""

from __future__ import annotations

import io
import json
import math
import re
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from clusteract.errors import InputError

# A forest of 340 trees on 2,000 clusters takes about a tenth of these.
MAX_FILE_BYTES = 128 * 2**20
MAX_UNPACKED_BYTES = 512 * 2**20
MAX_TEXT_BYTES = 32 * 2**20
MAX_ENTRIES = 20_000

SCHEMA = "schema.json"
STATE = "pipeline.json"
REFIT = "refit.json"  # only in models that are fitted again when loaded
_ENTRY = re.compile(r"schema\.json|pipeline\.json|refit\.json|arrays/\d{1,6}\.npy")
_CENTRAL_RECORD = b"PK\x01\x02"  # one per entry in a zip's directory
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date that a zip can hold
_ENCRYPTED = 0x1


def refuse(where: str, why: str) -> InputError:
    """Say in one line that a file is no usable model."""
    why = " ".join(why.split())[:300]
    return InputError(f"{where}: {why}; nothing in it was run: save the model again")


def pack(documents: Mapping[str, Any], arrays: Mapping[str, bytes]) -> bytes:
    """Return the bytes of a zip of JSON documents and .npy arrays; the same for the same content.

    Parameters
    ----------
    documents : mapping of entry to JSON value
    arrays : mapping of entry to bytes
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, document in documents.items():
            indent = 1 if name == SCHEMA else None  # that one is for reading
            text = json.dumps(document, indent=indent, ensure_ascii=False, allow_nan=False)
            _add(archive, name, text.encode())
        for name, data in arrays.items():
            _add(archive, name, data)
    return buffer.getvalue()


def _add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    info = zipfile.ZipInfo(name, date_time=_EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system, info.external_attr = 3, 0o644 << 16
    archive.writestr(info, data)


def read_bytes(path: Path) -> bytes:
    """Return a model file's bytes.

    Raises
    ------
    InputError
        Where there is no such file, it can't be read, or it is too large.
    """
    if path.is_dir():
        raise InputError(f"{path}: is a folder; give the model's file")
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError:
        raise InputError(f"{path}: no such model file; make one with `clusteract fit`") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read ({error})") from None
    if len(data) > MAX_FILE_BYTES:
        raise refuse(str(path), f"larger than {MAX_FILE_BYTES // 2**20} MiB, so no saved model")
    return data


class Archive:
    """The entries of a model file, checked before any is unpacked.

    Parameters
    ----------
    data : bytes
    where : str
        The file, for messages.

    Raises
    ------
    InputError
        Where the bytes are no zip, or its entries are not those of a saved model or too large.
    """

    def __init__(self, data: bytes, where: str) -> None:
        self.where = where
        if data.count(_CENTRAL_RECORD) > MAX_ENTRIES:
            raise refuse(where, f"more than {MAX_ENTRIES} entries")
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except Exception as error:  # damaged directories raise half a dozen types
            raise refuse(where, f"no saved model, or damaged ({error})") from None
        self._check_entries()

    def _check_entries(self) -> None:
        infos = self._zip.infolist()
        names = [i.filename for i in infos]
        strange = [n for n in names if not _ENTRY.fullmatch(n)]
        if SCHEMA not in names or strange:
            why = repr(strange[0]) if strange else f"no {SCHEMA}"
            raise refuse(self.where, f"no saved model of clusteract (found {why} in it)")
        if len(set(names)) < len(names):
            raise refuse(self.where, "an entry stands twice in it")
        for info in infos:
            self._check_entry(info)
        total = sum(i.file_size for i in infos)
        if total > MAX_UNPACKED_BYTES:
            raise refuse(
                self.where, f"unpacks to {total:,} bytes, more than {MAX_UNPACKED_BYTES:,}"
            )

    def _check_entry(self, info: zipfile.ZipInfo) -> None:
        if info.flag_bits & _ENCRYPTED:
            raise refuse(self.where, f"{info.filename} is encrypted")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise refuse(self.where, f"{info.filename} is packed in an unknown way")
        if info.filename.endswith(".json") and info.file_size > MAX_TEXT_BYTES:
            raise refuse(self.where, f"{info.filename} unpacks to {info.file_size:,} bytes")

    def entry(self, name: str) -> bytes:
        """Unpack one entry, never more of it than the directory declares."""
        try:
            return self._zip.read(name)
        except KeyError:
            raise refuse(self.where, f"{name} is missing in it") from None
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            RuntimeError,
            ValueError,
            NotImplementedError,
        ) as error:
            raise refuse(self.where, f"damaged ({name}: {error})") from None

    def __contains__(self, name: str) -> bool:
        """Tell whether there is such an entry."""
        return name in self._zip.namelist()

    def document(self, name: str) -> Any:
        """Unpack and parse one JSON document."""
        try:
            return json.loads(self.entry(name))
        except (ValueError, RecursionError) as error:
            raise refuse(self.where, f"{name} is no JSON ({error})") from None

    def array(self, name: str) -> np.ndarray:
        """Unpack one array of numbers; its header must tell its size exactly."""
        return parse_array(self.entry(name), f"{self.where}: {name}")


def parse_array(data: bytes, where: str) -> np.ndarray:
    """Return the array in the bytes of a .npy file, of numbers only.

    The size that the header declares is held against the bytes before anything is allocated.

    Raises
    ------
    InputError
        Where it is no array, holds Python objects or text, or declares another size.
    """
    stream = io.BytesIO(data)
    try:
        read_header = _READ_HEADER[np.lib.format.read_magic(stream)]
        shape, fortran, dtype = read_header(stream)
    except Exception as error:  # hostile headers raise many types
        raise refuse(where, f"no array ({error})") from None
    if dtype.hasobject or not all(kind in "biuf" for kind in _kinds(dtype)):
        raise refuse(where, f"an array of type {dtype}; only numbers are allowed")
    held = len(data) - stream.tell()
    if not all(0 <= n <= held for n in shape) or math.prod(shape) * dtype.itemsize != held:
        raise refuse(where, f"declares {shape} of {dtype}, which is not what it holds")
    flat = np.frombuffer(data, dtype=dtype, offset=stream.tell())
    return flat.reshape(shape, order="F" if fortran else "C")


_READ_HEADER = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}


def _kinds(dtype: np.dtype) -> list[str]:
    if dtype.fields is None:
        return [dtype.kind]
    return [kind for inner, *_ in dtype.fields.values() for kind in _kinds(inner)]
