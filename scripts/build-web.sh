#!/bin/sh
# Builds the Workbench's page into internal/webui/built, from where Go embeds it. Without Node, npm or the packages of
# the page the program is built all the same, and its page says how to get this one.
# Usage: scripts/build-web.sh [--need]; with --need, that is an error.
set -eu
cd "$(dirname "$0")/../web"
need="${1:-}"

# leave WHY says what is missing and ends.
leave() {
  echo "The Workbench's page is not built: $1" >&2
  if [ "$need" = --need ]; then exit 1; fi
  if [ -f ../internal/webui/built/assets/manifest.json ]; then
    echo "The program gets the page that was built last." >&2
  else
    echo "The program is built with a plain page that says so; everything else works." >&2
  fi
  exit 0
}

wanted="Node 20.19, or 22.12 or newer (https://nodejs.org)"
version=$(node --version 2>/dev/null) || leave "it needs $wanted, and there is no node."
node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 22 || (a === 22 && b >= 12) || (a === 20 && b >= 19) ? 0 : 1)' ||
  leave "it needs $wanted, and node is $version."
command -v npm >/dev/null 2>&1 || leave "it needs npm, which on Debian and Ubuntu is a package of its own: apt-get install npm."

# npm ci only when what it installed is not what is locked.
if [ ! -f node_modules/.locked ] || ! cmp -s package-lock.json node_modules/.locked; then
  npm ci --no-audit --no-fund --loglevel=error >&2 || leave "npm could not fetch its packages, as it says above. With a network, run make build again."
  cp package-lock.json node_modules/.locked
fi
npm run --silent build -- --logLevel warn
