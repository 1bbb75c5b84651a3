# SPDX-License-Identifier: EUPL-1.2
"""Reports: one renderer a format, each from the JSON object of a check and nothing else; templates beside them."""
