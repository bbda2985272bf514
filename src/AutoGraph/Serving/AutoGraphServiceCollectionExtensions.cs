using Microsoft.Extensions.DependencyInjection;
using Microsoft.ML;

namespace AutoGraph;

/// <summary>Registers engines with an application's services.</summary>
public static class AutoGraphServiceCollectionExtensions
{
    /// <summary>Adds one <see cref="RecommendationEngine"/> for all requests; the model is loaded, and the log read, when it is first asked for.</summary>
    /// <param name="services">The services.</param>
    /// <param name="modelPath">A model that <see cref="AutoGraphCatalog.Save"/> or <c>mlContext.Model.Save</c> wrote.</param>
    /// <param name="logPath">The log of changes, see <see cref="AutoGraphCatalog.CreateEngine"/>; null: changes are forgotten with the engine.</param>
    /// <param name="prepare">Changes the loaded model before it serves, such as <see cref="AutoGraphCatalog.Attach"/> with encoder and chat client for new texts; null: nothing.</param>
    /// <param name="options">How the engine works; null: the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <remarks>The container disposes the engine, which closes the log.</remarks>
    public static IServiceCollection AddRecommendationEngine(this IServiceCollection services, string modelPath, string? logPath = null, Func<AutoGraphCatalog, ITransformer, ITransformer>? prepare = null,
        EngineOptions? options = null) =>
        services.AddRecommendationEngine(modelPath, (_, autoGraph, model) => prepare is null ? model : prepare(autoGraph, model), logPath, options);

    /// <summary>The same, with encoder, chat client and store for new texts from the application's services.</summary>
    /// <inheritdoc cref="AddRecommendationEngine(IServiceCollection, string, string?, Func{AutoGraphCatalog, ITransformer, ITransformer}?, EngineOptions?)"/>
    /// <param name="services">The services.</param>
    /// <param name="modelPath">A model that <see cref="AutoGraphCatalog.Save"/> or <c>mlContext.Model.Save</c> wrote.</param>
    /// <param name="prepare">Changes the loaded model before it serves, such as <see cref="AutoGraphCatalog.Attach"/> with what the provider gives.</param>
    /// <param name="logPath">The log of changes, see <see cref="AutoGraphCatalog.CreateEngine"/>; null: changes are forgotten with the engine.</param>
    /// <param name="options">How the engine works; null: the defaults.</param>
    public static IServiceCollection AddRecommendationEngine(this IServiceCollection services, string modelPath, Func<IServiceProvider, AutoGraphCatalog, ITransformer, ITransformer> prepare, string? logPath = null,
        EngineOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(prepare);
        ArgumentException.ThrowIfNullOrEmpty(modelPath);
        options?.Validate();
        return services.AddSingleton(provider =>
        {
            var autoGraph = new MLContext().AutoGraph();
            var model = autoGraph.Load(modelPath, out _);
            return autoGraph.CreateEngine(prepare(provider, autoGraph, model), logPath, options);
        });
    }
}
