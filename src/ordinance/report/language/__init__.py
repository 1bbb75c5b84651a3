# SPDX-License-Identifier: EUPL-1.2
"""Sentences in the languages of the bodies: one TOML file a language, read when somebody asks for it."""

LANGUAGES = ("en", "et", "nl", "fr")
