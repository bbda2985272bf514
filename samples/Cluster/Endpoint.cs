using System.ClientModel;
using System.ClientModel.Primitives;
using AutoGraph.Orleans;
using AutoGraph.Semantics.Costs;
using Microsoft.Extensions.AI;
using OpenAI;

namespace Cluster;

/// <summary>The OpenAI-compatible endpoint that all silos share.</summary>
internal static class Endpoint
{
    private const string Model = "model";

    /// <summary>What all silos together may ask.</summary>
    public static ClusterKnowledgeOptions Of(Uri address) => new()
    {
        Client = _ => new OpenAIClient(new ApiKeyCredential("none"), new OpenAIClientOptions
        {
            Endpoint = address,
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),     // the generator repeats calls, within the budget
        }).GetChatClient(Model).AsIChatClient(),
        Generator = new()
        {
            Model = Model,
            Chat = new() { MaxOutputTokens = 500 },
            Concurrency = 8,
            Budget = 10,
            Prices = new(new Dictionary<string, ModelPrice> { [Model] = new(0.15m, 0.60m) }),
        },
    };
}
