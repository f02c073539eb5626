#!/bin/sh
# base-rootfs.sh <node-slim|distroless-cc> <dir> [<node> <npm>]: makes <dir>/base-<name>-<recipe>.tar, unless it is there, and
# prints its name. A root file system of Debian packages, in the place of an image that deploy/service/Dockerfile builds
# on, for machines that reach no registry of images: with the program <node> and the directory <npm>, or with nobody
# but its user.
set -eu

usage='usage: base-rootfs.sh <node-slim|distroless-cc> <dir> [<node> <npm>]'
name=${1:?$usage} dir=${2:?$usage} node=${3:-} npm=${4:-}
here=$(cd "$(dirname "$0")" && pwd)

packages='base-files libc6 libgcc-s1 libstdc++6'
case $name in
  node-slim)
    : "${node:?$usage}" "${npm:?$usage}"
    packages="$packages bash coreutils dash grep libacl1 libattr1 libgmp10 libpcre2-8-0 libselinux1 libtinfo6 sed"
    contents="$(stat -Lc '%s %Y' "$node") $(cat "$npm/package.json")"
    ;;
  distroless-cc) contents='' ;;
  *) echo "no such base: $name" >&2; exit 2 ;;
esac
packages="$packages ca-certificates"

recipe=$( (echo "$packages $contents" && cat "$0" "$here/private-apt.sh") | sha256sum | cut -c 1-12)
rootfs=$dir/base-$name-$recipe.tar
mkdir -p "$dir"
# Two test runs may call this at once: the second one waits, and then finds the file.
exec 9>"$dir/base-$name.lock"
flock 9
if [ -e "$rootfs" ]; then echo "$rootfs"; exit 0; fi
rm -f "$dir/base-$name"-*.tar

work=$(mktemp -d "$dir/base-$name.XXXXXX")
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
    tar -C "$root" -x --keep-directory-symlink --exclude='./usr/share/doc/*' --exclude='./usr/share/man' \
      --exclude='./usr/share/locale' --exclude='./usr/share/info' --exclude='./usr/lib/*/gconv'
done

# Does what the maintainer scripts would do, as far as it matters here.
cd "$root"
echo 'root:x:0:0:root:/root:/sbin/nologin' >etc/passwd
echo 'root:x:0:' >etc/group
echo 'nonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin' >>etc/passwd
echo 'nonroot:x:65532:' >>etc/group
mkdir -p dev etc/ssl/certs home/nonroot proc root run sys tmp usr/local/bin
chown 65532:65532 home/nonroot
chmod 1777 tmp
find usr/share/ca-certificates -name '*.crt' -exec cat {} + >etc/ssl/certs/ca-certificates.crt
if [ "$name" = node-slim ]; then
  ln -sf dash usr/bin/sh
  mkdir -p usr/local/lib/node_modules
  cp -L "$node" usr/local/bin/node
  cp -RL "$npm" usr/local/lib/node_modules/npm
  ln -s ../lib/node_modules/npm/bin/npm-cli.js usr/local/bin/npm
  ln -s ../lib/node_modules/npm/bin/npx-cli.js usr/local/bin/npx
fi

tar --numeric-owner -cf "$work/rootfs.tar" .
mv "$work/rootfs.tar" "$rootfs"
echo "$rootfs"
