#!/usr/bin/env bash
# One entry point for people and CI:  ./build.sh setup|build|quickstart|test|pack|api [--yes] [-- arguments]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

readonly NEEDED_SYMBOL=GLIBCXX_3.4.32   # TorchSharp 0.107 (libtorch 2.10) is linked against the libstdc++ of GCC 13
readonly TEST_RESULTS=artifacts/test-results
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
  pack        write the NuGet packages to artifacts/packages and try them in a fresh consumer
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

run_tests() {
  build
  ensure_browser
  rm -rf "$TEST_RESULTS"; mkdir -p "$TEST_RESULTS"
  local project name passed=0 failed=0 skipped=0
  for project in tests/*.Tests/*.csproj; do
    name=$(basename "$project" .csproj)
    say "== $name"
    dotnet run --no-build -c Release --project "$project" -- -trx "$TEST_RESULTS/$name.trx" -noLogo -noColor || true
    if [ ! -s "$TEST_RESULTS/$name.trx" ]; then
      say "$name ended without a report: counted as one failure."
      failed=$((failed + 1)); continue
    fi
    passed=$((passed + $(count passed "$TEST_RESULTS/$name.trx")))
    failed=$((failed + $(count failed "$TEST_RESULTS/$name.trx") + $(count error "$TEST_RESULTS/$name.trx")))
    skipped=$((skipped + $(count notExecuted "$TEST_RESULTS/$name.trx")))
  done
  [ "$skipped" -eq 0 ] || say "$skipped tests were skipped; each says why above."
  if [ "$passed" -eq 0 ] && [ "$failed" -eq 0 ]; then say "No test ran."; failed=1; fi
  printf '%d passed, %d failed\n' "$passed" "$failed"
  [ "$failed" -eq 0 ]
}

pack() { prepare; nuget/pack.sh; }

api() { prepare; nuget/api.sh; }

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
  pack) pack ;;
  api) api ;;
  *) usage; [ "$verb" = help ] || [ "$verb" = --help ] || exit 2 ;;
esac
