#!/bin/sh
# caddy-rootfs.sh <dir>: makes <dir>/caddy-<recipe>.tar, unless it is there, and prints its name. A root file system with
# Debian's Caddy, in the place of the image caddy:2, for machines that reach no registry of images.
set -eu

dir=${1:?usage: caddy-rootfs.sh <dir>}
here=$(cd "$(dirname "$0")" && pwd)

packages='base-files libc6 libzstd1 caddy'
recipe=$( (echo "$packages" && cat "$0" "$here/private-apt.sh") | sha256sum | cut -c 1-12)
rootfs=$dir/caddy-$recipe.tar
mkdir -p "$dir"
# Two test runs may call this at once: the second one waits, and then finds the file.
exec 9>"$dir/caddy.lock"
flock 9
if [ -e "$rootfs" ]; then echo "$rootfs"; exit 0; fi
rm -f "$dir"/caddy-*.tar

work=$(mktemp -d "$dir/caddy.XXXXXX")
trap 'rm -rf "$work"' EXIT
suite=bookworm
. "$here/private-apt.sh"
apt update
cd "$work"
# shellcheck disable=SC2086 # a list of names
apt download $packages

root="$work/root"
mkdir -p "$root/usr"
for directory in bin sbin lib lib64; do
  mkdir "$root/usr/$directory"
  ln -s "usr/$directory" "$root/$directory"
done
for deb in "$work"/*.deb; do
  dpkg-deb --fsys-tarfile "$deb" |
    tar -C "$root" -x --keep-directory-symlink --exclude='./usr/share' --exclude='./usr/lib/*/gconv'
done
mkdir -p "$root/dev" "$root/proc" "$root/sys" "$root/etc" "$root/data" "$root/config"
echo 'root:x:0:0:root:/root:/sbin/nologin' >"$root/etc/passwd"

tar --numeric-owner -C "$root" -cf "$work/rootfs.tar" .
mv "$work/rootfs.tar" "$rootfs"
echo "$rootfs"
