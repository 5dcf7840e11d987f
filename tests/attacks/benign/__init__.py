# SPDX-License-Identifier: GPL-3.0-or-later
"""Look-alikes: each resembles an attack, does no harm, and has to pass and to do what it is for."""

from . import administration, containers, doors, images, reading, restricted

MODULES = [containers, doors, restricted, images, reading, administration]
LOOKALIKES = [row for module in MODULES for row in module.LOOKALIKES]
