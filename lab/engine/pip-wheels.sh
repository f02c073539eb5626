#!/bin/sh
# pip-wheels.sh <x86_64|aarch64> <pip's arguments>...: pip, which takes wheels only, and those of bookworm's Python 3.11 on
# that machine, whatever Python runs it.
set -eu

machine=${1:?usage: pip-wheels.sh <x86_64|aarch64> <pip arguments>...}
command=${2:?usage: pip-wheels.sh <x86_64|aarch64> <pip arguments>...}
shift 2

# Every glibc up to bookworm's 2.36 that wheels are made for. pip takes each tag as it is, and no older one with it.
platforms=''
for glibc in 35 34 31 28 27 26 24 17 12 5; do platforms="$platforms --platform manylinux_2_${glibc}_$machine"; done
# shellcheck disable=SC2086 # a list of options
exec /usr/bin/python3 -m pip --disable-pip-version-check --quiet "$command" --only-binary=:all: \
  --implementation cp --python-version 3.11 --abi cp311 --abi abi3 --abi none \
  $platforms --platform "manylinux2014_$machine" "$@"
