#!/bin/sh
# get-registry.sh <dir>: unpacks Debian's docker-registry into <dir>/registry, without installing it.
set -eu

dir=${1:?usage: get-registry.sh <dir>}
mkdir -p "$dir"
exec 9>"$dir/get-registry.lock"
flock 9
if [ -d "$dir/registry" ]; then exit 0; fi

work=$(mktemp -d "$dir/get-registry.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get --quiet=2 -o APT::Sandbox::User=root download docker-registry
dpkg-deb --extract docker-registry_*.deb tree
mv tree "$dir/registry"
