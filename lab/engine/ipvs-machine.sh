#!/bin/sh
# ipvs-machine.sh <dir>: makes <dir>/ipvs-machine-<recipe>, unless it is there, and prints its name: `usr/bin/linux`, Debian's
# kernel as a program (user-mode-linux), which has IPVS, and `root.img` with Debian's Docker Engine 20.10. That root is
# read-only, so that several machines may share it; ipvs-machine-init.sh is their first process. The machine is an NFS server,
# too.
set -eu

dir=${1:?usage: ipvs-machine.sh <dir>}
here=$(cd "$(dirname "$0")" && pwd)

packages='busybox-static docker.io iptables iproute2 kmod libc-bin nfs-kernel-server'
recipe=$( (echo "$packages" && cat "$0" "$here/ipvs-machine-init.sh" "$here/private-apt.sh") | sha256sum | cut -c 1-12)
machine=$dir/ipvs-machine-$recipe
mkdir -p "$dir"
# Two test runs may call this at once: the second one waits, and then finds the machine.
exec 9>"$dir/ipvs-machine.lock"
flock 9
if [ -e "$machine" ]; then echo "$machine"; exit 0; fi
rm -rf "$dir/ipvs-machine"-*

work=$(mktemp -d "$dir/ipvs-machine.XXXXXX")
trap 'rm -rf "$work"' EXIT
suite=bookworm
. "$here/private-apt.sh"
apt update
# shellcheck disable=SC2086 # a list of names
apt install --yes --download-only $packages >"$work/apt.log" 2>&1 || { tail "$work/apt.log" >&2; exit 1; }

root="$work/root" made="$work/made"
mkdir -p "$root/usr" "$made/usr/bin" "$work/kernel"
# trixie's kernel needs a third less time for each system call and page fault than bookworm's. Newer kernels of Debian have no
# iptables for IPv4. The kernel comes with the C library that it needs; a namespace has both laid over its /usr.
cd "$work/kernel"
(
  work=$PWD suite=trixie
  . "$here/private-apt.sh"
  apt update
  apt download user-mode-linux libc6
  for deb in ./*.deb; do dpkg-deb --extract "$deb" .; done
  cp -a --parents usr/lib/*-linux-gnu*/*.so* usr/lib64/* "$made"
)
cd "$work"
for directory in bin sbin lib lib64; do
  mkdir "$root/usr/$directory"
  ln -s "usr/$directory" "$root/$directory"
done
for deb in cache/archives/*.deb; do
  dpkg-deb --fsys-tarfile "$deb" |
    tar -C "$root" -x --keep-directory-symlink --exclude='./usr/share/doc/*' --exclude='./usr/share/man' \
      --exclude='./usr/share/locale' --exclude='./usr/share/perl*' --exclude='./usr/lib/*/gconv' --exclude='./usr/lib/*/perl*'
done
mv kernel/usr/bin/linux.uml "$made/usr/bin/linux"
mv kernel/usr/lib/uml/modules "$root/usr/lib/modules"

# Does what the maintainer scripts would do, as far as it matters here.
cd "$root"
for applet in sh mount hostname sleep cat mkdir; do ln -sf busybox "usr/bin/$applet"; done
for program in iptables ip6tables; do ln -sf "$program-legacy" "usr/sbin/$program"; done
echo 'root:x:0:0:root:/root:/bin/sh' >etc/passwd
printf 'root:x:0:\ndocker:x:999:\n' >etc/group
# Nothing answers there, and a look-up fails at once.
echo 'nameserver 127.0.0.1' >etc/resolv.conf
echo '127.0.0.1 localhost' >etc/hosts
echo 'PRETTY_NAME="a virtual machine"' >usr/lib/os-release
# fsid: /homes is in memory, so it has no disk to be known by.
echo '/homes *(rw,root_squash,no_subtree_check,fsid=1)' >etc/exports
mkdir -p dev etc/docker homes opt proc run sys tmp var/lib/docker var/lib/nfs var/log
rm -rf var/run
ln -s ../run var/run
cp "$here/ipvs-machine-init.sh" init
chmod 755 init
chroot . ldconfig
chroot . depmod "$(ls usr/lib/modules)"

truncate -s 1G "$made/root.img"
mkfs.ext4 -q -O ^has_journal -d "$root" "$made/root.img"
mv "$made" "$machine"
echo "$machine"
