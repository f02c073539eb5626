#!/bin/sh
# jupyter-rootfs.sh <3.0|5.2|5.5|6.1> <dir>: makes <dir>/jupyter-<hub>-<recipe>.tar, unless it is there,
# and prints its name. A root file system in which both that JupyterHub and a single-user server run: 3.0 and 5.2 are
# Debian's packages, 5.5 and 6.1 are wheels of PyPI on bookworm's Python, in versions and with hashes that pins/ has.
# The .debs are unpacked and not installed: no maintainer script runs, which takes a third of the time.
set -eu

hub=${1:?usage: jupyter-rootfs.sh <3.0|5.2|5.5|6.1> <dir>}
dir=${2:?usage: jupyter-rootfs.sh <3.0|5.2|5.5|6.1> <dir>}
here=$(cd "$(dirname "$0")" && pwd)

packages='base-files base-passwd dash bash coreutils sed grep libc-bin libc6 procps' unpacked='' pins=''
# These packages install our class when an image is built on this one.
pip='python3-pip python3-setuptools python3-wheel'
# The modules that hub and server import. Unpacked Python has no .pyc files yet, and without them each start
# takes two seconds more.
modules='jupyterhub.app jupyterhub.singleuser jupyterhub.services.service jupyterhub.apihandlers jupyterhub.alembic
  sqlalchemy.dialects.sqlite tornado.simple_httpclient ipykernel.kernelapp ipykernel.inprocess
  IPython.core.completer IPython.core.magics nbconvert.exporters jupyter_client.ioloop jupyter_client.provisioning'
lab='jupyterlab.labapp jupyterhub.singleuser.extension jupyter_server.serverapp notebook_shim.shim'
case $hub in
  3.0)
    suite=bookworm packages="$packages $pip jupyterhub python3-ipykernel jupyter-notebook"
    modules="$modules notebook.notebookapp jupyterhub.singleuser.app"
    ;;
  5.2)
    # jupyterlab itself depends on a hundred packages that only its build needs.
    suite=trixie unpacked='jupyterlab'
    packages="$packages $pip jupyterhub python3-ipykernel
      python3-async-lru python3-jupyter-server python3-jupyterlab-server python3-notebook-shim"
    modules="$modules $lab"
    ;;
  5.5 | 6.1)
    # The proxy is not written in Python, so it has no wheel.
    suite=bookworm pins=$here/pins/image-$hub.txt packages="$packages python3 ca-certificates node-configurable-http-proxy"
    modules="$modules $lab"
    ;;
  *) echo "no such JupyterHub: $hub" >&2; exit 2 ;;
esac

name=jupyter-$hub
recipe=$( (echo "$packages" && cat "$0" "$here/private-apt.sh" "$here/pip-wheels.sh" ${pins:+"$pins"}) | sha256sum | cut -c 1-12)
rootfs=$dir/$name-$recipe.tar
mkdir -p "$dir"
# Two test runs may call this at once: the second one waits, and then finds the file.
exec 9>"$dir/$name.lock"
flock 9
if [ -e "$rootfs" ]; then echo "$rootfs"; exit 0; fi
rm -f "$dir/$name"-*.tar

work=$(mktemp -d "$dir/$name.XXXXXX")
trap 'rm -rf "$work"' EXIT
# First comes PyPI, which a machine may not reach. A caller that did not know takes Debian's hub instead.
if [ -n "$pins" ]; then
  /usr/bin/python3 -c 'import pip' 2>"$work/pip.log" || { echo 'pip is missing: apt-get install python3-pip' >&2; exit 1; }
  "$here/pip-wheels.sh" "$(uname -m)" install --no-compile --no-deps --require-hashes --requirement "$pins" \
    --retries 2 --root-user-action=ignore --target "$work/wheels" >"$work/pip.log" 2>&1 ||
    { tail "$work/pip.log" >&2; echo 'pip cannot get the wheels; is PyPI reached from here?' >&2; exit 1; }
fi
. "$here/private-apt.sh"
apt update
# shellcheck disable=SC2086 # lists of names
apt install --yes --download-only $packages >"$work/apt.log" 2>&1 || { tail "$work/apt.log" >&2; exit 1; }
# shellcheck disable=SC2086
if [ -n "$unpacked" ]; then (cd "$work/cache/archives" && apt download $unpacked); fi

export root="$work/root"
mkdir -p "$root/usr"
for directory in bin sbin lib lib64; do
  mkdir "$root/usr/$directory"
  ln -s "usr/$directory" "$root/$directory"
done
cat >"$work/unneeded" <<'UNNEEDED'
./usr/share/doc
./usr/share/man
./usr/share/info
./usr/share/locale
./usr/share/lintian
./usr/share/doc-base
./usr/lib/*/gconv
./usr/bin/gdb
./usr/share/nodejs/corepack
./usr/share/nodejs/@types
./usr/share/perl
./usr/lib/*/perl
./usr/share/javascript/mathjax*
./usr/share/fonts/*/mathjax*
*/typeshed
*.js.map
*.css.map
UNNEEDED
export unneeded="$work/unneeded"
# The largest first, so that the processes end at about the same time.
find "$work/cache/archives" -name '*.deb' -printf '%s %p\n' | sort -rn | cut -d ' ' -f 2 |
  xargs -P "$(nproc)" -I '{}' sh -c \
    'dpkg-deb --fsys-tarfile "$1" | tar -C "$root" -x --keep-directory-symlink --exclude-from="$unneeded"' sh '{}'

# The wheels form a virtual environment in /usr/local, where their programs are looked for.
if [ -n "$pins" ]; then
  mkdir -p "$root/usr/local/bin" "$root/usr/local/lib/python3.11"
  printf 'home = /usr/bin\ninclude-system-site-packages = false\n' >"$root/usr/local/pyvenv.cfg"
  ln -s ../../bin/python3 "$root/usr/local/bin/python3"
  sed -i '1s|^#!.*python.*|#!/usr/local/bin/python3|' "$work/wheels/bin/"*
  mv "$work/wheels/bin/"* "$root/usr/local/bin"
  for directory in share etc; do mv "$work/wheels/$directory" "$root/usr/local"; done
  mv "$work/wheels" "$root/usr/local/lib/python3.11/site-packages"
  find "$root/usr/local" '(' -name '*.js.map' -o -name '*.css.map' ')' -delete
fi

# A third of all files, of which the hub's pages and JupyterLab in English use none: each suite has an Engine unpack the image.
find "$root" '(' -path '*/fontawesome-free/svgs*' -o -path '*/fontawesome-free/sprites*' -o -path '*/jedi/third_party/*' \
  -o -path '*/locale-data/*' ! -name 'en*' ! -name root.dat ')' -delete

# Does what the maintainer scripts would do, as far as it matters here.
cd "$root"
cp usr/share/base-passwd/passwd.master etc/passwd
cp usr/share/base-passwd/group.master etc/group
echo 'jovyan:x:1000:1000::/home/jovyan:/bin/bash' >>etc/passwd
echo 'jovyan:x:1000:' >>etc/group
mkdir -p dev home/jovyan proc root run sys tmp var/tmp etc/ssl/certs
chown 1000:1000 home/jovyan
chmod 1777 tmp var/tmp
[ -e usr/bin/sh ] || ln -s dash usr/bin/sh
# Only the proxy finds its Node.js. JupyterLab would ask it for yarn's settings at each start, which takes a third of a second.
if [ -e usr/bin/configurable-http-proxy ]; then
  proxy=$(readlink -f usr/bin/configurable-http-proxy)
  mkdir -p usr/libexec/proxy
  mv usr/bin/node usr/libexec/proxy/node
  rm usr/bin/configurable-http-proxy
  printf '#!/bin/sh\nexec /usr/libexec/proxy/node %s "$@"\n' "/${proxy#"$PWD/"}" >usr/bin/configurable-http-proxy
  chmod 755 usr/bin/configurable-http-proxy
fi
find usr/share/ca-certificates -name '*.crt' -exec cat {} + >etc/ssl/certs/ca-certificates.crt
chroot . ldconfig

# psutil looks at /proc. The mount goes with the namespace, however this ends.
imports=$(for module in $modules; do echo "import $module"; done)
if [ -n "$pins" ]; then
  # A server loads its handlers and extensions by their names.
  imports="$imports
import compileall, sysconfig
for name in 'jupyter_lsp jupyter_server jupyter_server_terminals notebook_shim ptyprocess terminado tornado'.split():
    compileall.compile_dir(sysconfig.get_path('purelib') + '/' + name, quiet=1)"
fi
unshare --mount --pid --fork --kill-child sh -c 'mount -t proc proc proc && exec chroot . "$@"' sh \
  env -i PATH=/usr/local/bin:/usr/bin:/bin LANG=C.UTF-8 HOME=/tmp python3 -c "$imports" >"$work/warm-up.log" 2>&1 ||
  { tail "$work/warm-up.log" >&2; exit 1; }
find tmp -mindepth 1 -delete

tar --numeric-owner -cf "$work/rootfs.tar" .
mv "$work/rootfs.tar" "$rootfs"
echo "$rootfs"
