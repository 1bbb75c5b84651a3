# SPDX-License-Identifier: EUPL-1.2
"""Names that a policy zone blocks: each must come with its wildcard."""

from __future__ import annotations

from ordinance.model.target import Compiled

from ..master_file import records


def blocked(compiled: Compiled) -> set[str]:
    """Names a reader of master files finds in a policy zone whose answer is that a name does not exist."""
    (zone,) = (a for a in compiled.artefacts if a.path.endswith(".zone"))
    found = records(zone.content)
    soa, ns, *rules = found
    assert (soa.type, ns.type, soa.owner) == ("SOA", "NS", ns.owner)
    owners = [r.owner.removesuffix("." + soa.owner) for r in rules]
    assert all(r.owner.endswith("." + soa.owner) for r in rules)
    free = {o for o in owners if o.endswith(".rpz-client-ip")}
    assert len(free) == len(zone.left_out)
    assert {(r.type, r.data) for r, o in zip(rules, owners, strict=True) if o in free} <= {
        ("CNAME", ("rpz-passthru.",))
    }
    assert {(r.type, r.data) for r, o in zip(rules, owners, strict=True) if o not in free} <= {("CNAME", (".",))}
    apexes = {o for o in owners if not o.startswith("*.") and o not in free}
    assert len(owners) == len(set(owners))
    assert set(owners) == apexes | {f"*.{a}" for a in apexes} | free
    return apexes
