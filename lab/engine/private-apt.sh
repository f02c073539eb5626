# shellcheck shell=sh
# . private-apt.sh, with $work, $suite and $here set: gives `apt`, an apt-get with lists, cache and sources of its own.
# It fetches and verifies as the host's does, but takes nothing for installed and leaves the host's state as it is.

mirror=$("$here/debian-mirror.sh")
mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/none"
cat >"$work/debian.sources" <<SOURCES
Types: deb
URIs: $mirror
Suites: $suite
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
SOURCES

apt() {
  apt-get --quiet=2 \
    -o Dir::Etc::SourceList="$work/debian.sources" \
    -o Dir::Etc::SourceParts=- \
    -o Dir::Etc::Preferences=/dev/null \
    -o Dir::Etc::PreferencesParts="$work/none" \
    -o Dir::State::Lists="$work/lists" \
    -o Dir::State::Status=/dev/null \
    -o Dir::Cache="$work/cache" \
    -o Debug::NoLocking=1 \
    -o Acquire::Languages=none \
    -o Acquire::Retries=3 \
    -o APT::Install-Recommends=false \
    -o APT::Sandbox::User=root \
    "$@"
}
