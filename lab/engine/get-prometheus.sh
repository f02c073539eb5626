#!/bin/sh
# get-prometheus.sh <dir>: unpacks Debian's prometheus (with promtool) into <dir>/prometheus, without installing it.
set -eu

dir=${1:?usage: get-prometheus.sh <dir>}
mkdir -p "$dir"
exec 9>"$dir/get-prometheus.lock"
flock 9
if [ -d "$dir/prometheus" ]; then exit 0; fi

work=$(mktemp -d "$dir/get-prometheus.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get --quiet=2 -o APT::Sandbox::User=root download prometheus
dpkg-deb --extract prometheus_*.deb tree
mv tree "$dir/prometheus"
