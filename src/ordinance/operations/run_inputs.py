# SPDX-License-Identifier: EUPL-1.2
"""What a run was made from, as its document says it: each file with its digest, or a source as a whole.

Reads: names and digests of files. Writes: rows of the document. A plain digest confirms a guess: who knows all of one
device's file but one app tries both. So what is published has digests with the key of the pseudonyms, and names no
file, since a file of one device is the device. Cannot know who else has the key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ordinance.model.evidence import Gone
from ordinance.store.keys import Pseudonyms

Files = Sequence[tuple[str, str]]  # name and SHA-256


def input_rows(read: Iterable[tuple[str, Files]], pseudonyms: Pseudonyms, *, individual: bool) -> list[dict[str, Any]]:
    """`source`, `file` and `sha256` of each file; without `individual` one `digest` for each source that has any.

    The digest is the same in two runs that read the same files of a source, under the same names. How many there are is
    not said: where each device has a file it is how many devices were seen.
    """
    if individual:
        return [{"source": s, "file": file, "sha256": digest} for s, files in read for file, digest in files]
    every: dict[str, list[tuple[str, str]]] = {}
    for source, files in read:
        every.setdefault(source, []).extend(files)
    return [
        {"source": source, "digest": pseudonyms.digest(source, *(w for f in files for w in f))}
        for source, files in every.items()
        if files
    ]


def gone_row(source: str, gone: Gone, pseudonyms: Pseudonyms, *, individual: bool) -> dict[str, Any]:
    """Files that are gone and still count: their `inputs` with `text_sha256`, or one `digest` over all of them.

    How many they are, and their records, are numbers of devices where each has a file: a published document has only
    whether there are any (`disclosure.coarse`).
    """
    found: dict[str, Any] = {"files": gone.files, "records": gone.records, "kept": gone.kept}
    if individual:
        return {**found, "inputs": [{"file": file, "text_sha256": digest} for file, digest in gone.inputs]}
    return {**found, "digest": pseudonyms.digest(source, *(word for one in gone.inputs for word in one))}


def digest_of(what: str, plain: str, pseudonyms: Pseudonyms, *, individual: bool) -> Mapping[str, str]:
    """The digest of files about people that are no evidence: those of the estate, and what was written on findings."""
    return {"digest": plain if individual or not plain else pseudonyms.digest(what, plain)}
