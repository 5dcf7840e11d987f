# SPDX-License-Identifier: GPL-3.0-or-later
"""The attacks, a file a class."""

from . import binds, namespaces, privileges, reading

CLASSES = [privileges, namespaces, binds, reading]
ATTACKS = [row for module in CLASSES for row in module.ATTACKS]
