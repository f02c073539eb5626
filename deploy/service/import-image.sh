#!/bin/sh
# import-image.sh <tag> <node>: makes an image of the built service and a Node.js of this machine, in about a second and without a
# registry. The files are where the Dockerfile puts them. For hubs that only try or test something.
set -eu

tag=${1:?usage: import-image.sh <tag> <node>}
node=$(realpath "${2:?usage: import-image.sh <tag> <node>}")
cd "$(dirname "$0")/../.."
libraries=$(ldd "$node" | grep -o '/[^ ]*')

# shellcheck disable=SC2086 # lists of names
tar --create --dereference --numeric-owner --owner=0 --group=0 \
  --exclude=dist/functions --exclude=dist/lib --exclude=dist/types \
  --transform="s,^${node#/}\$,usr/local/bin/node," --transform='s,^\(dist\|docs\|package\.json\),app/\1,' \
  package.json dist docs/api -C / "${node#/}" $(echo "$libraries" | sed 's,^/,,') |
  docker import \
    --change 'ENV PATH=/usr/local/bin HOME=/' --change 'WORKDIR /app' \
    --change 'ENTRYPOINT ["/usr/local/bin/node", "/app/dist/cli.js"]' --change 'CMD ["serve"]' \
    - "$tag"
