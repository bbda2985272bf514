using AutoGraph;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Serving;

/// <summary>Healthy where the engine answers.</summary>
internal sealed class EngineCheck(RecommendationEngine engine) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(engine.Recommend("nobody", 1).Count > 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("There is nothing to recommend."));
}
