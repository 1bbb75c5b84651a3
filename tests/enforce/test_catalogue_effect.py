# SPDX-License-Identifier: EUPL-1.2
"""What a newer catalogue changes for a body: what is blocked and recognised, for the classes that it reaches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime

from bodies import instant, workspace
from ordinance.catalogue.load import load, load_version
from ordinance.enforce.catalogue_effect import Changed, changed, devices_of, reached
from ordinance.enforce.plan import make_plan
from ordinance.model.apps import Catalogue, Confidence, Identifier, Kind, Role, Surface
from ordinance.model.estate import Platform
from ordinance.model.evidence import Answered, NameAsked, Where
from ordinance.model.law import Duty
from ordinance.model.target import Artefact, Compiled, Demand, Plan
from ordinance.targets.dns_rpz import DnsRpz
from ordinance.verify.grades import proves_use

AT = datetime(2026, 11, 26, tzinfo=UTC)
PHONES: Mapping[str, Platform | None] = {"phones": Platform.ANDROID, "laptops": Platform.WINDOWS, "others": None}


def identifier(value: str, kind: Kind = Kind.DOMAIN, role: Role | None = Role.APP_ONLY) -> Identifier:
    return Identifier(kind, value, "clip", "clip", Confidence.HIGH, role, seen=date(2026, 1, 1))


NAME, OTHER = identifier("api.clip.example"), identifier("log.clip.example")
SITE, PACKAGE = identifier("clip.example", role=Role.WEB), identifier("com.clip", Kind.PACKAGE_NAME, None)


def plan(identifiers: Iterable[Identifier], *duties: Duty, app: str = "clip/clip") -> Plan:
    demands = tuple(
        Demand("rule/one", d, app, Surface.APP, AT, tuple(identifiers), False, tuple(sorted(PHONES)), 5) for d in duties
    )
    return Plan("body", AT, "1", demands)


def compiled(*values: str, below: tuple[str, ...] = (), app: str = "clip/clip") -> dict[str, Compiled]:
    """What a target writes, and what of the plan is blocked by it: that, and what lies below."""
    lines = tuple(("rule/one", Duty.BLOCK_TRAFFIC, app, Surface.APP, v) for v in (*values, *below))
    return {"dns": Compiled((Artefact("dns/zone", b"", values, lines),), (), ())}


Blocked = tuple[tuple[str, ...], tuple[str, ...]]


def difference(before: Plan, after: Plan, blocked: Blocked = ((), ())) -> tuple[Changed, ...]:
    old, new = (reached(p, compiled(*b), PHONES) for p, b in zip((before, after), blocked, strict=True))
    return changed(old, new)


def test_blocked_is_what_a_target_blocks() -> None:
    """A name that is asked for and that no target blocks is no news; one that it stops blocking is."""
    both = plan((NAME, OTHER), Duty.BLOCK_TRAFFIC)
    assert difference(both, both) == ()
    (new,) = difference(both, both, ((), ("api.clip.example",)))
    assert (new.gone, new.targets, new.values, new.duties) == (False, ("dns",), (NAME.value,), (Duty.BLOCK_TRAFFIC,))
    assert new.classes == ("laptops", "others", "phones")
    (gone,) = difference(both, both, ((NAME.value, OTHER.value), (OTHER.value,)))
    assert (gone.gone, gone.values) == (True, (NAME.value,))


def test_what_a_name_above_blocked_is_no_news() -> None:
    """Neither that it has a row of its own now, nor that its row is filed under another app."""
    site = plan((SITE, NAME), Duty.BLOCK_TRAFFIC)
    whole = compiled("clip.example", below=("api.clip.example",))
    assert changed(reached(plan((SITE,), Duty.BLOCK_TRAFFIC), compiled("clip.example"), PHONES),
                   reached(site, whole, PHONES)) == ()  # fmt: skip
    other = plan((NAME,), Duty.BLOCK_TRAFFIC, app="clip/lite")
    assert changed(reached(plan((NAME,), Duty.BLOCK_TRAFFIC), compiled(NAME.value), PHONES),
                   reached(other, compiled(NAME.value, app="clip/lite"), PHONES)) == ()  # fmt: skip


def blocking(one: Plan) -> Plan:
    """The same for the same classes, as a block of one name."""
    demands = tuple(replace(d, duty=Duty.BLOCK_TRAFFIC, identifiers=(NAME,)) for d in one.demands)
    return replace(one, demands=demands)


def test_whom_else_it_reaches() -> None:
    """An id that was known for some classes before: only those that are new to it, or are no longer reached."""
    before = plan((PACKAGE,), Duty.REMOVE)
    (one,) = before.demands
    after = replace(before, demands=(replace(one, classes=("more", *one.classes)),))
    (new,) = changed(reached(before, {}, PHONES), reached(after, {}, PHONES))
    assert (new.gone, new.classes, new.values) == (False, ("more",), ("com.clip",))
    (gone,) = changed(reached(after, {}, PHONES), reached(before, {}, PHONES))
    assert (gone.gone, gone.classes) == (True, ("more",))
    blocks, wider = (blocking(p) for p in (before, after))
    (new,) = changed(reached(blocks, compiled(NAME.value), PHONES), reached(wider, compiled(NAME.value), PHONES))
    assert (new.classes, new.targets) == (("more",), ("dns",))


def test_use_shows_in_sure_names_of_the_app_alone() -> None:
    """As a check judges it: not in names of the site, in doubtful ones, or in those that were given up."""
    others = (SITE, replace(OTHER, confidence=Confidence.MEDIUM), identifier("old.clip.example"))
    given_up = replace(others[2], retired=date(2025, 1, 1))
    (new,) = difference(plan((), Duty.STOP_USING), plan((NAME, *others[:2], given_up), Duty.STOP_USING))
    assert new.values == (NAME.value,)
    assert difference(plan((), Duty.REMOVE), plan((NAME, SITE), Duty.REMOVE)) == ()
    for one in (NAME, *others[:2], given_up):
        asked = NameAsked(AT, "192.0.2.5", one.value, one, Answered.ADDRESS, Where("dns", "a.log", 1))
        assert proves_use(asked) is (one in {NAME})


def test_a_kit_recognises_nothing() -> None:
    """Its classes are known so that nobody is accused by them."""
    kit = identifier("com.clip.sdk", Kind.CLASS_PREFIX, Role.EMBED)
    assert difference(plan((), Duty.REMOVE), plan((kit,), Duty.REMOVE)) == ()


def test_an_id_that_no_device_can_have() -> None:
    """It reaches nobody: no row."""
    only = plan((identifier("id123", Kind.BUNDLE_ID, None),), Duty.REMOVE)
    (one,) = only.demands
    only = replace(only, demands=(replace(one, classes=("phones", "laptops")),))
    assert difference(plan((), Duty.REMOVE), only) == ()


def test_an_id_reaches_devices_of_its_platform() -> None:
    """And those whose platform nobody stated. Duties that it serves alike stand together."""
    (new,) = difference(plan((), Duty.REMOVE, Duty.DENY_INSTALL), plan((PACKAGE,), Duty.REMOVE, Duty.DENY_INSTALL))
    assert (new.duties, new.classes) == ((Duty.DENY_INSTALL, Duty.REMOVE), ("others", "phones"))
    assert devices_of([new], {"phones": 3, "laptops": 10}) == 3


def test_what_did_not_change_is_not_said() -> None:
    """A new reason for the same block is in `plan`, not here."""
    assert difference(plan((NAME,), Duty.STOP_USING), plan((NAME,), Duty.STOP_USING)) == ()


def test_a_role_that_changed() -> None:
    """What was the app's alone and is the site's now counts as use no longer."""
    (gone,) = difference(
        plan((NAME,), Duty.STOP_USING), plan((replace(NAME, role=Role.WEB),), Duty.STOP_USING)
    )
    assert (gone.gone, gone.values) == (True, (NAME.value,))


def test_a_body_with_two_catalogues() -> None:
    """Ghent with the version before the catalogue grew: what its resolver would block besides is in no older zone."""
    body = workspace("ghent")
    at = instant("2023-04-10", body)
    before = load_version("2026.11.2")
    assert before is not None

    def blocks(catalogue: Catalogue) -> tuple[Plan, dict[str, Compiled]]:
        law = replace(body.law, catalogue=catalogue)
        made, _ = make_plan(law, catalogue, body.estate, body.body, at)
        settings = next(t.settings for t in body.body.targets)
        return made, {"dns-rpz": DnsRpz().compile(made, settings, 2023041000)}

    (old_plan, old), (new_plan, new) = blocks(before), blocks(load())
    changes = changed(reached(old_plan, old, {}), reached(new_plan, new, {}))
    zones = [{n for a in made["dns-rpz"].artefacts for n in a.entries} for made in (old, new)]
    named = [{v for a in made["dns-rpz"].artefacts for *_, v in a.lines} for made in (old, new)]

    def over(names: set[str], name: str) -> bool:
        return any(name == n or name.endswith(f".{n}") for n in names)

    said = {c.gone: set(c.values) for c in changes if Duty.BLOCK_TRAFFIC in c.duties}
    assert said.get(False, set()) == {n for n in named[1] if not over(zones[0], n)} != set()
    assert said.get(True, set()) == {n for n in named[0] if not over(zones[1], n)}
