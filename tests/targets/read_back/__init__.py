# SPDX-License-Identifier: EUPL-1.2
"""For each target a reader of its format that shares no code with it: `blocked` gives the names found in artefacts.

What a reader finds is what the real consumer would block; whatever does not belong to the format is an assertion.
"""
