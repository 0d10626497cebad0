"""Layers of a loaded thinc model put in place of others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from thinc.api import Model


def replace_layers(
    model: Model[Any, Any],
    name: str,
    *,
    is_known: Callable[[Model[Any, Any]], bool],
    forward: Callable[[Model[Any, Any]], Any],
) -> int:
    """Put others in place of some layers of a model, which compute the same.

    Args:
        model: the model of a component.
        name: of the new layers.
        is_known: whether a layer is one that can be replaced.
        forward: makes the forward function of the new layer from the old one.

    Returns:
        How many were replaced.
    """
    replaced = 0
    for parent in list(model.walk()):
        for place, layer in enumerate(parent.layers):
            if is_known(layer):
                parent.layers[place] = Model(name, forward(layer), dims={"nO": layer.maybe_get_dim("nO")})
                replaced += 1
    return replaced
