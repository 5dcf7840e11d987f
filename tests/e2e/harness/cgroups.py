# SPDX-License-Identifier: GPL-3.0-or-later
"""Control groups that an engine leaves behind, among those of others, which come and go meanwhile."""

import pathlib

ROOT = pathlib.Path("/sys/fs/cgroup")


def remove(is_own, root=ROOT):
    """Remove the groups whose name is_own; they stand right below the root of a hierarchy, and no other is looked into."""
    hierarchies = [root] if (root / "cgroup.controllers").exists() else folders(root) # of version 2, and of version 1
    for hierarchy in hierarchies:
        for folder in folders(hierarchy):
            if is_own(folder.name):
                remove_tree(folder)


def folders(parent):
    """Those that are there; one that has just gone has none."""
    try:
        return [path for path in parent.iterdir() if path.is_dir() and not path.is_symlink()]
    except FileNotFoundError:
        return []


def remove_tree(folder):
    for inner in folders(folder):
        remove_tree(inner)
    try:
        folder.rmdir()
    except OSError:
        pass # a container that outlives the engine's orderly end is ended with the sandbox
