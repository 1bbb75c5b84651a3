# SPDX-License-Identifier: EUPL-1.2
"""The law: authorities, texts, restrictions, duties, exemptions and answers to advice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from ordinance.model.apps import Catalogue, Citation, Confidence, Surface
from ordinance.model.estate import People, Use
from ordinance.model.evidence import EvidenceKind
from ordinance.model.time import Period, Span

if TYPE_CHECKING:
    from ordinance.model.evaluation import Evaluation


class Force(StrEnum):
    """How strongly a clause binds. Never stronger than its authority's power over the addressee."""

    BINDING = "binding"
    DUTY_TO_REACT = "duty_to_react"
    ADVICE = "advice"

    @property
    def strength(self) -> int:
        """Order for comparing: advice 1, duty to react 2, binding 3."""
        return {Force.ADVICE: 1, Force.DUTY_TO_REACT: 2, Force.BINDING: 3}[self]


class TextKind(StrEnum):
    """What a text is. Only decisions and advice rule; the other two are records.

    A `collection` gathers what several authorities did, a `no_decision` records that one of them did not
    decide, with its reasons and what would make it look again.
    """

    DECISION = "decision"
    ADVICE = "advice"
    COLLECTION = "collection"
    NO_DECISION = "no_decision"

    @property
    def rules(self) -> bool:
        """Whether clauses of such a text can come to a ruling."""
        return self in {TextKind.DECISION, TextKind.ADVICE}


class State(StrEnum):
    """Where a text is in its life."""

    UNDER_CONSIDERATION = "under_consideration"
    ANNOUNCED = "announced"
    PENDING_GUIDELINES = "pending_guidelines"
    IN_FORCE = "in_force"
    LAPSED = "lapsed"
    SUPERSEDED = "superseded"
    REPEALED = "repealed"


class Duty(StrEnum):
    """What somebody must do; each has its own clock and its own evidence."""

    STOP_USING = "stop_using"
    REMOVE = "remove"
    DENY_INSTALL = "deny_install"
    BLOCK_TRAFFIC = "block_traffic"
    IDENTIFY = "identify"
    REPORT = "report"
    ATTEST = "attest"
    REPLACE = "replace"  # use what `replace_with` names instead
    ASSESS_RISK = "assess_risk"  # take it into the risk analysis and act on what that shows


class AtSunset(StrEnum):
    """What silence means when a rule's time is up, chosen by the body."""

    LAPSE = "lapse"
    DECIDE = "decide"
    PERMANENT = "permanent"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where in which file something was written, for messages."""

    file: str = ""
    line: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True)
class Power:
    """Power of an authority over others: the institutions, and the people there (empty: all)."""

    institutions: frozenset[str]
    populations: frozenset[People] = frozenset()
    cites: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Authority:
    """Somebody who can decide. `groups` it belongs to can be named in others' powers.

    It binds only its own institution unless `binds` says more; `advises` likewise.
    """

    id: str
    name: str
    zone: ZoneInfo
    country: str = ""
    groups: frozenset[str] = frozenset()
    binds: tuple[Power, ...] = ()
    advises: tuple[Power, ...] = ()
    place: Place = field(default_factory=Place)


class Precision(StrEnum):
    """How exactly a source gives a day; the first day of a month or year then stands for it."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class Restarts(StrEnum):
    """Whose clock a new version of a list starts: that of the apps it adds, or that of all on it."""

    ADDED = "added"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Clock:
    """When a duty is due: at once, a period after force begins, at the end of a day, or at an instant.

    With `after_list` the period runs from the version of the external list that put the app on it.
    """

    within: Period | None = None
    by: date | None = None
    at: datetime | None = None
    after_list: bool = False
    restarts: Restarts = Restarts.ADDED


@dataclass(frozen=True, slots=True)
class Stage:
    """One line of a lifecycle: the state begins at an instant. `by` is the text that superseded it."""

    state: State
    start: datetime
    known_to: Precision = Precision.DAY
    by: str = ""


class What(StrEnum):
    """Ways to say what a clause restricts."""

    FAMILY = "family"
    APP = "app"
    VENDOR = "vendor"
    SUCCESSOR_OF = "successor_of"
    CATEGORY = "category"
    ORIGIN = "origin"
    CRITERION = "criterion"
    BEHAVIOUR = "behaviour"
    EDITION = "edition"
    DEPLOYMENT = "deployment"
    CONTRACT = "contract"
    LISTED_BY = "listed_by"
    ALLOW_ONLY = "allow_only"
    ALL = "all"
    ANY = "any"
    NOT = "not"


class Affiliates(StrEnum):
    """Whose apps a vendor's are: its own, also those of who it controls, or of the whole group."""

    NONE = "none"
    SUBSIDIARIES = "subsidiaries"
    GROUP = "group"


@dataclass(frozen=True, slots=True)
class Selector:
    """What a clause restricts: a kind with its words, or several selectors joined.

    `allow_only` restricts everything that none of its parts names. `policy.select` gives it meaning.
    """

    kind: What
    words: tuple[str, ...] = ()
    parts: tuple[Selector, ...] = ()
    affiliates: Affiliates = Affiliates.NONE

    @property
    def family(self) -> str | None:
        """The family named, for a selector that names one."""
        return self.words[0] if self.kind is What.FAMILY else None

    @property
    def app(self) -> str | None:
        """The member named (`family/member`), for a selector that names one."""
        return self.words[0] if self.kind is What.APP else None

    def leaves(self) -> tuple[Selector, ...]:
        """Every selector in the tree that joins no others, `allow_only` opened too."""
        return tuple(leaf for p in self.parts for leaf in p.leaves()) if self.parts else (self,)


@dataclass(frozen=True, slots=True)
class ListVersion:
    """One version of an external list; it holds from `start` until the next, and names all that is on it."""

    version: str
    start: datetime
    items: tuple[Selector, ...]


@dataclass(frozen=True, slots=True)
class ExternalList:
    """A list that somebody keeps and changes without a new decision. Of one that was not read nothing is known."""

    id: str
    by: str
    versions: tuple[ListVersion, ...] = ()
    not_read: bool = False
    place: Place = field(default_factory=Place)


class Otherwise(StrEnum):
    """What holds of an app that nothing shows to meet a criterion."""

    UNKNOWN = "unknown"
    UNMET = "unmet"


@dataclass(frozen=True, slots=True)
class Criterion:
    """A test that a text states instead of naming apps. `met_by` are facts that are enough by themselves."""

    id: str
    met_by: tuple[Selector, ...] = ()
    otherwise: Otherwise = Otherwise.UNKNOWN
    place: Place = field(default_factory=Place)


@dataclass(frozen=True, slots=True)
class Classification:
    """Somebody's finding that an app is, or is not, of a category, behaves so, or meets a criterion.

    `text` narrows it to one text; it holds from the start of the day `on`, never before.
    """

    id: str
    what: Selector
    kind: What
    word: str
    applies: bool
    by: str
    on: date
    text: str = ""
    reasons: tuple[str, ...] = ()
    place: Place = field(default_factory=Place)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A contested reading: the choices between which a text's own words do not decide."""

    id: str
    choices: frozenset[str]
    cites: tuple[Citation, ...] = ()
    place: Place = field(default_factory=Place)


@dataclass(frozen=True, slots=True)
class ChosenReading:
    """A body's choice of a contested reading, from the start of the day `on`."""

    id: str
    text: str
    parameter: str
    choice: str
    by: str
    on: date
    reasons: tuple[str, ...] = ()
    place: Place = field(default_factory=Place)


class PlaceKind(StrEnum):
    """Places that a rule can speak of."""

    SENSITIVE_LOCATION = "sensitive_location"
    MEETING = "meeting"
    PUBLIC_VENUE = "public_venue"


class AccountKind(StrEnum):
    """Accounts that a rule can speak of: the body's own channel, or a person's."""

    OFFICIAL = "official"
    PRIVATE = "private"


class Consequence(StrEnum):
    """What follows where a clause is not kept, or how it is carried out."""

    ACCESS_REMOVED = "access_removed"
    CHOOSE_APP_OR_ACCESS = "choose_app_or_access"
    NETWORK_REFUSED = "network_refused"
    ENTRY_REFUSED = "entry_refused"
    REMOVED_AUTOMATICALLY = "removed_automatically"
    WIPE = "wipe"
    MANAGER_FOLLOWS_UP = "manager_follows_up"
    SANCTION = "sanction"
    NO_POLICING = "no_policing"


class UpwardWhat(StrEnum):
    """What a text asks to be told upwards."""

    COMPLETION = "completion"
    COMPLIANCE = "compliance"
    PRESENCE = "presence"
    PLAN = "plan"
    REACTION = "reaction"
    EXEMPTIONS = "exemptions"


@dataclass(frozen=True, slots=True)
class UpwardDuty:
    """Something that the body must tell another authority."""

    what: UpwardWhat
    to: str
    clock: Clock
    place: Place = field(default_factory=Place)


class Trigger(StrEnum):
    """What makes somebody look at a decision again, besides a day."""

    UPSTREAM_CHANGES = "upstream_changes"
    EVIDENCE_SUPPLIED = "evidence_supplied"
    GUIDELINES_ARRIVE = "guidelines_arrive"
    INCIDENT = "incident"
    VENDOR_REPLIES = "vendor_replies"
    SESSION_BEGINS = "session_begins"


@dataclass(frozen=True, slots=True)
class Review:
    """When a decision is looked at again: by a day (inclusive), at an event, or both."""

    due: date | None = None
    trigger: Trigger | None = None


class Dimension(StrEnum):
    """Parts of a decision; one that was not read is listed as such, never guessed."""

    POWER = "power"
    FORCE = "force"
    WHAT = "what"
    SURFACES = "surfaces"
    DEVICES = "devices"
    PEOPLE = "people"
    LIFECYCLE = "lifecycle"
    DUTIES = "duties"
    DURATION = "duration"
    EXEMPTIONS_ALLOWED = "exemptions_allowed"
    CONDITIONS = "conditions"
    CONSEQUENCES = "consequences"
    EVIDENCE_ALLOWED = "evidence_allowed"
    UPWARD = "upward"


@dataclass(frozen=True, slots=True)
class NotExpressible:
    """Something the decision says and the language cannot say yet: it has no effect, and is shown."""

    dimension: Dimension
    reason: str
    place: Place = field(default_factory=Place)


# A scope is a tree of ("all" | "any", subtrees), ("not", subtree) or (fact, test, value);
# `policy.scope` gives it meaning. It is kept as data so that it can be explained and compared.
Scope = tuple[Any, ...]

WHOLE_TEXT = "policy"  # among the paths of a file: everything in it

EVERY_DEVICE: Scope = ("all", ())


class Grain(StrEnum):
    """For whom a single exemption may be given, narrowest first."""

    DEVICE = "device"
    PERSON = "person"
    UNIT = "unit"
    INSTITUTION = "institution"


@dataclass(frozen=True, slots=True)
class Allowance:
    """What kind of exemption a text's binding clauses admit (`restrictions`: only these; empty: all).

    `purposes` is a closed list, or `any` or `not_read`; `approver` is empty where it was not read. `longest` is the
    longest term. `conditions` is a profile that the exemption must name, `requires` are single conditions that it must
    hold. `delegable`: the approver may let somebody else sign. `consulted` must have been heard before, `report_to` is
    told within `report_within` of the first day.
    """

    purposes: frozenset[str]
    approver: str
    longest: Period | None = None
    blanket: bool = False
    conditions: str | None = None
    requires: frozenset[Condition] = frozenset()
    delegable: bool = False
    consulted: frozenset[str] = frozenset()
    report_to: str = ""
    report_within: Period | None = None
    restrictions: frozenset[str] = frozenset()
    place: Place = field(default_factory=Place)


@dataclass(frozen=True, slots=True)
class Restriction:
    """One clause. `addressees` are institutions or groups (empty: the authority's own).

    It speaks of devices (`devices`, `people`), or of whoever is on `networks`, in `places`, or behind
    `accounts`; of one of the four only. `under` are contested readings under which it holds; `start` is its
    own beginning where it is later than its text's. `evidence_allowed` can only narrow what the body allows.
    """

    id: str
    force: Force
    what: tuple[Selector, ...]
    surfaces: frozenset[Surface]
    devices: Scope
    people: frozenset[People]
    duties: tuple[tuple[Duty, Clock], ...]
    addressees: frozenset[str] = frozenset()
    term: Period | None = None
    last_day: date | None = None
    at_sunset: AtSunset | None = None
    renewal_needs: frozenset[str] = frozenset()
    start: datetime | None = None
    networks: frozenset[Use] = frozenset()
    places: frozenset[PlaceKind] = frozenset()
    accounts: frozenset[AccountKind] = frozenset()
    under: tuple[tuple[str, frozenset[str]], ...] = ()
    replace_with: tuple[Selector, ...] = ()
    consequences: frozenset[Consequence] = frozenset()
    alternatives: tuple[Selector, ...] = ()
    evidence_allowed: frozenset[EvidenceKind] | None = None
    place: Place = field(default_factory=Place)

    @property
    def speaks_of_devices(self) -> bool:
        """Whether its subjects are devices, and not networks, places or accounts."""
        return not (self.networks or self.places or self.accounts)


@dataclass(frozen=True, slots=True)
class Freedom:
    """What a text says expressly that it leaves free. It has no effect: no text removes what another one says."""

    what: tuple[Selector, ...] = ()
    surfaces: frozenset[Surface] = frozenset()
    devices: Scope = EVERY_DEVICE
    people: frozenset[People] = frozenset()
    accounts: frozenset[AccountKind] = frozenset()
    place: Place = field(default_factory=Place)


@dataclass(frozen=True, slots=True)
class Change:
    """A stated change to an adopted clause: dropped, or replaced by a whole clause."""

    restriction: str
    replacement: Restriction | None = None


@dataclass(frozen=True, slots=True)
class Adoption:
    """Another text whose clauses become ours, with stated changes."""

    text: str
    changes: tuple[Change, ...] = ()
    place: Place = field(default_factory=Place)


@dataclass(frozen=True, slots=True)
class Text:
    """One version of a decision: a policy of a body, or a directive of the library.

    `mirrors` is a baseline for comparison and imports nothing. `overlay` marks an incident rule
    that is stricter for a stated time and ends by itself. `invented` lists the paths of this file
    that no source states and that were made up for an example, `general_knowledge` those that no page
    read states. `no_exemptions`: the text says that there are none; `no_upward`: that nothing is reported.
    `legal_basis`, `instrument`, `reasons` and `members` are for people and mean nothing to a ruling.
    `lost_paths` are paths under `invented` and `general_knowledge` that lead nowhere in the file.
    """

    id: str
    version: str
    title: str
    authority: str
    lifecycle: tuple[Stage, ...]
    restrictions: tuple[Restriction, ...]
    mirrors: tuple[str, ...] = ()
    adopts: tuple[Adoption, ...] = ()
    allowances: tuple[Allowance, ...] = ()
    overlay: bool = False
    invented: tuple[str, ...] = ()
    cites: tuple[Citation, ...] = ()
    shipped: bool = False
    kind: TextKind = TextKind.DECISION
    no_exemptions: bool = False
    leaves_free: tuple[Freedom, ...] = ()
    lists: tuple[ExternalList, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    classifications: tuple[Classification, ...] = ()
    classified_by: frozenset[str] = frozenset()
    parameters: tuple[Parameter, ...] = ()
    upward: tuple[UpwardDuty, ...] = ()
    no_upward: bool = False
    review: Review | None = None
    decided: date | None = None
    decided_known_to: Precision = Precision.DAY
    confidence: Confidence | None = None
    not_read: frozenset[Dimension] = frozenset()
    not_expressible: tuple[NotExpressible, ...] = ()
    general_knowledge: tuple[str, ...] = ()
    advised_by: tuple[str, ...] = ()
    legal_basis: str = ""
    instrument: str = ""
    reasons: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    lost_paths: tuple[tuple[str, Place], ...] = ()
    place: Place = field(default_factory=Place)

    def is_made_up(self, key: str) -> bool:
        """Whether a key of the whole file, or the file as a whole, was made up for an example."""
        return bool({WHOLE_TEXT, key} & {*self.invented})


class Condition(StrEnum):
    """What an exempted separate device must show; the numbers are those of DESIGN's SD list.

    The first four are checked from evidence today; of the others a check says that it cannot know.
    """

    DECLARED_SEPARATE = "declared_separate"  # SD-01: in the inventory of devices as separate, with a holder
    NO_INTERNAL_NAMES = "no_internal_names"  # SD-02: reaches none of the body's internal services
    NOT_ON_BODY_NETWORK = "not_on_body_network"  # SD-03
    NO_OTHER_APPS = "no_other_apps"  # SD-04: used for nothing else
    ABSENT_ELSEWHERE = "absent_elsewhere"  # SD-05: the app is on no other work device
    STORED_SECURELY = "stored_securely"  # SD-06: put away when idle, away from sensitive conversations
    SYSTEM_UP_TO_DATE = "system_up_to_date"  # SD-07
    TRUSTED_STORE = "trusted_store"  # SD-08
    PERMISSIONS_REVIEWED = "permissions_reviewed"  # SD-09: with the terms, at each update
    METADATA_REMOVED = "metadata_removed"  # SD-10: before anything is uploaded
    PERSONAL_CONTENT_MINIMISED = "personal_content_minimised"  # SD-11
    GENERIC_MAILBOX = "generic_mailbox"  # SD-12: the account's address is an office's
    MULTI_FACTOR = "multi_factor"  # SD-13: and a passphrase of its own
    AUTHORISED_USERS = "authorised_users"  # SD-14: access ends at once when no longer needed
    REMOVED_AFTER_USE = "removed_after_use"  # SD-15
    NAMED_APPROVER = "named_approver"  # SD-16
    CLOSED_PURPOSE = "closed_purpose"  # SD-17
    RISK_ASSESSMENT = "risk_assessment"  # SD-18: on file
    NO_PRIVATE_DEVICES = "no_private_devices"  # SD-19: none is used for the account
    OPERATOR_UNDER_CONTRACT = "operator_under_contract"  # SD-20: a third party works on its own devices
    HAS_END = "has_end"  # SD-21
    REPORTED_UPWARDS = "reported_upwards"  # SD-22
    RECOVERY_PLAN = "recovery_plan"  # SD-23: for incidents, and to get the account back


_SEPARATE = frozenset({Condition.DECLARED_SEPARATE, Condition.NO_INTERNAL_NAMES, Condition.NO_OTHER_APPS})

# What a profile of conditions asks for; an exemption may add to it and never leave anything out. Sources: each
# directive of the same name in the library; `separate-device` is what Estonian and Norwegian advice have in common.
PROFILES: Mapping[str, frozenset[Condition]] = MappingProxyType(
    {
        "separate-device": _SEPARATE,
        "isolated-device": frozenset({Condition.DECLARED_SEPARATE, Condition.NO_INTERNAL_NAMES}),
        "off-network-device": _SEPARATE | {Condition.NOT_ON_BODY_NETWORK},
        "pspf-001-2023": frozenset(
            {
                *(Condition.DECLARED_SEPARATE, Condition.NO_INTERNAL_NAMES, Condition.STORED_SECURELY),
                *(Condition.SYSTEM_UP_TO_DATE, Condition.TRUSTED_STORE, Condition.PERMISSIONS_REVIEWED),
                *(Condition.METADATA_REMOVED, Condition.PERSONAL_CONTENT_MINIMISED, Condition.GENERIC_MAILBOX),
                *(Condition.MULTI_FACTOR, Condition.AUTHORISED_USERS, Condition.REMOVED_AFTER_USE),
                *(Condition.NAMED_APPROVER, Condition.CLOSED_PURPOSE),
            }
        ),
        "documented-case": frozenset({Condition.NAMED_APPROVER, Condition.CLOSED_PURPOSE, Condition.RISK_ASSESSMENT}),
    }
)


@dataclass(frozen=True, slots=True)
class Exemption:
    """A permission for named devices, one app or family, one purpose, a stated time."""

    id: str
    restrictions: frozenset[str]
    devices: frozenset[str]
    what: tuple[Selector, ...]
    surfaces: frozenset[Surface]
    purpose: str
    approver: str
    approved: date
    span: Span
    last_day: date
    profile: str | None
    conditions: frozenset[Condition]
    delegate: str = ""
    consulted: frozenset[str] = frozenset()
    reported: date | None = None
    place: Place = field(default_factory=Place)


class Adopted(StrEnum):
    """A body's answer to advice."""

    ADOPTED = "adopted"
    MITIGATED = "mitigated"
    DECLINED = "declined"
    PENDING = "pending"


@dataclass(frozen=True, slots=True)
class Mitigation:
    """What a body does instead, in its own words, and where a check sees it: the results of a clause (`text/clause`,
    of one duty or of all), or the conditions of an exemption. With neither no check can say anything of it."""

    what: str
    restriction: str = ""
    duty: Duty | None = None
    exemption: str = ""
    place: Place = field(default_factory=Place)

    @property
    def is_checked(self) -> bool:
        """Whether a check looks at it."""
        return bool(self.restriction or self.exemption)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the body decided about a piece of advice, and when it looks again."""

    text: str
    answer: Adopted
    by: str
    on: date
    reasons: tuple[str, ...]
    mitigations: tuple[Mitigation, ...] = ()
    next_review: date | None = None
    invented: tuple[str, ...] = ()
    place: Place = field(default_factory=Place)

    @property
    def is_made_up(self) -> bool:
        """Whether what was answered was made up for an example."""
        return "answer" in self.invented


@dataclass(frozen=True)
class Law:
    """Everything `resolve` reads about rules: texts, authorities, exemptions, answers, and what apps are.

    `body` is the institution whose devices are judged. `texts` are decisions and advice; `records` are
    collections and decisions not to decide, which rule on nothing. Of the library only what reaches the body, or is
    named by it, is among them; `shipped_ids` are the ids of all. `evaluations` rule on nothing: without one a renewal
    that needs it is an error. `digest` covers every file behind it.
    """

    body: str
    zone: ZoneInfo
    authorities: tuple[Authority, ...]
    texts: tuple[Text, ...]
    exemptions: tuple[Exemption, ...] = ()
    answers: tuple[Answer, ...] = ()
    digest: str = ""
    records: tuple[Text, ...] = ()
    classifications: tuple[Classification, ...] = ()
    readings: tuple[ChosenReading, ...] = ()
    evaluations: tuple[Evaluation, ...] = ()
    catalogue: Catalogue = field(default_factory=lambda: Catalogue("", "", ()))
    shipped_ids: frozenset[str] = frozenset()

    def authority(self, authority_id: str) -> Authority | None:
        """The authority of that id."""
        return self._authorities.get(authority_id)

    def versions(self, text_id: str) -> tuple[Text, ...]:
        """All versions of a text, in file order."""
        return self._versions.get(text_id, ())

    @cached_property
    def memo(self) -> dict[tuple[object, ...], tuple[tuple[object, ...], Any]]:
        """What `policy.memo` has computed of this law; it depends on nothing else, and another law has its own."""
        return {}

    @cached_property
    def _authorities(self) -> Mapping[str, Authority]:
        return {a.id: a for a in reversed(self.authorities)}

    @cached_property
    def _versions(self) -> Mapping[str, tuple[Text, ...]]:
        found: dict[str, list[Text]] = {}
        for text in self.texts:
            found.setdefault(text.id, []).append(text)
        return {key: tuple(texts) for key, texts in found.items()}
