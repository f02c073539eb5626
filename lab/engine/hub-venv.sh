#!/bin/sh
# hub-venv.sh <hub> <dir> <python> <argument>...: runs the Python of the virtual environment <dir>/hub-venv-<hub>-<recipe>,
# which is made of <python> unless it is there. It has that JupyterHub, in the versions of pins/hub-<hub>.txt.
set -eu

usage='usage: hub-venv.sh <hub> <dir> <python> <argument>...'
hub=${1:?$usage} dir=${2:?$usage} python=${3:?$usage}
shift 3
here=$(cd "$(dirname "$0")" && pwd)
pins=$here/pins/hub-$hub.txt name=hub-venv-$hub
[ -e "$pins" ] || { echo "no pins for JupyterHub $hub: npm run pins" >&2; exit 2; }

recipe=$( (readlink -f "$(command -v "$python")" && "$python" --version && cat "$0" "$pins" "$here/pins/namesake.txt") | sha256sum | cut -c 1-12)
venv=$dir/$name-$recipe
mkdir -p "$dir"
# Two test runs may call this at once: the second one waits, and then finds the environment.
exec 9>"$dir/$name.lock"
flock 9
if [ ! -e "$venv/ready" ]; then
  rm -rf "$dir/$name"-*
  # pip is the host's own, so Debian's python3-venv is not needed.
  "$python" -m venv --without-pip "$venv"
  "$python" -m pip --python "$venv/bin/python3" --disable-pip-version-check --quiet install --root-user-action=ignore \
    --only-binary=:all: --no-deps --require-hashes --requirement "$pins" >&2 ||
    { echo 'pip cannot get the wheels; is PyPI reached from here?' >&2; exit 1; }
  # For test_packaging.py: another project with the same name, which is not installed here.
  "$python" -m pip --disable-pip-version-check --quiet download --only-binary=:all: --no-deps --require-hashes \
    --requirement "$here/pins/namesake.txt" --dest "$venv/namesake" >&2
  touch "$venv/ready"
fi
exec 9>&-
exec "$venv/bin/python3" "$@"
