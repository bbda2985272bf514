using AutoGraph.Core.Validation;

namespace AutoGraph.Orleans;

/// <summary>Work over the Parquet files of a folder, each of them a partition: one file of the output for each of the input, of the same name.</summary>
/// <remarks>Immutable by contract. Every silo, and the process that starts the job, can read <see cref="Input"/> and write <see cref="Output"/> at these paths.</remarks>
public abstract record ClusterJob
{
    private protected ClusterJob() { }

    /// <summary>The folder whose files <c>*.parquet</c> are the partitions; they stay as they are until the job has ended.</summary>
    public required string Input { get; init; }

    /// <summary>The folder that the results come to; it is created where there is none, and holds no files of these names.</summary>
    public required string Output { get; init; }

    internal abstract JobDefinition Define();

    private protected Problems Check(string name) => new Problems(name)
        .Require(!string.IsNullOrWhiteSpace(Input), $"{nameof(Input)}: expected a folder, found none")
        .Require(!string.IsNullOrWhiteSpace(Output), $"{nameof(Output)}: expected a folder, found none")
        .Require(string.IsNullOrWhiteSpace(Input) || string.IsNullOrWhiteSpace(Output) || Path.GetFullPath(Input) != Path.GetFullPath(Output), $"{nameof(Output)}: expected another folder than that of {nameof(Input)}, found the same");
}

/// <summary>A saved model over all rows: texts to semantic vectors, vectors to codes, ids to graph vectors, or all of it, as the model's transformers say.</summary>
/// <remarks>The rows are those of <c>model.Transform(mlContext.Data.LoadFromParquet(partition))</c> on one machine.</remarks>
public sealed record TransformJob : ClusterJob
{
    /// <summary>The file that <see cref="AutoGraphCatalog.Save"/> wrote; <see cref="ClusterOptions.Prepare"/> gives it encoder and store on each silo.</summary>
    public required string Model { get; init; }

    /// <summary>Columns of the result. Default null: all that are not hidden.</summary>
    public IReadOnlyList<string>? Columns { get; init; }

    internal override JobDefinition Define()
    {
        Check(nameof(TransformJob))
            .Require(!string.IsNullOrWhiteSpace(Model), $"{nameof(Model)}: expected a file, found none")
            .Require(Columns is not { Count: 0 }, $"{nameof(Columns)}: expected null or names, found an empty list")
            .Throw();
        string model = Path.GetFullPath(Model);
        return new(Path.GetFullPath(Input), Path.GetFullPath(Output)) { Model = model, ModelSha256 = Rollouts.ModelHost.HashOf(model), Columns = Columns?.ToArray() };
    }
}

/// <summary>The best items of all users of the partitions, as <see cref="RecommendationCluster.RecommendAsync"/> answers them; the columns are those of <see cref="RecommendationEngine.RecommendAll"/>.</summary>
/// <remarks>All partitions are answered by one version: the one that was active when the job began, or <see cref="Version"/>. It must be served until the job has ended.</remarks>
public sealed record RecommendJob : ClusterJob
{
    /// <summary>Column of user ids, text. Default "UserId".</summary>
    public string UserColumn { get; init; } = "UserId";

    /// <summary>Items per user, at least 1. Default 10.</summary>
    public int Count { get; init; } = 10;

    /// <summary>What may come. Default: the defaults of a request. What does not serve in a cluster does not serve here.</summary>
    public RequestOptions Options { get; init; } = RequestOptions.Default;

    /// <summary>The model that answers. Default null: the one that is active when the job begins.</summary>
    public string? Version { get; init; }

    internal override JobDefinition Define()
    {
        Check(nameof(RecommendJob))
            .Require(!string.IsNullOrWhiteSpace(UserColumn), $"{nameof(UserColumn)}: expected the name of a column, found none")
            .Require(Options is not null, $"{nameof(Options)}: expected options, found null")
            .Throw();
        return new(Path.GetFullPath(Input), Path.GetFullPath(Output)) { UserColumn = UserColumn, Request = RecommendationCluster.Message(Count, Options, Version, null) };
    }
}
