# SPDX-License-Identifier: EUPL-1.2
"""Lints of the law, and their cases."""
