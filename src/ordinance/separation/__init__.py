# SPDX-License-Identifier: EUPL-1.2
"""Records of separate devices, the profiles they are held to, and the proof. Pure but for the files it is given."""
