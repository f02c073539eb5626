import { describe, expect, test } from 'vitest'
import { readContainerIds } from '../../src/docker/own-container.ts'

const [ID, OTHER] = ['4f'.repeat(32), 'b7'.repeat(32)]
const nothing = { mountinfo: '', cgroup: '0::/\n', hostname: 'swarmspawner' }

/** What a container of Docker sees of its own mounts. */
const mounts = (id: string, root = '/var/lib/docker') => `
1193 1020 0:62 / / rw,relatime master:379 - overlay overlay rw,lowerdir=/var/lib/docker/overlay2/l/X
1202 1193 8:1 ${root}/containers/${id}/resolv.conf /etc/resolv.conf rw,relatime - ext4 /dev/sda1 rw
1203 1193 8:1 ${root}/containers/${id}/hostname /etc/hostname rw,relatime - ext4 /dev/sda1 rw
1204 1193 8:1 ${root}/containers/${id}/hosts /etc/hosts rw,relatime - ext4 /dev/sda1 rw
1205 1193 0:24 /docker.sock /run/docker.sock rw - tmpfs tmpfs rw`

describe('a process knows the id of its container', () => {
  test.each([
    ['by its mounts, whatever the cgroup and the host name', { mountinfo: mounts(ID) }, [ID]],
    ["by its mounts, wherever Docker's data is", { mountinfo: mounts(ID, '/mnt/ssd/x') }, [ID]],
    ['by its mounts where the data is a volume of its own', { mountinfo: mounts(ID, '') }, [ID]],
    ['by cgroups of version 1', { cgroup: `12:pids:/docker/${ID}\n0::/system` }, [ID]],
    ['by a scope of systemd', { cgroup: `0::/system.slice/docker-${ID}.scope` }, [ID]],
    ['by its host name', { hostname: ID.slice(0, 12) }, [ID.slice(0, 12)]],
    [
      'once, where all tell the same',
      { mountinfo: mounts(ID), cgroup: `1:cpu:/docker/${ID}`, hostname: ID.slice(0, 12) },
      [ID],
    ],
    [
      'beside that of the container around it',
      { mountinfo: mounts(ID), cgroup: `1:cpu:/docker/${OTHER}/docker/${ID}` },
      [ID],
    ],
    [
      'and another by its host name',
      { mountinfo: mounts(ID), hostname: OTHER.slice(0, 12) },
      [ID, OTHER.slice(0, 12)],
    ],
  ])('a process knows the id of its container %s', (_, facts, ids) => {
    expect(readContainerIds({ ...nothing, ...facts })).toEqual(ids)
  })
})

describe('a process outside of containers has none', () => {
  test.each([
    [
      'on a node, where the containers of others are mounted',
      {
        mountinfo: `
36 1 8:1 / / rw - ext4 /dev/sda1 rw
99 36 0:52 / /var/lib/docker/containers/${ID}/mounts/shm rw - tmpfs shm rw
98 36 0:51 / /var/lib/docker/overlay2/${OTHER}/merged rw - overlay overlay rw`,
      },
    ],
    [
      'with a mount of its own at /etc/hosts',
      { mountinfo: '1 2 8:1 /srv/hosts /etc/hosts rw - ext4 /dev/sda1 rw' },
    ],
    ['as a unit of systemd', { cgroup: '0::/system.slice/swarmspawner.service' }],
    ['on a machine with a name of hex digits', { hostname: 'deadbeef' }],
    ['on a machine with a long name', { hostname: `${ID.slice(0, 12)}x` }],
  ])('a process outside of containers knows no id: %s', (_, facts) => {
    expect(readContainerIds({ ...nothing, ...facts })).toEqual([])
  })
})

test('no more than four ids of containers are tried', () => {
  const cgroup = Array.from(
    { length: 1000 },
    (_, index) => `${index}:x:/docker/${index.toString(16).padStart(64, '0')}`,
  )
  expect(readContainerIds({ ...nothing, cgroup: cgroup.join('\n') })).toHaveLength(4)
})
