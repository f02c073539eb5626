#!/bin/sh
# get-engine.sh <26.1|28.5> <dir>: unpacks Debian's Docker Engine of that version into <dir>/engine-<version>.
set -eu

version=${1:?usage: get-engine.sh <26.1|28.5> <dir>}
dir=${2:?usage: get-engine.sh <26.1|28.5> <dir>}
case $version in
  26.1) suite=trixie packages='docker.io containerd runc tini libc6' ;;
  28.5) suite=sid packages='docker.io containerd runc tini-static libc6' ;;
  *) echo "no such engine: $version" >&2; exit 2 ;;
esac

tree=$dir/engine-$version
mkdir -p "$dir"
# Two test runs may call this at once: the second one waits, and then finds the tree.
exec 9>"$dir/get-engine-$version.lock"
flock 9
if [ -d "$tree" ]; then exit 0; fi

work=$(mktemp -d "$dir/get-engine-$version.XXXXXX")
trap 'rm -rf "$work"' EXIT
here=$(cd "$(dirname "$0")" && pwd)
. "$here/private-apt.sh"
mkdir -p "$work/unpacked" "$work/tree/usr"

cd "$work"
apt update
# shellcheck disable=SC2086 # a list of names
apt download $packages
for deb in "$work"/*.deb; do dpkg-deb --extract "$deb" "$work/unpacked"; done

# Suites get newer versions, but a tree must have the version in its name.
found=$(dpkg-deb --field "$work"/docker.io_*.deb Version)
case $found in
  "$version".*) ;;
  *) echo "Debian $suite now has Docker $found, not $version" >&2; exit 1 ;;
esac

# Keeps only what an Engine runs, below usr/ as on every merged-usr Debian.
cd "$work/unpacked"
for top in bin sbin lib lib64; do
  if [ -d "$top" ] && [ ! -L "$top" ]; then mkdir -p usr && cp -a "$top" usr/; fi
done
for file in usr/sbin/dockerd usr/*bin/docker-proxy usr/bin/docker-init usr/*bin/runc \
  usr/bin/containerd usr/bin/containerd-shim-runc-v2 usr/bin/tini* \
  usr/lib/*-linux-gnu*/*.so* usr/lib64/*; do
  if [ -e "$file" ] || [ -L "$file" ]; then cp -a --parents "$file" "$work/tree"; fi
done
mv "$work/tree" "$tree"
