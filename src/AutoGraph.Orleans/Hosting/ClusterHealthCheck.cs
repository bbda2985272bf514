using AutoGraph.Orleans.Rollouts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AutoGraph.Orleans;

/// <summary>Healthy where this silo answers requests from an active model; degraded after a rollout that failed, and while one has not come on for ten minutes.</summary>
/// <remarks><c>services.AddHealthChecks().AddCheck&lt;ClusterHealthCheck&gt;("autograph")</c> on a silo.</remarks>
public sealed class ClusterHealthCheck : IHealthCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private readonly ModelHost _models;
    private readonly RecommendationCluster _cluster;
    private readonly TimeProvider _time;

    /// <summary>Creates one; the container does.</summary>
    /// <param name="services">The services of a silo.</param>
    public ClusterHealthCheck(IServiceProvider services) =>
        (_models, _cluster, _time) = (services.GetRequiredService<ModelHost>(), services.GetRequiredService<RecommendationCluster>(), services.GetService<TimeProvider>() ?? TimeProvider.System);

    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (_models.Refusal is { } refusal) return HealthCheckResult.Unhealthy(refusal);
        if (_models.Status.Active is not { } active) return HealthCheckResult.Unhealthy("No model is active.");
        try
        {
            await _cluster.RecommendForAsync([], count: 1).WaitAsync(cancellationToken);
        }
        catch (Exception error) when (error is not OperationCanceledException)  // whatever it is, the silo does not answer
        {
            return HealthCheckResult.Unhealthy("A request failed.", error);
        }
        if (_models.Status.Next is { } next && _time.GetUtcNow() - _models.Since > Patience)
            return HealthCheckResult.Degraded($"The rollout of '{next.Name}' has not come on for {(_time.GetUtcNow() - _models.Since).TotalMinutes:F0} minutes; the silos' logs say what it waits for.");
        return _models.Status.Failure is { } failure ? HealthCheckResult.Degraded(failure) : HealthCheckResult.Healthy($"Model '{active.Name}'.");
    }
}
