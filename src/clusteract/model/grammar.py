"""The shape that a saved pipeline's state must have: checked before anything is built."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from clusteract.errors import InputError
from clusteract.model.allowed import FUNCTIONS, OBJECTS, TREE
from clusteract.model.archive import MAX_UNPACKED_BYTES, Archive, refuse

_SCALARS = tuple(f"numpy.{t}" for t in ("float64", "float32", "int64", "int32", "bool", "bool_"))

# skops keeps readers of its older protocols, with other keys than those below.
SKOPS_PROTOCOL = 2
MAX_DEPTH = 40
_LEAF = -1

Node = dict[str, Any]


class StateAudit:
    """Walks a state, node by node, and refuses what is not on the list.

    skops itself trusts several hundred types by default, and their content: a random forest's
    arrays could make scikit-learn read outside of them. This is stricter: each node must be of
    a known kind, name a type of `allowed.py` (or a container, a number, a text), and each tree
    must lead from its root to its leaves.

    Parameters
    ----------
    archive : Archive
        Where the arrays are.

    Attributes
    ----------
    files : set of str
        The entries that the state refers to.
    """

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.files: set[str] = set()
        self._n_bytes = 0

    def check(self, root: Any) -> None:
        """Refuse the state unless all of it is on the list.

        Raises
        ------
        InputError
        """
        if not isinstance(root, dict) or root.get("protocol") != SKOPS_PROTOCOL:
            raise self.refuse(f"no skops state of protocol {SKOPS_PROTOCOL}")
        stack = [(root, 0)]
        while stack:
            node, depth = stack.pop()
            try:
                children = list(self._check_node(node, depth))
            except InputError:
                raise
            except (LookupError, TypeError, ValueError, AttributeError) as error:
                raise self.refuse(f"a malformed entry ({type(error).__name__}: {error})") from None
            stack += [(child, depth + 1) for child in children]

    def refuse(self, why: str) -> InputError:
        """Say what is wrong with the state."""
        return refuse(self.archive.where, f"its pipeline holds {why}")

    def array(self, node: Node) -> np.ndarray:
        """Return the array that a node stands for."""
        if node["__loader__"] != "NdArrayNode" or node["type"] != "numpy":
            raise self.refuse("an array of Python objects")
        array = self.archive.array(node["file"])
        self.files.add(node["file"])
        self._n_bytes += array.nbytes
        if self._n_bytes > MAX_UNPACKED_BYTES:
            raise self.refuse(f"arrays of more than {MAX_UNPACKED_BYTES:,} bytes")
        return array

    def scalar(self, node: Node) -> Any:
        """Return the number, text, truth value or None that a node stands for."""
        if node["__loader__"] != "JsonNode":
            raise self.refuse("something else where a number is expected")
        value = json.loads(node["content"])
        if not (value is None or isinstance(value, (bool, int, float, str))):
            raise self.refuse("a JSON value that is no number or text")
        return value

    def _check_node(self, node: Node, depth: int) -> Iterator[Node]:
        loader, name = node["__loader__"], f"{node['__module__']}.{node['__class__']}"
        if depth > MAX_DEPTH:
            raise self.refuse(f"more than {MAX_DEPTH} levels")
        if loader not in _KINDS:
            raise self.refuse(f"a foreign type: {name} ({loader})")
        kind = _KINDS[loader]
        if name not in kind.types:
            raise self.refuse(f"a foreign type: {name}")
        root_keys = _ROOT_KEYS if depth == 0 else set()
        strange = set(node) - _NODE_KEYS - kind.keys - root_keys
        if strange:
            raise self.refuse(f"an unknown key {min(strange)!r} in a {loader}")
        return kind.children(self, node)


def _inside(audit: StateAudit, node: Node) -> Iterator[Node]:
    yield node["content"]


def _items(audit: StateAudit, node: Node) -> Iterator[Node]:
    if not isinstance(node["content"], list):
        raise audit.refuse("a list that is none")
    yield from node["content"]


def _values(audit: StateAudit, node: Node) -> Iterator[Node]:
    types = node["key_types"]
    if types["__loader__"] != "ListNode" or len(types["content"]) != len(node["content"]):
        raise audit.refuse("a dict whose keys are not all text")
    yield types
    yield from node["content"].values()


def _nothing(audit: StateAudit, node: Node) -> Iterator[Node]:
    yield from ()


def _scalar(audit: StateAudit, node: Node) -> Iterator[Node]:
    audit.scalar(node)
    yield from ()


def _array(audit: StateAudit, node: Node) -> Iterator[Node]:
    if node["type"] == "json":  # of estimators, item by item
        yield from _items(audit, node)
        yield node["shape"]
        return
    array = audit.array(node)
    if node["__class__"] != "ndarray" and array.shape != ():
        raise audit.refuse(f"a number of shape {array.shape}")


def _tree(audit: StateAudit, node: Node) -> Iterator[Node]:
    args, content = node["__reduce__"]["args"], node["content"]["content"]
    n_features, n_classes, n_outputs = args["content"]
    if set(content) != {"max_depth", "node_count", "nodes", "values"}:
        raise audit.refuse(f"a tree with {sorted(content)}")
    # These sizes are taken on trust by compiled code, so they are held against the arrays here.
    if audit.scalar(n_outputs) != 1 or audit.array(n_classes).tolist() != [1]:
        raise audit.refuse("a tree with several outputs")
    nodes, values = audit.array(content["nodes"]), audit.array(content["values"])
    count = audit.scalar(content["node_count"])
    if nodes.shape != (count,) or values.shape != (count, 1, 1):
        raise audit.refuse(f"a tree of {count} nodes with {nodes.shape} and {values.shape}")
    if not _leads_to_leaves(nodes, audit.scalar(n_features)):
        raise audit.refuse("a tree whose branches lead nowhere")
    yield args
    yield node["content"]


def _leads_to_leaves(nodes: np.ndarray, n_features: int) -> bool:
    """Each inner node's children come after it, within the array, and it asks a known column."""
    left, right = nodes["left_child"], nodes["right_child"]
    inner, position = left != _LEAF, np.arange(len(nodes))
    ordered = all(
        np.all((child[inner] > position[inner]) & (child[inner] < len(nodes)))
        for child in (left, right)
    )
    asked = nodes["feature"][inner]
    known = np.all((asked >= 0) & (asked < n_features))
    return bool(len(nodes) > 0 and ordered and known and np.all(right[~inner] == _LEAF))


class _Kind(NamedTuple):
    """A kind of node: the types that it may name, its own keys, and how to find its children."""

    types: tuple[str, ...]
    keys: set[str]
    children: Callable[[StateAudit, Node], Iterator[Node]]


_NODE_KEYS = {"__loader__", "__module__", "__class__"}
_ROOT_KEYS = {"protocol", "_skops_version"}
_KINDS = {
    "ObjectNode": _Kind(OBJECTS, {"content"}, _inside),
    "DictNode": _Kind(("builtins.dict",), {"content", "key_types"}, _values),
    "ListNode": _Kind(("builtins.list",), {"content"}, _items),
    "TupleNode": _Kind(("builtins.tuple",), {"content"}, _items),
    "TypeNode": _Kind(("builtins.str",), set(), _nothing),
    "JsonNode": _Kind(("builtins.str",), {"content", "is_json"}, _scalar),
    "NdArrayNode": _Kind(
        ("numpy.ndarray", *_SCALARS), {"type", "file", "content", "shape"}, _array
    ),
    "DTypeNode": _Kind(("numpy.dtype",), {"content"}, _inside),
    "FunctionNode": _Kind(FUNCTIONS, set(), _nothing),
    "TreeNode": _Kind((TREE,), {"__reduce__", "content"}, _tree),
}
