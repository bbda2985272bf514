using AutoGraph.Orleans.Serving;

namespace AutoGraph.Orleans;

/// <summary>A job as it is stored and sent: a model over rows, or requests for users.</summary>
[GenerateSerializer, Immutable, Alias("autograph.job.definition")]
internal sealed record JobDefinition([property: Id(0)] string Input, [property: Id(1)] string Output)
{
    /// <summary>The file of the model that transforms; null where users are answered.</summary>
    [Id(2)] public string? Model { get; init; }

    [Id(3)] public string? ModelSha256 { get; init; }

    [Id(4)] public string[]? Columns { get; init; }

    [Id(5)] public string UserColumn { get; init; } = "";

    /// <summary>What is asked for each user; null where a model transforms.</summary>
    [Id(6)] public RecommendMessage? Request { get; init; }
}

/// <summary>A file of the input as it was when the job began.</summary>
[GenerateSerializer, Immutable, Alias("autograph.job.partition")]
internal readonly record struct JobPartition([property: Id(0)] string File, [property: Id(1)] long Bytes, [property: Id(2)] DateTime Written)
{
    internal static JobPartition Of(string path) => Of(new FileInfo(path));

    private static JobPartition Of(FileInfo file) => new(file.Name, file.Length, file.LastWriteTimeUtc);
}
