"""Build the spaCy pipeline: the model, the tokenizer's repairs and our components, in the one place that knows their order.

What belongs here: `PIPES` and `build_nlp`. What does not: any rule about text.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokenizer import Tokenizer
from thinc.api import use_ops

from pipelines.collection import uncollected
from pipelines.errors import ModelMissingError
from pipelines.nlp.annotations import set_extensions
from pipelines.nlp.inference.factory import replace_components
from pipelines.nlp.packages import PACKAGED_SUFFIX

# The readable order: each component may read what the ones before it wrote (see annotations.py).
PIPES = (
    "repairs",  # before the parser: sentence starts and hyphenated verbs that the small model gets wrong
    "lemmas",  # lemmas of verbs that the lemmatizer gets wrong
    "times",  # time expressions to TIMEX3
    "quantities",  # money, percentages and counts
    "names",  # proper names with label, title, country and sector
    "places",  # toponyms to coordinates
    "coreference",  # name variants, nominals and pronouns to one entity each
    "quotations",  # quotations with cue and speaker
    "clauses",  # predicates with arguments and operators
    "events",  # PLOVER events
)
_UNREAD, _SPACYS = "communique.UnreadTokenizer.v1", '"@tokenizers":"spacy.Tokenizer.v1"'


@uncollected()
def build_nlp(
    model: str = "en_core_web_sm", *, pipes: tuple[str, ...] = PIPES, is_explaining: bool = False
) -> Language:
    """Load a spaCy pipeline and add our components to it.

    Args:
        model: name of an installed spaCy pipeline with tagger, parser, lemmatizer and NER.
        pipes: which of `PIPES` to add, in this order.
        is_explaining: keep on each Doc how its events were decided (`events/explanation.py`).

    Returns:
        A pipeline whose Docs carry the extensions of `annotations.py`.

    Raises:
        ModelMissingError: no such pipeline is installed.
    """
    set_extensions()
    # NumPy's matrix product, which has kernels for the machine at hand, is twice as fast as the generic one of thinc's wheel.
    with use_ops("numpy", use_blis=False):
        name = _installed(model)
        nlp = spacy.load(name, config=_unread_tokenizer(name))
    replace_components(nlp)
    for pipe in pipes:
        import_module(f"pipelines.nlp.{pipe}.factory")
        before_parser = pipe == "repairs" and "parser" in nlp.pipe_names
        nlp.add_pipe(f"communique_{pipe}", name=pipe, before="parser" if before_parser else None)
    if is_explaining:
        nlp.get_pipe("events").is_explaining = True  # type: ignore[attr-defined]
    return nlp


@spacy.registry.tokenizers(_UNREAD)
def _make_unread() -> Callable[[Language], Tokenizer]:
    return lambda nlp: Tokenizer(nlp.vocab)


def _unread_tokenizer(name: str) -> dict[str, Any]:
    """Lets a model's tokenizer be made without the language's 1,300 special cases, as reading the model replaces them."""
    folders = (spec.submodule_search_locations if (spec := find_spec(name)) else None) or ()
    folder = next((found for place in folders for found in Path(place).glob(f"{name}-*") if found.is_dir()), None)
    if folder is None or not (folder / "tokenizer").is_file():
        return {}
    is_spacys = _SPACYS in (folder / "config.cfg").read_text(encoding="utf-8")
    return {"nlp": {"tokenizer": {"@tokenizers": _UNREAD}}} if is_spacys else {}


def _installed(model: str) -> str:
    for name in (model, model + PACKAGED_SUFFIX):
        if find_spec(name):
            return name
    raise ModelMissingError(
        f"the spaCy pipeline {model!r} is not installed; install it or set COMMUNIQUE_MODEL to an installed one"
    )
