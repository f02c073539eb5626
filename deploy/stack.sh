#!/bin/sh
# deploy/stack.sh <command> [<stack>]: what docs/deploy.md does with the stack `jupyterhub`, or with another one.
#   build     builds the images of service and hub
#   deploy    makes the secrets that are missing, deploys the stack, and waits until it runs
#   rotate    gives hub and service a new secret: two deploys
#   backup    writes the hub's database and cookie secret to standard output, as a tar file
#   restore   puts such a file from standard input in the place of the hub's database, and starts HUB_IMAGE if that is set
# Run it on a manager. Settings are variables of deploy/stack.yml, exported or in the file deploy/<stack>.env. STACK_FILES
# lists more files than stack.yml, such as 'https.yml operator.yml'; DEPLOY_OPTIONS are options for `docker stack deploy`.
set -eu

usage='usage: deploy/stack.sh build|deploy|rotate|backup|restore [<stack>]'
case ${1-} in -h | --help | help) sed -n '2,/^set /s/^# //p' "$0"; exit ;; esac

fail() { echo "deploy/stack.sh: $1" >&2; exit 1; }
say() { echo "$1" >&2; }
content_of() { sha256sum "$1" | cut -c 1-12; }

[ $# -eq 1 ] || [ $# -eq 2 ] || fail "$usage"
command=$1 stack=${2-jupyterhub}
case $command in build | deploy | rotate | backup | restore) ;; *) fail "$usage" ;; esac
case $stack in '' | [!A-Za-z0-9]* | *[!A-Za-z0-9_-]*) fail "a stack's name has letters, digits, _ and - only. $usage" ;; esac
[ "$command" != backup ] || [ ! -t 1 ] || fail 'standard output is a terminal: deploy/stack.sh backup >hub.tar'
[ "$command" != restore ] || [ ! -t 0 ] || fail 'standard input is a terminal: deploy/stack.sh restore <hub.tar'
# With CDPATH, cd would go to a directory of the same name elsewhere, and print it.
unset CDPATH
cd -- "$(dirname -- "$0")/.."

# Two at once would make two secrets of one name, or remove what the other one uses.
if [ "$command" != build ] && [ "$command" != backup ] && command -v flock >/dev/null; then
  exec 9<deploy/stack.sh
  # Some file systems have no such locks: only 1 says that somebody else has it.
  flock -n 9 2>/dev/null || [ $? -ne 1 ] || fail 'another call of deploy/stack.sh is at work; wait until it has ended'
fi

settings=deploy/$stack.env
if [ -e "$settings" ]; then
  set -a
  # shellcheck disable=SC1090 # a file of the admin
  . "./$settings"
  set +a
fi

# The first stack has the names that stack.yml says. Every other stack has names of its own.
if [ "$stack" = jupyterhub ]; then prefix=''; else
  prefix=$stack-
  export SERVICE_PREFIX="${SERVICE_PREFIX:-$stack}" SERVER_NETWORK="${SERVER_NETWORK:-$stack}"
  for name in HUB_PORT SERVER_SUBNET; do
    eval "[ -n \"\${$name:-}\" ]" || [ "$command" = build ] || fail "set $name in $settings: another stack needs one that is free"
  done
fi
export PROXY_TOKEN_NAME="${PROXY_TOKEN_NAME:-${prefix}jupyterhub-proxy-token}"
export PASSWORDS_NAME="${PASSWORDS_NAME:-${prefix}jupyterhub-passwords}"
export ADMIN_TOKEN_NAME="${ADMIN_TOKEN_NAME:-${prefix}swarmspawner-admin-token}"
export HUB_API_TOKEN_NAME="${HUB_API_TOKEN_NAME:-${prefix}swarmspawner-hub-api-token}"
export METRICS_TOKEN_NAME="${METRICS_TOKEN_NAME:-${prefix}swarmspawner-metrics-token}"

# secret_of <service> <file>: the Swarm secret that a service of the stack has as this file, if any. Fails if the swarm cannot be
# asked: a secret that is only unknown must not be made anew.
secret_of() {
  services=$(docker service ls --format '{{.Name}}') || fail 'the swarm cannot be asked for its services: is this a manager?'
  printf '%s\n' "$services" | grep -qxF -e "${stack}_$1" || return 0
  docker service inspect --format \
    "{{range .Spec.TaskTemplate.ContainerSpec.Secrets}}{{if eq .File.Name \"$2\"}}{{.SecretName}}{{end}}{{end}}" \
    "${stack}_$1"
}

# After a rotation the secret has another name, which the swarm knows.
running=''
[ "$command" = build ] || running=$(secret_of hub swarmspawner-secret)
export SECRET_NAME="${running:-${SECRET_NAME:-${prefix}swarmspawner-secret}}"

has_secret() { docker secret inspect "$1" >/dev/null 2>&1; }

# create_secret <name> <text>: makes a Swarm secret. The text is in no process's arguments, because printf is part of the shell.
create_secret() {
  printf %s "$2" | docker secret create "$1" - >/dev/null
  say "Made the secret $1."
}

# make_secret <name> <what it begins with> <options of openssl rand>: makes a random secret, unless there is one of this name.
make_secret() {
  if has_secret "$1"; then return; fi
  secret=$1 first=$2
  shift 2
  # Not as an argument: there, a program that fails would leave a secret that is empty.
  random=$(openssl rand "$@")
  create_secret "$secret" "$first$random"
}

make_secrets() {
  make_secret "$SECRET_NAME" whsec_ -base64 32
  make_secret "$PROXY_TOKEN_NAME" '' -hex 32
  if ! has_secret "$PASSWORDS_NAME"; then
    admin=$(openssl rand -hex 16)
    users=$(openssl rand -hex 8)
    create_secret "$PASSWORDS_NAME" "$admin $users"
    say "The passwords: $admin for ${HUB_ADMINS:-admin}, $users for the names in HUB_USERS."
  fi
  case " ${STACK_FILES:-} " in *' operator.yml '*)
    make_secret "$ADMIN_TOKEN_NAME" '' -hex 32
    make_secret "$HUB_API_TOKEN_NAME" '' -hex 32 ;;
  esac
  case " ${STACK_FILES:-} " in *' prometheus.yml '*)
    make_secret "$METRICS_TOKEN_NAME" '' -hex 16 ;;
  esac
}

# deploy [<file>]: `docker stack deploy`, with one more file.
deploy() {
  export DOCKER_GID="${DOCKER_GID:-$(stat -c %g "${DOCKER_SOCKET:-/var/run/docker.sock}")}"
  # Where there are workers, servers leave the managers alone.
  if [ -z "${SERVER_CONSTRAINTS+set}" ] && [ -n "$(docker node ls --quiet --filter role=worker)" ]; then
    export SERVER_CONSTRAINTS=node.role==worker
  fi
  if [ -z "${ENDPOINT_MODE:-}" ] && [ ! -e /proc/net/ip_vs ] && command -v modprobe >/dev/null && ! modprobe -n -q ip_vs; then
    say 'This kernel has no IPVS, so the services have no virtual IPs: ENDPOINT_MODE=dnsrr.'
    export ENDPOINT_MODE=dnsrr
  fi
  # A config of Swarm cannot be changed: a new content needs a new name.
  CONFIG_NAME=${stack}_config-$(content_of deploy/hub/jupyterhub_config.py)
  POLICY_NAME=${stack}_policy-$(content_of deploy/service/policy.yml)
  case " ${STACK_FILES:-} " in
    *' certificate.yml '*) caddyfile=deploy/https/Caddyfile.certificate ;;
    *) caddyfile=deploy/https/Caddyfile ;;
  esac
  CADDYFILE_NAME=${stack}_caddyfile-$(content_of $caddyfile)
  PROMETHEUS_CONFIG_NAME=${stack}_prometheus-$(content_of deploy/monitoring/prometheus.yml)
  ALERTS_NAME=${stack}_alerts-$(content_of deploy/monitoring/alerts.yml)
  export CONFIG_NAME POLICY_NAME CADDYFILE_NAME PROMETHEUS_CONFIG_NAME ALERTS_NAME
  files=''
  for file in stack.yml ${STACK_FILES:-} "$@"; do files="$files -c deploy/$file"; done
  # shellcheck disable=SC2086 # lists of options
  docker stack deploy ${DEPLOY_OPTIONS:-} $files "$stack" >&2
}

# state_of <service>: of its last update; empty if there was none. A swarm may not answer, such as while its managers choose a
# leader.
state_of() { docker service inspect --format '{{if .UpdateStatus}}{{.UpdateStatus.State}}{{end}}' "$1" || echo unknown; }

# at_rest <service>...: those that are not being updated, a line each. A service that the swarm does not tell of is not among them.
at_rest() {
  docker service inspect --format '{{.Spec.Name}} {{if .UpdateStatus}}{{.UpdateStatus.State}}{{end}}' "$@" |
    sed -e '/ updating$/d' -e '/ rollback_started$/d' -e 's/ .*//'
}

# The services of the stack that are being updated, or do not have all their copies. What is unknown counts as such.
unfinished() {
  services=$(docker stack services --format '{{.Name}} {{.Replicas}}' "$stack") || services=''
  if [ -z "$services" ]; then echo "$stack"; return; fi
  # shellcheck disable=SC2046 # a list of names
  resting=$(at_rest $(printf '%s\n' "$services" | cut -d ' ' -f 1))
  printf '%s\n' "$services" | while read -r service replicas _; do
    if [ "${replicas%/*}" != "${replicas#*/}" ] || ! printf '%s\n' "$resting" | grep -qxF -e "$service"; then
      echo "$service"
    fi
  done
}

# Waits until each service of the stack has all its copies. Swarm begins an update a moment after it is asked to, so one look
# is not enough.
wait_until_running() {
  looks=0
  for _ in $(seq 600); do
    missing=$(unfinished)
    if [ -z "$missing" ]; then looks=$((looks + 1)); else looks=0; fi
    if [ $looks -eq 5 ]; then say "The stack $stack runs."; return; fi
    sleep 1
  done
  fail "these services do not run after ten minutes; docker stack ps --no-trunc $stack says why: $missing"
}

# wait_until_updated <service>: until Swarm has replaced all its copies.
wait_until_updated() {
  looks=0
  for _ in $(seq 600); do
    state=$(state_of "${stack}_$1")
    # Swarm says nothing of a deploy that changes nothing, as where a rotation goes on. It begins an update within moments.
    if [ -z "$state" ]; then looks=$((looks + 1)); else looks=0; fi
    if [ $looks -eq 30 ]; then return; fi
    case $state in
      completed) return ;;
      paused | rollback*) fail "the update of ${stack}_$1 failed ($state); docker stack ps --no-trunc $stack says why. Both secrets are still there: call rotate again" ;;
    esac
    sleep 1
  done
  fail "the update of ${stack}_$1 takes more than ten minutes; call rotate again later"
}

rotate() {
  [ -n "$running" ] || fail "there is no stack $stack: deploy it first"
  # One that was interrupted in its second deploy has left the hub or the service with the old secret, and it goes on.
  old=$(secret_of swarmspawner swarmspawner-secret)
  new=$(secret_of swarmspawner swarmspawner-next-secret)
  if [ -z "$new" ]; then
    new=${prefix}swarmspawner-secret-$(date -u +%Y%m%d%H%M%S)
    make_secret "$new" whsec_ -base64 32
    say '1 of 2: the service accepts both secrets.'
    NEXT_SECRET_NAME=$new deploy new-secret.yml
  fi
  wait_until_updated swarmspawner
  say '2 of 2: the hub signs with the new secret, and the service accepts only that one.'
  SECRET_NAME=$new
  deploy
  wait_until_updated hub
  wait_until_updated swarmspawner
  # Also those that calls have left which were interrupted; only this script makes such names.
  left=$(docker secret ls --format '{{.Name}}' | grep -xE -e "${prefix}swarmspawner-secret-[0-9]{14}" || true)
  for secret in $(printf '%s\n' "$running" "$old" $left | sort -u); do
    if [ "$secret" = "$new" ]; then continue; fi
    docker secret rm "$secret" >/dev/null
    say "The old secret $secret is gone."
  done
}

hub_container() {
  found=$(docker ps --quiet --filter "label=com.docker.swarm.service.name=${stack}_hub" | head -n 1)
  [ -n "$found" ] || fail "the hub does not run on this node; docker service ps ${stack}_hub says where it runs"
  echo "$found"
}

# SQLite's own backup: of one moment, while the hub goes on writing.
backup() {
  container=$(hub_container)
  # Whoever reads the file can log in as everybody.
  if [ -f /dev/stdout ]; then chmod 600 /dev/stdout; fi
  docker exec -i "$container" python3 - <<'PYTHON'
import os, sqlite3, sys, tarfile, tempfile
os.umask(0o077)
with tempfile.TemporaryDirectory() as folder:
    copy = os.path.join(folder, 'jupyterhub.sqlite')
    # mode=rw: without it, a database that is not there would be made, and be empty.
    hub = sqlite3.connect('file:/srv/jupyterhub/data/jupyterhub.sqlite?mode=rw', uri=True)
    hub.backup(sqlite3.connect(copy))
    with tarfile.open(fileobj=sys.stdout.buffer, mode='w|') as archive:
        archive.add(copy, 'jupyterhub.sqlite')
        archive.add('/srv/jupyterhub/data/cookie_secret', 'cookie_secret')
PYTHON
}

# Unpacks a backup beside the hub's files, and reads it, before anything else is done.
UNPACK="
import os, shutil, sqlite3, sys, tarfile
os.umask(0o077)
os.chdir('/data')
shutil.rmtree('.restore', ignore_errors=True)
os.mkdir('.restore')
try:
    with tarfile.open(fileobj=sys.stdin.buffer, mode='r|') as archive:
        for member in archive:
            if member.isfile() and member.name in ('jupyterhub.sqlite', 'cookie_secret'):
                with open('.restore/' + member.name, 'wb') as file:
                    shutil.copyfileobj(archive.extractfile(member), file)
    database = sqlite3.connect('file:.restore/jupyterhub.sqlite?mode=rw', uri=True)
    database.execute('SELECT count(*) FROM users')
    assert database.execute('PRAGMA quick_check').fetchall() == [('ok',)], 'the database is damaged'
    database.close()
    assert os.path.getsize('.restore/cookie_secret') > 0, 'cookie_secret is empty'
except Exception as error:
    shutil.rmtree('.restore', ignore_errors=True)
    sys.exit(f'{type(error).__name__}: {error}')
"

# Puts what was unpacked in the place of the hub's files. A journal belongs to the database that goes.
REPLACE="
import glob, os, shutil
os.chdir('/data')
for journal in glob.glob('jupyterhub.sqlite-*'):
    os.remove(journal)
for name in ('jupyterhub.sqlite', 'cookie_secret'):
    os.replace('.restore/' + name, name)
shutil.rmtree('.restore')
"

# in_volume <program>: runs a Python program as the hub's user, with the hub's volume as /data.
in_volume() {
  docker run --rm -i --user 65533:65533 --network none --volume "${stack}_data:/data" --entrypoint python3 "$image" -c "$1"
}

# Also where the restore fails or is interrupted, the hub starts again.
start_hub() {
  trap - EXIT
  set -- --replicas 1
  # `docker stack deploy` leaves the image as it is, unless its file has another one than this label.
  if [ -n "${HUB_IMAGE:-}" ]; then set -- "$@" --image "$HUB_IMAGE" --label-add "com.docker.stack.image=$HUB_IMAGE"; fi
  docker service update --detach "$@" "${stack}_hub" >&2
}

# The hub need not run: one that is older than its database ends again and again, and a restore is what helps it.
restore() {
  [ -n "$running" ] || fail "there is no stack $stack: deploy it first"
  image=${HUB_IMAGE:-$(docker service inspect --format '{{.Spec.TaskTemplate.ContainerSpec.Image}}' "${stack}_hub")}
  here=$(docker node inspect self --format '{{.Description.Hostname}}')
  where=$(docker service ps --filter desired-state=running --format '{{.Node}}' "${stack}_hub")
  # Swarm may tell of two tasks while one follows the other, and a task that waits has no node.
  where=$(printf '%s\n' "$where" | grep . | sort -u)
  case $where in '' | "$here") ;; *) fail "the hub runs on the node $where: call restore there" ;; esac
  docker volume inspect "${stack}_data" >/dev/null 2>&1 || fail "the volume ${stack}_data is not on this node; docker service ps ${stack}_hub says where the hub runs"
  in_volume "$UNPACK" || fail 'the file on standard input cannot be unpacked: is it one that backup wrote? The hub is as it was'
  trap start_hub EXIT
  trap 'exit 1' HUP INT TERM
  docker service scale --detach "${stack}_hub=0" >&2
  for container in $(docker ps --quiet --filter "label=com.docker.swarm.service.name=${stack}_hub"); do
    docker wait "$container" >/dev/null 2>&1 || true
  done
  # Only when the hub has ended, and before it starts again.
  in_volume "$REPLACE" </dev/null
  start_hub
  wait_until_running
}

case $command in
  build)
    docker build -t "${SERVICE_IMAGE:-swarmspawner/service}" -f deploy/service/Dockerfile .
    docker build -t "${HUB_IMAGE:-swarmspawner/hub}" -f deploy/hub/Dockerfile . ;;
  deploy)
    make_secrets
    deploy
    wait_until_running ;;
  *) "$command" ;;
esac
