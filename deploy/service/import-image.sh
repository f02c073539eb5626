#!/bin/sh
# import-image.sh <tag> <node>: imports an image of a Node of this machine and the built service, without any registry.
set -eu

tag=${1:?usage: import-image.sh <tag> <node>}
node=$(realpath "${2:?usage: import-image.sh <tag> <node>}")
cd "$(dirname "$0")/../.."
libraries=$(ldd "$node" | grep -o '/[^ ]*')
# The dependencies have none themselves.
modules=$("$node" -p 'Object.keys(require("./package.json").dependencies).map((name) => "node_modules/" + name).join(" ")')

# shellcheck disable=SC2086 # lists of names
tar --create --dereference --numeric-owner --owner=0 --group=0 \
  --transform="s,^${node#/}\$,bin/node," --transform='s,^\(dist\|node_modules\|package\.json\),app/\1,' \
  package.json dist $modules -C / "${node#/}" $(echo "$libraries" | sed 's,^/,,') |
  docker import \
    --change 'ENV PATH=/bin HOME=/' --change 'WORKDIR /app' \
    --change 'ENTRYPOINT ["node", "dist/cli.js"]' --change 'CMD ["serve"]' \
    - "$tag"
