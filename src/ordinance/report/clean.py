# SPDX-License-Identifier: EUPL-1.2
"""Makes untrusted strings safe to look at: host names, apps and notes come from outside.

Reads any JSON value, writes the same value with control, bidirectional and surrogate characters
as U+FFFD. It does not escape HTML; the template engine does that. It cannot spot look-alike letters.
"""

from __future__ import annotations

import re
from typing import Any

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

# C0, DEL and C1; the bidirectional marks, embeddings, overrides and isolates of UAX #9; line and
# paragraph separators; lone surrogates, which JSON can carry and UTF-8 cannot.
_HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def clean_text(untrusted_text: str) -> str:
    """The text without white space at its ends (YAML leaves a line feed) and nothing hidden in it."""
    return _HIDDEN.sub(REPLACEMENT, untrusted_text.strip())


def clean(untrusted: Any) -> Any:
    """A JSON value with every string cleaned, keys included."""
    if isinstance(untrusted, str):
        return clean_text(untrusted)
    if isinstance(untrusted, dict):
        return {clean_text(str(key)): clean(value) for key, value in untrusted.items()}
    if isinstance(untrusted, list | tuple):
        return [clean(value) for value in untrusted]
    return untrusted
