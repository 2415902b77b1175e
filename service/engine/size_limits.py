"""Rejects a spec that is too large, before anything is allocated."""

from __future__ import annotations

from service.engine.layers.base import Layer
from service.engine.layers.dense import Dense
from service.engine.spec import NetworkSpec
from service.schema.validation import SpecError, ValidationIssue


def reject_beyond(spec: NetworkSpec, max_parameters: int, max_cost: int) -> None:
    """Count before allocating, so that a billion units cost nothing."""
    if spec.inputs > max_cost:
        raise SpecError([ValidationIssue(("inputs",), f"must be at most {max_cost:,}, got {spec.inputs:,}")])
    parameters, numbers = 0, spec.inputs
    of_members = f" of {spec.member_count} members" if spec.member_count > 1 else ""
    for place, recipe in enumerate(spec.recipes):
        width = spec.inputs if recipe.inputs is None else len(recipe.inputs)
        own = () if recipe.layers is None else ("members", place)
        for index, layer in enumerate(recipe.read_by(spec.layers)):
            path = (*own, "layers", index, *(("units",) if isinstance(layer, Dense) else ()))
            more_parameters, more_numbers = _count(layer, width)
            parameters += recipe.count * more_parameters
            numbers += recipe.count * more_numbers
            if parameters > max_parameters:
                message = f"the network would have {parameters:,} parameters{of_members} up to here; at most "
                raise SpecError([ValidationIssue(path, message + f"{max_parameters:,} are allowed")])
            if parameters + numbers > max_cost:
                count = parameters + numbers
                message = f"parameters and outputs of all layers{of_members} up to here are {count:,} numbers; at most "
                raise SpecError([ValidationIssue(path, message + f"{max_cost:,} are allowed")])
            width = layer.outputs(width)


def _count(layer: Layer, inputs: int) -> tuple[int, int]:
    """Parameters and outputs of a layer and those inside of it."""
    parameters, outputs = sum(tensor.size for tensor in layer.tensors(inputs)), layer.outputs(inputs)
    for child in layer.children():
        more_parameters, more_outputs = _count(child, inputs)
        parameters, outputs = parameters + more_parameters, outputs + more_outputs
        inputs = child.outputs(inputs)
    return parameters, outputs
