# SPDX-License-Identifier: EUPL-1.2
"""What an app is: families, members and identifiers, with who says so."""
