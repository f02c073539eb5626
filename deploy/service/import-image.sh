#!/bin/sh
# import-image.sh <tag>: imports an image of this machine's Node and the built service, without any registry; in 3 s.
set -eu

tag=${1:?usage: import-image.sh <tag>}
cd "$(dirname "$0")/../.."
node=$(node -p 'require("fs").realpathSync(process.execPath)')
libraries=$(ldd "$node" | grep -o '/[^ ]*')
# The dependencies have none themselves.
modules=$(node -p 'Object.keys(require("./package.json").dependencies).map((name) => "node_modules/" + name).join(" ")')

# shellcheck disable=SC2086 # lists of names
tar --create --dereference --numeric-owner --owner=0 --group=0 \
  --transform="s,^${node#/}\$,bin/node," --transform='s,^\(dist\|node_modules\|package\.json\),app/\1,' \
  package.json dist $modules -C / "${node#/}" $(echo "$libraries" | sed 's,^/,,') |
  docker import \
    --change 'ENV PATH=/bin HOME=/' --change 'WORKDIR /app' \
    --change 'ENTRYPOINT ["node", "dist/cli.js"]' --change 'CMD ["serve"]' \
    - "$tag"
