# SPDX-License-Identifier: EUPL-1.2
"""The nouns: frozen dataclasses and enums, nothing but the standard library."""
