# SPDX-License-Identifier: EUPL-1.2
"""Pages of the reference about the families of the catalogue: one each, made from its data, and one that lists them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ordinance.catalogue.load import load
from ordinance.model.apps import Family, Identifier, Kind, Role

FOLDER = "apps"
ROLES = {
    Role.APP_ONLY: "only the app asks for it",
    Role.WEB: "the site, or the site and the app",
    Role.EMBED: "something inside other sites or apps",
    Role.SHARED: "serves other products too",
}
FEW = {
    "shared_with_web": "app and site ask the same hosts",
    "shared_with_others": "its app asks hosts that serve other products too",
    "many_servers": "the app speaks to whichever server its user chose",
    "no_names": "the app goes to addresses that it carries",
    "no_source": "no source was found that says which",
}


def pages() -> dict[str, str]:
    """Each page by its path below the reference."""
    families = load().families
    return {f"{FOLDER}/{f.id}.md": page(f) for f in families} | {f"{FOLDER}.md": index(families)}


def index(families: Iterable[Family]) -> str:
    """The list of families."""
    catalogue = load()
    rows = ["| family | made by | names | of the app alone | other ids |", "|---|---|---|---|---|"]
    for family in families:
        names = [i for i in family.identifiers if i.kind is Kind.DOMAIN]
        alone = sum(i.role is Role.APP_ONLY for i in names)
        others = len(family.identifiers) - len(names)
        link = f"[{family.name}]({FOLDER}/{family.id}.md)"
        rows.append(f"| {link} | {family.vendor} | {len(names)} | {alone} | {others} |")
    return "\n".join(
        [
            "# The catalogue",
            "",
            "What an app is, by family; a rule names a family or a member (`family/member`). Restricted is not",
            "malicious: a family is here because decisions name it, or to be told apart from one that they name.",
            f"Version {catalogue.version}. What a name can and cannot prove: [evidence](../explain/evidence.md).",
            "Names of no app, whose use hides a device from an office's logs: [names past the logs](unseen.md).",
            "",
            *rows,
            "",
        ]
    )


def page(family: Family) -> str:
    """One family: its members, then its names by role, each group with who says so."""
    catalogue = load()
    facts = catalogue.facts(f"{family.id}/{family.members[0].id}")
    lines = [f"# {family.name}", "", f"`{family.id}`, made by {family.vendor}."]
    countries = ", ".join(sorted(facts.origins)) if facts.origins else "not known"
    lines += ["", f"Countries of the vendor and of who controls it: {countries}."]
    if family.categories:
        lines += ["", f"For: {', '.join(sorted(c.replace('_', ' ') for c in family.categories))}."]
    if family.note:
        lines += ["", family.note]
    if family.few_app_only:
        lines += ["", f"Fewer than three names of the app alone are known: {FEW[family.few_app_only]}."]
    cites = dict(family.cites)
    for member in family.members:
        lines += ["", f"## {member.name}", "", f"`{family.id}/{member.id}`"]
        if member.no_identifiers:
            lines += ["", f"No identifiers: {member.no_identifiers.replace('_', ' ')}."]
        lines += _table(member.identifiers)
    if family.declined:
        lines += ["", "## Looked at and left out", "", "Names that lists give to this family.", ""]
        lines += ["| names | why | shown by |", "|---|---|---|"]
        for one in family.declined:
            lines.append(f"| {' '.join(f'`{v}`' for v in one.values)} | {_text(one.why)} | {', '.join(one.cites)} |")
    lines += ["", "## Sources", ""]
    for key, cite in cites.items():
        when = f", looked at on {cite.retrieved.isoformat()}" if cite.retrieved else ""
        title = f"[{_text(cite.title)}]({cite.url})" if cite.url else _text(cite.title)
        lines.append(f"- `{key}`: {title}{when}")
    lines += [
        f"- `{key}` (the vendor): [{_text(c.title)}]({c.url})"
        for key, c in catalogue.vendor_cites
        if any(key in v.cites for v in catalogue.vendors if v.id == family.vendor_id)
    ]
    return "\n".join([*lines, ""])


def _table(identifiers: Iterable[Identifier]) -> list[str]:
    """Names that share everything else in one row."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for one in identifiers:
        what = ROLES[one.role] if one.role else one.kind.replace("_", " ")
        retired = f", given up by {one.retired.isoformat()}" if one.retired else ""
        seen = one.seen.isoformat() if one.seen else ""
        key = (what, str(one.confidence), f"{seen}{retired}", ", ".join(one.cites), one.note)
        groups.setdefault(key, []).append(f"`{one.value}`")
    if not groups:
        return []
    rows = ["", "| what | how sure | seen | who says so | values | note |", "|---|---|---|---|---|---|"]
    for (what, sure, seen, cites, note), values in groups.items():
        rows.append(f"| {what} | {sure} | {seen} | {cites} | {' '.join(values)} | {_text(note)} |")
    return rows


def _text(text: str) -> str:
    """A text of the data within a table or a link."""
    escaped: Mapping[str, str] = {"|": "\\|", "[": "\\[", "]": "\\]", "<": "&lt;", "\n": " "}
    return "".join(escaped.get(c, c) for c in text)
