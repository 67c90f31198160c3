#!/bin/sh
# Installs the Debian or Ubuntu packages that Retake, its demo and its tests call, and only those that are missing.
# Usage: scripts/install-deps.sh run|test
#   run   what the service needs: ffmpeg (required), espeak-ng (spoken lines)
#   test  the above and what the tests and the demo call: curl, jq, awk, python3 with requests
set -eu

want="ffmpeg:ffmpeg ffprobe:ffmpeg espeak-ng:espeak-ng"
case "${1:-run}" in
run) ;;
test) want="$want curl:curl jq:jq awk:mawk python3:python3 gcc:gcc" ;;
*) echo "usage: $0 run|test" >&2; exit 2 ;;
esac

missing=""
for pair in $want; do
  command -v "${pair%%:*}" >/dev/null 2>&1 || missing="$missing ${pair##*:}"
done
# Debian's own python3 carries its own requests; a python3 from elsewhere may have none.
if [ "${1:-run}" = test ] && ! /usr/bin/python3 -c 'import requests' >/dev/null 2>&1; then
  missing="$missing python3 python3-requests"
fi
missing=$(printf '%s\n' $missing | sort -u | tr '\n' ' ')
[ -n "$(printf '%s' "$missing" | tr -d ' ')" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
  echo "Retake needs these programs, and this machine has no apt-get: install them and run again: $missing" >&2
  exit 1
fi
sudo=""
if [ "$(id -u)" -ne 0 ]; then
  if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    sudo="sudo"
  else
    echo "Retake needs: $missing" >&2
    echo "Install them with: sudo apt-get install --no-install-recommends $missing" >&2
    exit 1
  fi
fi
echo "installing: $missing" >&2
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get -o DPkg::Lock::Timeout=300 update -qq >&2
# shellcheck disable=SC2086
$sudo apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends $missing >&2
