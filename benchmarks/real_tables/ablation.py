"""Proposals without one of their ingredients: what each is worth, and what all of them cost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Body = dict[str, Any]
#: Takes the bodies of `POST /networks` and `POST /train`, and returns them changed.
Change = Callable[[Body, Body], tuple[Body, Body]]


def as_proposed(network: Body, train: Body) -> tuple[Body, Body]:
    return network, train


def one_member(network: Body, train: Body) -> tuple[Body, Body]:
    return {name: value for name, value in network.items() if name != "members"}, train


def only_plain(network: Body, train: Body) -> tuple[Body, Body]:
    return _of_one_recipe(network, "number"), train


def only_piecewise(network: Body, train: Body) -> tuple[Body, Body]:
    return _of_one_recipe(network, "piecewise"), train


def untidied(network: Body, train: Body) -> tuple[Body, Body]:
    """Numbers without logarithm and clip, all words that the table has, answers that are not held to a range."""
    target = {name: value for name, value in network["target"].items() if name != "bounded"}
    return network | {"inputs": [_plain(column) for column in network["inputs"]], "target": target}, train


def uncalibrated(network: Body, train: Body) -> tuple[Body, Body]:
    return network, {name: value for name, value in train.items() if name != "calibrate"}


def undropped(network: Body, train: Body) -> tuple[Body, Body]:
    return network | {"layers": [layer for layer in network["layers"] if layer["type"] != "dropout"]}, train


def _of_one_recipe(network: Body, encode: str) -> Body:
    members = network.get("members", 1)
    count = members if isinstance(members, int) else sum(recipe.get("count", 1) for recipe in members)
    return network | {"members": [{"count": count, "encode": encode}] if count > 1 else 1}


def _plain(column: Body) -> Body:
    tidied = ("log", "clip", "categories", "size")
    return {name: value for name, value in column.items() if name not in tidied}


#: By what is left out or changed.
CHANGES: Mapping[str, Change] = {
    "one member": one_member,
    "no piecewise members": only_plain,
    "piecewise members only": only_piecewise,
    "columns as they are": untidied,
    "no temperature": uncalibrated,
    "no dropout": undropped,
}
