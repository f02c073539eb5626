#!/bin/sh
# Prints the address of the Debian mirror that this machine's own apt sources name.
set -eu

suite=$(. /etc/os-release && echo "${VERSION_CODENAME:?}")

# Only the stanza of Debian itself counts: third parties use Debian's suite names, but not "main".
deb822() {
  awk -v suite="$suite" '
    function names(list, name,   words, count, i) {
      count = split(list, words, /[ \t]+/)
      for (i = 1; i <= count; i++) if (words[i] == name) return 1
      return 0
    }
    function finish() {
      if (uri != "" && names(suites, suite) && names(components, "main")) { print uri; exit }
      uri = suites = components = ""
    }
    FNR == 1 || /^[ \t]*$/ { finish() }
    /^[Uu][Rr][Ii]s:/ { uri = $2 }
    /^[Ss]uites:/ { suites = $0 }
    /^[Cc]omponents:/ { components = $0 }
    END { finish() }
  ' /dev/null "$@"
}

one_line() {
  sed -n 's/\[[^]]*\]//; s/^deb[ \t]\{1,\}//p' /dev/null "$@" |
    awk -v suite="$suite" '$2 == suite && / main( |$)/ { print $1; exit }'
}

sources=/etc/apt/sources.list.d
mirror=$(
  find "$sources" -name '*.sources' 2>/dev/null | while read -r file; do deb822 "$file"; done
  find "$sources" -name '*.list' 2>/dev/null | while read -r file; do one_line "$file"; done
  if [ -e /etc/apt/sources.list ]; then one_line /etc/apt/sources.list; fi
)
mirror=$(echo "$mirror" | head -n 1)
[ -n "$mirror" ] || { echo "no Debian mirror in this machine's apt sources" >&2; exit 1; }
echo "${mirror%/}"
