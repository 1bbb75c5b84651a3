# SPDX-License-Identifier: EUPL-1.2
"""Directives of North America, the United Kingdom, NATO and the EU come out as their sources say.

The bodies and devices are invented; outcomes, clauses and instants were written by hand from the facts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from ordinance.catalogue.load import load
from ordinance.model.apps import AppFacts, Surface
from ordinance.model.estate import Access, DeviceFacts, Enrolment, Owner, People, Platform, Use
from ordinance.model.law import (
    Authority,
    ChosenReading,
    Exemption,
    ExternalList,
    Law,
    ListVersion,
    Selector,
    Text,
    TextKind,
    What,
)
from ordinance.model.ruling import DeviceClass, Outcome, Ruling, Subject
from ordinance.model.time import Span, end_of, start_of
from ordinance.policy.exempt import refusals
from ordinance.policy.power import effective_force
from ordinance.policy.resolve import class_of, resolve, subject_of
from ordinance.policy.shipped import load_library

CATALOGUE = load()
AUTHORITIES, TEXTS, _, _ = load_library()
NAMES = (
    *("us-no-tiktok-act", "us-omb-m-23-13", "us-far-52-204-27", "us-bod-17-01", "us-house-cao"),
    *("us-tx-governor-model-plan", "us-tx-sb1893", "us-tx-2025-proclamation", "us-tx-tamus", "us-fl-112-22"),
    *("us-mt-2023", "us-nj-directive", "us-nyc-2023", "us-states-overview", "us-white-house-account-2025"),
    *("ca-tbs-tiktok", "ca-tbs-wechat-kaspersky", "ca-house-of-commons", "uk-cabinet-office", "uk-parliament"),
    *("nato-2023", "eu-parliament", "eu-commission"),
)
OURS = tuple(t for t in TEXTS if t.id in NAMES)

APP, DESKTOP, WEB, NETWORK, VENUE = Surface.APP, Surface.DESKTOP, Surface.WEB, Surface.NETWORK, Surface.VENUE
FORBIDDEN, PERMITTED, UNKNOWN = Outcome.FORBIDDEN, Outcome.PERMITTED, Outcome.UNKNOWN
ADVISED, CONDITIONAL = Outcome.ADVISED_AGAINST, Outcome.CONDITIONAL
TIKTOK, WHATSAPP, SIGNAL = "tiktok/tiktok", "meta/whatsapp", "signal/signal"
OWNED = DeviceFacts(owner=Owner.BODY, use=Use.WORK)
MANAGED = DeviceFacts(owner=Owner.BODY, enrolment=Enrolment.MANAGED)
OWN_PHONE = DeviceFacts(owner=Owner.PERSON, access=Access.NONE, enrolment=Enrolment.NONE, use=Use.WORK)
PRIVATE = DeviceFacts(owner=Owner.PERSON, access=Access.NONE, enrolment=Enrolment.NONE)


@dataclass(frozen=True)
class Body:
    """An invented institution: its zone and the groups it belongs to, or one that the library knows itself."""

    id: str
    zone: str = "UTC"
    groups: tuple[str, ...] = ()

    def law(self, *texts: Text, **more: object) -> Law:
        """The library as it meets this body; `texts` stand in the place of those with their ids."""
        invented = Authority(self.id, self.id, self._zone, groups=frozenset(self.groups))
        own = () if self.id in AUTHORITIES else (invented,)
        kept = [t for t in TEXTS if t.kind.rules and t.id not in {x.id for x in texts}]
        law = Law(self.id, self._zone, (*AUTHORITIES.values(), *own), (*kept, *texts), catalogue=CATALOGUE)
        return replace(law, **more)

    def exemption(
        self, clauses: tuple[str, ...], purpose: str, approver: str, first: str, last: str, **more: object
    ) -> Exemption:
        """An exemption of one device from clauses about TikTok's app, in the body's zone."""
        begins, ends = date.fromisoformat(first), date.fromisoformat(last)
        plain = Exemption(
            id="x",
            restrictions=frozenset(clauses),
            devices=frozenset({"d1"}),
            what=(named("tiktok"),),
            surfaces=frozenset({APP}),
            purpose=purpose,
            approver=approver,
            approved=begins,
            span=Span(start_of(begins, self._zone), end_of(ends, self._zone)),
            last_day=ends,
            profile=None,
            conditions=frozenset(),
        )
        return replace(plain, **more)

    @property
    def _zone(self) -> ZoneInfo:
        return AUTHORITIES[self.id].zone if self.id in AUTHORITIES else ZoneInfo(self.zone)

    def ask(
        self,
        who: DeviceFacts | tuple[Subject, str],
        people: People | None,
        app: str | AppFacts,
        surface: Surface,
        at: str,
        law: Law | None = None,
    ) -> Ruling:
        """The ruling for a device or a network or place of this body, at a time of its own zone."""
        known = law or self.law()
        named = tuple(e.id for e in known.exemptions)
        subject: DeviceClass = (
            class_of(who, people, self.id, named) if isinstance(who, DeviceFacts) else subject_of(*who, self.id)
        )
        instant = datetime.fromisoformat(at).replace(tzinfo=self._zone)
        return resolve(known, subject, app, surface, instant)


AGENCY = Body("an-agency", "America/New_York", ("us-federal-agencies",))
CONTRACTOR = Body("a-contractor", "America/New_York", ("us-federal-contractors",))
TEXAS = Body("a-texas-agency", "America/Chicago", ("us-tx-agencies",))
TEXAS_CITY = Body("a-texas-city", "America/Chicago", ("us-tx-governmental-entities",))
CAMPUS = Body("a-campus", "America/Chicago", ("us-tx-tamus-members",))
FLORIDA = Body("a-florida-county", "America/New_York", ("us-fl-public-employers",))
MONTANA = Body("a-montana-agency", "America/Denver", ("us-mt-executive-agencies",))
JERSEY = Body("a-jersey-agency", "America/New_York", ("us-nj-agencies",))
CITY_AGENCY = Body("a-city-agency", "America/New_York", ("us-nyc-agencies",))
HOUSE = Body("us-house")
DEPARTMENT = Body("a-department", "America/Toronto", ("ca-departments",))
COMMONS = Body("ca-house-of-commons")
MINISTRY = Body("a-ministry", "Europe/London", ("uk-government-departments",))
WESTMINSTER = Body("uk-parliament")
PARLIAMENT = Body("eu-parliament")
COMMISSION = Body("eu-commission")
NATO = Body("nato")
ELSEWHERE = Body("a-city-elsewhere", "Europe/Tallinn", ("ee-municipalities",))


def named(family: str) -> Selector:
    return Selector(What.FAMILY, (family,))


def due(ruling: Ruling) -> dict[str, str]:
    """The instants from which each duty can be failed."""
    return {str(d.duty): d.due.isoformat(timespec="minutes") for d in ruling.duties}


def text(name: str) -> Text:
    (found,) = [t for t in TEXTS if t.id == name]
    return found


# --- what every text must be ----------------------------------------------------------------------


def test_every_entry_has_its_text() -> None:
    """Each of the twenty-three is in the library, once."""
    assert sorted(t.id for t in OURS) == sorted(NAMES)


@pytest.mark.parametrize("one", [pytest.param(t, id=t.id) for t in OURS])
def test_what_a_text_names_exists(one: Text) -> None:
    """Families, apps and vendors are in the catalogue; lists, criteria and parameters in the text."""
    listed = [s for external in one.lists for version in external.versions for s in version.items]
    clauses = [s for r in one.restrictions for s in (*r.what, *r.alternatives, *r.replace_with)]
    for leaf in (leaf for s in (*clauses, *listed) for leaf in s.leaves()):
        known = {
            What.FAMILY: CATALOGUE.family,
            What.SUCCESSOR_OF: CATALOGUE.family,
            What.APP: CATALOGUE.member,
            What.VENDOR: CATALOGUE.vendor,
            What.LISTED_BY: {x.id: x for x in one.lists}.get,
            What.CRITERION: {x.id: x for x in one.criteria}.get,
        }.get(leaf.kind)
        assert known is None or all(known(word) is not None for word in leaf.words), leaf
    choices = {p.id: p.choices for p in one.parameters}
    assert all(picked <= choices[name] for r in one.restrictions for name, picked in r.under)


@pytest.mark.parametrize("one", [pytest.param(t, id=t.id) for t in OURS])
def test_force_does_not_exceed_power(one: Text) -> None:
    """Whoever a clause names is reached with the force that it states."""
    for clause in one.restrictions:
        for name in clause.addressees or {one.authority}:
            body = Body(name) if name in AUTHORITIES else Body("somebody", groups=(name,))
            who = min(clause.people, default=None)
            force, _ = effective_force(clause, AUTHORITIES[one.authority], body.law(), body.id, who)
            assert force is clause.force, (clause.id, name)


def test_nobody_else_is_bound() -> None:
    """A city that belongs to none of the groups named is told nothing by any of these texts."""
    for at in ("2023-06-01", "2026-11-25"):
        ruling = ELSEWHERE.ask(OWNED, People.STAFF, TIKTOK, APP, at)
        assert not {r.clause.partition("/")[0] for r in ruling.reasons} & {t.id for t in OURS}


def test_a_collection_and_a_practice_are_records() -> None:
    """Counting other states, and the account of the White House, rule on nothing."""
    kinds = {t.id: t.kind for t in OURS if not t.kind.rules}
    assert kinds == {
        "us-states-overview": TextKind.COLLECTION,
        "us-white-house-account-2025": TextKind.NO_DECISION,
    }
    assert len(text("us-states-overview").members) == 4
    assert not any(t.restrictions for t in OURS if not t.kind.rules)


# --- US federal -----------------------------------------------------------------------------------


def test_thirty_days_for_four_duties() -> None:
    """OMB's duties of 27 February 2023 are due when 29 March begins; the Act forbids, without a clock of its own."""
    device = AGENCY.ask(OWNED, People.STAFF, TIKTOK, APP, "2023-03-01")
    assert (device.outcome, device.deciding) == (FORBIDDEN, "us-no-tiktok-act/owned")
    assert due(device) == dict.fromkeys(("identify", "remove", "deny_install"), "2023-03-29T00:00-04:00")
    traffic = AGENCY.ask(OWNED, People.STAFF, TIKTOK, NETWORK, "2023-03-01")
    assert (traffic.outcome, traffic.deciding) == (FORBIDDEN, "us-omb-m-23-13/traffic")
    assert due(traffic) == {"block_traffic": "2023-03-29T00:00-04:00"}


def test_the_act_waits_for_its_guidance() -> None:
    """Between the Act and OMB's memorandum nothing binds an agency yet."""
    assert AGENCY.ask(OWNED, People.STAFF, TIKTOK, APP, "2023-01-15").outcome is PERMITTED


def test_other_apps_of_the_vendor_are_no_successors() -> None:
    """CapCut is ByteDance's and took nobody's place."""
    assert AGENCY.ask(OWNED, People.STAFF, "capcut/capcut", APP, "2024-01-01").outcome is PERMITTED


def test_contractor_equipment_counts_where_the_contract_requires_it() -> None:
    """Required: forbidden. Neither required nor the agency's: not reached by the Act or OMB."""
    required = DeviceFacts(owner=Owner.CONTRACTOR, contract_required=True, incidental=False)
    assert AGENCY.ask(required, People.CONTRACTOR, TIKTOK, APP, "2023-04-01").outcome is FORBIDDEN
    other = replace(required, contract_required=False)
    assert AGENCY.ask(other, People.CONTRACTOR, TIKTOK, APP, "2023-04-01").outcome is PERMITTED


BOTH = ("us-no-tiktok-act/owned", "us-omb-m-23-13/agency-devices")


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        pytest.param({}, set(), id="a year, law enforcement, the head's designee"),
        pytest.param({"purpose": "outreach"}, {"exemption-not-allowed"}, id="outreach is no purpose"),
        pytest.param({"devices": frozenset({"*"})}, {"blanket-exemption"}, id="no blanket for an agency"),
        pytest.param({"last": "2024-05-01"}, {"exemption-too-long"}, id="a year and a day"),
    ],
)
def test_what_omb_lets_an_agency_except(changes: dict[str, str], refused: set[str]) -> None:
    """Three purposes, up to one year, named devices, signed by the head or a designee."""
    changes = dict(changes)
    last, purpose = changes.pop("last", "2024-04-30"), changes.pop("purpose", "law_enforcement")
    asked = AGENCY.exemption(BOTH, purpose, "agency-head", "2023-05-01", last, delegate="a designee", **changes)
    law = AGENCY.law(exemptions=(asked,))
    assert {r.id for r in refusals(law, asked, text("us-omb-m-23-13"), BOTH[1])} == refused
    outcome = AGENCY.ask(OWNED, People.STAFF, TIKTOK, APP, "2023-06-01", law).outcome
    assert outcome is (FORBIDDEN if refused else CONDITIONAL)


def test_exceptions_are_reported_to_omb_within_120_days() -> None:
    """The one upward duty of the memorandum."""
    (told,) = text("us-omb-m-23-13").upward
    assert (str(told.what), told.to, str(told.clock.within)) == ("exemptions", "us-omb", "P120D")


@pytest.mark.parametrize(
    ("choice", "device", "outcome", "deciding"),
    [
        (None, OWN_PHONE, UNKNOWN, "us-far-52-204-27/own-phones"),
        ("narrow", OWN_PHONE, PERMITTED, None),
        ("broad", OWN_PHONE, FORBIDDEN, "us-far-52-204-27/own-phones"),
        (None, replace(OWN_PHONE, contract_required=True), FORBIDDEN, "us-far-52-204-27/required-equipment"),
        ("broad", replace(OWN_PHONE, contract_required=True, incidental=True), PERMITTED, None),
    ],
)
def test_two_readings_of_the_contract_clause(
    choice: str | None, device: DeviceFacts, outcome: Outcome, deciding: str | None
) -> None:
    """An employee's phone: required, it is covered either way; merely used, only under the broad reading."""
    stated = replace(device, contract_required=device.contract_required or False, incidental=device.incidental or False)
    on = date(2023, 6, 10)
    readings = (ChosenReading("r", "us-far-52-204-27", "equipment", choice, "counsel", on),) if choice else ()
    ruling = CONTRACTOR.ask(stated, People.STAFF, TIKTOK, APP, "2023-07-01", CONTRACTOR.law(readings=readings))
    assert (ruling.outcome, ruling.deciding) == (outcome, deciding)
    if outcome is UNKNOWN:
        assert ruling.missing == ("reading equipment of us-far-52-204-27",)
    if outcome is FORBIDDEN:
        assert due(ruling) == dict.fromkeys(("stop_using", "remove"), "2023-06-02T00:00-04:00")


def test_kaspersky_is_identified_by_day_thirty() -> None:
    """13 October 2017 is the last day to identify; presence and plan go to the department."""
    ruling = AGENCY.ask(OWNED, People.STAFF, "kaspersky/kaspersky-suite", DESKTOP, "2017-10-01")
    assert (ruling.outcome, ruling.deciding) == (FORBIDDEN, "us-bod-17-01/information-systems")
    assert due(ruling) == {"identify": "2017-10-14T00:00-04:00"}
    told = {(str(u.what), str(u.clock.by)) for u in text("us-bod-17-01").upward}
    assert told == {("presence", "2017-10-13"), ("plan", "2017-11-12")}


@pytest.mark.parametrize(
    ("edition", "outcome"),
    [("plus", PERMITTED), ("free", FORBIDDEN), (None, UNKNOWN)],
    ids=["plus", "free", "not said"],
)
def test_the_house_lets_one_edition_in(edition: str | None, outcome: Outcome) -> None:
    """Of ChatGPT only the paid Plus edition may be used on a managed device."""
    used = replace(CATALOGUE.facts("chatgpt/chatgpt"), edition=edition)
    assert HOUSE.ask(MANAGED, People.STAFF, used, WEB, "2024-01-01").outcome is outcome


def test_the_house_bars_whatsapp_in_every_form_and_names_signal() -> None:
    """App, desktop and browser from 23 June 2025; a device that the House does not manage is free."""
    for surface in (APP, DESKTOP, WEB):
        ruling = HOUSE.ask(MANAGED, People.ELECTED, WHATSAPP, surface, "2025-06-24")
        assert (ruling.outcome, ruling.deciding) == (FORBIDDEN, "us-house-cao/whatsapp")
    assert HOUSE.ask(MANAGED, People.STAFF, WHATSAPP, APP, "2025-06-22T23:59").outcome is PERMITTED
    assert HOUSE.ask(PRIVATE, People.STAFF, WHATSAPP, APP, "2025-06-24").outcome is PERMITTED
    (clause,) = [r for r in text("us-house-cao").restrictions if r.id == "whatsapp"]
    assert clause.alternatives == (named("signal"),)
    assert HOUSE.ask(MANAGED, People.STAFF, SIGNAL, APP, "2025-06-24").outcome is PERMITTED


# --- US states and cities -------------------------------------------------------------------------


def test_texas_devices_networks_and_rooms() -> None:
    """A listed app is barred from state devices, own devices at work, every network and sensitive rooms."""
    plan = "us-tx-governor-model-plan"
    state = TEXAS.ask(OWNED, People.STAFF, "wechat/wechat", APP, "2023-02-20")
    assert (state.outcome, state.deciding) == (FORBIDDEN, f"{plan}/state-devices")
    assert set(due(state).values()) == {"2023-02-15T00:00-06:00"}
    assert set(due(state)) == {"identify", "stop_using", "remove", "deny_install"}
    with_mail = DeviceFacts(owner=Owner.PERSON, access=Access.MAIL)
    own = TEXAS.ask(with_mail, People.STAFF, TIKTOK, APP, "2023-02-20")
    assert (own.outcome, own.deciding) == (FORBIDDEN, f"{plan}/own-devices")
    for kind in ("work", "public"):
        network = TEXAS.ask((Subject.NETWORK, kind), None, TIKTOK, NETWORK, "2023-02-20")
        assert (network.outcome, due(network)) == (FORBIDDEN, {"block_traffic": "2023-02-15T00:00-06:00"})
    for kind in ("sensitive_location", "meeting"):
        place = TEXAS.ask((Subject.PLACE, kind), None, TIKTOK, VENUE, "2023-02-20")
        assert (place.outcome, place.deciding) == (FORBIDDEN, f"{plan}/sensitive-places")
    assert TEXAS.ask((Subject.PLACE, "public_venue"), None, TIKTOK, VENUE, "2023-02-20").outcome is PERMITTED


def test_the_texas_list_grows_by_a_day() -> None:
    """DeepSeek is listed from 31 January 2025; of what the list held unread before, nothing is known."""
    before = TEXAS.ask(OWNED, People.STAFF, "deepseek/deepseek", APP, "2025-01-30T23:59")
    assert (before.outcome, before.missing) == (UNKNOWN, ("list rest-of-the-list",))
    for app in ("deepseek/deepseek", "xiaohongshu/xiaohongshu", "lemon8/lemon8", "webull/webull", "moomoo/moomoo"):
        after = TEXAS.ask(OWNED, People.STAFF, app, APP, "2025-01-31")
        assert (after.outcome, after.deciding) == (FORBIDDEN, "us-tx-governor-model-plan/state-devices")


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [({}, CONDITIONAL), ({"delegate": "deputy"}, FORBIDDEN), ({"approver": "ciso"}, FORBIDDEN)],
    ids=["the head", "a delegate", "somebody else"],
)
def test_only_the_head_of_a_texas_agency_excepts(changes: dict[str, str], outcome: Outcome) -> None:
    """The head signs and may not delegate; asked before the statute, which knows no such exception."""
    asked = TEXAS.exemption(
        ("us-tx-governor-model-plan/state-devices",),
        "service_need",
        "agency-head",
        "2023-03-01",
        "2023-05-31",
    )
    law = TEXAS.law(exemptions=(replace(asked, **changes),))
    assert TEXAS.ask(OWNED, People.STAFF, TIKTOK, APP, "2023-04-01", law).outcome is outcome
    (allowed,) = text("us-tx-governor-model-plan").allowances
    assert (allowed.delegable, allowed.report_to) == (False, "us-tx-dir")


def test_the_texas_statute_knows_no_such_exception() -> None:
    """From 14 June 2023 the covered application stays forbidden whatever the head of the agency signed."""
    clauses = ("us-tx-governor-model-plan/state-devices", "us-tx-sb1893/covered-applications")
    asked = TEXAS.exemption(clauses, "service_need", "agency-head", "2023-03-01", "2024-02-28")
    ruling = TEXAS.ask(OWNED, People.STAFF, TIKTOK, APP, "2023-07-01", TEXAS.law(exemptions=(asked,)))
    assert (ruling.outcome, ruling.deciding) == (FORBIDDEN, "us-tx-sb1893/covered-applications")


def test_the_texas_statute_reaches_a_city_and_the_plan_does_not() -> None:
    """Owned devices of a city only: no own phone, no network, and the app alone."""
    owned = TEXAS_CITY.ask(OWNED, People.STAFF, TIKTOK, APP, "2024-01-01")
    assert (owned.outcome, due(owned)) == (FORBIDDEN, {"remove": "2024-11-21T00:00-06:00"})
    assert TEXAS_CITY.ask(OWN_PHONE, People.STAFF, TIKTOK, APP, "2024-01-01").outcome is PERMITTED
    assert TEXAS_CITY.ask((Subject.NETWORK, "public"), None, TIKTOK, NETWORK, "2024-01-01").outcome is PERMITTED
    assert TEXAS_CITY.ask(OWNED, People.STAFF, "alipay/alipay", APP, "2024-01-01").outcome is PERMITTED
    social = TEXAS_CITY.ask(OWNED, People.STAFF, "x/x", APP, "2024-01-01")
    assert (social.outcome, social.missing) == (UNKNOWN, ("list proclaimed",))


@pytest.mark.parametrize(("app", "outcome"), [("wechat/wechat", CONDITIONAL), (TIKTOK, FORBIDDEN)])
def test_a_campus_may_except_what_is_listed_and_not_what_is_covered(app: str, outcome: Outcome) -> None:
    """Head-of-institution exceptions exist for prohibited technologies, none for covered applications."""
    clauses = ("us-tx-tamus/system-devices", "us-tx-tamus/covered-applications")
    asked = CAMPUS.exemption(
        clauses,
        "service_need",
        "institution-head",
        "2024-11-01",
        "2025-10-31",
        what=(named("wechat"), named("tiktok")),
    )
    nothing = ListVersion("1", start_of(date(2023, 6, 14), ZoneInfo("America/Chicago")), ())
    proclaimed = ExternalList("proclaimed", "us-tx-governor", (nothing,))
    own = text("us-tx-tamus")
    nothing_proclaimed = replace(own, lists=tuple(proclaimed if x.id == "proclaimed" else x for x in own.lists))
    law = CAMPUS.law(nothing_proclaimed, exemptions=(asked,))
    assert CAMPUS.ask(OWNED, People.STAFF, app, APP, "2025-01-01", law).outcome is outcome


def test_florida_without_its_list() -> None:
    """No version of the list was read: TikTok is of a listed country, and what it does nobody has found yet."""
    ruling = FLORIDA.ask(OWNED, People.STAFF, TIKTOK, APP, "2024-01-01")
    assert ruling.outcome is UNKNOWN
    assert "list department-list" in ruling.missing
    assert f"behaviour compromises_email of {TIKTOK}" in ruling.missing
    other = FLORIDA.ask(OWNED, People.STAFF, SIGNAL, APP, "2024-01-01")
    assert (other.outcome, other.missing) == (UNKNOWN, ("list department-list",))  # of the US: the definition says no
    pupil = DeviceFacts(owner=Owner.BODY, use=Use.PUPIL)
    assert FLORIDA.ask(pupil, People.PUPIL, TIKTOK, APP, "2024-01-01").outcome is PERMITTED


@pytest.mark.parametrize(
    ("at", "remove"),
    [("2023-10-01", "2023-10-16T00:00-04:00"), ("2024-01-10", "2024-01-20T00:00-05:00")],
    ids=["first version", "second version"],
)
def test_each_version_of_the_florida_list_starts_fifteen_days(at: str, remove: str) -> None:
    """With an invented list of two versions, TikTok's removal is due fifteen days after whichever is the latest."""
    zone = ZoneInfo("America/New_York")
    versions = tuple(
        ListVersion(str(day), start_of(day, zone), (named("tiktok"),)) for day in (date(2023, 10, 1), date(2024, 1, 5))
    )
    own = replace(text("us-fl-112-22"), lists=(ExternalList("department-list", "us-fl-dms", versions),))
    ruling = FLORIDA.ask(OWNED, People.STAFF, TIKTOK, APP, at, FLORIDA.law(own))
    assert (ruling.outcome, ruling.deciding) == (FORBIDDEN, "us-fl-112-22/listed")
    assert due(ruling) == {"remove": remove}
    network = FLORIDA.ask((Subject.NETWORK, "work"), None, TIKTOK, NETWORK, at, FLORIDA.law(own))
    assert (network.outcome, network.deciding) == (FORBIDDEN, "us-fl-112-22/networks")


def test_florida_waives_for_a_year_at_most() -> None:
    """The department waives, nobody else. Who excepts law enforcement was not read, so that nobody does."""
    own = text("us-fl-112-22")
    asked = FLORIDA.exemption(("us-fl-112-22/listed",), "any_reason", "us-fl-dms", "2024-01-01", "2024-12-31")
    assert refusals(FLORIDA.law(), asked, own, "us-fl-112-22/listed") == ()
    longer = FLORIDA.exemption(("us-fl-112-22/listed",), "any_reason", "us-fl-dms", "2024-01-01", "2025-01-01")
    for wrong in (replace(asked, approver="county"), longer):
        assert refusals(FLORIDA.law(), wrong, own, "us-fl-112-22/listed")
    police = FLORIDA.exemption(("us-fl-112-22/listed",), "law_enforcement", "sheriff", "2024-01-01", "2024-12-31")
    (refusal,) = refusals(FLORIDA.law(), police, own, "us-fl-112-22/listed")
    assert refusal.why.endswith("who may approve it was not read")


def test_montana_names_six_and_judges_the_rest() -> None:
    """Six by name from 1 June 2023, no social media app else without a finding, and a messenger is none."""
    for family in ("tiktok", "capcut", "lemon8", "telegram", "wechat", "temu"):
        assert MONTANA.ask(OWNED, People.STAFF, f"{family}/{family}", APP, "2023-06-01").outcome is FORBIDDEN
    other = MONTANA.ask(OWNED, People.STAFF, "snapchat/snapchat", APP, "2023-06-01")
    assert (other.outcome, other.missing) == (
        UNKNOWN,
        ("behaviour gives_data_to_foreign_adversary of snapchat/snapchat",),
    )
    assert MONTANA.ask(OWNED, People.STAFF, WHATSAPP, APP, "2023-06-01").outcome is PERMITTED
    assert MONTANA.ask(OWNED, People.STAFF, TIKTOK, APP, "2023-05-31T23:59").outcome is PERMITTED
    contractor = MONTANA.ask(PRIVATE, People.CONTRACTOR, "temu/temu", WEB, "2023-06-01")
    assert (contractor.outcome, contractor.deciding) == (FORBIDDEN, "us-mt-2023/third-parties")


def test_new_jersey_lists_vendors_and_excepts_outreach() -> None:
    """WeChat falls under Tencent, Signal under nobody; NJCCIC may except an outreach campaign."""
    assert JERSEY.ask(OWNED, People.INTERN, "wechat/wechat", APP, "2023-02-01").outcome is FORBIDDEN
    assert JERSEY.ask(OWNED, People.INTERN, SIGNAL, APP, "2023-02-01").outcome is PERMITTED
    asked = JERSEY.exemption(
        ("us-nj-directive/state-devices",), "reach_young_residents", "njccic", "2023-02-01", "2023-12-31"
    )
    assert JERSEY.ask(OWNED, People.STAFF, TIKTOK, APP, "2023-03-01", JERSEY.law(exemptions=(asked,))).outcome is (
        CONDITIONAL
    )


def test_new_york_city_has_two_clocks() -> None:
    """No use from 16 August 2023; the app is gone when 15 September begins; the site is closed as well."""
    app = CITY_AGENCY.ask(OWNED, People.STAFF, TIKTOK, APP, "2023-08-20")
    assert due(app) == {
        "stop_using": "2023-08-16T00:00-04:00",
        "remove": "2023-09-15T00:00-04:00",
        "deny_install": "2023-08-16T00:00-04:00",
    }
    site = CITY_AGENCY.ask(OWNED, People.STAFF, TIKTOK, WEB, "2023-08-20")
    assert (site.outcome, site.deciding) == (FORBIDDEN, "us-nyc-2023/site")


# --- Canada ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "outcome"), [("2023-03-03T20:59", PERMITTED), ("2023-03-03T21:00", FORBIDDEN)], ids=["20:59", "21:00"]
)
def test_the_commons_decide_by_the_hour(at: str, outcome: Outcome) -> None:
    """At 21:00 on 3 March 2023, Ottawa time, and for members as for staff."""
    for who in (People.ELECTED, People.STAFF):
        ruling = COMMONS.ask(MANAGED, who, TIKTOK, APP, at)
        assert ruling.outcome is outcome
        assert due(ruling) == ({"stop_using": "2023-03-03T21:00-05:00"} if outcome is FORBIDDEN else {})
    assert COMMONS.ask(PRIVATE, People.ELECTED, TIKTOK, APP, "2023-04-01").outcome is PERMITTED


def test_canada_speaks_of_mobile_devices() -> None:
    """A government phone is barred from both lists of apps, a laptop was not spoken of, an own phone is free."""
    phone, laptop = (DeviceFacts(owner=Owner.BODY, platform=p) for p in (Platform.ANDROID, Platform.WINDOWS))
    ruling = DEPARTMENT.ask(phone, People.STAFF, TIKTOK, APP, "2023-03-01")
    assert due(ruling) == dict.fromkeys(("remove", "deny_install"), "2023-02-28T00:00-05:00")
    assert DEPARTMENT.ask(laptop, People.STAFF, TIKTOK, APP, "2023-03-01").outcome is PERMITTED
    assert DEPARTMENT.ask(replace(PRIVATE, platform=Platform.IOS), People.STAFF, TIKTOK, APP, "2023-03-01").outcome is (
        PERMITTED
    )
    for app in ("wechat/wechat", "kaspersky/kaspersky-android"):
        assert DEPARTMENT.ask(phone, People.STAFF, app, APP, "2023-10-29T23:59").outcome is PERMITTED
        assert DEPARTMENT.ask(phone, People.STAFF, app, APP, "2023-10-30").outcome is FORBIDDEN


# --- United Kingdom -------------------------------------------------------------------------------


def test_whitehall_bans_one_app_and_keeps_a_list_nobody_sees() -> None:
    """TikTok is forbidden at once; of any other app it is not known, because the approved list is not public."""
    banned = MINISTRY.ask(OWNED, People.MINISTER, TIKTOK, APP, "2023-03-20")
    assert (banned.outcome, banned.deciding) == (FORBIDDEN, "uk-cabinet-office/tiktok")
    assert due(banned) == {"stop_using": "2023-03-16T00:00+00:00"}
    other = MINISTRY.ask(OWNED, People.STAFF, SIGNAL, APP, "2023-03-20")
    assert (other.outcome, other.deciding) == (UNKNOWN, "uk-cabinet-office/approved-only")
    assert other.missing == ("list approved-apps",)
    assert MINISTRY.ask(PRIVATE, People.MINISTER, TIKTOK, APP, "2023-03-20").outcome is PERMITTED


@pytest.mark.parametrize(
    ("purpose", "devices", "outcome"),
    [
        ("exceptional_communication", "d1", CONDITIONAL),
        ("tourism_promotion", "d1", FORBIDDEN),
        ("enforcement", "*", FORBIDDEN),
    ],
)
def test_whitehall_exempts_case_by_case(purpose: str, devices: str, outcome: Outcome) -> None:
    """The department's security team may, for a stated reason and a named device."""
    clauses = ("uk-cabinet-office/tiktok", "uk-cabinet-office/approved-only")
    team = "departmental-security-team"
    asked = MINISTRY.exemption(clauses, purpose, team, "2025-02-01", "2025-12-31", devices=frozenset({devices}))
    law = MINISTRY.law(exemptions=(asked,))
    assert MINISTRY.ask(OWNED, People.STAFF, TIKTOK, APP, "2025-03-01", law).outcome is outcome


def test_westminster_blocks_the_network_and_not_the_phone() -> None:
    """Devices and Wi-Fi are blocked, an own phone is advised to use the browser, and nobody is exempt."""
    device = WESTMINSTER.ask(OWNED, People.ELECTED, TIKTOK, APP, "2023-03-24")
    assert (device.outcome, device.deciding) == (FORBIDDEN, "uk-parliament/parliamentary-devices")
    assert due(device) == {"deny_install": "2023-03-23T00:00+00:00"}
    for kind in ("work", "public"):
        wifi = WESTMINSTER.ask((Subject.NETWORK, kind), None, TIKTOK, NETWORK, "2023-03-24")
        assert (wifi.outcome, wifi.deciding) == (FORBIDDEN, "uk-parliament/wi-fi")
        assert due(wifi) == {"block_traffic": "2023-03-23T00:00+00:00"}
    own = WESTMINSTER.ask(PRIVATE, People.ELECTED, TIKTOK, APP, "2023-03-24")
    assert (own.outcome, own.deciding) == (ADVISED, "uk-parliament/own-phones")
    assert WESTMINSTER.ask(PRIVATE, People.ELECTED, TIKTOK, WEB, "2023-03-24").outcome is PERMITTED
    asked = WESTMINSTER.exemption(
        ("uk-parliament/parliamentary-devices",), "press", "anybody", "2023-04-01", "2023-05-01"
    )
    (refusal,) = refusals(WESTMINSTER.law(), asked, text("uk-parliament"), "uk-parliament/parliamentary-devices")
    assert (refusal.id, text("uk-parliament").no_exemptions) == ("exemption-not-allowed", True)


# --- the EU and NATO ------------------------------------------------------------------------------


def test_the_european_parliament_binds_staff_and_advises_members() -> None:
    """From 20 March 2023, on the same device: staff must, a member or assistant should."""
    enrolled = DeviceFacts(owner=Owner.PERSON, enrolment=Enrolment.WORK_PROFILE)
    for device in (replace(OWNED, enrolment=Enrolment.MANAGED), enrolled):
        staff = PARLIAMENT.ask(device, People.STAFF, TIKTOK, APP, "2023-03-21")
        assert (staff.outcome, staff.deciding) == (FORBIDDEN, "eu-parliament/staff-devices")
        assert due(staff) == dict.fromkeys(("stop_using", "remove"), "2023-03-20T00:00+01:00")
        for who in (People.ELECTED, People.ASSISTANT):
            member = PARLIAMENT.ask(device, who, TIKTOK, APP, "2023-03-21")
            assert (member.outcome, member.deciding) == (ADVISED, "eu-parliament/members")
    own = PARLIAMENT.ask(PRIVATE, People.STAFF, TIKTOK, APP, "2023-03-21")
    assert (own.outcome, own.deciding) == (ADVISED, "eu-parliament/staff-own-devices")
    assert PARLIAMENT.ask(OWNED, People.STAFF, TIKTOK, APP, "2023-03-19T23:59").outcome is PERMITTED


def test_the_european_parliament_closes_its_network() -> None:
    """Web access over the corporate network is blocked, and no device is excepted for the account of 2024."""
    ruling = PARLIAMENT.ask((Subject.NETWORK, "work"), None, TIKTOK, WEB, "2023-03-21")
    assert (ruling.outcome, due(ruling)) == (FORBIDDEN, {"block_traffic": "2023-03-20T00:00+01:00"})
    clause = "eu-parliament/staff-devices"
    asked = PARLIAMENT.exemption((clause,), "elections", "dg-comm", "2024-03-01", "2024-06-30")
    assert refusals(PARLIAMENT.law(), asked, text("eu-parliament"), clause)


def test_the_commission_lets_staff_choose() -> None:
    """15 March 2023 is the last day; an enrolled personal device may leave the service instead."""
    corporate = COMMISSION.ask(OWNED, People.STAFF, TIKTOK, APP, "2023-03-15T12:00")
    assert due(corporate) == dict.fromkeys(("stop_using", "remove"), "2023-03-16T00:00+01:00")
    enrolled = DeviceFacts(owner=Owner.PERSON, enrolment=Enrolment.USER)
    assert COMMISSION.ask(enrolled, People.STAFF, TIKTOK, APP, "2023-03-20").outcome is FORBIDDEN
    assert COMMISSION.ask(PRIVATE, People.STAFF, TIKTOK, APP, "2023-03-20").outcome is PERMITTED
    (clause,) = [r for r in text("eu-commission").restrictions if r.id == "enrolled-personal-devices"]
    assert {str(c) for c in clause.consequences} == {"choose_app_or_access", "access_removed"}


def test_nato_bans_on_what_it_provides() -> None:
    """From 31 March 2023, for staff and on NATO's devices."""
    ruling = NATO.ask(OWNED, People.STAFF, TIKTOK, APP, "2023-03-31")
    assert (ruling.outcome, due(ruling)) == (FORBIDDEN, {"stop_using": "2023-03-31T00:00+02:00"})
    assert NATO.ask(PRIVATE, People.STAFF, TIKTOK, APP, "2023-03-31").outcome is PERMITTED
