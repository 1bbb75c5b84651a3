# SPDX-License-Identifier: EUPL-1.2
"""Compiled matching of names and ids, longest suffix; used by readers and targets alike."""
