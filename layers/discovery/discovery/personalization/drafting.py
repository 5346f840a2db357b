"""Multileaving candidates: the orders that several weights give from one set of scores, and one page of them all."""

import hashlib

import numpy as np

from discovery.experiments.multileaving import Draft, draft
from discovery.personalization.blending import Blend, Candidates, finals
from discovery.policy.policy import Multileaved


def drafted(candidates: Candidates, blended: Blend, multileaved: Multileaved) -> Draft:
    """The draft of all candidates; `blended` has their calibrated scores.

    The same person gets the same draft of the same candidates, on whichever page and however often they look.
    """
    weights = np.fromiter(multileaved.weights.values(), float)[:, np.newaxis]
    orders = np.argsort(-finals(candidates.relevance, blended.scores, weights), axis=1, kind="stable").tolist()
    return draft(dict(zip(multileaved.weights, orders, strict=True)), _seed(candidates, multileaved.key))


def _seed(candidates: Candidates, key: str) -> bytes:
    """Of the person, the experiment and the candidates, which are all that a search is to a draft."""
    return hashlib.sha256("\n".join((key, *candidates.content_ids)).encode()).digest()
