# SPDX-License-Identifier: EUPL-1.2
"""The style sheet: contrast by WCAG 2.2 in both modes, and nothing fetched."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

CSS = (files("ordinance.report") / "templates" / "check.css").read_text("utf-8")
LIGHT, DARK = re.findall(r":root \{(.*?)\}", CSS, re.S)[:2]
PLATES = ("plate-fail", "plate-pass", "plate-doubt", "plate-calm", "plate-over")
Colour = tuple[float, float, float]


def tokens(block: str) -> dict[str, str]:
    """Custom properties of a block."""
    return dict(re.findall(r"--([a-z-]+): ([^;]+);", block))


MODES = {"light": tokens(LIGHT), "dark": tokens(DARK)}


def colour(text: str) -> Colour:
    """`#rrggbb` as three numbers of 0 to 1."""
    return tuple(int(text[n : n + 2], 16) / 255 for n in (1, 3, 5))  # type: ignore[return-value]  # three by construction


def over(veil: str, ground: str) -> Colour:
    """A translucent white of the form rgba(255, 255, 255, a) laid over a colour."""
    alpha = float(veil.rstrip(")").rpartition(",")[2])
    return tuple(c * (1 - alpha) + alpha for c in colour(ground))  # type: ignore[return-value]  # three by construction


def luminance(c: Colour) -> float:
    """Relative luminance, WCAG 2.2."""
    r, g, b = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in c)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(a: Colour, b: Colour) -> float:
    """Contrast ratio, 1 to 21."""
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_of_black_on_white_is_21() -> None:
    """The measure itself is right at its ends."""
    assert contrast(colour("#ffffff"), colour("#000000")) == pytest.approx(21)
    assert contrast(colour("#777777"), colour("#ffffff")) == pytest.approx(4.48, abs=0.01)


def test_both_modes_have_the_same_colours() -> None:
    """No token is left to shine through from the other mode."""
    assert set(MODES["light"]) == set(MODES["dark"])
    assert "@media (prefers-color-scheme: dark)" in CSS


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("ink", ["ink", "quiet", "link", "fail", "pass", "doubt", "calm", "use"])
def test_text_on_paper_is_readable(mode: str, ink: str) -> None:
    """Every colour that text is set in has 4.5 to 1 on the page."""
    t = MODES[mode]
    assert contrast(colour(t[ink]), colour(t["paper"])) >= 4.5


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("plate", PLATES)
def test_text_on_plates_is_readable(mode: str, plate: str) -> None:
    """The answer has 4.5 to 1 on its plate, on the stripes of a hatched plate too."""
    t = MODES[mode]
    assert contrast(colour(t["plate-ink"]), colour(t[plate])) >= 4.5
    assert contrast(colour(t["plate-ink"]), over(t["stripe"], t[plate])) >= 4.5


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize(
    ("front", "back"),
    [
        ("note-ink", "note"),
    ],
)
def test_notice_is_readable(mode: str, front: str, back: str) -> None:
    """The notice of invented data has 4.5 to 1."""
    t = MODES[mode]
    assert contrast(colour(t[front]), colour(t[back])) >= 4.5


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize(
    ("front", "back"),
    [
        ("seen", "paper"),
        ("seen", "sheet"),
        ("bar-fail", "paper"),
        ("bar-pass", "paper"),
        ("edge", "paper"),
        ("note-edge", "paper"),
        ("hatch", "gap"),
        ("use", "soft"),
        ("ink", "soft"),
    ],
)
def test_shapes_can_be_told_apart(mode: str, front: str, back: str) -> None:
    """Shapes that mean something have 3 to 1 against what they lie on."""
    t = MODES[mode]
    assert contrast(colour(t[front]), colour(t[back])) >= 3


def test_every_colour_used_is_a_token() -> None:
    """No colour stands outside the two blocks, so that no mode is forgotten; print sets paper white."""
    rest = re.sub(r":root \{.*?\}", "", CSS, flags=re.S)
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b(?!-)", re.sub(r"url\(#[^)]*\)", "", rest))
    used, given = set(re.findall(r"var\(--([a-z-]+)\)", CSS)), set(MODES["light"])
    assert used <= given
    assert given - used == set()


def test_style_sheet_fetches_nothing() -> None:
    """Only patterns of the page itself are referred to, nothing moves."""
    assert re.findall(r"url\((?!#p-)", CSS) == []
    assert "@import" not in CSS
    assert "@font-face" not in CSS
    assert "animation" not in CSS
    assert "transition" not in CSS
    assert "@media print" in CSS
