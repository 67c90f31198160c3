#!/bin/sh
# Installs the Debian or Ubuntu packages that Retake, its demo and its tests call, and only those that are missing.
# Usage: scripts/install-deps.sh run|demo|test
#   run   what the service needs: ffmpeg (required), espeak-ng (spoken lines)
#   demo  the above, curl and jq
#   test  the above and what the tests call: awk, python3 with requests, node with npm, Chromium,
#         mkvtoolnix, a C compiler for the race detector
set -eu

level="${1:-run}"
want="ffmpeg:ffmpeg ffprobe:ffmpeg espeak-ng:espeak-ng"
case "$level" in
run) ;;
demo) want="$want curl:curl jq:jq" ;;
test) want="$want curl:curl jq:jq awk:mawk gcc:gcc node:nodejs npm:npm mkvmerge:mkvtoolnix" ;;
*) echo "usage: $0 run|demo|test" >&2; exit 2 ;;
esac

missing=""
for pair in $want; do
  command -v "${pair%%:*}" >/dev/null 2>&1 || missing="$missing ${pair##*:}"
done
if [ "$level" = test ]; then
  # The names of Debian, Ubuntu and Google.
  command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 ||
    missing="$missing chromium"
  # Debian's own python3 carries its own requests; a python3 from elsewhere may have none.
  /usr/bin/python3 -c 'import requests' >/dev/null 2>&1 || missing="$missing python3 python3-requests"
  # gcc without the C library's headers compiles nothing.
  echo '#include <stdlib.h>' | gcc -E - >/dev/null 2>&1 || missing="$missing gcc libc6-dev"
fi
# shellcheck disable=SC2086
set -- $missing
[ $# -gt 0 ] || exit 0
missing=$(printf '%s\n' "$@" | sort -u | tr '\n' ' ')
missing="${missing% }"

if ! command -v apt-get >/dev/null 2>&1; then
  echo "Retake needs these programs, and this machine has no apt-get: install them and run again: $missing" >&2
  exit 1
fi
sudo=""
if [ "$(id -u)" -ne 0 ]; then
  if command -v sudo >/dev/null 2>&1 && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
    sudo="sudo" # asks for the password where there is somebody to ask
  else
    echo "Retake needs: $missing" >&2
    echo "Install them with: sudo apt-get install --no-install-recommends $missing" >&2
    exit 1
  fi
fi
echo "installing: $missing" >&2
# shellcheck disable=SC2086
if ! {
  $sudo apt-get -o DPkg::Lock::Timeout=300 update -qq >&2 &&
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends $missing >&2
}; then
  echo "The packages could not be installed; install them by hand and run again: $missing" >&2
  exit 1
fi
