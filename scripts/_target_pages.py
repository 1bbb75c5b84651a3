# SPDX-License-Identifier: EUPL-1.2
"""The page of the reference that lists the targets, made from their tables."""

from __future__ import annotations

from ordinance.model.apps import Surface
from ordinance.model.target import Proof
from ordinance.operations.target_list import list_targets

PROOF = {
    Proof.BEHAVES: "started and asked",
    Proof.CONTRACT_ONLY: "contract only",
    Proof.WORDS: "people read it",
}


def page() -> str:
    """One row a target; what it carries out, and how sure that is."""
    rows = ["| target | configures | program | how sure | carries out |", "|---|---|---|---|---|"]
    for one in list_targets():
        carried = "; ".join(f"`{c['duty']}` on {_surfaces(c['surfaces'])}" for c in one["carries_out"])
        link = f"[`{one['id']}`](targets/{one['id']}.md) {one['title']}"
        rows.append(f"| {link} | {one['for']} | {one['consumer']} | {PROOF[Proof(one['proof'])]} | {carried} |")
    return "\n".join(
        [
            "# Targets",
            "",
            "What Ordinance writes configuration for. *Started and asked*: the tests start the real program with these",
            "files and ask for restricted names and for their neighbours. *Contract only*: the files follow what the",
            "vendor publishes, and no program was there to be asked. What a target does not do comes back as a gap.",
            "",
            *rows,
            "",
        ]
    )


def _surfaces(carried: list[str]) -> str:
    return "every surface" if len(carried) == len(Surface) else ", ".join(carried)
