#!/bin/sh
# The first process of the virtual machine that ipvs-machine.sh makes: a Docker Engine on port 2375, the manager of a swarm, and an NFS server.
# The root is read-only; the second disk is /var/lib/docker. What it has to say goes to the console.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
mount -t tmpfs tmpfs /dev/shm
mount -t cgroup2 cgroup2 /sys/fs/cgroup
for directory in /etc/docker /homes /opt /run /tmp /var/lib/nfs /var/log; do mount -t tmpfs tmpfs "$directory"; done
mount -t ext4 /dev/ubdb /var/lib/docker

# Docker loads the modules that it knows. Some of its iptables rules do not, and would find their module
# missing.
for module in overlay bridge br_netfilter veth vxlan dummy ip_vs ip_vs_rr iptable_nat iptable_filter iptable_mangle \
  xt_MASQUERADE xt_REDIRECT xt_addrtype xt_conntrack xt_ipvs xt_mark xt_nat xt_tcpudp; do
  modprobe "$module"
done

hostname machine
ip link set lo up
ip link set vec0 up
ip address add 192.0.2.31/24 dev vec0
# Swarm needs a default route, although nobody is at its end.
ip route add default via 192.0.2.30
echo 1 >/proc/sys/net/ipv4/ip_forward


# An NFS server for homes of users, which are in memory, at the address that docs/recipes.md has. v4_end_grace: no client
# has files open from before.
ip address add 10.0.0.1/32 dev lo
modprobe nfsv4
modprobe nfsd
mount -t nfsd nfsd /proc/fs/nfsd
mkdir /var/lib/nfs/v4recovery
touch /var/lib/nfs/etab /var/lib/nfs/rmtab
exportfs -a
rpc.mountd --no-nfs-version 3
rpc.nfsd --no-nfs-version 3 2
echo Y >/proc/fs/nfsd/v4_end_grace

dockerd --host unix:///run/docker.sock --host tcp://0.0.0.0:2375 --tls=false --log-level warn >/dev/console 2>&1 &
until [ -S /run/docker.sock ]; do sleep 0.2; done
docker swarm init --advertise-addr 192.0.2.31 && echo 'the machine is ready'
while :; do sleep 1000; done
