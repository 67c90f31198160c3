#!/bin/sh
# Runs fuzz targets in turn, each from pieces of a clip of every kind. Usage: scripts/fuzz.sh [TIME [FOLDER...]], such as
# 30s for each, and those of internal/mp4 alone.
set -eu
cd "$(dirname "$0")/.."
GO="${GO:-go}"
time="${1:-30s}"
if [ -z "${RETAKE_CORPUS:-}" ]; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  scripts/matrix.py --corpus "$work/clips"
  $GO run ./internal/corpus/cut "$work/corpus" "$work"/clips/*
  export RETAKE_CORPUS="$work/corpus"
fi
count=0
[ "$#" -gt 0 ] && shift
[ "$#" -gt 0 ] || set -- internal cmd
for file in $(grep -rl --include='*_test.go' '^func Fuzz' "$@"); do
  for target in $(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' "$file"); do
    echo "== $(dirname "$file") $target"
    $GO test -run '^$' -fuzz "^$target\$" -fuzztime "$time" -fuzzminimizetime 10x "./$(dirname "$file")"
    count=$((count + 1))
  done
done
[ "$count" -gt 0 ] || { echo "there is no fuzz target" >&2; exit 1; }
echo "fuzz: $count targets, nothing found"
