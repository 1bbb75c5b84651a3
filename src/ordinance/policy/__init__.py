# SPDX-License-Identifier: EUPL-1.2
"""The law: load, lint, power, scope, time, rulings; and the library of real directives."""
