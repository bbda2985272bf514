using AutoGraph.Orleans.Rollouts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AutoGraph.Orleans;

/// <summary>Healthy where this silo answers requests from an active model; degraded while a rollout stands still.</summary>
/// <remarks><c>services.AddHealthChecks().AddCheck&lt;ClusterHealthCheck&gt;("autograph")</c> on a silo.</remarks>
public sealed class ClusterHealthCheck : IHealthCheck
{
    private readonly ModelHost _models;
    private readonly RecommendationCluster _cluster;

    /// <summary>Creates one; the container does.</summary>
    /// <param name="services">The services of a silo.</param>
    public ClusterHealthCheck(IServiceProvider services) => (_models, _cluster) = (services.GetRequiredService<ModelHost>(), services.GetRequiredService<RecommendationCluster>());

    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (_models.Status.Active is not { } active) return HealthCheckResult.Unhealthy("No model is active.");
        try
        {
            await _cluster.RecommendForAsync([], count: 1).WaitAsync(cancellationToken);
        }
        catch (Exception error) when (error is not OperationCanceledException)  // whatever it is, the silo does not answer
        {
            return HealthCheckResult.Unhealthy("A request failed.", error);
        }
        return _models.Status.Failure is { } failure ? HealthCheckResult.Degraded(failure) : HealthCheckResult.Healthy($"Model '{active.Name}'.");
    }
}
