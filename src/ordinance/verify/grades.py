# SPDX-License-Identifier: EUPL-1.2
"""What asking for a name proves, and which surface an identifier belongs to.

DNS alone cannot tell a visit from an embed, and a question from a contact; the grade says which of
these is left. A widget is never use.
"""

from __future__ import annotations

from functools import cache

from ordinance.model.apps import Confidence, Identifier, Kind, Role, Surface
from ordinance.model.estate import MOBILE, Platform, app_surfaces
from ordinance.model.evidence import Answered, NameAsked
from ordinance.model.result import Grade

_BY_ROLE = {
    Role.APP_ONLY: Grade.APP_TRAFFIC,
    Role.WEB: Grade.WEB_OR_EMBED,
    Role.EMBED: Grade.EMBED,
    Role.SHARED: Grade.SHARED_HOST,
}
_BY_KIND = {
    Kind.PACKAGE_NAME: Surface.APP,
    Kind.BUNDLE_ID: Surface.APP,
    Kind.PACKAGE_FAMILY_NAME: Surface.DESKTOP,
}


_IDS = {
    Platform.ANDROID: frozenset({Kind.PACKAGE_NAME}),
    Platform.IOS: frozenset({Kind.BUNDLE_ID}),
    Platform.MACOS: frozenset({Kind.BUNDLE_ID}),
    Platform.WINDOWS: frozenset({Kind.PACKAGE_FAMILY_NAME}),
    Platform.CHROMEOS: frozenset({Kind.PACKAGE_NAME}),
    Platform.LINUX: frozenset[Kind](),
    Platform.IOT: frozenset[Kind](),
}


def ids_of(platform: Platform | None) -> frozenset[Kind]:
    """The kinds of id that apps of a platform have; of one that nobody stated any of them."""
    return _IDS[platform] if platform else frozenset(_BY_KIND)


def platforms_of(kind: Kind) -> frozenset[Platform]:
    """The platforms of which apps have ids of a kind."""
    return frozenset(platform for platform, kinds in _IDS.items() if kind in kinds)


def grade(asked: NameAsked) -> Grade | None:
    """The grade of a watched name; `None` for a name of the body's own."""
    if asked.identifier is None:
        return None
    if asked.answered is Answered.BLOCKED:
        return Grade.BLOCKED
    if asked.answered is Answered.NOTHING:
        return Grade.RESOLVED
    return _BY_ROLE[asked.identifier.role or Role.SHARED]


def proves_use(asked: NameAsked) -> bool:
    """Whether the question alone may say that the app was used: a name only the app speaks to, sure,
    listed itself and not merely likely, and not given up before that day (somebody else may hold it)."""
    found = asked.identifier
    return (
        found is not None
        and grade(asked) is Grade.APP_TRAFFIC
        and found.confidence is Confidence.HIGH
        and not asked.likely
        and (found.retired is None or asked.at.date() < found.retired)
    )


def is_let_through(asked: NameAsked) -> bool:
    """Whether a block let an app's name through: every name that targets block, sure or not."""
    found = asked.identifier
    return found is not None and grade(asked) is Grade.APP_TRAFFIC and found.confidence is not Confidence.LOW


def is_blocked_app_name(asked: NameAsked) -> bool:
    """Whether a name only the app speaks to was refused by the resolver: a sign that the block works."""
    found = asked.identifier
    return found is not None and found.role is Role.APP_ONLY and grade(asked) is Grade.BLOCKED


def is_untold(asked: NameAsked) -> bool:
    """Whether a name of the app was asked for and the log does not say what came of it: silence is none then."""
    found = asked.identifier
    return found is not None and found.role is Role.APP_ONLY and not asked.told and grade(asked) is Grade.RESOLVED


def surface_of(identifier: Identifier, platform: Platform | None) -> Surface:
    """The surface that an installed identifier is on; a display name goes by the platform."""
    known = _BY_KIND.get(identifier.kind)
    return known or (Surface.APP if platform in MOBILE or platform is None else Surface.DESKTOP)


@cache
def traffic_surfaces(platform: Platform | None) -> tuple[Surface, ...]:
    """The surfaces that the app's own traffic from a device can belong to, likeliest first.

    Chromebooks and Macs run phone apps too; where nobody stated the platform it may be either.
    """
    return (*app_surfaces(platform), Surface.NETWORK)


def is_name_match(identifier: Identifier) -> bool:
    """Whether only a display name matched: enough to look, never enough to accuse."""
    return identifier.kind is Kind.DISPLAY_NAME
