"""A pipeline's state that was tampered with is refused, and nothing in it is run."""

import io
import json
import os
import zipfile

import numpy as np
import pytest
import skops.io
from model_tampering import add_attribute, attributes, npy, scalar, step

from clusteract.errors import InputError
from clusteract.model.allowed import ESTIMATORS
from clusteract.model.grammar import SKOPS_PROTOCOL
from clusteract.model.learned import _CHECKS


def node(loader, name, **content):
    module, _, kind = name.rpartition(".")
    return {"__class__": kind, "__module__": module, "__loader__": loader, **content}


TEXT = node("TypeNode", "builtins.str")


def items(*nodes):
    return node("ListNode", "builtins.list", content=list(nodes))


def dictionary(content, key_type=TEXT):
    types = items(*[key_type] * len(content))
    return node("DictNode", "builtins.dict", content=content, key_types=types)


def call_on_load(function, argument):
    """Return a state that calls function(argument) when skops builds it: a dict's key type."""
    key_type = node("TypeNode", f"{function.__module__}.{function.__name__}")
    return dictionary({argument: scalar(1)}, key_type)


def test_the_exploit_works_where_its_type_is_trusted(tmp_path):
    # Without this the next test could pass because the exploit is broken.
    canary = tmp_path / "canary"
    state = {**call_on_load(os.system, f"touch {canary}"), "protocol": SKOPS_PROTOCOL}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("schema.json", json.dumps(state))
    skops.io.loads(buffer.getvalue(), trusted=["posix.system"])
    assert canary.exists()


ATTACKS = {
    "call": lambda c: call_on_load(os.system, f"touch {c}"),
    "partial": lambda c: node(
        "PartialNode",
        "functools.partial",
        content={
            "func": node("FunctionNode", "os.system"),
            "args": node("TupleNode", "builtins.tuple", content=[scalar(f"touch {c}")]),
            "kwds": dictionary({}),
            "namespace": scalar(None),
        },
    ),
    "constructor": lambda c: node(
        "ConstructorFromReduceNode",
        "subprocess.Popen",
        content=node("TupleNode", "builtins.tuple", content=[items(scalar("touch"), scalar(c))]),
    ),
    "operator": lambda c: node(
        "OperatorFuncNode",
        "operator.methodcaller",
        attrs=node("TupleNode", "builtins.tuple", content=[scalar("system")]),
    ),
    "method": lambda c: node(
        "MethodNode", "os.system", content={"func": "system", "obj": scalar(c)}
    ),
    "function": lambda c: node("FunctionNode", "os.system"),
    "object": lambda c: node("ObjectNode", "subprocess.Popen", content=dictionary({})),
    "loss": lambda c: node(
        "LossNode",
        "subprocess.Popen",
        __reduce__={"args": node("TupleNode", "builtins.tuple", content=[scalar(f"touch {c}")])},
        content=dictionary({}),
    ),
    # These skops would trust without being asked.
    "trusted estimator": lambda c: node(
        "ObjectNode", "sklearn.linear_model._ridge.Ridge", content=dictionary({})
    ),
    "trusted function": lambda c: node("FunctionNode", "scipy.special._ufuncs.expit"),
    "trusted container": lambda c: node(
        "DefaultDictNode",
        "collections.defaultdict",
        content={"main": dictionary({}), "default_factory": TEXT},
    ),
    "random state": lambda c: node(
        "RandomStateNode", "numpy.random.mtrand.RandomState", content=dictionary({})
    ),
    "object array": lambda c: node(
        "NdArrayNode",
        "numpy.ndarray",
        type="json",
        content=[call_on_load(os.system, f"touch {c}")],
        shape=node("TupleNode", "builtins.tuple", content=[scalar(1)]),
    ),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_foreign_type_is_refused_and_not_run(attack, unpacked, read, tmp_path):
    canary = tmp_path / "canary"
    parts = unpacked("svr-rbf-kbest")
    add_attribute(step(parts, "model"), "extra", ATTACKS[attack](str(canary)))
    with pytest.raises(InputError, match="foreign type"):
        read(parts)
    assert not canary.exists()


@pytest.mark.parametrize("attack", ["call", "constructor", "partial"])
def test_a_foreign_root_is_refused_and_not_run(attack, unpacked, read, tmp_path):
    canary = tmp_path / "canary"
    parts = unpacked("svr-rbf-kbest")
    parts.state = {**ATTACKS[attack](str(canary)), "protocol": SKOPS_PROTOCOL}
    with pytest.raises(InputError, match="foreign type"):
        read(parts)
    assert not canary.exists()


def test_skops_own_audit_stands_behind_ours(unpacked, read, tmp_path, monkeypatch):
    canary = tmp_path / "canary"
    monkeypatch.setattr("clusteract.model.state.StateAudit.check", lambda audit, root: None)
    parts = unpacked("svr-rbf-kbest")
    parts.state = {**ATTACKS["call"](str(canary)), "protocol": SKOPS_PROTOCOL}
    with pytest.raises(InputError, match=r"holds a foreign type: posix\.system"):
        read(parts)
    assert not canary.exists()


def test_a_state_that_contradicts_itself_cannot_be_built(unpacked, read):
    parts = unpacked("svr-rbf-kbest")
    step(parts, "model")["content"] = scalar("text")
    with pytest.raises(InputError, match="can't be built"):
        read(parts)


def first_tree(parts):
    return attributes(attributes(step(parts, "model"))["estimators_"]["content"][0])["tree_"]


def edit_nodes(parts, edit):
    tree = first_tree(parts)
    file = tree["content"]["content"]["nodes"]["file"]
    nodes = np.load(npy(parts.arrays[file]))
    edit(nodes)
    parts.arrays[file] = npy(nodes)


def set_root(field, value):
    def edit(nodes):
        nodes[field][0] = value

    return edit


@pytest.mark.parametrize(
    "edit",
    [
        set_root("left_child", 10**9),
        set_root("right_child", -7),
        set_root("left_child", 0),
        set_root("feature", 10**6),
        set_root("feature", -3),
        lambda nodes: nodes["right_child"].__setitem__(nodes["left_child"] == -1, 1),
    ],
    ids=["beyond the end", "before the start", "a loop", "no column", "below zero", "half a leaf"],
)
def test_a_tree_that_would_read_outside_its_memory_is_refused(edit, unpacked, read):
    parts = unpacked("rfr-kbest")
    edit_nodes(parts, edit)
    with pytest.raises(InputError, match="a tree whose branches lead nowhere"):
        read(parts)


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (
            lambda t: t["content"]["content"].update(node_count=scalar(10**9)),
            "a tree of 10+ nodes",
        ),
        (lambda t: t["__reduce__"]["args"]["content"].__setitem__(2, scalar(10**6)), "several out"),
        (lambda t: t["__reduce__"]["args"]["content"].__setitem__(0, scalar(99)), "other columns"),
        (lambda t: t["content"]["content"].pop("values"), "a tree with"),
        (lambda t: t.update(content=scalar("{}")), "a tree with"),
    ],
)
def test_a_tree_of_other_sizes_than_its_arrays_is_refused(edit, message, unpacked, read):
    parts = unpacked("rfr-kbest")
    edit(first_tree(parts))
    with pytest.raises(InputError, match=message):
        read(parts)


def shorten(parts, node):
    parts.arrays[node["file"]] = npy(np.load(npy(parts.arrays[node["file"]])).ravel()[:-1])


@pytest.mark.parametrize(
    "name", ["support_", "support_vectors_", "_dual_coef_", "_n_support", "_intercept_"]
)
def test_support_vectors_that_do_not_fit_are_refused(name, unpacked, read):
    parts = unpacked("svr-rbf-kbest")
    shorten(parts, attributes(step(parts, "model"))[name])
    with pytest.raises(InputError, match="not sound"):
        read(parts)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("_impl", "c_svc", "overrides _impl"),
        ("predict", "x", "overrides predict"),
        ("kernel", "precomputed", "kernel 'precomputed'"),
        ("_sparse", True, "a sparse SVR"),
        ("verbose", 1, "has verbose set"),
    ],
)
def test_an_svr_that_would_take_another_path_is_refused(name, value, message, unpacked, read):
    parts = unpacked("svr-rbf-kbest")
    model = step(parts, "model")
    if name in attributes(model):
        attributes(model)[name] = scalar(value)
    else:
        add_attribute(model, name, scalar(value))
    with pytest.raises(InputError, match=message):
        read(parts)


def test_a_pipeline_with_a_cache_of_pickles_is_refused(unpacked, read, tmp_path):
    parts = unpacked("svr-rbf-kbest")
    attributes(parts.state)["memory"] = scalar(str(tmp_path / "cache"))
    with pytest.raises(InputError, match="has memory set"):
        read(parts)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda s: s.update(protocol=SKOPS_PROTOCOL - 1), "protocol"),
        (lambda s: s.update(protocol=SKOPS_PROTOCOL + 1), "protocol"),
        (lambda s: s.update(__id__=1), "unknown key '__id__'"),
        (lambda s: s.pop("content"), "malformed"),
        (lambda s: s["content"]["key_types"]["content"].pop(), "not all text"),
        (lambda s: attributes(s).update(steps=scalar([1])), "no number or text"),
        (lambda s: attributes(s).update(steps=items()), "no steps"),
        (lambda s: attributes(s)["steps"]["content"].pop(), "last step is no regressor"),
    ],
)
def test_a_malformed_state_is_refused(edit, message, unpacked, read):
    parts = unpacked("svr-rbf-kbest")
    edit(parts.state)
    with pytest.raises(InputError, match=message):
        read(parts)


def test_a_state_without_end_is_refused(unpacked, read):
    parts = unpacked("svr-rbf-kbest")
    nested = scalar(1)
    for _ in range(50):
        nested = items(nested)
    add_attribute(parts.state, "extra", nested)
    with pytest.raises(InputError, match="more than 40 levels"):
        read(parts)


def test_one_array_named_a_thousand_times_is_refused(unpacked, read, monkeypatch):
    monkeypatch.setattr("clusteract.model.grammar.MAX_UNPACKED_BYTES", 100_000)
    parts = unpacked("svr-rbf-kbest")
    array = attributes(step(parts, "model"))["support_vectors_"]
    add_attribute(parts.state, "extra", items(*[dict(array) for _ in range(1000)]))
    with pytest.raises(InputError, match="arrays of more than 100,000 bytes"):
        read(parts)


def test_networks_whose_layers_do_not_fit_are_refused(unpacked, read):
    for name in ("mlp-kbest", "dense-kbest"):
        parts = unpacked(name)
        layers = attributes(step(parts, "model"))["coefs_"]["content"]
        layers[0], layers[1] = layers[1], layers[0]
        with pytest.raises(InputError, match="not sound"):
            read(parts)


def replace_array(name, change):
    """Return an edit that changes one of the arrays that reliability remembers."""

    def edit(parts):
        file = attributes(step(parts, "reliability"))[name]["file"]
        parts.arrays[file] = npy(change(np.load(npy(parts.arrays[file]))))

    return edit


def edit_labels(change):
    def edit(parts):
        change(attributes(step(parts, "reliability"))["labels_"]["content"])

    return edit


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (replace_array("clusters_", lambda a: a[:, :-1]), "an array is not"),
        (replace_array("clusters_", lambda a: a[:3]), "too few training clusters|not sound"),
        (replace_array("clusters_", lambda a: np.full_like(a, np.inf)), "an infinite descriptor"),
        (replace_array("clusters_", lambda a: a.astype(np.float32)), "an array is not"),
        (replace_array("errors_", lambda a: a[:-1]), "an array is not"),
        (replace_array("errors_", lambda a: np.full_like(a, np.nan)), "that is no number"),
        (replace_array("targets_", lambda a: np.full_like(a, np.inf)), "that is no number"),
        (replace_array("targets_", lambda a: a.astype(np.int64)), "an array is not"),
        (replace_array("tested_", lambda a: a[:-1]), "an array is not"),
        (replace_array("tested_", lambda a: 0 * a), "a limit below its own"),
        (replace_array("tested_", lambda a: np.full_like(a, np.inf)), "a limit below its own"),
        (edit_labels(list.pop), "clusters without labels"),
        (edit_labels(lambda c: c.__setitem__(0, scalar(7))), "a label that is no text"),
        (
            lambda p: add_attribute(step(p, "reliability"), "transform", scalar("x")),
            "overrides transform",
        ),
    ],
)
def test_a_memory_of_training_that_does_not_fit_is_refused(edit, message, unpacked, read):
    parts = unpacked("svr-rbf-kbest")
    edit(parts)
    with pytest.raises(InputError, match=message):
        read(parts)


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda m: m.update(init_=scalar("zero")), "starts from something else"),
        (lambda m: m.update(_loss=m["init_"]), "another loss|is incomplete"),
        (lambda m: m.update(learning_rate=scalar("0.1")), "a learning rate that is no number"),
        (lambda m: m["estimators_"]["content"].clear(), "not sound|can't be built"),
        (lambda m: m["estimators_"]["content"][0].update(content=[m["init_"]]), "among its trees"),
    ],
)
def test_boosting_of_other_parts_is_refused(edit, message, unpacked, read):
    parts = unpacked("boosted-made")
    edit(attributes(step(parts, "model")))
    with pytest.raises(InputError, match=message):
        read(parts)


def test_every_allowed_type_has_a_check_of_what_it_learned():
    assert set(_CHECKS) == set(ESTIMATORS)


def test_skops_still_writes_the_protocol_that_is_audited(unpacked):
    assert unpacked("svr-rbf-kbest").state["protocol"] == SKOPS_PROTOCOL
