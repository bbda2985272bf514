namespace AutoGraph.Orleans;

/// <summary>How far a job is.</summary>
public enum JobState
{
    /// <summary>Silos work on it.</summary>
    Running,

    /// <summary>It was stopped, and goes on when it is started again.</summary>
    Stopped,

    /// <summary>All partitions are there.</summary>
    Completed,

    /// <summary>All partitions are there but those that failed; started again it tries them again.</summary>
    Failed,
}

/// <summary>A partition that could not be done.</summary>
/// <param name="File">Name of the file in the input folder.</param>
/// <param name="Reason">Why.</param>
[GenerateSerializer, Immutable, Alias("autograph.job.failure")]
public sealed record PartitionFailure([property: Id(0)] string File, [property: Id(1)] string Reason);

/// <summary>How far a job is, as the grain storage has it.</summary>
/// <param name="State">Whether it runs.</param>
/// <param name="Partitions">Files of the input.</param>
/// <param name="Done">Files that are in the output.</param>
/// <param name="Rows">Rows of those.</param>
/// <param name="Failures">Partitions that could not be done, by name.</param>
/// <param name="Version">The model that answers, of a <see cref="RecommendJob"/>.</param>
[GenerateSerializer, Immutable, Alias("autograph.job.status")]
public sealed record JobStatus([property: Id(0)] JobState State, [property: Id(1)] int Partitions, [property: Id(2)] int Done, [property: Id(3)] long Rows,
    [property: Id(4)] IReadOnlyList<PartitionFailure> Failures, [property: Id(5)] string? Version);
