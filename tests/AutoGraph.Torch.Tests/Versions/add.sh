#!/usr/bin/env bash
# Adds a small model of the version at hand; see README.md.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

version=$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' ../../../Directory.Build.props)
[ ! -e "$version" ] || { echo "tests/AutoGraph.Torch.Tests/Versions/$version is there already: a released version never changes." >&2; exit 1; }
AUTOGRAPH_TEST_ADD_VERSION=$version dotnet run -c Release --project .. -- -method '*VersionTests.Write_ModelOfThisVersion' -explicit only -noLogo
ls -l "$version"
