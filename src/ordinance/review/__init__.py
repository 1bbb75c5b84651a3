# SPDX-License-Identifier: EUPL-1.2
"""What has to be decided again."""
