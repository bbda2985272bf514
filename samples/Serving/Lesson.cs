using AutoGraph;
using AutoGraph.Datasets;
using AutoGraph.Semantics.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.ML;
using OpenTelemetry.Metrics;

namespace Serving;

/// <summary>One engine for all requests, registered by one call.</summary>
internal static class Lesson
{
    /// <summary>A service that serves the model of a folder, and trains one where there is none.</summary>
    public static WebApplication Build(string[] args, string folder, SampleWorldOptions world)
    {
        string model = Path.Combine(folder, "model.zip");
        if (!File.Exists(model)) Train(model, world);

        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddRecommendationEngine(model, logPath: Path.Combine(folder, "changes.log"));
        builder.Services.AddHealthChecks().AddCheck<EngineCheck>("engine");
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics.AddMeter(ServingTelemetry.SourceName, KnowledgeTelemetry.SourceName, "Microsoft.AspNetCore.Hosting").AddPrometheusExporter());

        var app = builder.Build();
        app.MapHealthChecks("/health");
        app.MapPrometheusScrapingEndpoint("/metrics");
        Map(app.MapGroup("").AddEndpointFilter(async (request, next) =>
        {
            try { return await next(request); }
            catch (ArgumentException error) { return Results.Problem(error.Message, statusCode: StatusCodes.Status400BadRequest); }
        }));
        return app;
    }

    private static void Map(IEndpointRouteBuilder api)
    {
        // One of ten places is for a book that nobody took so far, if there is one.
        api.MapGet("/users/{id}/recommendations", (string id, RecommendationEngine engine, int count = 10) => engine.Recommend(id, count, new RequestOptions { NewItems = count / 10 }));
        api.MapPost("/recommendations", (string[] history, RecommendationEngine engine, int count = 10) => engine.RecommendFor(history, count));
        api.MapGet("/users/{id}/recommendations/{item}", (string id, string item, RecommendationEngine engine) => engine.Explain(id, item));
        api.MapGet("/items/{id}/similar", (string id, RecommendationEngine engine, int count = 10) => engine.SimilarItems(id, count));
        api.MapGet("/items/drift", (RecommendationEngine engine) => engine.ItemDrift());
        api.MapPut("/items/{id}", async (string id, Book book, RecommendationEngine engine, CancellationToken cancellation) =>
        {
            await engine.AddItemAsync(new NewItem(id) { Values = book.Values(), Knowledge = book.Knowledge }, cancellation);
            return Results.Created($"/items/{id}/similar", null);
        });
    }

    private static void Train(string path, SampleWorldOptions world)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var mlContext = new MLContext(seed: 1);
        var autoGraph = mlContext.AutoGraph();
        var data = autoGraph.Data.CreateSampleWorld(world);
        var codes = autoGraph.SemanticVector("Semantics", "Knowledge").Append(autoGraph.ResidualQuantizer("Codes", "Semantics", new() { Quantizer = Quantizer.ResidualKMeans }));
        var trained = autoGraph.MetapathGraph(new SideTable(data.Users, "UserId", codes), new SideTable(data.Items, "ItemId", codes), new() { Training = GraphTraining.Joint })
            .Append(autoGraph.Recommender(new() { BatchSize = 256, LearningRate = 3e-3, Epochs = 10 })).Fit(data.Interactions);
        autoGraph.Save(trained, data.Interactions.Schema, path);
    }
}
