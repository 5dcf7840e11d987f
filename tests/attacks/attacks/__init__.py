# SPDX-License-Identifier: GPL-3.0-or-later
"""The attacks, a file a class."""

from . import (administration, binds, doors, engine, images, kernel, limits, namespaces, networks, privileges, reading,
               stored)

CLASSES = [privileges, namespaces, binds, kernel, limits, networks, images, engine, doors, stored, administration,
           reading]
ATTACKS = [row for module in CLASSES for row in module.ATTACKS]
