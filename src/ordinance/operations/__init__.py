# SPDX-License-Identifier: EUPL-1.2
"""The verbs; the only room that joins the others, one module a verb, no printing."""
