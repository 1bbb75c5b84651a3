# SPDX-License-Identifier: EUPL-1.2
"""From rulings to a plan, and from a plan to a bundle for the tools a body runs."""
