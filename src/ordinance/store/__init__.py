# SPDX-License-Identifier: EUPL-1.2
"""Everything under a body's `.ordinance/`: kept runs, keys, whole-or-nothing writing."""
