# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash disable=SC2034
# Sourced by packaging/quickstart and tests/run: Debian 12's packages for what they do, and how they are installed.

packages_to_build=(gcc libc6-dev cmake ninja-build pkgconf check
    libmicrohttpd-dev libyaml-dev libssl-dev libsystemd-dev libseccomp-dev)
packages_to_test=(clang clang-14 clang-format-14 clang-tidy-14 libclang-rt-14-dev llvm-14 shellcheck mandoc
    python3 jq curl docker.io docker-compose openssl busybox-static procps systemd zsh fish
    dpkg-dev unicode-data valgrind)

# missing_packages NAME…: those that are not installed, one a line.
missing_packages()
{
    local name
    for name; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || echo "$name"
    done
}

# apt_install NAME…: installs them, with fresh package lists only where those at hand do not do. An engine that comes
# with them is for private use: its services are neither started now nor at the next boot.
apt_install()
(
    set -e
    export DEBIAN_FRONTEND=noninteractive
    install=(apt-get -o DPkg::Lock::Timeout=300 install --yes --no-install-recommends "$@")
    no_service=/usr/sbin/policy-rc.d
    new_units=()

    for unit in docker.socket docker.service containerd.service; do
        [ ! -d /run/systemd/system ] || systemctl cat $unit >/dev/null 2>&1 || new_units+=("$unit")
    done
    if [ ! -e $no_service ]; then
        trap 'rm -f $no_service' EXIT
        printf '#!/bin/sh\nexit 101\n' >$no_service
        chmod 755 $no_service
    fi
    "${install[@]}" || { apt-get update && "${install[@]}"; } || exit 1
    for unit in "${new_units[@]}"; do
        ! systemctl cat "$unit" >/dev/null 2>&1 || systemctl disable --now "$unit"
    done
)
