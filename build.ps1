#Requires -Version 5.1

# One entry point on Windows, as ./build.sh is elsewhere: .\build.ps1 setup|build|quickstart|test|pack|api [-Yes] [-- arguments]
# No param block: powershell -File would take build.sh's bare -- for an ambiguous parameter name.
$Verb = if ($args.Count -gt 0) { [string] $args[0] } else { '' }
# Nothing is asked on Windows, so the answer given beforehand is only accepted.
$Rest = @($args | Select-Object -Skip 1 | Where-Object { $_ -notin '--', '--yes', '-Yes' })

$Usage = @'
usage: .\build.ps1 VERB [-Yes] [-- ARGUMENTS]

  setup       check the .NET SDK (libtorch brings its own C++ runtime on Windows)
  build       restore and compile everything in Release
  quickstart  train on the simulated sample world, compare with and without AutoGraph, save, reload, recommend
              (ARGUMENTS go to the sample: -- --data PATH --items-knowledge FILE --encoder DIR)
  test        run every test; the last line reads "N passed, N failed"
  pack        write the NuGet packages to artifacts\packages and try them in fresh consumers
              (ARGUMENTS choose: -- existing-pipeline own-recommender saved-model without-native)
  api         write what the packages export to PublicAPI.Unshipped.txt of each project, after a change of the public API

The verbs ci and verify are ./build.sh's (Linux, macOS, WSL).
'@

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
$env:DOTNET_CLI_TELEMETRY_OPTOUT = '1'
$env:DOTNET_NOLOGO = '1'
$PSNativeCommandUseErrorActionPreference = $false   # exit codes are looked at below; failing tests have one, too
$TestResults = Join-Path 'artifacts' 'test-results'

function Invoke-DotNet {
    & dotnet @args
    if ($LASTEXITCODE -ne 0) { throw "dotnet $($args -join ' ') ended with exit code $LASTEXITCODE." }
}

function Invoke-Setup {
    $remedy = 'Get the .NET 10 SDK from https://dotnet.microsoft.com/download/dotnet/10.0'
    if (-not (Get-Command dotnet -ErrorAction SilentlyContinue)) { throw "dotnet is not on PATH. $remedy" }
    if (-not (@(& dotnet --list-sdks) -match '^10\.')) { throw "No .NET 10 SDK is installed. $remedy" }
}

function Invoke-Build {
    Invoke-Setup
    Invoke-DotNet build AutoGraph.sln -c Release --nologo -v minimal
}

function Invoke-Quickstart {
    Invoke-Setup
    $project = Join-Path 'samples' 'Quickstart'
    Invoke-DotNet build $project -c Release --nologo -v quiet
    # Called directly: a PowerShell function would swallow the bare --.
    & dotnet run --no-build -c Release --project $project -- @Rest
    if ($LASTEXITCODE -ne 0) { throw "The quickstart ended with exit code $LASTEXITCODE." }
}

function Invoke-Test {
    Invoke-Build
    if (Test-Path $TestResults) { Remove-Item $TestResults -Recurse -Force }
    New-Item $TestResults -ItemType Directory -Force | Out-Null
    $passed = 0; $failed = 0; $skipped = 0
    foreach ($project in Get-ChildItem 'tests' -Directory -Filter '*.Tests' | Get-ChildItem -Filter '*.csproj') {
        $report = Join-Path $TestResults "$($project.BaseName).trx"
        Write-Host "== $($project.BaseName)"
        # Failing tests give an exit code; they are counted from the report.
        & dotnet run --no-build -c Release --project $project.FullName -- -trx $report -noLogo -noColor
        if (-not (Test-Path $report) -or (Get-Item $report).Length -eq 0) {
            Write-Host "$($project.BaseName) ended without a report: counted as one failure."
            $failed++
            continue
        }
        $counters = ([xml](Get-Content $report -Raw -Encoding UTF8)).TestRun.ResultSummary.Counters
        $passed += [int]$counters.passed
        $failed += [int]$counters.failed + [int]$counters.error
        $skipped += [int]$counters.notExecuted
    }
    if ($skipped -gt 0) { Write-Host "$skipped tests were skipped; each says why above." }
    if ($passed -eq 0 -and $failed -eq 0) { Write-Host 'No test ran.'; $failed = 1 }
    Write-Host "$passed passed, $failed failed"
    if ($failed -gt 0) { exit 1 }
}

function Invoke-Pack {
    Invoke-Setup
    & dotnet run (Join-Path 'nuget' 'Pack.cs') -- @Rest
    if ($LASTEXITCODE -ne 0) { throw "The packages are not as expected (exit code $LASTEXITCODE)." }
}

function Invoke-Api {
    Invoke-Setup
    Invoke-DotNet run (Join-Path 'nuget' 'Api.cs')
}

Push-Location $PSScriptRoot
try {
    switch ($Verb) {
        'setup' { Invoke-Setup }
        'build' { Invoke-Build }
        'quickstart' { Invoke-Quickstart }
        'test' { Invoke-Test }
        'pack' { Invoke-Pack }
        'api' { Invoke-Api }
        { $_ -in 'help', '--help' } { Write-Output $Usage }
        default { [Console]::Error.WriteLine($Usage); exit 2 }
    }
}
catch {
    # One sentence, not PowerShell's picture of the line that threw it.
    [Console]::Error.WriteLine($_.Exception.Message)
    exit 1
}
finally { Pop-Location }
