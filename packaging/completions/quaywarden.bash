# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# What can be completed is asked of the program itself, so that it is never another list than the program's.

# _quaywarden_words [SUBCOMMAND]: the subcommands, or a subcommand's options, one a line.
_quaywarden_words()
{
    if [ $# -eq 0 ]; then
        quaywarden --help 2>/dev/null | sed -n '/^Subcommands:/,/^$/s/^  \([a-z-]\{1,\}\) .*/\1/p'
    else
        quaywarden "$1" --help 2>/dev/null | sed -n 's/^  \(-[a-z],\|   \) \(--[a-z0-9-]\{1,\}\).*/\2/p'
    fi
}

_quaywarden()
{
    local word=${COMP_WORDS[COMP_CWORD]}
    COMPREPLY=()
    if [ "$COMP_CWORD" -eq 1 ]; then
        mapfile -t COMPREPLY < <(compgen -W "$(_quaywarden_words) --help --version" -- "$word")
    elif [ "${COMP_WORDS[1]}" = help ]; then
        mapfile -t COMPREPLY < <(compgen -W "$(_quaywarden_words)" -- "$word")
    elif [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$(_quaywarden_words "${COMP_WORDS[1]}")" -- "$word")
    fi
}

# Where there is nothing of its own to offer, bash offers files.
complete -o bashdefault -o default -F _quaywarden quaywarden
