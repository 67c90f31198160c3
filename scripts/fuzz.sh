#!/bin/sh
# Runs every fuzz target in turn. Usage: scripts/fuzz.sh [TIME], such as 30s for each.
set -eu
cd "$(dirname "$0")/.."
GO="${GO:-go}"
time="${1:-30s}"
count=0
for file in $(grep -rl --include='*_test.go' '^func Fuzz' internal cmd); do
  for target in $(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' "$file"); do
    echo "== $(dirname "$file") $target"
    $GO test -run '^$' -fuzz "^$target\$" -fuzztime "$time" -fuzzminimizetime 10x "./$(dirname "$file")"
    count=$((count + 1))
  done
done
[ "$count" -gt 0 ] || { echo "there is no fuzz target" >&2; exit 1; }
echo "fuzz: $count targets, nothing found"
