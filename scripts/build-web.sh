#!/bin/sh
# Builds the Workbench's page into internal/webui/built, from where Go embeds it. Without Node the program is built all
# the same, and its page says how to get this one. Usage: scripts/build-web.sh [--need]; with --need, Node must be there.
set -eu
cd "$(dirname "$0")/../web"

if ! node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 22 || (a === 22 && b >= 12) || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null || ! command -v npm >/dev/null 2>&1; then
  echo "The Workbench's page needs Node 20.19 or 22.12, or newer, with npm: see https://nodejs.org. Without it the program is built with a page that says so." >&2
  [ "${1:-}" != --need ] || exit 1
  exit 0
fi
# npm ci only when what it installed is not what is locked.
if [ ! -f node_modules/.locked ] || ! cmp -s package-lock.json node_modules/.locked; then
  npm ci --no-audit --no-fund --loglevel=error
  cp package-lock.json node_modules/.locked
fi
npm run --silent build -- --logLevel warn
