# SPDX-License-Identifier: EUPL-1.2
"""What follows from a law alone is computed once for each law.

A law, its texts and their clauses never change, so a value that depends on them and on nothing else stays true. It
is kept on the law itself: no global state, and it is gone when the law is. Purity holds: an answer is the same
whether it was kept or not.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from ordinance.model.law import Law

P = ParamSpec("P")
T = TypeVar("T")


def once_per_law(function: Callable[Concatenate[Law, P], T]) -> Callable[Concatenate[Law, P], T]:
    """Keep what a pure function of a law and of parts of laws gives.

    Parts are told apart by identity: comparing two texts costs more than most answers. They are kept beside the
    answer, so that no identity can come to stand for another object. Only for parts that live as long as the law.
    """

    @wraps(function)
    def kept(law: Law, /, *args: P.args, **kwargs: P.kwargs) -> T:
        parts = (*args, *kwargs.values())
        key = (function, *kwargs, *map(id, parts))
        found = law.memo.get(key)
        if found is None:
            found = law.memo[key] = (parts, function(law, *args, **kwargs))
        answer: T = found[1]
        return answer

    return kept
