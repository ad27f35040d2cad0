"""Editing a saved model's file, as an attacker or a bad disk would."""

import io
import json
import zipfile

import numpy as np


def repack(parts, **more) -> bytes:
    """Return the bytes of a tampered model file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("schema.json", json.dumps(parts.schema))
        archive.writestr("pipeline.json", json.dumps(parts.state))
        for name, data in {**parts.arrays, **more}.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def attributes(node) -> dict:
    """Return the nodes of an object's attributes."""
    return node["content"]["content"]


def step(parts, name):
    """Return the node of a pipeline's step."""
    for pair in attributes(parts.state)["steps"]["content"]:
        if json.loads(pair["content"][0]["content"]) == name:
            return pair["content"][1]
    raise KeyError(name)


def scalar(value) -> dict:
    """Return the node of a number or text."""
    return {
        "__class__": "str",
        "__module__": "builtins",
        "__loader__": "JsonNode",
        "content": json.dumps(value),
        "is_json": True,
    }


def add_attribute(node, name, value) -> None:
    """Give an object's node one more attribute."""
    inner = node["content"]
    inner["content"][name] = value
    inner["key_types"]["content"].append(dict(inner["key_types"]["content"][0]))


def npy(content):
    """Return an array as .npy bytes, or bytes as a stream to load an array from."""
    if isinstance(content, bytes):
        return io.BytesIO(content)
    buffer = io.BytesIO()
    np.save(buffer, content)
    return buffer.getvalue()
