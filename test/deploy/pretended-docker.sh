#!/bin/sh
# What deploy/stack.sh asks of the docker CLI, on files in $SWARM: secrets/, services/<service>/<file> with the name of a secret,
# and data/ for the hub's volume. `calls` has the arguments of each call. Words in $SWARM/trouble let calls fail.
set -eu
echo "$*" >>"$SWARM/calls"
read -r stack <"$SWARM/stack"
# With the trouble `<service> is <state>`, the service is in this state for ever.
state_of() {
  if trouble "$1 is updating"; then echo updating
  elif trouble "$1 is rollback_started"; then echo rollback_started
  elif trouble 'nothing to update'; then echo
  else echo completed; fi
}
trouble() { [ -e "$SWARM/trouble" ] && grep -qxF -e "$1" "$SWARM/trouble"; }
last() { for word in "$@"; do :; done; echo "$word"; }
python() { exec python3 -c "$(printf '%s\n' "$1" | sed "s#/srv/jupyterhub/data#$SWARM/data#; s#/data'#$SWARM/data'#")"; }

if trouble away; then echo 'Cannot connect to the Docker daemon' >&2; exit 1; fi
case "$1 $2" in
  'service ls') for one in "$SWARM"/services/*; do echo "${stack}_${one##*/}"; done ;;
  'service inspect')
    service=$(last "$@")
    case $4 in
      *'eq .File.Name'*)
        file=${4#*File.Name \"}
        cat "$SWARM/services/${service#"${stack}_"}/${file%%\"*}" 2>/dev/null || true ;;
      *'.Spec.Name'*)
        shift 4
        for service in "$@"; do
          if trouble "no state of $service"; then failed=1; else echo "$service $(state_of "$service")"; fi
        done
        exit "${failed:-0}" ;;
      *) state_of "$service" ;;
    esac ;;
  'service ps') cat "$SWARM/node-of-hub" ;;
  'service scale' | 'service update' | 'node ls') ;;
  'node inspect') echo here ;;
  'volume inspect') ;;
  'ps --quiet') echo hub-container ;;
  'wait hub-container') if trouble interrupt; then kill -INT "$PPID"; fi ;;
  'secret ls') ls "$SWARM/secrets" ;;
  'secret inspect') test -e "$SWARM/secrets/$3" ;;
  'secret create') if [ -e "$SWARM/secrets/$3" ]; then exit 1; fi; cat >"$SWARM/secrets/$3"; test -s "$SWARM/secrets/$3" ;;
  'secret rm')
    if cat "$SWARM"/services/*/* | grep -qxF -e "$3"; then echo "secret $3 is in use" >&2; exit 1; fi
    rm "$SWARM/secrets/$3" ;;
  'stack services')
    if ! trouble 'no services'; then
      if trouble 'no copies'; then copies=0; fi
      printf '%s\n' "${stack}_hub 1/1" "${stack}_proxy ${copies:-1}/1 (max 1 per node)"
    fi ;;
  'stack deploy')
    if [ -n "${SECOND:-}" ]; then
      if SECOND='' "$SCRIPT" "$SECOND" </dev/null >"$SWARM/second" 2>&1; then exit 1; fi
    fi
    mkdir -p "$SWARM/services/hub" "$SWARM/services/swarmspawner"
    # Trouble that begins with the nth deploy of all.
    nth=$(grep -c '^stack deploy' "$SWARM/calls")
    if [ -e "$SWARM/trouble-of-deploy-$nth" ]; then mv "$SWARM/trouble-of-deploy-$nth" "$SWARM/trouble"; fi
    if trouble away; then exit 1; fi
    if trouble 'hub first'; then order='hub stop swarmspawner'
    elif trouble 'service first'; then order='swarmspawner stop hub'
    else order='hub swarmspawner'; fi
    for service in $order; do
      if [ "$service" = stop ]; then exit 1; fi
      rm -f "$SWARM/services/$service"/*
      echo "$SECRET_NAME" >"$SWARM/services/$service/swarmspawner-secret"
    done
    case "$*" in *new-secret.yml*) echo "$NEXT_SECRET_NAME" >"$SWARM/services/swarmspawner/swarmspawner-next-secret" ;; esac ;;
  'run --rm') python "$(last "$@")" ;;
  'exec -i') python "$(cat)" ;;
  *) echo "docker $*: not pretended" >&2; exit 1 ;;
esac
