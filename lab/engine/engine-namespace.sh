#!/bin/sh
# engine-namespace.sh <scratch> <hostname> <address> <cgroup> [<tree>]: namespaces that one engine lives in.
# They last as long as standard input stays open. However its holder ends, even by SIGKILL, the kernel
# then kills every process in them, and their mounts and their network go with those.
# With `host` for an address, the network is the host's own.
set -eu

if [ "$1" != inside ]; then
  scratch=$1 cgroup=$4 net=--net
  if [ "$3" = host ]; then net=''; fi
  # shellcheck disable=SC2086 # an option, or none
  unshare --mount --uts $net --pid --fork --kill-child --propagation slave \
    sh "$0" inside "$@" || true
  # The groups are empty now, but each level must be removed by itself.
  for group in /sys/fs/cgroup/"$cgroup" /sys/fs/cgroup/*/"$cgroup"; do
    if [ -d "$group" ]; then find "$group" -depth -type d -exec rmdir {} \; || true; fi
  done
  rm -rf "$scratch"
  exit
fi

scratch=$2 name=$3 address=$4 tree=${6:-}
exec 3<&0
# /proc is still the host's, so this is the process id on the host.
read -r pid _ </proc/self/stat

hostname "$name"
if [ "$address" = host ]; then cat /etc/resolv.conf >"$scratch/resolv.conf"; fi

# Hides the sockets, pid files and locks of the host's Engine and of other Engines of the lab. Without
# --no-mtab, a /run/mount would stay on the host.
mount --no-mtab -t tmpfs tmpfs /run
if [ -n "$tree" ]; then mount -t overlay overlay -o "lowerdir=$tree/usr:/usr" /usr; fi
mkdir -p /run/host-proc /run/etc/upper /run/etc/work
mount --bind /proc /run/host-proc
mount -t proc proc /proc
# containerd creates a directory in /opt.
mount -t tmpfs tmpfs /opt
# An Engine writes its key to /etc/docker, and the host's daemon.json is not meant for it.
mount -t overlay overlay -o lowerdir=/etc,upperdir=/run/etc/upper,workdir=/run/etc/work /etc
rm -rf /etc/docker /etc/resolv.conf
if [ "$address" = host ]; then
  cp "$scratch/resolv.conf" /etc/resolv.conf
else
  # Nothing answers there, and a look-up fails at once. A resolver out of reach would cost 20 s for every task.
  echo 'nameserver 127.0.0.1' >/etc/resolv.conf
fi
mkdir "$scratch/lib"
mount --bind "$scratch/lib" /var/lib

if [ "$address" != host ]; then
  ip link set lo up
  ip link add eth0 type veth peer name eth0-end
  ip address add "$address/24" dev eth0
  ip link set eth0-end up
  ip link set eth0 up
fi

echo "$pid" >"$scratch/pid.new"
mv "$scratch/pid.new" "$scratch/pid"

# As process 1 we also reap the processes that Engines leave behind; wait does that.
cat <&3 >/dev/null &
wait $!
