#!/usr/bin/env bash
# One entry point for people and CI:  ./build.sh setup|build|quickstart|test|pack|api|ci|verify [--yes] [-- arguments]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

readonly NEEDED_SYMBOL=GLIBCXX_3.4.32   # TorchSharp 0.107 (libtorch 2.10) is linked against the libstdc++ of GCC 13
readonly TEST_RESULTS=artifacts/test-results
readonly LEAST_COVERAGE=90   # per cent of the lines of src that some test runs
COVERAGE=false
ASSUME_YES=${CI:+true}
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

usage() {
  cat <<'TEXT'
usage: ./build.sh VERB [--yes] [-- ARGUMENTS]

  setup       check the .NET SDK and the C++ runtime; install the runtime where it is too old (Debian 12, as root);
              install a browser without windows for the tests of HTML reports (Debian, as root; without it they are skipped)
  build       restore and compile everything in Release
  quickstart  train on the simulated sample world, compare with and without AutoGraph, save, reload, recommend
              (ARGUMENTS go to the sample: -- --data PATH --items-knowledge FILE --encoder DIR)
  test        run every test; the last line reads "N passed, N failed"
  pack        write the NuGet packages to artifacts/packages and try them in fresh consumers
              (ARGUMENTS choose: -- existing-pipeline own-recommender saved-model without-native)
  ci          test, measure line coverage, and pass every gate of CI; the last line reads "N passed, N failed"
  verify      what takes longer, by hand or weekly: mutation score of AutoGraph.Core, kill loops, a cluster whose silos and PostgreSQL are killed, vulnerable packages, long benchmarks
              (ARGUMENTS choose: -- mutation kills cluster vulnerable benchmarks)
  api         write what the packages export to PublicAPI.Unshipped.txt of each project, after a change of the public API

  --yes       answer every question with yes (as CI=true and a missing terminal do)
TEXT
}

say() { printf '%s\n' "$*" >&2; }

check_sdk() {
  command -v dotnet >/dev/null || { say "The .NET 10 SDK is not on PATH. Get it from https://dotnet.microsoft.com/download/dotnet/10.0"; exit 1; }
  dotnet --list-sdks | grep -q '^10\.' || { say "Found $(dotnet --version); the .NET 10 SDK is needed: https://dotnet.microsoft.com/download/dotnet/10.0"; exit 1; }
}

runtime_is_new_enough() {
  local library
  library=$(ldconfig -p 2>/dev/null | awk '/libstdc\+\+\.so\.6 /{print $NF; exit}')
  [ -n "$library" ] && grep -qaF "$NEEDED_SYMBOL" "$library"
}

trixie_commands() {
  cat <<'TEXT'
printf 'Types: deb\nURIs: http://deb.debian.org/debian\nSuites: trixie\nComponents: main\nSigned-By: /usr/share/keyrings/debian-archive-keyring.gpg\n' > /etc/apt/sources.list.d/autograph-trixie.sources
printf 'Package: *\nPin: release n=trixie\nPin-Priority: 100\n' > /etc/apt/preferences.d/autograph-trixie
apt-get update -o Dir::Etc::sourcelist=/etc/apt/sources.list.d/autograph-trixie.sources -o Dir::Etc::sourceparts=- -o APT::Get::List-Cleanup=0
DEBIAN_FRONTEND=noninteractive apt-get install -y -t trixie libstdc++6
TEXT
}

# Only Linux needs the check: on Windows and macOS libtorch brings what it needs.
ensure_cpp_runtime() {
  [ "$(uname -s)" = Linux ] || return 0
  runtime_is_new_enough && return 0
  say "The C++ runtime of this system is older than TorchSharp needs ($NEEDED_SYMBOL, libstdc++ of GCC 13 or newer)."
  if ! { [ -r /etc/os-release ] && . /etc/os-release && [ "${ID:-}" = debian ] && [ "${VERSION_ID:-}" = 12 ]; }; then
    say "Install a newer libstdc++6 (Ubuntu 24.04 and Debian 13 have one), then run this command again."
    exit 1
  fi
  if [ "$(id -u)" -ne 0 ]; then
    say "On Debian 12 these commands, as root, install libstdc++6 from Debian trixie and nothing else from there:"
    trixie_commands >&2
    exit 1
  fi
  say "Installing libstdc++6 from Debian trixie (about 20 s; libc6 comes along; its source is pinned at priority 100, so nothing else follows)."
  if [ "${ASSUME_YES:-}" != true ] && [ -t 0 ]; then
    local answer
    read -r -p "Go on? [y/N] " answer
    [[ $answer =~ ^[Yy] ]] || { say "Nothing was changed."; exit 1; }
  fi
  local log
  log=$(mktemp)
  if ! bash -euc "$(trixie_commands)" >"$log" 2>&1; then
    cat "$log" >&2
    say "The installation failed; the lines above say why."
    exit 1
  fi
  rm -f "$log"
  runtime_is_new_enough || { say "libstdc++6 was installed, but $NEEDED_SYMBOL is still missing."; exit 1; }
}

# Only the tests that look at HTML reports need a browser; without one they are skipped and say so.
ensure_browser() {
  [ "$(uname -s)" = Linux ] && [ -z "${AUTOGRAPH_BROWSER:-}" ] || return 0
  local name log
  for name in chromium-headless-shell chromium chromium-browser google-chrome google-chrome-stable chrome; do
    if command -v "$name" >/dev/null; then return 0; fi
  done
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    say "No Chromium on PATH: the tests of HTML reports will be skipped. Install chromium, or name a browser in AUTOGRAPH_BROWSER."
    return 0
  fi
  say "Installing chromium-headless-shell for the tests of HTML reports (about 70 MB)."
  log=$(mktemp)
  if ! { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium-headless-shell; } >"$log" 2>&1; then
    tail -n 5 "$log" >&2
    say "It could not be installed; the tests of HTML reports will be skipped."
  fi
  rm -f "$log"
}

prepare() { check_sdk; ensure_cpp_runtime; }

setup() { prepare; ensure_browser; }

build() { prepare; dotnet build AutoGraph.sln -c Release --nologo -v minimal; }

quickstart() {
  prepare
  dotnet build samples/Quickstart -c Release --nologo -v quiet
  dotnet run --no-build -c Release --project samples/Quickstart -- "$@"
}

count() { # count NAME FILE: a counter of a .trx report
  grep -o "<Counters [^>]*" "$2" | grep -o "\b$1=\"[0-9]*\"" | grep -o '[0-9]*'
}

# run_program PROJECT REPORT: one test program, with its coverage where COVERAGE is true.
run_program() {
  if [ "$COVERAGE" = true ]; then
    dotnet msbuild "$1" -t:Cover -p:Configuration=Release -nologo -v:minimal "-p:TestArguments=-trx '$PWD/$2' -noLogo -noColor" | grep -v '^ *\[coverlet\]' || true
  else
    dotnet run --no-build -c Release --project "$1" -- -trx "$2" -noLogo -noColor || true
  fi
}

run_programs() { # adds to passed and failed
  ensure_browser
  rm -rf "$TEST_RESULTS"; mkdir -p "$TEST_RESULTS"
  local project name skipped=0 before=$((passed + failed))
  for project in tests/*.Tests/*.csproj; do
    name=$(basename "$project" .csproj)
    say "== $name"
    run_program "$project" "$TEST_RESULTS/$name.trx"
    if [ ! -s "$TEST_RESULTS/$name.trx" ]; then
      say "$name ended without a report: counted as one failure."
      failed=$((failed + 1)); continue
    fi
    passed=$((passed + $(count passed "$TEST_RESULTS/$name.trx")))
    failed=$((failed + $(count failed "$TEST_RESULTS/$name.trx") + $(count error "$TEST_RESULTS/$name.trx")))
    skipped=$((skipped + $(count notExecuted "$TEST_RESULTS/$name.trx")))
  done
  [ "$skipped" -eq 0 ] || say "$skipped tests were skipped; each says why above."
  if [ $((passed + failed)) -eq "$before" ]; then say "No test ran."; failed=$((failed + 1)); fi
}

conclude() {
  printf '%d passed, %d failed\n' "$passed" "$failed"
  [ "$failed" -eq 0 ]
}

run_tests() {
  local passed=0 failed=0
  build
  run_programs
  conclude
}

gate() { # gate NAME COMMAND…: adds one to passed or failed
  local name=$1 start=$SECONDS; shift
  say "== $name"
  if "$@"; then passed=$((passed + 1)); say "passed: $name ($((SECONDS - start)) s)"
  else failed=$((failed + 1)); say "FAILED: $name ($((SECONDS - start)) s)"; fi
}

# Links, the code of the pages, the samples' lessons and the arrows between projects are tests; code style and the public API are the compiler's.
ci() {
  local passed=0 failed=0
  gate "build, analyzers, public API" build
  [ "$failed" -eq 0 ] || { conclude; return 1; }
  COVERAGE=true run_programs
  gate "line coverage of $LEAST_COVERAGE % or more" dotnet run .ci/Coverage.cs -- "$LEAST_COVERAGE" artifacts/coverage/*.json
  gate "format" dotnet format whitespace . --folder --verify-no-changes
  gate "licences of dependencies" dotnet run .ci/Licenses.cs
  gate "sample Quickstart" quickstart
  gate "packages and their fresh consumers" dotnet run nuget/Pack.cs
  conclude
}

mutation() {
  dotnet tool restore
  (cd tests/AutoGraph.Core.Mutation && dotnet stryker --config-file ../../.ci/stryker.json --output ../../artifacts/mutation)
}

kills() { # many more kills of writing processes than a test run makes
  dotnet build tests/AutoGraph.Torch.Tests -c Release --nologo -v quiet &&
    AUTOGRAPH_TEST_KILLS=200 dotnet run --no-build -c Release --project tests/AutoGraph.Torch.Tests -- -noLogo -noColor -class '*KillTests' &&
    dotnet build tests/AutoGraph.Managed.Tests -c Release --nologo -v quiet &&
    dotnet run --no-build -c Release --project tests/AutoGraph.Managed.Tests -- -noLogo -noColor -class '*KilledRunTests'
}

# Not `dotnet list package --vulnerable`: where a source has no list of vulnerabilities, that finds none and is content. This fails, with NU1905.
vulnerable() {
  local said
  said=$(dotnet restore AutoGraph.sln --force -p:NuGetAudit=true -p:NuGetAuditMode=all -p:NuGetAuditLevel=low 2>&1) && return 0
  # Each finding once, not once a project.
  { grep -o 'NU[0-9]*: .*' <<< "$said" || printf '%s\n' "$said"; } | sed 's/ \[[^[]*\]$//' | sort -u >&2
  return 1
}

cluster() { tests/AutoGraph.Orleans.Tests/postgres.sh run; } # silos as processes, PostgreSQL; both are killed

benchmarks() {
  local name
  dotnet build samples/Cluster -c Release --nologo -v quiet
  dotnet build benchmarks/AutoGraph.Benchmarks -c Release --nologo -v quiet
  for name in knowledge alternating quantizers losses ranking attention insertion retrieval requests cluster index; do
    say "-- benchmark $name"
    dotnet run --no-build -c Release --project benchmarks/AutoGraph.Benchmarks -- "$name" || return 1
  done
}

verify() {
  local passed=0 failed=0 name
  prepare
  [ $# -gt 0 ] || set -- mutation kills cluster vulnerable benchmarks
  for name in "$@"; do
    case $name in
      mutation) gate "mutation score of AutoGraph.Core" mutation ;;
      kills) gate "kill loops" kills ;;
      cluster) gate "killed silos and database" cluster ;;
      vulnerable) gate "no vulnerable packages" vulnerable ;;
      benchmarks) gate "long benchmarks" benchmarks ;;
      *) say "Expected mutation, kills, cluster, vulnerable or benchmarks, found $name."; return 2 ;;
    esac
  done
  conclude
}

pack() { prepare; dotnet run nuget/Pack.cs -- "$@"; }

api() { prepare; dotnet run nuget/Api.cs; }

verb=${1:-}; shift || true
rest=()
while [ $# -gt 0 ]; do
  case $1 in
    --yes) ASSUME_YES=true ;;
    --) shift; rest+=("$@"); break ;;
    *) rest+=("$1") ;;
  esac
  shift
done

case $verb in
  setup) setup ;;
  build) build ;;
  quickstart) quickstart ${rest[@]+"${rest[@]}"} ;;
  test) run_tests ;;
  pack) pack ${rest[@]+"${rest[@]}"} ;;
  api) api ;;
  ci) ci ;;
  verify) verify ${rest[@]+"${rest[@]}"} ;;
  *) usage; [ "$verb" = help ] || [ "$verb" = --help ] || exit 2 ;;
esac
