#!/bin/sh
# Style and import rules. Every check runs, so that one run shows all there is to mend; the exit status is 1 if any failed.
set -u
cd "$(dirname "$0")/.." || exit 1
GO="${GO:-go}"
# As make build and make vet do, so that they share what is compiled.
CGO_ENABLED=0
GOFLAGS="$($GO env GOFLAGS) -trimpath"
export CGO_ENABLED GOFLAGS
failed=0
fail() { echo "lint: $1" >&2; failed=1; }

# gofmt; testdata may hold files that are wrong on purpose.
unformatted=$(find . -name '*.go' -not -path '*/testdata/*' -not -path './web/node_modules/*' -exec gofmt -l {} +) || fail "gofmt could not read a file"
[ -z "$unformatted" ] || { echo "$unformatted" >&2; fail "the files above are not formatted: run gofmt -w on them"; }

$GO tool -modfile=tools.mod staticcheck ./... || fail "staticcheck found the above"

# depguard only warns of a missing configuration, and a folder no list names would go unchecked.
[ -f .depguard.yml ] || fail ".depguard.yml is missing"
for dir in internal/*/; do
  name=$(basename "$dir")
  grep -q "internal/$name/" .depguard.yml || fail "internal/$name has no import rules in .depguard.yml"
done
$GO tool -modfile=tools.mod depguard ./... || fail "depguard found imports against the rules of .depguard.yml"

for script in scripts/*.sh scripts/flows/*.sh; do
  sh -n "$script" || fail "$script is no valid sh"
  [ -x "$script" ] || fail "$script is not executable"
done
bash -n .ci/run || fail ".ci/run is no valid bash"
if command -v shellcheck >/dev/null 2>&1; then
  shellcheck -s sh scripts/*.sh scripts/flows/*.sh || fail "shellcheck found the above"
fi
for script in scripts/flows/*.py; do
  /usr/bin/python3 -c 'import ast, sys; ast.parse(open(sys.argv[1]).read(), sys.argv[1])' "$script" || fail "$script is no valid Python"
done

[ "$failed" -eq 0 ] && echo "lint: clean"
exit "$failed"
