using System.Diagnostics;
using Microsoft.Extensions.AI;

namespace AutoGraph.Semantics.Telemetry;

/// <summary>What every measurement about one model carries.</summary>
internal sealed class CallTelemetry
{
    private readonly TagList _tags;
    private readonly string _name;

    private CallTelemetry(string operation, string model, string? provider, Uri? address)
    {
        _name = $"{operation} {model}";
        _tags = new() { { KnowledgeTelemetry.Operation, operation }, { KnowledgeTelemetry.RequestModel, model } };
        if (provider is not null) _tags.Add(KnowledgeTelemetry.Provider, provider);
        // Host and port only: the rest of an address may hold a key.
        if (address is { IsAbsoluteUri: true })
        {
            _tags.Add("server.address", address.Host);
            _tags.Add("server.port", address.Port);
        }
    }

    public static CallTelemetry Chat(IChatClient client, string model)
    {
        var metadata = client.GetService(typeof(ChatClientMetadata)) as ChatClientMetadata;
        return new("chat", model, metadata?.ProviderName, metadata?.ProviderUri);
    }

    public static CallTelemetry Embeddings(IEmbeddingGenerator<string, Embedding<float>> encoder, string model)
    {
        var metadata = encoder.GetService(typeof(EmbeddingGeneratorMetadata)) as EmbeddingGeneratorMetadata;
        return new("embeddings", model, metadata?.ProviderName, metadata?.ProviderUri);
    }

    /// <summary>These tags and one more.</summary>
    public TagList With(string name, object? value)
    {
        var tags = _tags;
        tags.Add(name, value);
        return tags;
    }

    public TagList Tags => _tags;

    public Activity? Start() => KnowledgeTelemetry.Source.StartActivity(ActivityKind.Client, tags: _tags, name: _name);

    /// <summary>Ends a call: duration, tokens, and the type of its error.</summary>
    public void End(Activity? activity, TimeSpan duration, UsageDetails? usage, string? errorType)
    {
        KnowledgeTelemetry.Duration.Record(duration.TotalSeconds, errorType is null ? _tags : With(KnowledgeTelemetry.ErrorType, errorType));
        if (errorType is not null) activity?.SetTag(KnowledgeTelemetry.ErrorType, errorType).SetStatus(ActivityStatusCode.Error);
        Count("input", usage?.InputTokenCount);
        Count("output", usage?.OutputTokenCount);

        void Count(string type, long? tokens)
        {
            if (tokens is null) return;
            KnowledgeTelemetry.Tokens.Record((int)Math.Min(tokens.Value, int.MaxValue), With(KnowledgeTelemetry.TokenType, type));
            activity?.SetTag($"gen_ai.usage.{type}_tokens", tokens);
        }
    }
}
