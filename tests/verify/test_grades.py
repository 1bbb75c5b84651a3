# SPDX-License-Identifier: EUPL-1.2
"""What asking for a name proves: a widget is never use, and a likely name accuses nobody."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ordinance.model.apps import Confidence, Identifier, Kind, Role, Surface
from ordinance.model.estate import Platform
from ordinance.model.evidence import Answered, NameAsked, Where
from ordinance.model.result import Grade
from ordinance.verify.grades import grade, is_blocked_app_name, is_name_match, proves_use, surface_of, traffic_surfaces


def asked(
    role: Role | None = Role.APP_ONLY,
    answered: Answered = Answered.ADDRESS,
    confidence: Confidence = Confidence.HIGH,
    likely: bool = False,
) -> NameAsked:
    """A question for a catalogued name, or (role `None`) for a name of the body's own."""
    found = Identifier(Kind.DOMAIN, "x.example", "tiktok", "tiktok", confidence, role) if role else None
    at = datetime(2023, 4, 3, tzinfo=UTC)
    return NameAsked(at, "10.0.0.5", "x.example", found, answered, Where("dns", "a.log", 1), likely)


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (Role.APP_ONLY, Grade.APP_TRAFFIC),
        (Role.WEB, Grade.WEB_OR_EMBED),
        (Role.EMBED, Grade.EMBED),
        (Role.SHARED, Grade.SHARED_HOST),
    ],
)
def test_grade_of_an_answered_name(role: Role, expected: Grade) -> None:
    """The role decides; only names that the app alone speaks to are its traffic."""
    assert grade(asked(role)) is expected
    assert proves_use(asked(role)) is (expected is Grade.APP_TRAFFIC)


@pytest.mark.parametrize("role", list(Role))
def test_blocked_and_unanswered_names_prove_no_contact(role: Role) -> None:
    """A question that got no address is no contact, whatever the name."""
    assert grade(asked(role, Answered.BLOCKED)) is Grade.BLOCKED
    assert grade(asked(role, Answered.NOTHING)) is Grade.RESOLVED
    assert not proves_use(asked(role, Answered.BLOCKED))
    assert not proves_use(asked(role, Answered.NOTHING))


def test_only_a_blocked_name_of_the_app_shows_that_the_block_works() -> None:
    """A blocked site or pixel says nothing about the app's own names."""
    assert is_blocked_app_name(asked(Role.APP_ONLY, Answered.BLOCKED))
    assert not is_blocked_app_name(asked(Role.APP_ONLY, Answered.ADDRESS))
    assert not any(is_blocked_app_name(asked(r, Answered.BLOCKED)) for r in (Role.WEB, Role.EMBED, Role.SHARED))


def test_doubtful_names_accuse_nobody() -> None:
    """Less than high confidence, or a name found only by the CDN-alias rule, proves nothing."""
    assert not proves_use(asked(confidence=Confidence.MEDIUM))
    assert not proves_use(asked(confidence=Confidence.LOW))
    assert not proves_use(asked(likely=True))


def test_a_name_of_the_bodys_own_has_no_grade() -> None:
    """Internal names are kept for separate devices only and are no app's."""
    assert grade(asked(None)) is None
    assert not proves_use(asked(None))


@pytest.mark.parametrize(
    ("kind", "platform", "surface"),
    [
        (Kind.PACKAGE_NAME, Platform.ANDROID, Surface.APP),
        (Kind.BUNDLE_ID, Platform.IOS, Surface.APP),
        (Kind.PACKAGE_FAMILY_NAME, Platform.WINDOWS, Surface.DESKTOP),
        (Kind.DISPLAY_NAME, Platform.WINDOWS, Surface.DESKTOP),
        (Kind.DISPLAY_NAME, Platform.ANDROID, Surface.APP),
        (Kind.DISPLAY_NAME, None, Surface.APP),
    ],
)
def test_surface_of_an_installed_app(kind: Kind, platform: Platform | None, surface: Surface) -> None:
    """The kind of identifier says it; a display name goes by the platform."""
    found = Identifier(kind, "x", "tiktok", "tiktok", Confidence.HIGH)
    assert surface_of(found, platform) is surface
    assert is_name_match(found) is (kind is Kind.DISPLAY_NAME)


def test_surfaces_of_traffic_follow_the_platform() -> None:
    """A phone's app traffic is not the desktop's; where nobody states the platform it may be either."""
    assert Surface.DESKTOP not in traffic_surfaces(Platform.ANDROID)
    assert Surface.APP not in traffic_surfaces(Platform.WINDOWS)
    assert {Surface.APP, Surface.DESKTOP} <= set(traffic_surfaces(None))
