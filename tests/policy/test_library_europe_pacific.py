# SPDX-License-Identifier: EUPL-1.2
"""Directives of Europe, Asia and the Pacific: what they come to for devices of invented institutions.

Written by hand from what was read of each decision, never from what the code gives. An institution is in the groups
that a decision addresses, or is the authority itself; it has no text of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo

import pytest

from ordinance.catalogue.load import load
from ordinance.model.apps import AppFacts, Surface
from ordinance.model.estate import Access, DeviceFacts, Enrolment, Owner, People, Platform
from ordinance.model.law import (
    Authority,
    Condition,
    Duty,
    Exemption,
    Force,
    Law,
    Precision,
    Selector,
    State,
    Text,
    What,
)
from ordinance.model.ruling import DeviceClass, Outcome, Ruling, Standing, Subject
from ordinance.model.time import Span, end_of, start_of
from ordinance.policy.power import effective_force
from ordinance.policy.resolve import class_of, resolve, subject_of
from ordinance.policy.shipped import load_library

BODY = "institution"
DECISIONS = {
    *("au-pspf-001-2023", "au-pspf-001-2025", "au-qld-policy", "au-nsw-2023", "nz-parliament", "mt-mita", "hk-dpo"),
    *("cz-nukib-tiktok", "cz-nukib-deepseek", "nl-rijksoverheid", "nl-politie", "nl-provinces", "fr-recreational"),
    *("fr-olvid", "dk-ringsted", "ua-nccc-telegram", "at-federal", "de-federal", "no-nsm", "no-bergen", "no-narvik"),
    *("no-loten", "lt-seimas-deepseek", "lv-mfa", "tw-moda-2022", "jp-2023", "sk-parliament"),
}
RECORDS = {"au-act-nt-tas", "nz-agencies", "dk-egedal-frederiksberg-aalborg", "lu-no-ban"}

OFFICE = DeviceFacts(Owner.BODY, access=Access.INTERNAL, enrolment=Enrolment.MANAGED)
PHONE = replace(OFFICE, platform=Platform.ANDROID)
COMPUTER = replace(OFFICE, platform=Platform.WINDOWS)
OWN = DeviceFacts(Owner.PERSON, access=Access.NONE, platform=Platform.IOS, enrolment=Enrolment.NONE)
APART = replace(PHONE, access=Access.NONE)
OWN_WITH_MAIL = replace(OWN, access=Access.MAIL)

FORBIDDEN, ADVISED, PERMITTED, UNKNOWN = (
    Outcome.FORBIDDEN,
    Outcome.ADVISED_AGAINST,
    Outcome.PERMITTED,
    Outcome.UNKNOWN,
)


@cache
def law_of(institution: str = BODY, groups: tuple[str, ...] = (), exemptions: tuple[Exemption, ...] = ()) -> Law:
    """The library, and an institution in these groups (or an authority of the library itself)."""
    authorities, texts, _, _ = load_library()
    known = dict(authorities)
    known.setdefault(institution, Authority(institution, institution, ZoneInfo("UTC"), groups=frozenset(groups)))
    return Law(
        body=institution,
        zone=known[institution].zone,
        authorities=tuple(known[k] for k in sorted(known)),
        texts=tuple(t for t in texts if t.kind.rules),
        records=tuple(t for t in texts if not t.kind.rules),
        exemptions=exemptions,
        catalogue=load(),
    )


def text_of(text_id: str, version: str = "1") -> Text:
    """One text of the library."""
    return next(t for t in load_library()[1] if (t.id, t.version) == (text_id, version))


@dataclass(frozen=True)
class Case:
    """A device in an institution, an app on a surface, an instant, and what must come out."""

    name: str
    institution: str
    app: str
    surface: Surface
    at: str
    outcome: Outcome
    deciding: str | None = None
    device: DeviceFacts = OFFICE
    people: People | None = People.STAFF
    duties: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    contract: str | None = None


ASSISTANT = People.ASSISTANT
A, D, W, L, N, API = Surface.APP, Surface.DESKTOP, Surface.WEB, Surface.LINK, Surface.NETWORK, Surface.API
TIKTOK, DEEPSEEK, WEIGHTS, TELEGRAM = "tiktok/tiktok", "deepseek/deepseek", "deepseek/open-weights", "telegram/telegram"
WHATSAPP, SIGNAL, WECHAT, DRIVE = "meta/whatsapp", "signal/signal", "wechat/wechat", "google-drive/google-drive"

ENTITY, QLD, NSW = "au-noncorporate-commonwealth-entities", "au-qld-agencies", "au-nsw-agencies"
TIKTOK_AU = {"remove": "2023-04-04T00:00+10:00", "deny_install": "2023-04-04T00:00+10:00"}
QLD_DUTIES = dict.fromkeys(("stop_using", "remove", "deny_install"), "2023-04-01T00:00+10:00")
DEEPSEEK_AU = dict.fromkeys(
    ("stop_using", "remove", "deny_install", "block_traffic", "identify"), "2025-02-05T00:00+11:00"
)
AUSTRALIA = (
    Case("app", ENTITY, TIKTOK, A, "2023-06-01", FORBIDDEN, "au-pspf-001-2023/government-devices", duties=TIKTOK_AU),
    Case("web not said", ENTITY, TIKTOK, W, "2023-06-01", PERMITTED),
    Case("own phone", ENTITY, TIKTOK, A, "2023-06-01", PERMITTED, device=OWN_WITH_MAIL),
    Case("before", ENTITY, TIKTOK, A, "2023-04-03", PERMITTED),
    Case("a state is not bound", QLD, DEEPSEEK, A, "2025-06-01", PERMITTED),
    Case(
        *("service", ENTITY, DEEPSEEK, W, "2025-02-05", FORBIDDEN, "au-pspf-001-2025/systems-and-devices"),
        duties=DEEPSEEK_AU,
    ),
    Case("network", ENTITY, DEEPSEEK, N, "2025-06-01", FORBIDDEN, "au-pspf-001-2025/systems-and-devices"),
    Case("all its products", ENTITY, WEIGHTS, A, "2025-06-01", FORBIDDEN, "au-pspf-001-2025/systems-and-devices"),
    Case("the day it was signed", ENTITY, DEEPSEEK, A, "2025-02-04", PERMITTED),
    Case("another vendor", ENTITY, "chatgpt/chatgpt", A, "2025-06-01", PERMITTED),
    Case("own phone", ENTITY, DEEPSEEK, A, "2025-06-01", PERMITTED, device=OWN_WITH_MAIL),
    Case("app", QLD, TIKTOK, A, "2023-06-01", FORBIDDEN, "au-qld-policy/government-devices", duties=QLD_DUTIES),
    Case("laptop", QLD, TIKTOK, D, "2023-06-01", FORBIDDEN, "au-qld-policy/government-devices", COMPUTER),
    Case("web is free", QLD, TIKTOK, W, "2023-06-01", PERMITTED),
    Case(
        *("consultant", QLD, TIKTOK, A, "2023-06-01", FORBIDDEN, "au-qld-policy/government-devices"),
        people=People.CONTRACTOR,
    ),
    Case("own phone is for the agency", QLD, TIKTOK, A, "2023-06-01", PERMITTED, device=OWN_WITH_MAIL),
    Case("link", NSW, TIKTOK, L, "2023-06-01", FORBIDDEN, "au-nsw-2023/own-devices-with-access", OWN_WITH_MAIL),
    Case("browser", NSW, TIKTOK, W, "2023-06-01", FORBIDDEN, "au-nsw-2023/own-devices-with-access", OWN_WITH_MAIL),
    Case("own phone without access", NSW, TIKTOK, W, "2023-06-01", PERMITTED, device=OWN),
    Case("issued", NSW, TIKTOK, A, "2023-04-06", FORBIDDEN, "au-nsw-2023/issued-devices"),
)

HK, CZ_STATE, CZ_OBLIGED = "hk-bureaux-and-departments", "cz-state-administration", "cz-obliged-persons"
COMPUTERS = "hk-dpo/work-computers"
SERVICE = "cz-nukib-deepseek/state-administration"
JP, JP_CLAUSE = "jp-government-agencies", "jp-2023/confidential-devices"
SECRET, OPEN = replace(COMPUTER, confidential=True), replace(COMPUTER, confidential=False)
JP_DUTIES = {"stop_using": "2023-04-04T00:00+09:00"}
TW = "tw-executive-yuan-agencies"
ASIA_PACIFIC = (
    Case(
        *("web messenger", HK, WHATSAPP, W, "2024-11-01", FORBIDDEN, COMPUTERS, COMPUTER),
        duties={"stop_using": "2024-10-01T00:00+08:00"},
    ),
    Case("desktop messenger", HK, WECHAT, D, "2024-11-01", FORBIDDEN, COMPUTERS, COMPUTER),
    Case("cloud storage", HK, DRIVE, W, "2024-11-01", FORBIDDEN, COMPUTERS, COMPUTER),
    Case("a messenger nobody named", HK, SIGNAL, D, "2024-11-01", FORBIDDEN, COMPUTERS, COMPUTER),
    Case("office phone", HK, WHATSAPP, A, "2024-11-01", PERMITTED, device=PHONE),
    Case("browser of an office phone", HK, WHATSAPP, W, "2024-11-01", PERMITTED, device=PHONE),
    Case("own computer", HK, WHATSAPP, W, "2024-11-01", PERMITTED, device=replace(COMPUTER, owner=Owner.PERSON)),
    Case("video site", HK, "youtube/youtube", W, "2024-11-01", PERMITTED, device=COMPUTER),
    Case("announced only", HK, WHATSAPP, W, "2024-09-01", PERMITTED, device=COMPUTER),
    Case("confidential", JP, TIKTOK, A, "2023-05-01", FORBIDDEN, JP_CLAUSE, SECRET, duties=JP_DUTIES),
    Case(
        *("standard terms", JP, "x/x", W, "2023-05-01", FORBIDDEN, JP_CLAUSE, SECRET),
        contract="standard_terms",
        duties=JP_DUTIES,
    ),
    Case("negotiated", JP, "x/x", W, "2023-05-01", PERMITTED, device=SECRET, contract="negotiated"),
    Case("terms unknown", JP, "x/x", W, "2023-05-01", UNKNOWN, JP_CLAUSE, SECRET, missing=("contract of x/x",)),
    Case("nothing confidential", JP, TIKTOK, A, "2023-05-01", PERMITTED, device=OPEN),
    Case("not stated", JP, TIKTOK, A, "2023-05-01", UNKNOWN, JP_CLAUSE, missing=("confidential",)),
    Case("minister", JP, TIKTOK, A, "2023-05-01", FORBIDDEN, JP_CLAUSE, SECRET, People.MINISTER),
    Case("origin", TW, WECHAT, A, "2023-01-10", FORBIDDEN, "tw-moda-2022/devices", PHONE),
    Case("the legislature", "tw-legislative-yuan", TIKTOK, A, "2023-01-10", PERMITTED, device=PHONE),
    Case(
        *("member", "nz-parliament", TIKTOK, A, "2023-04-15", FORBIDDEN, "nz-parliament/own-phones-with-access"),
        *(replace(OWN, access=Access.INTERNAL), People.ELECTED),
        duties={"remove": "2023-03-31T00:00+13:00"},
    ),
    Case("browser", "nz-parliament", TIKTOK, W, "2023-04-15", PERMITTED, people=People.ELECTED),
)

NL, FR, CABINET = "nl-central-government", "fr-state-services", "fr-government-and-cabinets"
CRITERION, RECREATIONAL = "nl-rijksoverheid/mobile-work-devices", "fr-recreational/work-phones"
MESSENGERS = "fr-olvid/messengers"
DENY_FR = {"deny_install": "2023-03-24T00:00+01:00"}
OLVID = {"stop_using": "2023-12-09T00:00+01:00", "replace": "2023-12-09T00:00+01:00"}
SEIMAS, SEIMAS_CLAUSE = "lt-seimas", "lt-seimas-deepseek/office-equipment"
RINGSTED = {"stop_using": "2023-03-01T00:00+01:00", "remove": "2023-03-01T00:00+01:00"}
UA_DUTIES = {"stop_using": "2024-09-20T00:00+03:00", "deny_install": "2024-09-20T00:00+03:00"}
NOT_CRITERION, NOT_CERTIFIED = "criterion offensive-cyber-programme for", "criterion certified-by-anssi for"
EUROPE = (
    Case(
        *("service", CZ_STATE, DEEPSEEK, W, "2025-08-01", FORBIDDEN, SERVICE),
        duties={"stop_using": "2025-07-10T00:00+02:00"},
    ),
    Case("programming interface", CZ_STATE, DEEPSEEK, API, "2025-08-01", FORBIDDEN, SERVICE),
    Case("weights run locally", CZ_STATE, WEIGHTS, A, "2025-08-01", PERMITTED),
    Case("the day it was decided", CZ_STATE, DEEPSEEK, W, "2025-07-09", PERMITTED),
    Case("react", CZ_OBLIGED, DEEPSEEK, W, "2025-08-01", ADVISED, "cz-nukib-deepseek/obliged-persons"),
    Case("nobody obliged", "cz-municipalities", DEEPSEEK, W, "2025-08-01", PERMITTED),
    Case("react", CZ_OBLIGED, TIKTOK, A, "2023-04-01", ADVISED, "cz-nukib-tiktok/react", people=People.REGULATED),
    Case("no access", CZ_OBLIGED, TIKTOK, A, "2023-04-01", PERMITTED, device=OWN),
    Case("discouraged", NL, TIKTOK, A, "2023-04-01", ADVISED, CRITERION, PHONE),
    Case("met before anybody named it", NL, DEEPSEEK, A, "2025-01-20", ADVISED, CRITERION, PHONE),
    Case("no new decision", NL, DEEPSEEK, A, "2025-02-10", FORBIDDEN, CRITERION, PHONE),
    Case(
        *("nobody has tested it", NL, SIGNAL, A, "2023-04-01", UNKNOWN, CRITERION, PHONE),
        missing=(f"{NOT_CRITERION} {SIGNAL}",),
    ),
    Case("work computer", NL, DEEPSEEK, D, "2025-02-10", PERMITTED, device=COMPUTER),
    Case("municipality", "nl-municipalities", DEEPSEEK, A, "2025-02-10", PERMITTED, device=PHONE),
    Case(
        *("officer", "nl-politie", TIKTOK, A, "2023-06-01", FORBIDDEN, "nl-politie/business-devices", PHONE),
        people=People.POLICE,
    ),
    Case("province", "nl-provinces", TIKTOK, A, "2023-06-01", ADVISED, "nl-provinces/provinces", PHONE),
    Case("social medium", FR, TIKTOK, A, "2023-04-01", FORBIDDEN, RECREATIONAL, PHONE, duties=DENY_FR),
    Case("Western too", FR, "meta/instagram", A, "2023-04-01", FORBIDDEN, RECREATIONAL, PHONE, duties=DENY_FR),
    Case("one nobody named", FR, "youtube/youtube", A, "2023-04-01", FORBIDDEN, RECREATIONAL, PHONE),
    Case("game", FR, "candy-crush/candy-crush-saga", A, "2023-04-01", FORBIDDEN, RECREATIONAL, PHONE),
    Case("named, of no category", FR, "tinder/tinder", A, "2023-04-01", FORBIDDEN, RECREATIONAL, PHONE),
    Case("messenger", FR, SIGNAL, A, "2023-04-01", PERMITTED, device=PHONE),
    Case("messenger of a family with others", FR, WHATSAPP, A, "2023-04-01", PERMITTED, device=PHONE),
    Case("own phone", FR, TIKTOK, A, "2023-04-01", PERMITTED, device=OWN_WITH_MAIL),
    Case("local authority", "fr-municipalities", TIKTOK, A, "2023-04-01", PERMITTED, device=PHONE),
    Case("minister", CABINET, SIGNAL, A, "2023-12-20", FORBIDDEN, MESSENGERS, PHONE, People.MINISTER, OLVID),
    Case("cabinet", CABINET, WHATSAPP, D, "2023-12-20", FORBIDDEN, MESSENGERS, COMPUTER, ASSISTANT, OLVID),
    Case("the one to use", CABINET, "olvid/olvid", A, "2023-12-20", PERMITTED, device=PHONE, people=ASSISTANT),
    Case("the other one", CABINET, "tchap/tchap", A, "2023-12-20", PERMITTED, device=PHONE, people=ASSISTANT),
    Case(
        *("a messenger nobody named", CABINET, "meta/messenger", A, "2023-12-20", UNKNOWN, MESSENGERS, PHONE),
        people=ASSISTANT,
        missing=(f"{NOT_CERTIFIED} meta/messenger",),
    ),
    Case("no messenger", CABINET, TIKTOK, A, "2023-12-20", PERMITTED, device=PHONE, people=ASSISTANT),
    Case("staff", "dk-ringsted", TIKTOK, A, "2023-04-01", FORBIDDEN, "dk-ringsted/devices", PHONE, duties=RINGSTED),
    Case("pupil", "dk-ringsted", TIKTOK, A, "2023-04-01", FORBIDDEN, "dk-ringsted/devices", PHONE, People.PUPIL),
    Case("others allowed", "dk-ringsted", "meta/facebook", A, "2023-04-01", PERMITTED, device=PHONE),
    Case(
        *("official device", "ua-state-bodies", TELEGRAM, A, "2024-10-01", FORBIDDEN),
        "ua-nccc-telegram/official-devices",
        duties=UA_DUTIES,
    ),
    Case(
        *("operator", "ua-critical-infrastructure-operators", TELEGRAM, A, "2024-10-01", FORBIDDEN),
        *("ua-nccc-telegram/official-devices", OFFICE, People.REGULATED),
    ),
    Case("own phone", "ua-state-bodies", TELEGRAM, A, "2024-10-01", PERMITTED, device=OWN_WITH_MAIL),
    Case(
        *("staff", SEIMAS, DEEPSEEK, W, "2025-03-01", FORBIDDEN, SEIMAS_CLAUSE),
        duties={"stop_using": "2025-02-12T00:00+02:00"},
    ),
    Case("member", SEIMAS, DEEPSEEK, W, "2025-03-01", PERMITTED, people=People.ELECTED),
    Case("somebody", SEIMAS, DEEPSEEK, W, "2025-03-01", UNKNOWN, SEIMAS_CLAUSE, people=None, missing=("people",)),
    Case("own phone", SEIMAS, DEEPSEEK, A, "2025-03-01", PERMITTED, device=OWN_WITH_MAIL),
    Case("decided, no day", "at-federal-administration", TIKTOK, A, "2023-06-01", PERMITTED, device=PHONE),
    Case("advice", "no-municipalities", TELEGRAM, A, "2023-06-01", ADVISED, "no-nsm/connected-service-devices", PHONE),
    Case("not connected", "no-municipalities", TELEGRAM, A, "2023-06-01", PERMITTED, device=APART),
    Case("mail", "no-bergen", TIKTOK, A, "2023-06-01", FORBIDDEN, "no-bergen/own-devices-with-access", OWN_WITH_MAIL),
    Case("mail", "lv-mfa", TIKTOK, A, "2023-06-01", FORBIDDEN, "lv-mfa/devices-with-ministry-mail", OWN_WITH_MAIL),
    Case("no ban", "lu-prime-minister", TIKTOK, A, "2023-06-01", PERMITTED),
)  # fmt: skip


def app_of(law: Law, case: Case) -> AppFacts:
    """The app, with what is stated of this use of it."""
    facts = law.catalogue.facts(case.app)
    return replace(facts, contract=case.contract) if case.contract else facts


def instant(law: Law, text: str) -> datetime:
    """The start of a day where the institution is."""
    return start_of(date.fromisoformat(text), law.zone)


def law_for(case: Case) -> Law:
    """An authority of the library is asked about as itself, any other name is a group."""
    known = load_library()[0]
    return law_of(case.institution) if case.institution in known else law_of(groups=(case.institution,))


def named(cases: Iterable[Case]) -> list[object]:
    """Cases with the institution and what they are about as their ids."""
    return [pytest.param(c, id=f"{c.institution}: {c.app} {c.surface}, {c.name}") for c in cases]


@pytest.mark.parametrize("case", named((*AUSTRALIA, *ASIA_PACIFIC, *EUROPE)))
def test_what_a_directive_comes_to(case: Case) -> None:
    """Outcome, deciding clause, duties with their instants, and what is missing."""
    law = law_for(case)
    who = class_of(case.device, case.people, law.body)
    noon = instant(law, case.at).replace(hour=12)
    ruling = resolve(law, who, app_of(law, case), case.surface, noon)
    assert (ruling.outcome, ruling.deciding, ruling.missing) == (case.outcome, case.deciding, case.missing)
    if case.duties:
        assert {d.duty: d.due for d in ruling.duties} == {
            Duty(word): datetime.fromisoformat(due) for word, due in case.duties.items()
        }


# --- networks, places, accounts -------------------------------------------------------------------


def asked(institution: str, subject: Subject, word: str, surface: Surface, app: str = TIKTOK) -> Ruling:
    """What is ruled of the networks, places or accounts of an institution in the middle of 2023."""
    law = law_of(institution) if institution in load_library()[0] else law_of(groups=(institution,))
    who: DeviceClass = subject_of(subject, word, law.body)
    return resolve(law, who, app, surface, instant(law, "2023-06-01"))


def test_ringsted_forbids_its_own_channel() -> None:
    """The municipality may not use the app to communicate; its Facebook page may stay."""
    ruling = asked("dk-ringsted", Subject.ACCOUNT, "official", Surface.ACCOUNT)
    assert (ruling.outcome, ruling.deciding) == (FORBIDDEN, "dk-ringsted/official-channel")
    assert [(d.duty, d.due.isoformat()) for d in ruling.duties] == [(Duty.STOP_USING, "2023-03-01T00:00:00+01:00")]
    assert asked("dk-ringsted", Subject.ACCOUNT, "official", Surface.ACCOUNT, "meta/facebook").outcome is PERMITTED


def test_ukraine_leaves_official_channels_alone() -> None:
    """The app is off official devices, the channels of public bodies go on."""
    law = law_of(groups=("ua-state-bodies",))
    who = subject_of(Subject.ACCOUNT, "official", law.body)
    assert resolve(law, who, TELEGRAM, Surface.ACCOUNT, instant(law, "2024-10-01")).outcome is PERMITTED


def test_a_campaign_needs_no_exemption_in_new_south_wales() -> None:
    """The account is not restricted, only reaching the platform from a work device."""
    assert asked(NSW, Subject.ACCOUNT, "official", Surface.ACCOUNT).outcome is PERMITTED


def test_taiwan_reaches_venues() -> None:
    """Venues that agencies run, and neither those nor the network of another branch."""
    ruling = asked(TW, Subject.PLACE, "public_venue", Surface.VENUE)
    assert (ruling.outcome, ruling.deciding) == (FORBIDDEN, "tw-moda-2022/public-venues")
    assert asked("tw-legislative-yuan", Subject.PLACE, "public_venue", Surface.VENUE).outcome is PERMITTED


@pytest.mark.parametrize(
    ("institution", "clause"),
    [("sk-parliament-chancellery", "sk-parliament/network"), ("de-interior-ministry", "de-federal/interior-network")],
)
def test_networks(institution: str, clause: str) -> None:
    """The Slovak parliament and the German Interior Ministry block the network, other ministries do not."""
    ruling = asked(institution, Subject.NETWORK, "work", Surface.NETWORK)
    assert (ruling.outcome, ruling.deciding) == (FORBIDDEN, clause)
    assert asked("de-federal-ministries", Subject.NETWORK, "work", Surface.NETWORK).outcome is PERMITTED


# --- exemptions -----------------------------------------------------------------------------------


def exempted(clause: str, app: str, surface: Surface, group: str, day: str, **asks: str) -> Ruling:
    """What is ruled of an exempted office phone, by `purpose`, `approver`, `profile` and what it is to `require`."""
    known = load_library()[0]
    zone = known[group].zone if group in known else ZoneInfo("UTC")
    first = date.fromisoformat(day)
    one = Exemption(
        id="x",
        restrictions=frozenset({clause}),
        devices=frozenset({"d"}),
        what=(Selector(What.FAMILY, (app.partition("/")[0],)),),
        surfaces=frozenset({surface}),
        purpose=asks["purpose"],
        approver=asks["approver"],
        approved=first,
        span=Span(start_of(first, zone), end_of(first, zone)),
        last_day=first,
        profile=asks.get("profile"),
        conditions=frozenset(Condition(c) for c in asks.get("require", "").split()),
        consulted=frozenset(asks.get("consulted", "").split()),
    )
    law = law_of(group, (), (one,)) if group in known else law_of(groups=(group,), exemptions=(one,))
    return resolve(
        law, class_of(PHONE, People.STAFF, law.body, ["x"]), app, surface, instant(law, day).replace(hour=12)
    )


TIKTOK_ENTITY = ("au-pspf-001-2023/government-devices", TIKTOK, A, ENTITY, "2023-06-01")
DEEPSEEK_ENTITY = ("au-pspf-001-2025/systems-and-devices", DEEPSEEK, A, ENTITY, "2025-06-01")


def test_one_authority_with_opposite_exemptions() -> None:
    """Marketing is a reason under the direction on TikTok and none under that on DeepSeek."""
    asks = {"purpose": "marketing", "approver": "chief-security-officer"}
    profile = {"profile": "pspf-001-2023"}
    assert exempted(*TIKTOK_ENTITY, **asks, **profile).outcome is Outcome.CONDITIONAL
    assert exempted(*TIKTOK_ENTITY, **asks).outcome is FORBIDDEN
    assert exempted(*TIKTOK_ENTITY, **(asks | {"approver": "minister"}), **profile).outcome is FORBIDDEN
    assert exempted(*DEEPSEEK_ENTITY, **asks, **profile).outcome is FORBIDDEN


@pytest.mark.parametrize(
    ("clause", "group", "asks"),
    [
        (
            *("au-qld-policy/government-devices", QLD),
            {
                "purpose": "service_need",
                "approver": "accountable-officer",
                "profile": "isolated-device",
                "require": "risk_assessment stored_securely personal_content_minimised removed_after_use",
            },
        ),
        (
            *("au-nsw-2023/issued-devices", NSW),
            {
                "purpose": "community_messaging",
                "approver": "agency-chief-information-security-officer",
                "consulted": "nsw-chief-cyber-security-officer",
                "profile": "documented-case",
            },
        ),
        (
            *("no-loten/service-phones", "no-loten"),
            {
                "purpose": "service_need",
                "approver": "information-security-officer",
                "profile": "isolated-device",
                "require": "not_on_body_network",
            },
        ),
        (
            *("fr-recreational/work-phones", FR),
            {"purpose": "communication", "approver": "ministry-digital-directorate"},
        ),
    ],
)
def test_an_exemption_of_the_right_kind_counts(clause: str, group: str, asks: dict[str, str]) -> None:
    """For the purpose, approver and conditions that the decision names, and for no other purpose."""
    found = exempted(clause, TIKTOK, A, group, "2023-06-01", **asks)
    assert (found.outcome, found.deciding) == (Outcome.CONDITIONAL, clause)
    assert exempted(clause, TIKTOK, A, group, "2023-06-01", **(asks | {"purpose": "leisure"})).outcome is FORBIDDEN


# --- the texts themselves -------------------------------------------------------------------------


def test_every_text_is_there_and_says_where_it_comes_from() -> None:
    """Each decision is entered, with dated citations and nothing invented."""
    _, texts, _, issues = load_library()
    ours = [t for t in texts if t.id in DECISIONS | RECORDS]
    assert issues == ()
    assert {t.id for t in ours if t.kind.rules} == DECISIONS
    assert {t.id for t in ours if not t.kind.rules} == RECORDS
    assert all(c.title and c.url and c.retrieved for t in ours for c in t.cites)
    assert all(t.cites and t.confidence and t.decided and not t.invented for t in ours)


def test_no_clause_says_more_than_its_authority_can() -> None:
    """Towards each institution that it addresses a clause keeps the force it is written with; the power is cited."""
    law = law_of()
    for text in (t for t in law.texts if t.id in DECISIONS):
        authority = law.authority(text.authority)
        assert authority is not None
        assert all(p.cites for p in (*authority.binds, *authority.advises))
        for clause in text.restrictions:
            for name in clause.addressees or {authority.id}:
                forces = {effective_force(clause, authority, law, name, p)[0] for p in clause.people or {None}}
                assert forces == {clause.force}, (text.id, clause.id, name)


def test_upward_completion_is_general_knowledge() -> None:
    """That removal is reported to Home Affairs was read nowhere, and the text says so."""
    text = text_of("au-pspf-001-2025")
    assert [(u.what, u.to) for u in text.upward] == [("completion", "au-home-affairs-secretary")]
    assert text.general_knowledge == ("upward.0",)


def test_a_decision_without_a_day_is_not_in_force() -> None:
    """Austria's start was not stated: the clause is there, announced, and binds nobody yet."""
    law = law_of(groups=("at-federal-administration",))
    who = class_of(PHONE, People.STAFF, law.body)
    reasons = resolve(law, who, TIKTOK, A, instant(law, "2023-06-01")).reasons
    assert [(r.clause, r.standing, r.force) for r in reasons] == [
        ("at-federal/work-devices", Standing.NOT_YET_IN_FORCE, Force.BINDING)
    ]


def test_records_rule_on_nothing() -> None:
    """Collections and the decision not to decide have members or reasons, and no clause."""
    for text_id in RECORDS:
        text = text_of(text_id)
        assert not text.restrictions
        assert text.members or text.reasons
    no_ban = text_of("lu-no-ban").review
    assert no_ban is not None
    assert no_ban.trigger == "evidence_supplied"


@pytest.mark.parametrize(
    ("text_id", "known_to"),
    [
        ("tw-moda-2022", Precision.YEAR),  # reports give October to December 2022
        ("nl-provinces", Precision.YEAR),  # the year alone was found
        ("au-qld-policy", Precision.MONTH),
        ("nl-rijksoverheid", Precision.DAY),
    ],
)
def test_a_day_that_stands_for_a_month_or_year_is_marked(text_id: str, known_to: Precision) -> None:
    """So that nobody is told the day on which a decision began where only its month or its year is known."""
    begins = next(s for s in text_of(text_id).lifecycle if s.state is State.IN_FORCE)
    assert begins.known_to is known_to
