# SPDX-License-Identifier: EUPL-1.2
"""From observations to results per duty, findings and coverage."""
