# SPDX-License-Identifier: GPL-3.0-or-later
# What can be completed is asked of the program itself, so that it is never another list than the program's.

function __quaywarden_subcommands
    quaywarden --help 2>/dev/null | string match -r -g '^  ([a-z-]+) +(\S.*)$' | paste - -
end

function __quaywarden_options
    set -l given (commandline -opc)
    quaywarden $given[2] --help 2>/dev/null | string match -r -g '^  (?:-[a-z],|   ) (--[a-z0-9-]+)(?: [A-Z]+)? +(\S.*)$' | paste - -
end

function __quaywarden_is_at_subcommand
    set -l given (commandline -opc)
    test (count $given) -eq 1; or test "$given[2]" = help
end

complete -c quaywarden -n __quaywarden_is_at_subcommand -f -a '(__quaywarden_subcommands)'
complete -c quaywarden -n 'not __quaywarden_is_at_subcommand' -a '(__quaywarden_options)'
